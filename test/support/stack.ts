import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { prepareSignerHome, type SignerHome } from '@naru/cli/dev/signer-home.ts';
import type { Caller } from '@naru/core/access/access.ts';
import { configureChains } from '@naru/core/chain/configure-chains.ts';
import { type DevContracts, deployContracts, deployDepositFactory } from '@naru/devnet/deploy-contracts.ts';
import { connectDevnet, type Devnet } from '@naru/devnet/devnet.ts';
import { type Endowments, registerAssets, setUpAccounts } from '@naru/devnet/set-up-accounts.ts';
import { sleep } from '@naru/kit/clock.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { type LocalAnvil, startAnvil } from '@naru/local-servers/anvil.ts';
import { findFreePort } from '@naru/local-servers/ports.ts';
import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import { createOwner } from './owner.ts';
import { COMPILED, roleProgram } from './programs.ts';

const ROOT = new URL('../../', import.meta.url).pathname;
const READY_TIMEOUT_MS = 90_000;

/** A process of the stack, as the operating system sees it. */
export type StackProcess = {
  readonly name: string;
  readonly pid: number;
  readonly port: number;
  /** Resolves with the signal or exit code that ended it. */
  readonly ended: Promise<string>;
  kill(signal?: NodeJS.Signals): void;
  log(): Promise<string>;
};

export type Stack = {
  readonly database: TestDatabase;
  readonly anvil: LocalAnvil;
  readonly devnet: Devnet;
  readonly contracts: DevContracts;
  readonly signerHome: SignerHome;
  readonly caller: Caller;
  readonly apiKey: string;
  /** Environment of every role but the signer. */
  readonly workerEnv: Record<string, string>;
  startWorker(roles: string, env?: Record<string, string>): Promise<StackProcess>;
  /** A worker with another main program, that may die before it is ready: nothing is waited for. */
  launchWorker(roles: string, main: string, env: Record<string, string>): Promise<StackProcess>;
  /** Kills the signer, runs `whileAway`, starts it again on the same port, runs what that returned. */
  restartSigner(whileAway: () => Promise<() => Promise<void>>): Promise<void>;
  /** As an operator does it who has changed its policy or its keys. */
  signalSigner(signal: NodeJS.Signals): void;
  /** On a free port, or on this one: for an API that comes back where it was. */
  startApi(env?: Record<string, string>, port?: number): Promise<StackProcess & { url: string }>;
  stop(): Promise<void>;
};

/**
 * The real thing, small: PostgreSQL, Anvil with the contracts, the signer as a process with its own keys, funded
 * accounts, a credited owner. API and workers are started by the test, as processes, in any number.
 */
export async function startStack(
  options: {
    blockTimeSeconds?: number;
    confirmations?: number;
    accounts?: number;
    /** Keys that the signer has and that are no accounts yet. */
    spareKeys?: number;
    /** Two of the accounts hold the reserve and the gas money, and each begins with what stands here. */
    reserve?: Endowments;
    /** Whether deposits are set up: the factory, with the first account as its treasury. */
    deposits?: boolean;
    /** Accounts whose keys are not in the keystore: their addresses, and what the signer needs to find them. */
    moreKeys?: { addresses: readonly Hex[]; env: Readonly<Record<string, string>> };
    /** Migrated and empty; dropped at the end. Default: a clone on the server of the run. */
    database?: TestDatabase;
  } = {},
): Promise<Stack> {
  const dir = await mkdtemp(path.join(tmpdir(), 'naru-stack-'));
  const [database, anvil] = await Promise.all([
    options.database ?? createTestDatabase(),
    startAnvil({
      logFile: path.join(dir, 'anvil.log'),
      ...(options.blockTimeSeconds === undefined ? {} : { blockTimeSeconds: options.blockTimeSeconds }),
    }),
  ]);
  const devnet = await connectDevnet(anvil.url);
  const contracts = await deployContracts(devnet);
  const accounts = options.accounts ?? 2;
  const keys = accounts + (options.spareKeys ?? 0);
  const signerHome = await prepareSignerHome({ dir, accounts: keys, contracts });
  const depositFactory =
    options.deposits === true ? await deployDepositFactory(devnet, signerHome.treasury) : null;
  const moreKeys = options.moreKeys ?? { addresses: [], env: {} };
  const active = [...signerHome.addresses.slice(0, accounts), ...moreKeys.addresses];
  signerHome.addresses.push(...moreKeys.addresses);
  Object.assign(signerHome.env, moreKeys.env);
  await configureChains(
    database.db,
    new Map([
      [
        'localhost',
        {
          payoutContract: contracts.payoutContract,
          depositFactory,
          hasRpc: true,
          confirmations: options.confirmations ?? 1,
        },
      ],
    ]),
  );
  await registerAssets(database.db, contracts);
  await setUpAccounts({ db: database.db, devnet }, contracts, active, options.reserve ?? null);
  const { caller, apiKey } = await createOwner(database.db);

  const processes: StackProcess[] = [];
  const launch = async (name: string, main: string, env: Record<string, string>, wanted?: number) => {
    const port = wanted ?? (await findFreePort());
    const logFile = path.join(dir, `${name}-${processes.length}.log`);
    const started = spawnNode(name, main, port, logFile, { ...env, NARU_PORT: String(port) });
    processes.push(started);
    return started;
  };
  const start = async (name: string, main: string, env: Record<string, string>, port?: number) => {
    const started = await launch(name, main, env, port);
    await waitReady(started);
    return started;
  };
  const signerProgram = await roleProgram('signer');
  let signer = await start('signer', signerProgram, signerHome.env);
  const workerEnv = {
    DATABASE_URL: database.url,
    NARU_RPC_LOCALHOST: anvil.url,
    NARU_SIGNER_URL: `http://127.0.0.1:${signer.port}`,
    NARU_SIGNER_TOKEN_FILE: signerHome.tokenFile,
    NARU_POLL_MS: '100',
    NARU_LEASE_MS: '500',
  };
  const workerOf = (roles: string, env: Record<string, string>) => ({
    ...workerEnv,
    NARU_ROLES: roles,
    NARU_INSTANCE: newUuid(),
    ...env,
  });
  return {
    database,
    anvil,
    devnet,
    contracts,
    signerHome,
    caller,
    apiKey,
    workerEnv,
    startWorker: async (roles, env = {}) =>
      await start(`worker-${roles}`, await roleProgram('worker'), workerOf(roles, env)),
    launchWorker: (roles, main, env) => launch(`worker-${roles}`, main, workerOf(roles, env)),
    async restartSigner(whileAway) {
      signer.kill('SIGKILL');
      await signer.ended;
      const goOn = await whileAway();
      signer = await start('signer', signerProgram, signerHome.env, signer.port);
      await goOn();
    },
    signalSigner: (signal) => signer.kill(signal),
    async startApi(env = {}, port) {
      const started = await start(
        'api',
        await roleProgram('api'),
        { DATABASE_URL: database.url, ...env },
        port,
      );
      return Object.assign(started, { url: `http://127.0.0.1:${started.port}` });
    },
    async stop() {
      for (const one of processes) one.kill('SIGKILL');
      await Promise.all(processes.map((one) => one.ended));
      await anvil.kill();
      await database.drop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function spawnNode(
  name: string,
  main: string,
  port: number,
  logFile: string,
  env: Record<string, string>,
): StackProcess {
  const child: ChildProcess = spawn(process.execPath, [main], {
    cwd: ROOT,
    env: { PATH: process.env['PATH'] ?? '', ...COMPILED, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log = createWriteStream(logFile, { flags: 'a' });
  child.stdout?.pipe(log);
  child.stderr?.pipe(log);
  const ended = new Promise<string>((resolve) =>
    child.once('exit', (code, signal) => resolve(signal ?? String(code))),
  );
  return {
    name,
    pid: child.pid ?? 0,
    port,
    ended,
    kill: (signal = 'SIGKILL') => void child.kill(signal),
    log: () => readFile(logFile, 'utf8'),
  };
}

async function waitReady(started: StackProcess): Promise<void> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  let endedWith: string | null = null;
  void started.ended.then((how) => {
    endedWith = how;
  });
  while (performance.now() < deadline) {
    if (endedWith !== null)
      throw new Error(`${started.name} ended with ${endedWith}:\n${await started.log()}`);
    const response = await fetch(`http://127.0.0.1:${started.port}/healthz`).catch(() => null);
    if (response?.ok === true) return;
    await sleep(20);
  }
  throw new Error(`${started.name} was not ready in ${READY_TIMEOUT_MS} ms:\n${await started.log()}`);
}

/** Polls until `read` gives something, with a limit. */
export async function eventually<T>(
  what: string,
  read: () => Promise<T | null>,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const value = await read();
    if (value !== null) return value;
    if (performance.now() > deadline) throw new Error(`not within ${timeoutMs} ms: ${what}`);
    await sleep(30);
  }
}
