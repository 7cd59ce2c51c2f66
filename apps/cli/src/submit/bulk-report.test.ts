import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { fetchReport, saveReport } from './bulk-report.ts';

const TEXT = [
  'row,id,chain,asset,to,amount,reference,priority,state,hash,failureCode,failureMessage,createdAt,confirmedAt',
  `1,wd_1,polygon,USDC,0xa,0.000001,"'=1+1",STANDARD,CONFIRMED,0x1,,,2026-03-01,2026-03-01`,
  '2,wd_2,polygon,USDC,0xb,9007199254740993.000002,"a, ""b""",STANDARD,CONFIRMED,0x1,,,2026-03-01,2026-03-01',
  '3,wd_3,polygon,POL,0xc,1.5,,VIP,FAILED,,transfer_rejected,"Refused, it was.",2026-03-01,',
  '',
].join('\r\n');

/** In pieces of some characters, as the network brings them. */
async function* pieces(text: string, failAfter = Number.POSITIVE_INFINITY): AsyncGenerator<string> {
  for (let offset = 0; offset < text.length; offset += 7) {
    if (offset > failAfter) throw new Error('the connection was lost');
    yield text.slice(offset, offset + 7);
  }
}

const expected = {
  totals: [
    {
      chain: 'polygon',
      asset: 'USDC',
      rows: 2,
      amount: '9007199254740993.000003',
      confirmed: '9007199254740993.000003',
    },
    { chain: 'polygon', asset: 'POL', rows: 1, amount: '1.5', confirmed: '0' },
  ],
  failures: [
    { row: 3, id: 'wd_3', state: 'FAILED', to: '0xc', amount: '1.5 POL', reason: 'Refused, it was.' },
  ],
};

async function directory(): Promise<string> {
  const made = await mkdtemp(path.join(tmpdir(), 'naru-report-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

describe('a bulk report', () => {
  it('is summed up exactly, beyond what a float holds', async () => {
    expect(await fetchReport(pieces(TEXT))).toMatchObject(expected);
  });

  it('is saved as it came, and summed up on the way', async () => {
    const file = path.join(await directory(), 'out.csv');
    expect(await saveReport(pieces(TEXT), file)).toMatchObject(expected);
    expect(await readFile(file, 'utf8')).toBe(TEXT);
  });

  it('leaves no half a file when the connection is lost', async () => {
    const place = await directory();
    const saving = saveReport(pieces(TEXT, 100), path.join(place, 'out.csv'));
    await expect(saving).rejects.toThrow('the payouts themselves are not affected');
    expect(await readdir(place)).toEqual([]);
  });
});
