import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLogFile } from './log-file.ts';

const DAY_MS = 86_400_000;
let dir: string;
let nowMs: number;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'naru-log-'));
  nowMs = Date.now();
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const open = (bytesMax: number, archiveBytesMax = 1_000_000) =>
  openLogFile({
    file: path.join(dir, 'a.log'),
    limits: { bytesMax, liveDays: 7, keptDays: 97, archiveBytesMax },
    now: () => new Date(nowMs),
  });

async function textOf(name: string): Promise<string> {
  const bytes = await readFile(path.join(dir, name));
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString();
}

async function textsAside(): Promise<string[]> {
  const names = (await readdir(dir)).filter((name) => name.startsWith('a.log.')).sort();
  return await Promise.all(names.map(textOf));
}

test('appends over reopening and remembers lines that arrive in pieces', async () => {
  const first = open(1_000);
  first.write(Buffer.from('one\n'));
  first.close();
  const second = open(1_000);
  const won = Buffer.from('두울\nthr');
  second.write(won.subarray(0, 4)); // in the middle of a character
  second.write(won.subarray(4));
  expect(second.lastLines(5)).toEqual(['두울', 'thr']);
  second.write(Buffer.from('ee\n'));
  expect(second.lastLines(1)).toEqual(['three']);
  second.close();
  second.write(Buffer.from('too late\n'));
  expect(await readFile(path.join(dir, 'a.log'), 'utf8')).toBe('one\n두울\nthree\n');
});

test('puts itself aside at its size, and loses nothing', async () => {
  const log = open(4);
  for (const text of ['1111\n', '2222\n', '3333\n', '4444\n']) {
    log.write(Buffer.from(text));
    nowMs += 1;
  }
  await log.tidied;
  log.close();
  expect(await textOf('a.log')).toBe('4444\n');
  expect(await textsAside()).toEqual(['1111\n', '2222\n', '3333\n']);
});

test('a day is a file; after a week it is compressed, after ninety days more it is gone', async () => {
  const log = open(1_000);
  for (let day = 0; day < 120; day++) {
    log.write(Buffer.from(`day ${day}\n`));
    nowMs += DAY_MS;
  }
  await log.tidied;
  log.close();
  const names = (await readdir(dir)).sort();
  const compressed = names.filter((name) => name.endsWith('.gz'));
  const live = names.filter((name) => name.startsWith('a.log.') && !name.endsWith('.gz'));
  expect(names.filter((name) => name.endsWith('.part'))).toEqual([]);
  expect(live.length).toBeGreaterThanOrEqual(7);
  expect(live.length).toBeLessThanOrEqual(8);
  expect(compressed.length + live.length).toBeGreaterThanOrEqual(96);
  expect(compressed.length + live.length).toBeLessThanOrEqual(98);
  expect(await textOf(compressed.at(-1) ?? '')).toMatch(/^day \d+\n$/);
  expect(await textOf('a.log')).toBe('day 119\n');
});

test('a program that says too much loses its oldest files, not the disk', async () => {
  const log = open(10, 35);
  for (let index = 0; index < 10; index++) {
    log.write(Buffer.from(`line ${index}...\n`));
    nowMs += 1;
  }
  await log.tidied;
  log.close();
  expect((await textsAside()).at(-1)).toBe('line 8...\n');
  expect((await textsAside()).length).toBe(3);
});

test('other files in the directory are left alone', async () => {
  await writeFile(path.join(dir, 'a.log.old'), 'mine');
  await writeFile(path.join(dir, 'b.log.2020-01-01T00-00-00-000Z'), 'of another');
  const log = open(4);
  log.write(Buffer.from('11111'));
  log.write(Buffer.from('22222'));
  await log.tidied;
  log.close();
  expect(await textOf('a.log.old')).toBe('mine');
  expect(await textOf('b.log.2020-01-01T00-00-00-000Z')).toBe('of another');
});
