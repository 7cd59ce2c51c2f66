import { execFile } from 'node:child_process';
import { cpus, release, totalmem, type } from 'node:os';
import { promisify } from 'node:util';
import { openDatabase } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { locateAnvil } from '@naru/local-servers/anvil-binary.ts';
import { readServerVersion } from './bench.store.ts';

const BYTES_IN_GIB = 1024 ** 3;
const COMMAND_TIMEOUT_MS = 10_000;

/** What a figure is worth depends on these. */
export type Machine = {
  cpu: string;
  cores: number;
  memoryGib: number;
  os: string;
  node: string;
  postgres: string;
  anvil: string;
  commit: string;
  /** ISO 8601, UTC. */
  date: string;
};

export async function readMachine(root: string, databaseUrl: string): Promise<Machine> {
  const cores = cpus();
  return {
    cpu: assertPresent(cores[0], 'a processor').model.trim(),
    cores: cores.length,
    memoryGib: Math.round(totalmem() / BYTES_IN_GIB),
    os: `${type()} ${release()}`,
    node: process.version,
    postgres: await readPostgresVersion(databaseUrl),
    anvil: await readAnvilVersion(root),
    commit: await readCommit(root),
    date: new Date().toISOString(),
  };
}

/** `Anvil 1.7.1` */
async function readAnvilVersion(root: string): Promise<string> {
  const text = await output(locateAnvil(), ['--version'], root);
  return `Anvil ${/\d+\.\d+\.\d+\S*/.exec(text)?.[0] ?? 'of an unknown version'}`;
}

async function readPostgresVersion(databaseUrl: string): Promise<string> {
  const db = openDatabase({ databaseUrl, applicationName: 'naru-bench', connectionsMax: 1 });
  try {
    return await readServerVersion(db);
  } finally {
    await db.destroy();
  }
}

/** A copy without history has no commit; that is no reason to measure nothing. */
async function readCommit(root: string): Promise<string> {
  try {
    const commit = await output('git', ['rev-parse', '--short', 'HEAD'], root);
    const changes = await output('git', ['status', '--porcelain'], root);
    return changes === '' ? commit : `${commit} with changes`;
  } catch {
    return 'unknown';
  }
}

async function output(command: string, args: readonly string[], cwd: string): Promise<string> {
  const { stdout } = await promisify(execFile)(command, args, { cwd, timeout: COMMAND_TIMEOUT_MS });
  return stdout.trim();
}
