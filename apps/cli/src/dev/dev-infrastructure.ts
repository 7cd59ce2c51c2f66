import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { ARCHIVE_PROGRAM, placesOf } from '@naru/backup/backup-directory.ts';
import { sleep } from '@naru/kit/clock.ts';
import { CodedError, errorText } from '@naru/kit/errors.ts';
import { startAnvil } from '@naru/local-servers/anvil.ts';
import { findFreePort, isPortFree } from '@naru/local-servers/ports.ts';
import { startLocalPostgres } from '@naru/local-servers/postgres.ts';
import { removePlace } from '@naru/local-servers/postgres-placement.ts';
import type { DevHome, DevState } from './dev-home.ts';
import type { Terminal } from './terminal.ts';

/** PostgreSQL and a chain: our own, or those that the environment names. */
export type Infrastructure = {
  databaseUrl: string;
  rpcUrls: readonly string[];
  pids: Record<string, number>;
  stop(): Promise<void>;
};

const POSTGRES_PORT = 5_499;
const ANVIL_PORT = 8_545;
const BLOCK_TIME_SECONDS = 1;
const RESTART_MS = 500;

export function newDevState(): DevState {
  return { postgresPassword: randomBytes(16).toString('hex'), apiKey: null, people: [], demo: null };
}

export async function startInfrastructure(
  home: DevHome,
  state: DevState,
  given: { databaseUrl: string | null; rpcUrls: readonly string[] },
  terminal: Terminal,
): Promise<Infrastructure> {
  const pids: Record<string, number> = {};
  const [postgres, anvil] = await Promise.all([
    given.databaseUrl === null ? startPostgres(home, state, pids, terminal) : null,
    given.rpcUrls.length === 0 ? startChain(home, pids, terminal) : null,
  ]);
  const rpcUrls = anvil === null ? given.rpcUrls : [anvil.url];
  await waitForRpc(rpcUrls[0] ?? '');
  return {
    databaseUrl: postgres?.url ?? given.databaseUrl ?? '',
    rpcUrls,
    pids,
    async stop() {
      // The chain first: it saves its state while everything that could write to it is gone already.
      await anvil?.stop();
      await postgres?.stop();
    },
  };
}

/** The preferred port when it is free, else any: the second start takes the same one again where it can. */
async function choosePort(preferred: number): Promise<number> {
  return (await isPortFree(preferred)) ? preferred : await findFreePort();
}

type Server = { url: string; port: number; pid: number; exited: Promise<unknown>; stop(): Promise<void> };

async function startPostgres(
  home: DevHome,
  state: DevState,
  pids: Record<string, number>,
  terminal: Terminal,
): Promise<{ url: string; stop(): Promise<void> }> {
  const start = (port: number) =>
    startLocalPostgres({
      dataDir: home.postgresDir,
      port,
      user: 'naru',
      password: state.postgresPassword,
      database: 'naru',
      tuning: 'durable',
      archive: {
        program: ARCHIVE_PROGRAM,
        dirOf: (systemIdentifier) => placesOf(home.backupDir, systemIdentifier).walDir,
        isOptional: true,
      },
      logFile: path.join(home.logsDir, 'postgres.log'),
      onNotice: (text) => terminal.note(text),
    });
  return await keepRunning('postgres', await start(await choosePort(POSTGRES_PORT)), start, pids, terminal);
}

async function startChain(
  home: DevHome,
  pids: Record<string, number>,
  terminal: Terminal,
): Promise<{ url: string; stop(): Promise<void> }> {
  const start = (port: number) =>
    startAnvil({
      port,
      blockTimeSeconds: BLOCK_TIME_SECONDS,
      stateFile: home.anvilStateFile,
      stateIntervalSeconds: 10,
      logFile: path.join(home.logsDir, 'anvil.log'),
      onNotice: (text) => terminal.note(text),
    });
  return await keepRunning('anvil', await start(await choosePort(ANVIL_PORT)), start, pids, terminal);
}

/** Starts a server again, on the same port, when it ends without being asked to. */
async function keepRunning(
  name: string,
  first: Server,
  start: (port: number) => Promise<Server>,
  pids: Record<string, number>,
  terminal: Terminal,
): Promise<{ url: string; stop(): Promise<void> }> {
  let current = first;
  let stopping = false;
  const watch = (server: Server) => {
    pids[name] = server.pid;
    void server.exited.then(() => {
      if (!stopping) void restart(server);
    });
  };
  const restart = async (ended: Server) => {
    terminal.warn(`${name} (pid ${ended.pid}) ended; starting it again`);
    while (!stopping) {
      try {
        current = await start(first.port);
        terminal.note(`${name} runs again (pid ${current.pid})`);
        return watch(current);
      } catch (error) {
        terminal.warn(`${name} does not start: ${errorText(error)}`);
        await sleep(RESTART_MS * 4);
      }
    }
  };
  watch(first);
  return {
    url: first.url,
    async stop() {
      stopping = true;
      await current.stop();
    },
  };
}

const RPC_WAIT_MS = 20_000;

async function waitForRpc(url: string): Promise<void> {
  const deadline = performance.now() + RPC_WAIT_MS;
  for (;;) {
    try {
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}',
        signal: AbortSignal.timeout(2_000),
      });
      const answer: unknown = await response.json();
      if (typeof answer === 'object' && answer !== null && 'result' in answer) return;
    } catch {
      // Not there yet.
    }
    if (performance.now() > deadline)
      throw new CodedError(
        'no_chain',
        `no answer from the chain at ${new URL(url).host} in ${RPC_WAIT_MS / 1000} s. Start a node of chain 31337 there, or unset NARU_RPC_LOCALHOST to get one.`,
      );
    await sleep(200);
  }
}

/** Removes all that a stack has kept, the database's files included. */
export async function removeEverything(home: DevHome): Promise<void> {
  await removePlace(home.postgresDir).catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
  });
  for (const name of [
    'postgres',
    'backups',
    'anvil',
    'logs',
    'signer',
    'signer-token',
    'state.json',
    'dev.json',
  ])
    await rm(path.join(home.dir, name), { recursive: true, force: true });
}
