import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Hex } from '@naru/kit/hex.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openListFile, parseList } from './list-file.ts';

const LISTED: Hex = '0x52908400098527886E0F7030069857D2E4169EE7';
const MIXER: Hex = '0x8617E340B3D01FA5F11F306F4090FD50E238070D';
const OTHER: Hex = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'naru-list-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

/** As a program should: the new file in one step in the place of the old one. */
async function put(file: string, text: string): Promise<void> {
  await writeFile(`${file}.new`, text);
  await rename(`${file}.new`, file);
}

const CSV = `address,source,date,category,chain
${LISTED.toLowerCase()},OFAC SDN,2026-01-01,,
${MIXER},house list,2026-02-01,mixer,polygon
`;

describe('a list', () => {
  test('as CSV: sanctioned, of a category on one chain, or not there', async () => {
    const file = path.join(dir, 'list.csv');
    await put(file, CSV);
    const list = await openListFile(file);
    expect(await list.check('polygon', [LISTED, MIXER, OTHER])).toMatchObject([
      { listed: true, category: 'sanctions', detail: 'OFAC SDN, 2026-01-01' },
      { listed: false, category: 'mixer', detail: 'house list, 2026-02-01' },
      { listed: false, category: null },
    ]);
    expect(await list.check('localhost', [MIXER])).toMatchObject([{ listed: false, category: null }]);
  });

  test('as JSON lines, the stricter of two lines about one address counts', () => {
    const line = (changes: object) =>
      JSON.stringify({ address: LISTED, source: 's', date: '2026-01-01', ...changes });
    const entries = parseList([line({}), line({ category: 'exchange' })].join('\n'));
    expect([...entries.values()]).toMatchObject([{ listed: true }]);
  });

  test('is read again when it changes, and gives no answer while it is broken', async () => {
    const file = path.join(dir, 'changing.csv');
    await put(file, `address,source,date\n${OTHER},first,2026-01-01\n`);
    const list = await openListFile(file);
    expect(await list.check('localhost', [LISTED])).toMatchObject([{ listed: false }]);
    await put(file, CSV);
    expect(await list.check('localhost', [LISTED])).toMatchObject([{ listed: true }]);
    await put(file, `${CSV}nonsense\n`);
    await expect(list.check('localhost', [OTHER])).rejects.toThrow('line 4: 1 cells under 5 columns');
    await rm(file);
    await expect(list.check('localhost', [OTHER])).rejects.toThrow();
    await put(file, CSV);
    expect(await list.check('localhost', [LISTED])).toMatchObject([{ listed: true }]);
  });

  test.each([
    ['', 'it is empty'],
    ['address,source\n', 'its header lacks date'],
    ['address,source,date,name\n', 'its header has name'],
    ['address,source,date\n', 'a header and no address'],
    ['address,source,date\n0x12,s,2026-01-01\n', 'line 2: address'],
    [`address,source,date\n${OTHER},s,yesterday\n`, 'line 2: date'],
    [`address,source,date\n${OTHER},"s",2026-01-01\n`, 'line 2: quotes'],
    ['{"address": 1', 'line 1: this is no JSON'],
    [JSON.stringify({ address: OTHER, source: 's', date: '2026-01-01', note: '' }), 'line 1'],
  ])('%j is refused: %s', async (text, problem) => {
    const file = path.join(dir, 'broken.csv');
    await put(file, text);
    await expect(openListFile(file)).rejects.toThrow(problem);
  });
});
