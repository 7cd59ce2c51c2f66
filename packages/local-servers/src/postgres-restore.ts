import { chmod, chown, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Clock, sleep, systemClock } from '@naru/kit/clock.ts';
import { readLastLines, sizeOf } from './files.ts';
import { assertPlatform, lockDataDir } from './postgres.ts';
import { chooseAccount, type PostgresAccount } from './postgres-account.ts';
import { prepareArchive, prepareRestoreCommand, type WalArchiveOptions } from './postgres-archive.ts';
import { preparePostgresBinaries } from './postgres-binaries.ts';
import { clusterDirOf, placeCluster, removePlace } from './postgres-placement.ts';
import { restoreArguments } from './postgres-settings.ts';
import { POSTGRES_ENV, POSTMASTER_STOP_STEPS, readPostmasterRecord } from './postmaster.ts';
import { describeExit, endProcess, type ServerProcess, spawnServer } from './server-process.ts';

export type RestoreOptions = {
  /** New or empty. Afterwards `startLocalPostgres` can be started on it. */
  dataDir: string;
  /** Writes the files of the base backup, `backup_label` included, into a directory that is empty. */
  fill(dir: string): Promise<void>;
  /** A shell script, called with the name of a segment, the path where it is wanted, and `walDir`. */
  restoreProgram: string;
  walDir: string;
  timeline: number;
  /** The last moment whose commits are wanted. Null: all that the archive has. */
  targetTime: Date | null;
  /** Where the new history is archived from its first moment. Null for a server that is thrown away. */
  archive: WalArchiveOptions | null;
  logFile: string;
  /** Until all of the log is replayed. */
  timeoutMs: number;
  onNotice?: (text: string) => void;
  clock?: Clock;
};

export type RestoredPostgres = {
  /** Without a password, through a socket that only this user (and root) can reach. */
  url(user: string, database: string): string;
  readonly clusterDir: string;
  readonly pid: number;
  /** The log ended before `targetTime`: all of it was replayed, and nothing in it is younger. */
  readonly endedBeforeTarget: boolean;
  stop(): Promise<void>;
  /** Stops and removes the data. */
  destroy(): Promise<void>;
};

const POLL_MS = 50;
const LOG_LINES_SHOWN = 15;
const PRIVATE_MODE = 0o700;
/** Short: the path of a socket is limited to 107 bytes. */
const SOCKET_DIR_PREFIX = '/tmp/naru-pg-';
/** Cleared away by the next start when it is interrupted; see `ensureCluster`. */
const DRAFT_NAME = 'init-restore';
/** Nothing was committed between the last record of the log and the moment asked for. Source: xlogrecovery.c */
const TARGET_NOT_REACHED = 'recovery ended before configured recovery target was reached';

/**
 * Makes a cluster from a base backup, replays the archived log up to the moment wanted, and returns when the server has
 * begun a history of its own. Never touches a cluster that exists. What was made is removed when it fails.
 */
export async function startRestoredPostgres(options: RestoreOptions): Promise<RestoredPostgres> {
  const clock = options.clock ?? systemClock;
  assertPlatform();
  await refuseUsed(options);
  const lock = await lockDataDir(options.dataDir, clock);
  try {
    const note = options.onNotice ?? (() => undefined);
    const account = await chooseAccount({ clusterDir: clusterDirOf(options.dataDir), note });
    const binaries = await preparePostgresBinaries({ account, note });
    const place = await placeCluster({ dataDir: options.dataDir, account, tuning: 'durable', note });
    const clusterDir = await fillCluster(options, place, account);
    const socketDir = await makeSocketDir(account);
    const common = {
      clusterDir,
      socketDir,
      accessFile: path.join(socketDir, 'pg_hba.conf'),
      restoreCommand: await prepareRestoreCommand({
        program: options.restoreProgram,
        archiveDir: options.walDir,
        place,
        account,
      }),
      timeline: options.timeline,
      archive:
        options.archive === null
          ? null
          : await prepareArchive({ archive: options.archive, clusterDir, place, account, note }),
    };
    const run = async (targetTime: Date | null) =>
      await recover({
        command: binaries.postgres,
        args: restoreArguments({ ...common, targetTime }),
        clusterDir,
        account,
        options,
        clock,
      });
    const first = await run(options.targetTime);
    const endedBeforeTarget = first === 'target-not-reached';
    const server = first === 'target-not-reached' ? await run(null) : first;
    if (server === 'target-not-reached') throw new Error('PostgreSQL missed a target that it was not given');
    return handle({
      server,
      clusterDir,
      socketDir,
      endedBeforeTarget,
      options,
      release: lock.release,
      clock,
    });
  } catch (error) {
    await removePlace(options.dataDir);
    await lock.release();
    throw error;
  }
}

/** The log of an attempt that failed may be there. */
async function refuseUsed({ dataDir, logFile }: RestoreOptions): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  const found = (await readdir(dataDir)).filter((name) => name !== path.basename(logFile));
  if (found.length === 0) return;
  throw new Error(
    `${path.resolve(dataDir)} is not empty, and a restore never writes over anything. Name a new directory, or move that one away.`,
  );
}

async function fillCluster(
  options: RestoreOptions,
  place: string,
  account: PostgresAccount | null,
): Promise<string> {
  const draftDir = path.join(place, DRAFT_NAME);
  await mkdir(draftDir, { mode: PRIVATE_MODE });
  await options.fill(draftDir);
  await writeFile(path.join(draftDir, 'recovery.signal'), '');
  if (account !== null) {
    await chown(draftDir, account.uid, account.gid);
    for (const name of await readdir(draftDir, { recursive: true }))
      await chown(path.join(draftDir, name), account.uid, account.gid);
  }
  const clusterDir = path.join(place, 'cluster');
  await rename(draftDir, clusterDir);
  return clusterDir;
}

async function makeSocketDir(account: PostgresAccount | null): Promise<string> {
  const dir = await mkdtemp(SOCKET_DIR_PREFIX);
  const accessFile = path.join(dir, 'pg_hba.conf');
  await writeFile(accessFile, 'local all all trust\n');
  await chmod(dir, PRIVATE_MODE);
  if (account !== null) {
    await chown(accessFile, account.uid, account.gid);
    await chown(dir, account.uid, account.gid);
  }
  return dir;
}

async function recover(context: {
  command: string;
  args: string[];
  clusterDir: string;
  account: PostgresAccount | null;
  options: RestoreOptions;
  clock: Clock;
}): Promise<ServerProcess | 'target-not-reached'> {
  const { options, clock, clusterDir } = context;
  const logStartByte = sizeOf(options.logFile);
  const server = await spawnServer({
    command: context.command,
    args: context.args,
    cwd: clusterDir,
    logFile: options.logFile,
    env: POSTGRES_ENV,
    signalOnExit: 'SIGINT',
    account: context.account ?? undefined,
  });
  const deadlineMs = clock.monotonicMs() + options.timeoutMs;
  while (server.exit() === null && clock.monotonicMs() < deadlineMs) {
    const record = await readPostmasterRecord(clusterDir);
    if (record?.pid === server.pid && record.status === 'ready') return server;
    await sleep(POLL_MS);
  }
  const exit = server.exit();
  const lines = readLastLines(options.logFile, LOG_LINES_SHOWN, logStartByte).join('\n');
  if (exit !== null && lines.includes(TARGET_NOT_REACHED)) return 'target-not-reached';
  await stopServer(server, clock);
  const what =
    exit === null
      ? `had not replayed the log after ${Math.round(options.timeoutMs / 1_000)} s`
      : `ended with ${describeExit(exit)}`;
  throw new Error(`PostgreSQL could not be restored: it ${what}. The last lines of its log:\n${lines}`);
}

function handle(context: {
  server: ServerProcess;
  clusterDir: string;
  socketDir: string;
  endedBeforeTarget: boolean;
  options: RestoreOptions;
  release: () => Promise<void>;
  clock: Clock;
}): RestoredPostgres {
  const { server, socketDir } = context;
  const stop = async () => {
    if (!(await stopServer(server, context.clock)))
      throw new Error(`PostgreSQL (process ${server.pid}) does not stop, not even when killed`);
    await rm(socketDir, { recursive: true, force: true });
    await context.release();
  };
  return {
    url: (user, database) =>
      `postgres://${encodeURIComponent(user)}@${encodeURIComponent(socketDir)}/${encodeURIComponent(database)}`,
    clusterDir: context.clusterDir,
    pid: server.pid,
    endedBeforeTarget: context.endedBeforeTarget,
    stop,
    destroy: async () => {
      await stop();
      await removePlace(context.options.dataDir);
    },
  };
}

function stopServer(server: ServerProcess, clock: Clock): Promise<boolean> {
  const target = { pid: server.pid, isRunning: () => server.exit() === null };
  return endProcess(target, POSTMASTER_STOP_STEPS, clock);
}
