import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  createDatabase,
  createDatabaseFromTemplate,
  dropDatabase,
  runStatement,
  withDatabase,
} from './databases.ts';
import { type LocalPostgres, type LocalPostgresOptions, startLocalPostgres } from './postgres.ts';
import { identifyProcess } from './process-identity.ts';
import { killScript, runScript } from './testing/run-script.ts';

const TEST_TIMEOUT_MS = 120_000; // several starts on a machine that is busy with other things
let dir: string;
const started: LocalPostgres[] = [];

beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'naru-postgres-'));
});
afterEach(async () => {
  for (const server of started.splice(0)) await server.destroy();
  await rm(dir, { recursive: true, force: true });
});

async function start(options: Partial<LocalPostgresOptions> = {}): Promise<LocalPostgres> {
  const server = await startLocalPostgres({
    dataDir: path.join(dir, 'postgres'),
    password: 'naru',
    database: 'naru',
    tuning: 'test',
    logFile: path.join(dir, 'postgres.log'),
    ...options,
  });
  started.push(server);
  return server;
}

async function queryValue(url: string, text: string): Promise<unknown> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    const { rows } = await client.query({ text, rowMode: 'array' });
    return rows[0]?.[0];
  } finally {
    await client.end();
  }
}

const readSetting = (url: string, name: string) => queryValue(url, `SHOW ${name}`);

describe('startLocalPostgres', { timeout: TEST_TIMEOUT_MS }, () => {
  test('keeps its rows over a restart and over a crash', async () => {
    const first = await start({ tuning: 'durable' });
    await runStatement(first.url, 'CREATE TABLE kept (id integer)');
    await runStatement(first.url, 'INSERT INTO kept VALUES (1)');
    await first.stop();
    expect(await first.exited).toEqual({ code: 0, signal: null });

    const second = await start({ tuning: 'durable' });
    await runStatement(second.url, 'INSERT INTO kept VALUES (2)');
    await second.kill();

    const third = await start({ tuning: 'durable' });
    expect(await queryValue(third.url, 'SELECT sum(id)::int FROM kept')).toBe(3);
    expect(await readSetting(third.url, 'fsync')).toBe('on');
  });

  test('has the locale, the authentication and the settings that were promised', async () => {
    const { url } = await start();
    expect(await queryValue(url, 'SELECT version()')).toMatch(/^PostgreSQL 18\./);
    expect(
      await queryValue(url, `SELECT datlocprovider::text || ' ' || datlocale FROM pg_database LIMIT 1`),
    ).toBe('b C.UTF-8');
    expect(await readSetting(url, 'server_encoding')).toBe('UTF8');
    expect(await readSetting(url, 'fsync')).toBe('off');
    expect(await readSetting(url, 'jit')).toBe('off');
    expect(await readSetting(url, 'listen_addresses')).toBe('127.0.0.1');
    expect(await readSetting(url, 'unix_socket_directories')).toBe('');
    const wrong = new URL(url);
    wrong.password = 'wrong';
    await expect(queryValue(wrong.href, 'SELECT 1')).rejects.toMatchObject({ code: '28P01' });
  });

  test.runIf(process.platform === 'linux')(
    'runs in a process group of its own, so that Ctrl-C does not reach it',
    async () => {
      const server = await start();
      const stat = await readFile(`/proc/${server.pid}/stat`, 'utf8');
      const processGroup = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2]);
      expect(processGroup).toBe(server.pid);
    },
  );

  test('refuses a data directory that is in use, and names the process', async () => {
    await start();
    await expect(start()).rejects.toThrow(`is in use by process ${process.pid}`);
  });

  test('an interrupted initialisation is never taken for a cluster, and is cleared away', async () => {
    const first = await start();
    await first.stop();
    const place = await realpath(path.join(dir, 'postgres', 'server'));
    await rename(path.join(place, 'cluster'), path.join(place, 'init-interrupted'));
    const second = await start();
    expect(await queryValue(second.url, 'SELECT 1')).toBe(1);
    expect(await readdir(place)).toEqual(['cluster']);
  });

  test('says who is wrong when user or password differ from those of the cluster', async () => {
    const first = await start();
    await first.stop();
    await expect(start({ password: 'other' })).rejects.toThrow('was made with another user or password');
    await start();
  });

  test('says so when its port is taken', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const address = squatter.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    await expect(start({ port })).rejects.toThrow(
      `port ${port} of 127.0.0.1, meant for PostgreSQL, is in use`,
    );
    squatter.close();
    await start();
  });

  test('shows the last log lines when the server does not start', async () => {
    const first = await start();
    await first.stop();
    const cluster = await realpath(path.join(dir, 'postgres', 'server', 'cluster'));
    await rm(path.join(cluster, 'global'), { recursive: true });
    await expect(start()).rejects.toThrow(
      /PostgreSQL ended with exit code 2[\s\S]*could not find the database system/,
    );
  });

  test('a pid file whose process id another program has by now does not block the start', async () => {
    const first = await start();
    await first.stop();
    const cluster = await realpath(path.join(dir, 'postgres', 'server', 'cluster'));
    const { child } = await runScript('hold-lock.ts', [path.join(dir, 'other')]);
    await writeFile(
      path.join(cluster, 'postmaster.pid'),
      `${child.pid}\n${cluster}\n1\n5432\n\n127.0.0.1\n1 1\nready\n`,
    );
    await start();
    await killScript(child);
  });

  test('stops the server that a killed run left behind, and starts its own on the same data', async () => {
    const { child, firstLine } = await runScript('hold-servers.ts', [dir]);
    const left: { postgres: number; anvil: number } = JSON.parse(firstLine);
    await killScript(child);
    expect(identifyProcess(left.postgres)).not.toBeNull();
    const notices: string[] = [];
    const server = await start({ onNotice: (text) => notices.push(text) });
    expect(notices).toContainEqual(expect.stringContaining(`process ${left.postgres}`));
    expect(identifyProcess(left.postgres)).toBeNull();
    expect(server.pid).not.toBe(left.postgres);
    process.kill(left.anvil, 'SIGKILL');
  });

  test('both servers end when their process ends without stopping them', async () => {
    const { firstLine } = await runScript('hold-servers.ts', [dir, 'exit']);
    const left: { postgres: number; anvil: number } = JSON.parse(firstLine);
    await expect.poll(() => identifyProcess(left.postgres), { timeout: 30_000 }).toBeNull();
    await expect.poll(() => identifyProcess(left.anvil), { timeout: 30_000 }).toBeNull();
    await start();
  });

  test.runIf(process.getuid?.() === 0)(
    'as root, in a folder that only root can enter, keeps the data outside and finds it again',
    async () => {
      const closedDir = path.join(dir, 'closed');
      await mkdir(closedDir, { mode: 0o700 });
      const options = { dataDir: path.join(closedDir, 'postgres') };
      const notices: string[] = [];
      const first = await start({ ...options, onNotice: (text) => notices.push(text) });
      expect(notices).toContainEqual(expect.stringContaining("PostgreSQL's user cannot reach"));
      await runStatement(first.url, 'CREATE TABLE kept (id integer)');
      await first.stop();
      const outside = await realpath(path.join(closedDir, 'postgres', 'server'));
      const second = await start(options);
      expect(await queryValue(second.url, 'SELECT count(*)::int FROM kept')).toBe(0);
      await second.stop();

      await rm(options.dataDir, { recursive: true });
      const third = await start(options);
      await expect(queryValue(third.url, 'SELECT 1 FROM kept')).rejects.toThrow('does not exist');
      await third.destroy();
      await expect(stat(outside)).rejects.toThrow('ENOENT');
    },
  );
});

test('databases are created, copied from a template and dropped', { timeout: TEST_TIMEOUT_MS }, async () => {
  const { url } = await start();
  const template = await createDatabase(url, 'The "template"');
  await runStatement(template, 'CREATE TABLE kept AS SELECT 7 AS id');
  const copy = await createDatabaseFromTemplate(url, 'copy', 'The "template"');
  expect(copy).toBe(withDatabase(url, 'copy'));
  expect(await queryValue(copy, 'SELECT id FROM kept')).toBe(7);
  await expect(createDatabase(url, 'copy')).rejects.toThrow('already exists');
  await createDatabase(url, 'copy', { ifMissing: true });
  expect(await queryValue(copy, 'SELECT id FROM kept')).toBe(7);
  const session = new pg.Client({ connectionString: copy });
  const cut = new Promise((resolve) => session.on('error', resolve));
  await session.connect();
  await dropDatabase(url, 'copy');
  await cut;
  await dropDatabase(url, 'copy');
  await expect(queryValue(copy, 'SELECT 1')).rejects.toMatchObject({ code: '3D000' });
});

test('a template with a session on it is copied once the session ends', {
  timeout: TEST_TIMEOUT_MS,
}, async () => {
  const { url } = await start();
  const template = await createDatabase(url, 'busy');
  const session = new pg.Client({ connectionString: template });
  await session.connect();
  const copying = createDatabaseFromTemplate(url, 'copy', 'busy');
  await session.query('SELECT pg_sleep(0.2)');
  await session.end();
  await copying;
});
