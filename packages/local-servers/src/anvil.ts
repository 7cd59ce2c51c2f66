import { appendFileSync } from 'node:fs';
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { assert } from '@naru/kit/assert.ts';
import { type Clock, sleep, systemClock } from '@naru/kit/clock.ts';
import { errorText } from '@naru/kit/errors.ts';
import { locateAnvil } from './anvil-binary.ts';
import { dumpFileOf, promoteSettledDump, recoverDump } from './anvil-state.ts';
import { orNullIfMissing, readLastLines, sizeOf } from './files.ts';
import { acquireInstanceLock } from './instance-lock.ts';
import { findFreePort, isPortFree } from './ports.ts';
import { identifyProcess, isStillRunning } from './process-identity.ts';
import {
  describeExit,
  endProcess,
  type ProcessExit,
  type ServerProcess,
  type SignalStep,
  spawnServer,
} from './server-process.ts';

export type LocalAnvilOptions = {
  /** 0 or nothing: a free one. */
  port?: number;
  chainId?: number;
  /** Nothing: a block for each transaction, at once. */
  blockTimeSeconds?: number;
  /** A state file keeps the limit it was made with. */
  blockGasLimit?: bigint;
  /** Keeps the chain over restarts: blocks, receipts, logs, balances. Pending transactions are not kept. */
  stateFile?: string;
  /**
   * How often the state is saved while the chain runs, at least 5: a crash of Anvil then loses two intervals at most.
   * Nothing: only at the end. A save of a large state delays RPC answers and blocks by up to a second.
   */
  stateIntervalSeconds?: number;
  /** With a state file: how many of the last blocks can be asked for balances, nonces and calls. Each costs a copy of the state. */
  historicalBlocks?: number;
  /** Funded development accounts. */
  accounts?: number;
  extraArgs?: readonly string[];
  logFile: string;
  /** Until the first answer, loading the state included. */
  startTimeoutMs?: number;
  onNotice?: (text: string) => void;
  clock?: Clock;
};

export type LocalAnvil = {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when Anvil has ended, by whomever. */
  readonly exited: Promise<ProcessExit>;
  /** Ends it and saves the state. Transactions sent meanwhile may be lost: stop what sends them first. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash would: loses what came after the last save. */
  kill(): Promise<void>;
};

const HOST = '127.0.0.1';
const DEFAULT_CHAIN_ID = 31_337;
const DEFAULT_HISTORICAL_BLOCKS = 16; // more than any depth that a local chain is confirmed at
const STATE_INTERVAL_SECONDS_MIN = 5; // a dump is taken over once it is untouched for two seconds
const START_TIMEOUT_MS = 60_000; // a state of 1 GB loads in 25 s
const ANSWER_TIMEOUT_MS = 2_000;
const POLL_MS = 20;
const LOG_LINES_SHOWN = 15;
const PORT_TAKEN = 'Address already in use';
/** Anvil saves every 60 s unless told otherwise; this is how it is told never to. */
const NEVER_SECONDS = 31_536_000;
const STOP_STEPS: readonly SignalStep[] = [
  { signal: 'SIGTERM', waitMs: 30_000 }, // saving 1 GB of state takes 15 s
  { signal: 'SIGKILL', waitMs: 5_000 },
];

type Launched = { server: ServerProcess; port: number; url: string };

/**
 * Starts Anvil as a child process and returns when it answers with the right chain id.
 * @throws Error whose message says what to do; problems of Anvil show the last lines of its log.
 */
export async function startAnvil(options: LocalAnvilOptions): Promise<LocalAnvil> {
  const clock = options.clock ?? systemClock;
  assert(
    (options.stateIntervalSeconds ?? STATE_INTERVAL_SECONDS_MIN) >= STATE_INTERVAL_SECONDS_MIN,
    `stateIntervalSeconds is below ${STATE_INTERVAL_SECONDS_MIN}`,
  );
  await mkdir(path.dirname(options.logFile), { recursive: true });
  const note = (text: string) => {
    options.onNotice?.(text);
    appendFileSync(options.logFile, `${clock.now().toISOString()} naru: ${text}\n`);
  };
  const release = await prepareState(options.stateFile, note, clock);
  try {
    const launched = await launch(options, clock);
    return handle(launched, options, { release, note, clock });
  } catch (error) {
    await release();
    throw error;
  }
}

/** Takes the state file for ourselves, ends an Anvil that an earlier run left on it, and picks the newest whole state. */
async function prepareState(
  stateFile: string | undefined,
  note: (text: string) => void,
  clock: Clock,
): Promise<() => Promise<void>> {
  if (stateFile === undefined) return async () => {};
  const lock = await acquireInstanceLock(path.dirname(stateFile), {
    fileName: `${path.basename(stateFile)}.lock`,
    clock,
  });
  if ('heldBy' in lock) {
    throw new Error(
      `the chain in ${stateFile} is in use by process ${lock.heldBy.pid}. Stop that one first.`,
    );
  }
  try {
    await stopLeftover(stateFile, note, clock);
    await recoverDump(stateFile, note);
    return lock.release;
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function launch(options: LocalAnvilOptions, clock: Clock): Promise<Launched> {
  const fixedPort = options.port === undefined || options.port === 0 ? null : options.port;
  const deadlineMs = clock.monotonicMs() + (options.startTimeoutMs ?? START_TIMEOUT_MS);
  const command = locateAnvil();
  for (;;) {
    const port = fixedPort ?? (await findFreePort());
    // An answer on a port that was taken before would come from somebody else's node.
    if (fixedPort !== null && !(await isPortFree(port))) throw portInUse(port);
    const url = `http://${HOST}:${port}`;
    const logStartByte = sizeOf(options.logFile);
    const server = await spawnServer({
      command,
      args: await anvilArguments(options, port),
      cwd: path.dirname(options.logFile),
      logFile: options.logFile,
      signalOnExit: 'SIGTERM',
    });
    if (options.stateFile !== undefined) await writeOwner(options.stateFile, server.pid);
    const chainId = options.chainId ?? DEFAULT_CHAIN_ID;
    const problem = await waitForChain(server, { url, chainId, deadlineMs, clock });
    if (problem === null) return { server, port, url };
    const lines = readLastLines(options.logFile, LOG_LINES_SHOWN, logStartByte).join('\n');
    await endProcess(targetOf(server), STOP_STEPS, clock);
    const canRetry = fixedPort === null && lines.includes(PORT_TAKEN) && clock.monotonicMs() < deadlineMs;
    if (!canRetry) throw new Error(`Anvil ${problem}. The last lines of ${options.logFile}:\n${lines}`);
  }
}

async function anvilArguments(options: LocalAnvilOptions, port: number): Promise<string[]> {
  const args = ['--quiet', '--host', HOST, '--port', String(port)];
  args.push('--chain-id', String(options.chainId ?? DEFAULT_CHAIN_ID));
  if (options.accounts !== undefined) args.push('--accounts', String(options.accounts));
  if (options.blockTimeSeconds !== undefined) args.push('--block-time', String(options.blockTimeSeconds));
  if (options.blockGasLimit !== undefined) args.push('--gas-limit', String(options.blockGasLimit));
  if (options.stateFile !== undefined) {
    if ((await orNullIfMissing(stat(options.stateFile))) !== null)
      args.push('--load-state', options.stateFile);
    args.push('--dump-state', dumpFileOf(options.stateFile));
    args.push('--state-interval', String(options.stateIntervalSeconds ?? NEVER_SECONDS));
    // Without the first flag, questions about blocks before a restart fail; without the second, the state of every block
    // is saved, and 3,000 blocks make a file of 1 GB.
    const historicalBlocks = options.historicalBlocks ?? DEFAULT_HISTORICAL_BLOCKS;
    args.push('--preserve-historical-states', '--prune-history', String(historicalBlocks));
  }
  return [...args, ...(options.extraArgs ?? [])];
}

/** Null when the chain answers, otherwise what is wrong. */
async function waitForChain(
  server: ServerProcess,
  wait: { url: string; chainId: number; deadlineMs: number; clock: Clock },
): Promise<string | null> {
  while (wait.clock.monotonicMs() < wait.deadlineMs) {
    const chainId = await askChainId(wait.url);
    const exit = server.exit();
    if (exit !== null) return `ended with ${describeExit(exit)}`;
    if (chainId === wait.chainId) return null;
    if (chainId !== null) return `answers with chain id ${chainId} instead of ${wait.chainId}`;
    await sleep(POLL_MS);
  }
  return 'did not answer in time';
}

async function askChainId(url: string): Promise<number | null> {
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}',
      signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
    });
    const answer: unknown = await response.json();
    if (typeof answer !== 'object' || answer === null || !('result' in answer)) return null;
    return Number(answer.result);
  } catch {
    return null; // not listening yet; the caller has a deadline
  }
}

function handle(
  launched: Launched,
  options: LocalAnvilOptions,
  context: { release: () => Promise<void>; note: (text: string) => void; clock: Clock },
): LocalAnvil {
  const { server } = launched;
  const { stateFile, stateIntervalSeconds } = options;
  const stopSaving =
    stateFile === undefined || stateIntervalSeconds === undefined
      ? async () => {}
      : keepSaving(stateFile, stateIntervalSeconds, context);
  const end = async (steps: readonly SignalStep[]) => {
    await stopSaving();
    if (!(await endProcess(targetOf(server), steps, context.clock))) {
      throw new Error(`Anvil (process ${server.pid}) does not stop, not even when killed`);
    }
    if (stateFile !== undefined) {
      await recoverDump(stateFile, context.note);
      await rm(ownerFileOf(stateFile), { force: true });
    }
    await context.release();
  };
  return {
    url: launched.url,
    port: launched.port,
    pid: server.pid,
    exited: server.exited,
    stop: () => end(STOP_STEPS),
    kill: () => end([{ signal: 'SIGKILL', waitMs: START_TIMEOUT_MS }]),
  };
}

function keepSaving(
  stateFile: string,
  intervalSeconds: number,
  context: { note: (text: string) => void; clock: Clock },
): () => Promise<void> {
  let running: Promise<unknown> = Promise.resolve();
  const timer = setInterval(() => {
    running = promoteSettledDump(stateFile, context.clock.now().getTime()).catch((error: unknown) => {
      context.note(`the saved state could not be taken over: ${errorText(error)}`);
    });
  }, intervalSeconds * 500); // twice an interval: each dump is met once while it is settled
  timer.unref();
  return async () => {
    clearInterval(timer);
    await running;
  };
}

async function stopLeftover(stateFile: string, note: (text: string) => void, clock: Clock): Promise<void> {
  const text = await orNullIfMissing(readFile(ownerFileOf(stateFile), 'utf8'));
  if (text === null) return;
  const [pid = '', ...mark] = text.trim().split(' ');
  const identity = { pid: Number.parseInt(pid, 10), mark: mark.join(' ') };
  if (isStillRunning(identity)) {
    note(`stopping the Anvil that an earlier run left on ${stateFile} (process ${pid})`);
    const target = { pid: identity.pid, isRunning: () => isStillRunning(identity) };
    if (!(await endProcess(target, STOP_STEPS, clock))) {
      throw new Error(
        `Anvil (process ${pid}) of an earlier run does not stop. End it with \`kill -9 ${pid}\`.`,
      );
    }
  }
  await rm(ownerFileOf(stateFile), { force: true });
}

async function writeOwner(stateFile: string, pid: number): Promise<void> {
  const identity = identifyProcess(pid);
  if (identity !== null) await writeFile(ownerFileOf(stateFile), `${identity.pid} ${identity.mark}\n`);
}

function ownerFileOf(stateFile: string): string {
  return `${stateFile}.pid`;
}

function targetOf(server: ServerProcess): { pid: number; isRunning(): boolean } {
  return { pid: server.pid, isRunning: () => server.exit() === null };
}

function portInUse(port: number): Error {
  return new Error(
    `port ${port} of ${HOST}, meant for Anvil, is in use. Stop what listens there, or configure another port.`,
  );
}
