import { appendFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { type Clock, sleep, systemClock } from '@naru/kit/clock.ts';
import { errorText } from '@naru/kit/errors.ts';
import { createDatabase, runStatement } from './databases.ts';
import { hasCode, readLastLines, sizeOf } from './files.ts';
import { acquireInstanceLock } from './instance-lock.ts';
import { findFreePort, isPortFree } from './ports.ts';
import { chooseAccount, type PostgresAccount } from './postgres-account.ts';
import { prepareArchive, type WalArchiveOptions } from './postgres-archive.ts';
import { type PostgresBinaries, preparePostgresBinaries } from './postgres-binaries.ts';
import { ensureCluster } from './postgres-init.ts';
import { clusterDirOf, placeCluster, removePlace } from './postgres-placement.ts';
import { type ArchiveSettings, type PostgresTuning, postgresArguments } from './postgres-settings.ts';
import {
  POSTGRES_ENV,
  POSTMASTER_STOP_STEPS,
  readPostmasterRecord,
  stopLeftoverPostmaster,
} from './postmaster.ts';
import {
  describeExit,
  endProcess,
  type ProcessExit,
  type ServerProcess,
  spawnServer,
} from './server-process.ts';

export type LocalPostgresOptions = {
  /** Ours alone; made when missing. Holds the cluster, or a link to it when PostgreSQL's user cannot reach this place. */
  dataDir: string;
  /** 0 or nothing: a free one. */
  port?: number;
  /** A superuser of the cluster. It and its password are fixed when the cluster is made. */
  user?: string;
  password: string;
  /** Created when missing. */
  database: string;
  tuning: PostgresTuning;
  /** Keeps the write-ahead log outside the cluster, for backups. Nothing is kept when absent. */
  archive?: WalArchiveOptions;
  /** The server's log, appended to; grows beyond 20 MB only while one server runs. */
  logFile: string;
  /** Until connections are accepted, crash recovery included. */
  startTimeoutMs?: number;
  /** Told what the reader of a terminal should know, such as where the data is. The same goes to the log. */
  onNotice?: (text: string) => void;
  clock?: Clock;
};

export type LocalPostgres = {
  /** With user and password, for `database`. */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  /** Resolves when the server has ended, by whomever. */
  readonly exited: Promise<ProcessExit>;
  /** Fast shutdown, after 20 s immediate shutdown. Sessions are cut. */
  stop(): Promise<void>;
  /** SIGKILL, as a crash would: for tests of what survives one. */
  kill(): Promise<void>;
  /** Stops and removes the data, also where it is kept outside `dataDir`. */
  destroy(): Promise<void>;
};

type Launch = {
  binaries: PostgresBinaries;
  clusterDir: string;
  account: PostgresAccount | null;
  archive: ArchiveSettings | null;
  options: LocalPostgresOptions;
  clock: Clock;
  deadlineMs: number;
};

const DEFAULT_USER = 'naru';
const START_TIMEOUT_MS = 60_000;
const POLL_MS = 20;
const RELAUNCH_MS = 200;
const LOG_LINES_SHOWN = 15;
/** Said while worker processes of a killed server still hold its shared memory, which they let go of by themselves. */
const STILL_IN_USE = 'is still in use';
const PORT_TAKEN = 'Address already in use';

/**
 * Starts PostgreSQL 18 as a child process and returns when it accepts connections. Makes the cluster at the first start,
 * cleans up after a run that was killed, and refuses a `dataDir` that another live process is using.
 * @throws Error whose message says what to do; problems of the server show the last lines of its log.
 */
export async function startLocalPostgres(options: LocalPostgresOptions): Promise<LocalPostgres> {
  const clock = options.clock ?? systemClock;
  assertPlatform();
  await mkdir(path.dirname(options.logFile), { recursive: true });
  const lock = await lockDataDir(options.dataDir, clock);
  try {
    const note = (text: string) => {
      options.onNotice?.(text);
      appendFileSync(options.logFile, `${clock.now().toISOString()} naru: ${text}\n`);
    };
    const account = await chooseAccount({ clusterDir: clusterDirOf(options.dataDir), note });
    const binaries = await preparePostgresBinaries({ account, note });
    const place = await placeCluster({ dataDir: options.dataDir, account, tuning: options.tuning, note });
    await stopLeftoverPostmaster({ clusterDir: path.join(place, 'cluster'), note });
    const user = options.user ?? DEFAULT_USER;
    const { clusterDir } = await ensureCluster({ ...options, binaries, place, user, account });
    const deadlineMs = clock.monotonicMs() + (options.startTimeoutMs ?? START_TIMEOUT_MS);
    const archive =
      options.archive === undefined
        ? null
        : await prepareArchive({ archive: options.archive, clusterDir, place, account, note });
    const { server, port } = await launch({
      binaries,
      clusterDir,
      account,
      archive,
      options,
      clock,
      deadlineMs,
    });
    const url = await openDatabase(server, { ...options, user, port });
    return handle({ server, url, port, dataDir: options.dataDir, release: lock.release, clock });
  } catch (error) {
    await lock.release();
    throw error;
  }
}

export function assertPlatform(): void {
  if (process.platform === 'linux' || process.platform === 'darwin') return;
  throw new Error(
    `a local PostgreSQL is started on Linux and macOS only, not on ${process.platform}. ` +
      'Set DATABASE_URL to a PostgreSQL 18 server, or use WSL.',
  );
}

export async function lockDataDir(dataDir: string, clock: Clock): Promise<{ release(): Promise<void> }> {
  try {
    await mkdir(dataDir, { recursive: true });
    const lock = await acquireInstanceLock(dataDir, { clock });
    if (!('heldBy' in lock)) return lock;
    const since = lock.heldBy.startedAt?.toISOString() ?? 'an unknown time';
    throw new Error(
      `the database in ${dataDir} is in use by process ${lock.heldBy.pid} since ${since}. Stop that one first.`,
    );
  } catch (error) {
    if (!hasCode(error, 'EACCES', 'EPERM')) throw error;
    throw new Error(
      `${dataDir} cannot be written by this user. It was probably made by another one: start as that user, or remove it.`,
      { cause: error },
    );
  }
}

async function launch(context: Launch): Promise<{ server: ServerProcess; port: number }> {
  const { options, clock } = context;
  const fixedPort = options.port === undefined || options.port === 0 ? null : options.port;
  for (;;) {
    const port = fixedPort ?? (await findFreePort());
    if (fixedPort !== null && !(await isPortFree(port))) throw portInUse(port);
    const logStartByte = sizeOf(options.logFile);
    const server = await spawnServer({
      command: context.binaries.postgres,
      args: postgresArguments({
        clusterDir: context.clusterDir,
        port,
        tuning: options.tuning,
        archive: context.archive,
      }),
      cwd: context.clusterDir,
      logFile: options.logFile,
      env: POSTGRES_ENV,
      signalOnExit: 'SIGINT',
      account: context.account ?? undefined,
    });
    const outcome = await waitUntilReady(server, context);
    if (outcome === 'ready') return { server, port };
    const lines = readLastLines(options.logFile, LOG_LINES_SHOWN, logStartByte).join('\n');
    const isPassing = lines.includes(STILL_IN_USE) || (fixedPort === null && lines.includes(PORT_TAKEN));
    if (outcome === 'late' || !isPassing || clock.monotonicMs() > context.deadlineMs) {
      await stopServer(server, clock);
      const exit = server.exit();
      const what =
        outcome === 'late' || exit === null ? 'was not ready in time' : `ended with ${describeExit(exit)}`;
      throw new Error(`PostgreSQL ${what}. The last lines of ${options.logFile}:\n${lines}`);
    }
    await sleep(RELAUNCH_MS);
  }
}

/** Reads the server's own pid file, so that another server that answers on the port is never mistaken for ours. */
async function waitUntilReady(server: ServerProcess, context: Launch): Promise<'ready' | 'ended' | 'late'> {
  while (context.clock.monotonicMs() < context.deadlineMs) {
    if (server.exit() !== null) return 'ended';
    const record = await readPostmasterRecord(context.clusterDir);
    if (record?.pid === server.pid && record.status === 'ready') return 'ready';
    await sleep(POLL_MS);
  }
  return 'late';
}

async function openDatabase(
  server: ServerProcess,
  options: { user: string; password: string; port: number; database: string; dataDir: string },
): Promise<string> {
  const base = new URL(`postgres://127.0.0.1:${options.port}/postgres`);
  base.username = encodeURIComponent(options.user);
  base.password = encodeURIComponent(options.password);
  try {
    const url = await createDatabase(base.href, options.database, { ifMissing: true });
    await runStatement(url, 'SELECT 1');
    return url;
  } catch (error) {
    await stopServer(server, systemClock);
    if (!hasCode(error, '28P01', '28000')) throw error;
    throw new Error(
      `the database in ${options.dataDir} was made with another user or password (${errorText(error)}). ` +
        'Use those, or remove that folder to start with an empty database.',
    );
  }
}

function handle(context: {
  server: ServerProcess;
  url: string;
  port: number;
  dataDir: string;
  release: () => Promise<void>;
  clock: Clock;
}): LocalPostgres {
  const { server, clock } = context;
  const stop = async () => {
    if (!(await stopServer(server, clock))) {
      throw new Error(`PostgreSQL (process ${server.pid}) does not stop, not even when killed`);
    }
    await context.release();
  };
  return {
    url: context.url,
    port: context.port,
    pid: server.pid,
    exited: server.exited,
    stop,
    kill: async () => {
      const target = { pid: server.pid, isRunning: () => server.exit() === null };
      await endProcess(target, [{ signal: 'SIGKILL', waitMs: START_TIMEOUT_MS }], clock);
      await context.release();
    },
    destroy: async () => {
      await stop();
      await removePlace(context.dataDir);
    },
  };
}

function stopServer(server: ServerProcess, clock: Clock): Promise<boolean> {
  const target = { pid: server.pid, isRunning: () => server.exit() === null };
  return endProcess(target, POSTMASTER_STOP_STEPS, clock);
}

function portInUse(port: number): Error {
  return new Error(
    `port ${port} of 127.0.0.1, meant for PostgreSQL, is in use. Stop what listens there, or configure another port.`,
  );
}
