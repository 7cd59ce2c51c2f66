import { chmod, mkdtemp, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ARCHIVE_PROGRAM, listBackups, placesOf } from '@naru/backup/backup-directory.ts';
import { checkLedger } from '@naru/core/ledger/ledger.store.ts';
import { findReserveMismatches } from '@naru/core/reconciliation/reconciliation.store.ts';
import type { Withdrawal } from '@naru/core/withdrawal/withdrawal.ts';
import { openDatabase } from '@naru/db/database.ts';
import { migrate } from '@naru/db/migrate.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { type LocalPostgres, startLocalPostgres } from '@naru/local-servers/postgres.ts';
import { removePlace } from '@naru/local-servers/postgres-placement.ts';
import { onServer } from '@naru/testkit/global-setup.ts';
import type { TestDatabase } from '@naru/testkit/test-database.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { countPayments } from '../support/chain-judge.ts';
import { pay, until } from '../support/payouts.ts';
import { runNaru } from '../support/run-naru.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';

/* A durable PostgreSQL of its own with an archive, the real stack on it, and the command line as an operator runs it. */

const ROLES = 'processor,broadcaster,monitor,accounts';
const TIMEOUT_MS = 150_000;

let dir: string;
let backupDir: string;
let postgres: LocalPostgres;
let stack: Stack;
let env: Record<string, string>;
const servers: LocalPostgres[] = [];
/** What was accepted before the base backup, and after it. */
const accepted: Withdrawal[] = [];
const later: Withdrawal[] = [];

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'naru-rehearsal-'));
  await chmod(dir, 0o711); // as root, PostgreSQL's user passes through
  backupDir = path.join(dir, 'backups');
  postgres = await startServer('lost');
  await migrate(postgres.url);
  stack = await startStack({ accounts: 2, database: databaseOn(postgres) });
  env = { DATABASE_URL: postgres.url, NARU_RPC_LOCALHOST: stack.anvil.url, NARU_BACKUP_DIR: backupDir };
}, TIMEOUT_MS);
afterAll(async () => {
  await stack?.stop();
  for (const server of servers) await server.destroy().catch(() => undefined);
  await rm(dir, { recursive: true, force: true });
});

async function startServer(name: string): Promise<LocalPostgres> {
  const server = await startLocalPostgres({
    dataDir: path.join(dir, name),
    password: 'naru',
    database: 'naru',
    tuning: 'durable',
    archive: { program: ARCHIVE_PROGRAM, dirOf: (system) => placesOf(backupDir, system).walDir },
    logFile: path.join(dir, `${name}.log`),
  });
  servers.push(server);
  return server;
}

function databaseOn({ url }: LocalPostgres): TestDatabase {
  const db = openDatabase({ databaseUrl: url, applicationName: 'naru-test' });
  return { url, db, drop: () => db.destroy() };
}

async function naru(...args: string[]): Promise<{ code: number | null; out: string; err: string }> {
  return await runNaru(args, env);
}

async function newestBackup(): Promise<{ id: string; dir: string; walDir: string }> {
  const entry = assertPresent((await listBackups(backupDir)).at(-1), 'a backup');
  return { id: entry.id, dir: entry.dir, walDir: entry.places.walDir };
}

/** Closes the segment under way and waits until all that was written is in the archive. */
async function archiveAll(): Promise<void> {
  // Something is written first: a segment without content is not closed.
  const { rows } = await sql<{ name: string }>`
    SELECT pg_walfile_name(pg_create_restore_point('test')) AS name`.execute(stack.database.db);
  await sql`SELECT pg_switch_wal()`.execute(stack.database.db);
  const name = assertPresent(rows[0]?.name, 'a segment');
  await eventually(`${name} in the archive`, async () => {
    const last = await sql<{ name: string | null }>`
      SELECT last_archived_wal AS name FROM pg_stat_archiver`.execute(stack.database.db);
    return (last.rows[0]?.name ?? '') >= name ? true : null;
  });
}

async function kill(worker: { kill(): void; ended: Promise<string> }): Promise<void> {
  worker.kill();
  await worker.ended;
}

test('a backup that is killed half way is never listed, the server leaves backup mode, and the next one works', {
  timeout: TIMEOUT_MS,
}, async () => {
  const killed = await runNaru(['backup', 'create'], env, {
    onOutput: (text, end) => text.includes('copying the database') && end('SIGKILL'),
  });
  expect(killed.code).not.toBe(0);
  expect(await listBackups(backupDir)).toEqual([]);
  await eventually('no backup under way', async () => {
    const { rows } = await sql`SELECT pid FROM pg_stat_progress_basebackup`.execute(stack.database.db);
    return rows.length === 0 ? true : null;
  });
  expect(await naru('backup', 'status')).toMatchObject({
    code: 1,
    out: expect.stringContaining('there is no backup'),
  });
});

test('an archive that cannot be written is visible, and nothing is lost by it', {
  timeout: TIMEOUT_MS,
}, async () => {
  const system = assertPresent((await readdir(backupDir))[0], 'a cluster');
  const { walDir } = placesOf(backupDir, system);
  await rename(walDir, `${walDir}.away`);
  await sql`SELECT pg_create_restore_point('test'), pg_switch_wal()`.execute(stack.database.db);
  await eventually('a failure that is counted', async () => {
    const status = JSON.parse((await naru('backup', 'status', '--json')).out);
    return status.problems.some((one: { code: string }) => one.code === 'archiving_fails') ? true : null;
  });
  await rename(`${walDir}.away`, walDir);
  await archiveAll();
  const status = JSON.parse((await naru('backup', 'status', '--json')).out);
  expect(status.archiver).toMatchObject({ waiting: 0 });
  expect(status.problems.map((one: { code: string }) => one.code)).toEqual(['no_backup']);
});

test('the server and its disk are lost: restored to its newest moment, nothing that was archived is missing', {
  timeout: TIMEOUT_MS,
}, async () => {
  let worker = await stack.startWorker(ROLES);
  accepted.push(await pay(stack), await pay(stack));
  for (const { id } of accepted) await until(stack, id, ['CONFIRMED']);
  await kill(worker);
  for (let count = 0; count < 5; count++) accepted.push(await pay(stack));
  const created = await naru('backup', 'create');
  expect(created).toMatchObject({ code: 0, out: expect.stringContaining('Backup') });
  // Life goes on: what the backup holds is paid, more is accepted and paid, and some is accepted only.
  worker = await stack.startWorker(ROLES);
  later.push(await pay(stack), await pay(stack));
  for (const { id } of [...accepted, ...later]) await until(stack, id, ['CONFIRMED']);
  await kill(worker);
  const open = await pay(stack);
  await archiveAll();
  await stack.database.db.destroy();
  await postgres.kill();
  await removePlace(path.join(dir, 'lost'));

  const rehearsed = await naru('backup', 'rehearse', '--json');
  expect(JSON.parse(rehearsed.out)).toMatchObject({ ok: true, problems: [] });
  const restored = await naru('restore', 'latest', '--data-dir', path.join(dir, 'newest'));
  expect(restored).toMatchObject({ code: 0, out: expect.stringContaining('npx naru recover') });
  const server = await startServer('newest');
  const database = databaseOn(server);
  Object.assign(stack.database, database);
  for (const { id } of [...accepted, ...later]) expect((await until(stack, id, ['CONFIRMED'])).id).toBe(id);
  expect((await until(stack, open.id, ['PENDING', 'VALIDATING'])).id).toBe(open.id);
  expect(await checkLedger(database.db)).toEqual([]);
  expect(await findReserveMismatches(database.db)).toEqual([]);
  await database.db.destroy();
  await server.stop();
});

test('restored to the moment of the backup, older than the chain: every payment of it is made once, and what came later is told', {
  timeout: TIMEOUT_MS,
}, async () => {
  const { manifest } = assertPresent((await listBackups(backupDir)).at(-1), 'a backup');
  const moment = new Date(Date.parse(manifest?.finishedAt ?? '') + 5).toISOString();
  const restored = await naru(
    'restore',
    'latest',
    '--timeline',
    '1',
    '--to-time',
    moment,
    '--data-dir',
    path.join(dir, 'older'),
  );
  expect(restored).toMatchObject({ code: 0, err: expect.not.stringContaining('error') });
  const server = await startServer('older');
  const database = databaseOn(server);
  Object.assign(stack.database, database);
  env = { ...env, DATABASE_URL: server.url };
  const roleEnv = { DATABASE_URL: server.url };
  // No role starts before the chain was read.
  await expect(stack.startWorker(ROLES, roleEnv)).rejects.toThrow('naru recover');
  await sql`UPDATE chain_cursor SET lease_until = now()`.execute(database.db);

  const recovered = JSON.parse((await naru('recover', '--json')).out);
  const [chain] = recovered.chains;
  expect(chain.conflicts).toEqual([]);
  expect(chain.unknownPayments.map((one: { withdrawalId: string }) => one.withdrawalId).sort()).toEqual(
    later.map(({ id }) => id).sort(),
  );
  const worker = await stack.startWorker(ROLES, roleEnv);
  for (const { id } of accepted) await until(stack, id, ['CONFIRMED'], 60_000);
  const afterwards = await pay(stack);
  await until(stack, afterwards.id, ['CONFIRMED'], 60_000);
  await kill(worker);
  const payments = await countPayments(stack);
  for (const { id } of [...accepted, ...later, afterwards])
    expect(payments.get(id), toPublicId('withdrawal', id)).toBe(1);
  expect(payments.size).toBe(accepted.length + later.length + 1);
  expect(await checkLedger(database.db)).toEqual([]);
  expect(await findReserveMismatches(database.db)).toEqual([]);
});

test('a byte that changed in a backup, or a segment that is gone, is found; a restore of it is refused', {
  timeout: TIMEOUT_MS,
}, async () => {
  expect(await naru('backup', 'verify', 'latest')).toMatchObject({
    code: 0,
    out: expect.stringContaining('Whole:'),
  });
  const backup = await newestBackup();
  const manifest = JSON.parse(await readFile(path.join(backup.dir, 'manifest.json'), 'utf8'));
  const segment = path.join(backup.walDir, `${manifest.lastSegment}.gz`);
  const content = await readFile(segment);
  await rm(segment);
  expect(await naru('backup', 'verify', backup.id)).toMatchObject({
    code: 1,
    out: expect.stringContaining(`${manifest.lastSegment} of the log is missing`),
  });
  await writeFile(segment, content);
  await flipByte(path.join(backup.dir, 'base.tar.gz'));
  const verified = await naru('backup', 'verify', backup.id);
  expect(verified).toMatchObject({ code: 1, out: expect.stringContaining('Damaged') });
  const refused = await naru('restore', backup.id, '--data-dir', path.join(dir, 'damaged'));
  expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('damaged') });
  await expect(onServer(env['DATABASE_URL'] ?? '', 'SELECT 1')).resolves.toBeUndefined();
});

async function flipByte(file: string): Promise<void> {
  const handle = await open(file, 'r+');
  try {
    const at = Math.floor((await handle.stat()).size / 2);
    const { buffer } = await handle.read(Buffer.alloc(1), 0, 1, at);
    buffer[0] = (buffer[0] ?? 0) ^ 0xff;
    await handle.write(buffer, 0, 1, at);
  } finally {
    await handle.close();
  }
}
