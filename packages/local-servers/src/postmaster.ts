import { readlinkSync } from 'node:fs';
import { readFile, realpath, rm } from 'node:fs/promises';
import path from 'node:path';
import { hasCode, orNullIfMissing } from './files.ts';
import { identifyProcess, isStillRunning } from './process-identity.ts';
import { endProcess, type SignalStep } from './server-process.ts';

/**
 * What PostgreSQL writes into `postmaster.pid`, as far as it is used here: line 1 process id, line 4 port, line 8 status.
 * Source: src/include/utils/pidfile.h of PostgreSQL.
 */
export type PostmasterRecord = { pid: number; port: number | null; status: string | null };

/** Fast shutdown rolls back and disconnects; immediate shutdown leaves recovery to the next start. */
export const POSTMASTER_STOP_STEPS: readonly SignalStep[] = [
  { signal: 'SIGINT', waitMs: 20_000 }, // the final checkpoint writes up to shared_buffers
  { signal: 'SIGQUIT', waitMs: 5_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
];

/** Of the server and what it starts. */
export const POSTGRES_ENV: NodeJS.ProcessEnv = { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' };

export async function readPostmasterRecord(clusterDir: string): Promise<PostmasterRecord | null> {
  const text = await orNullIfMissing(readFile(pidFileOf(clusterDir), 'utf8'));
  const lines = text?.split('\n') ?? [];
  const pid = Number.parseInt(lines[0] ?? '', 10);
  if (!Number.isSafeInteger(pid) || pid <= 0) return null;
  const port = Number.parseInt(lines[3] ?? '', 10);
  return { pid, port: Number.isNaN(port) ? null : port, status: lines[7]?.trim() ?? null };
}

/**
 * Makes sure that no server runs on the cluster: one whose starter was killed is stopped; a pid file whose process is
 * gone or is another program is removed (PostgreSQL itself would refuse to start when its old process id is in use again).
 * The caller holds the instance lock, so nobody else starts one meanwhile.
 */
export async function stopLeftoverPostmaster(options: {
  clusterDir: string;
  note: (text: string) => void;
}): Promise<void> {
  const { clusterDir, note } = options;
  const record = await readPostmasterRecord(clusterDir);
  if (record === null) return;
  const identity = identifyProcess(record.pid);
  if (identity === null || !(await isPostmasterOf(clusterDir, record.pid))) {
    note(`removed the pid file of a server that ended without stopping (process ${record.pid})`);
    await rm(pidFileOf(clusterDir), { force: true });
    return;
  }
  note(`stopping the server that an earlier run left on ${clusterDir} (process ${record.pid})`);
  const target = { pid: record.pid, isRunning: () => isStillRunning(identity) };
  if (!(await endProcess(target, POSTMASTER_STOP_STEPS))) {
    throw new Error(
      `a PostgreSQL server (process ${record.pid}) is running on ${clusterDir} and does not stop. End it with \`kill -9 ${record.pid}\`.`,
    );
  }
}

function pidFileOf(clusterDir: string): string {
  return path.join(clusterDir, 'postmaster.pid');
}

/** A postmaster's working directory is its data directory. Where that cannot be read, its command line names it. */
async function isPostmasterOf(clusterDir: string, pid: number): Promise<boolean> {
  if (process.platform !== 'linux') return true; // no cheap way to tell; identifyProcess saw a running process
  const realDir = await realpath(clusterDir);
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === realDir;
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return false;
  }
  const commandLine = await orNullIfMissing(readFile(`/proc/${pid}/cmdline`, 'utf8'));
  return commandLine?.split('\0').some((part) => part === clusterDir || part === realDir) ?? false;
}
