import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLogFile } from './log-file.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'naru-log-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const open = (bytesMax: number) =>
  openLogFile({ file: path.join(dir, 'a.log'), bytesMax, rotatedFilesMax: 2 });

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

test('rotates at the size limit and keeps two old files', async () => {
  const log = open(4);
  for (const text of ['1111\n', '2222\n', '3333\n', '4444\n']) log.write(Buffer.from(text));
  log.close();
  expect((await readdir(dir)).sort()).toEqual(['a.log', 'a.log.1', 'a.log.2']);
  expect(await readFile(path.join(dir, 'a.log'), 'utf8')).toBe('4444\n');
  expect(await readFile(path.join(dir, 'a.log.2'), 'utf8')).toBe('2222\n');
});
