import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { appendFile, chown, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { errorText } from '@naru/kit/errors.ts';
import { orNullIfMissing } from './files.ts';
import type { PostgresAccount } from './postgres-account.ts';
import type { PostgresBinaries } from './postgres-binaries.ts';
import type { PostgresTuning } from './postgres-settings.ts';

const run = promisify(execFile);

const MAJOR_VERSION = '18';
const DRAFT_PREFIX = 'init-';
const INITDB_TIMEOUT_MS = 180_000; // two seconds on an idle machine; a slow disk and fsync take far longer
const OUTPUT_BYTES_MAX = 1_000_000;

/**
 * Makes the cluster `place/cluster` unless it exists. It is made under another name and renamed when finished,
 * so that an interrupted attempt is never taken for a cluster.
 */
export async function ensureCluster(options: {
  binaries: PostgresBinaries;
  place: string;
  user: string;
  password: string;
  tuning: PostgresTuning;
  account: PostgresAccount | null;
  logFile: string;
}): Promise<{ clusterDir: string; created: boolean }> {
  const { place, account } = options;
  const clusterDir = path.join(place, 'cluster');
  for (const name of await readdir(place)) {
    if (name.startsWith(DRAFT_PREFIX)) await rm(path.join(place, name), { recursive: true, force: true });
  }
  const version = await orNullIfMissing(readFile(path.join(clusterDir, 'PG_VERSION'), 'utf8'));
  if (version !== null) {
    assertVersion(version.trim(), clusterDir);
    return { clusterDir, created: false };
  }
  const draftDir = path.join(place, `${DRAFT_PREFIX}${randomBytes(6).toString('hex')}`);
  const passwordFile = `${draftDir}.password`;
  await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600 });
  if (account !== null) await chown(passwordFile, account.uid, account.gid);
  try {
    await runInitdb({ ...options, draftDir, passwordFile });
  } finally {
    await rm(passwordFile, { force: true });
  }
  await rename(draftDir, clusterDir);
  return { clusterDir, created: true };
}

async function runInitdb(options: {
  binaries: PostgresBinaries;
  draftDir: string;
  passwordFile: string;
  place: string;
  user: string;
  tuning: PostgresTuning;
  account: PostgresAccount | null;
  logFile: string;
}): Promise<void> {
  const flags = [
    `--pgdata=${options.draftDir}`,
    `--username=${options.user}`,
    `--pwfile=${options.passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // The built-in provider orders text the same on every machine and needs no locale of the system.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    ...(options.tuning === 'test' ? ['--no-sync', '--no-data-checksums'] : ['--data-checksums']),
  ];
  try {
    const { stdout, stderr } = await run(options.binaries.initdb, flags, {
      cwd: options.place,
      env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/bin:/bin' },
      timeout: INITDB_TIMEOUT_MS,
      maxBuffer: OUTPUT_BYTES_MAX,
      ...(options.account ?? {}),
    });
    await appendFile(options.logFile, stdout + stderr);
  } catch (error) {
    await rm(options.draftDir, { recursive: true, force: true });
    throw new Error(`initdb could not make the database in ${options.place}: ${errorText(error)}`);
  }
}

function assertVersion(version: string, clusterDir: string): void {
  if (version === MAJOR_VERSION) return;
  throw new Error(
    `${clusterDir} was made by PostgreSQL ${version}, and this is PostgreSQL ${MAJOR_VERSION}. ` +
      'Move it away to start with an empty database, or dump it with the old version first.',
  );
}
