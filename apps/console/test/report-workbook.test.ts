import type { ReportBody } from '@naru/wire/report.ts';
import { strFromU8, unzipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import writeWorkbook from 'write-excel-file/universal';
import { reportTexts } from '../web/views/reports/report.texts.ts';
import { cellOf, reportSheets } from '../web/views/reports/report-workbook.ts';

const at = '2026-11-27T15:00:00.000Z';
const none = { count: 0, amount: '0' };
const named = { chain: 'localhost', asset: 'USDC' };
const report: ReportBody = {
  object: 'report',
  period: 'daily',
  date: '2026-11-28',
  status: 'FINAL',
  version: 2,
  from: at,
  to: '2026-11-28T15:00:00.000Z',
  asOf: at,
  madeAt: at,
  ties: true,
  totals: {
    submitted: 3,
    confirmed: 3,
    failed: 0,
    canceled: 0,
    successRate: 1,
    latency: { p50: 1, p95: 2, p99: 3 },
  },
  reason: 'the day is over in Korea',
  madeFor: 'system:jobs',
  slots: [{ at, submitted: 3, confirmed: 3, failed: 0, canceled: 0 }],
  assets: [
    {
      ...named,
      openBefore: none,
      submitted: { count: 3, amount: '1250.5' },
      confirmed: { count: 3, amount: '1250.5' },
      failed: none,
      canceled: none,
      openAfter: none,
      fees: '0.25',
      ties: true,
    },
  ],
  failures: [{ code: '=1+1', cause: 'ours', count: 1 }],
  gas: [],
  deposits: [],
  ledger: [
    {
      ...named,
      holder: 'CUSTOMER',
      opening: '0',
      in: '123456789012.123456789012345678',
      out: '0',
      closing: '123456789012.123456789012345678',
      reasons: [],
      ties: true,
    },
  ],
  mismatches: [],
  rerun: null,
  versions: [],
};

test.each(['ko', 'en'] as const)(
  'a report becomes a workbook that a spreadsheet opens (%s)',
  async (locale) => {
    const words = reportTexts[locale];
    const blob = await writeWorkbook(reportSheets(report, words)).toBlob();
    const files = unzipSync(new Uint8Array(await blob.arrayBuffer()));
    const textOf = (name: string) => strFromU8(files[name] ?? new Uint8Array());
    const names = [...textOf('xl/workbook.xml').matchAll(/<sheet [^>]*name="([^"]*)"/g)].map(
      ([, name]) => name,
    );
    expect(names).toEqual([
      words.summary,
      words.withdrawals,
      words.failures,
      words.gas,
      words.deposits,
      words.ledger,
      words.chartHours,
    ]);
    expect(textOf('xl/worksheets/sheet2.xml')).toContain('<v>1250.5</v>');
    const strings = textOf('xl/sharedStrings.xml');
    // No digit is lost, and what looks like a formula is a text.
    expect(strings).toContain('123456789012.123456789012345678');
    expect(strings).toContain('=1+1');
    expect(textOf('xl/worksheets/sheet3.xml')).not.toContain('<f>');
    expect(strings).toContain(words.CUSTOMER);
  },
);

describe('an amount in a workbook', () => {
  test('is a number that sums, with all of its digits shown', () => {
    expect(cellOf({ amount: '1250.500000' })).toEqual({
      value: 1250.5,
      type: Number,
      format: '#,##0.000000',
    });
    expect(cellOf({ amount: '-30' })).toEqual({ value: -30, type: Number, format: '#,##0' });
  });

  test('is a text where a spreadsheet would round it', () => {
    expect(cellOf({ amount: '0.000000000000000001' })).toMatchObject({ type: Number });
    expect(cellOf({ amount: '1.000000000000000001' })).toEqual({
      value: '1.000000000000000001',
      type: String,
      align: 'right',
    });
  });
});
