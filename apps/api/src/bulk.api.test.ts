import { request } from 'node:http';
import { csvLine } from '@naru/kit/csv.ts';
import { bulkProblem } from '@naru/wire/problem.ts';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tokens } from '../test/in-memory-withdrawals.ts';
import { auth, createTestApp, type TestApp } from '../test/test-app.ts';

let context: TestApp;
beforeEach(async () => {
  context = await createTestApp();
});
afterEach(() => context.app.close());

const to = `0x${'ab'.repeat(20)}`;
const header = 'chain,asset,to,amount,reference,priority';
const line = (amount: string, reference = '', priority = '') =>
  `localhost,USDC,${to},${amount},${reference},${priority}`;

function send(payload: string | Buffer, query = '', key = 'bulk-1') {
  return context.app.inject({
    method: 'POST',
    url: `/v1/bulk-withdrawals${query}`,
    headers: { ...auth(tokens.all, key), 'content-type': 'text/csv; charset=utf-8' },
    payload,
  });
}

describe('a file', () => {
  test('is accepted as a whole, and reports each row', async () => {
    const answer = await send(`${header}\n${line('1', 'a')}\n${line('2.5', '', 'VIP')}\n`);
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toMatchObject({ object: 'bulk_withdrawal', total: 2, counts: { PENDING: 2 } });
    const { id } = answer.json();
    expect((await context.app.inject({ url: `/v1/bulk-withdrawals/${id}`, headers: auth() })).json().id).toBe(
      id,
    );
    const report = await context.app.inject({
      url: `/v1/bulk-withdrawals/${id}/report.csv`,
      headers: auth(),
    });
    expect(report.headers['content-type']).toBe('text/csv; charset=utf-8');
    expect(parse(report.body, { columns: true })).toMatchObject([
      { row: '1', amount: '1', reference: 'a', priority: 'STANDARD', state: 'PENDING' },
      { row: '2', amount: '2.5', reference: '', priority: 'VIP', state: 'PENDING' },
    ]);
  });

  test.each([
    ['with CRLF and a byte order mark', `\uFEFF${header}\r\n${line('1')}\r\n`],
    ['without a line break at its end', `${header}\n${line('1')}`],
    ['with columns in another order', `amount,to,asset,chain\n1,${to},USDC,localhost\n`],
    ['with quotes', `"chain","asset","to","amount"\n"localhost","USDC","${to}","1"\n`],
    ['with empty lines', `${header}\n\n${line('1')}\n\n`],
  ])('%s is read', async (_name, file) => {
    expect((await send(file)).json().total).toBe(1);
  });

  test('the same bytes and key again: the same answer; other bytes: refused', async () => {
    const first = await send(`${header}\n${line('1')}\n`);
    const second = await send(`${header}\n${line('1')}\n`);
    expect(second.json().id).toBe(first.json().id);
    expect(second.headers['idempotency-replayed']).toBe('true');
    expect((await send(`${header}\n${line('2')}\n`)).json().code).toBe('idempotency_key_reused');
    expect(context.withdrawals.count()).toBe(1);
  });

  test('a dry run accepts nothing', async () => {
    const answer = await send(`${header}\n${line('1')}\n`, '?dryRun=true');
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({ object: 'bulk_dry_run', dryRun: true, total: 1 });
    expect(context.withdrawals.count()).toBe(0);
    expect((await send(`${header}\n${line('1')}\n`)).statusCode).toBe(202);
  });

  test.each<[string, string, { row: number; field: string; code: string }[]]>([
    [
      'unknown and missing columns',
      'chain,asset,to,sum\n',
      [
        { row: 0, field: 'sum', code: 'column_unknown' },
        { row: 0, field: 'amount', code: 'column_missing' },
      ],
    ],
    ['a repeated column', `${header},to\n`, [{ row: 0, field: 'to', code: 'column_repeated' }]],
    ['nothing', '', [{ row: 0, field: 'file', code: 'file_empty' }]],
    ['a header only', `${header}\n`, [{ row: 0, field: 'file', code: 'file_empty' }]],
    [
      'a bad priority',
      `${header}\n${line('1')}\n${line('1', '', 'HIGH')}\n`,
      [{ row: 2, field: 'priority', code: 'value_not_allowed' }],
    ],
    ['a missing cell', `${header}\nlocalhost,USDC\n`, [{ row: 1, field: 'file', code: 'columns_mismatch' }]],
    [
      'a long reference',
      `${header}\n${line('1', 'x'.repeat(256))}\n`,
      [{ row: 1, field: 'reference', code: 'too_long' }],
    ],
    [
      'an open quote',
      `${header}\n${line('1')}\n"localhost,USDC\n`,
      [{ row: 2, field: 'file', code: 'csv_malformed' }],
    ],
    [
      'what the core refuses',
      `${header}\n${line('1').replace('localhost', 'nowhere')}\n`,
      [{ row: 1, field: 'chain', code: 'chain_not_supported' }],
    ],
  ])('with %s: 422, and nothing accepted', async (_name, file, errors) => {
    const answer = await send(file === '' ? Buffer.alloc(0) : file);
    expect(answer.statusCode).toBe(422);
    const body = bulkProblem.parse(answer.json());
    expect(body.errors.map(({ row, field, code }) => ({ row, field, code }))).toEqual(errors);
    expect(body.errorCount).toBe(errors.length);
    expect(context.withdrawals.count()).toBe(0);
  });

  test('that is not UTF-8 says so', async () => {
    const file = Buffer.concat([
      Buffer.from(`${header}\nlocalhost,USDC,${to},1,`),
      Buffer.from([0xc7, 0xd1]),
      Buffer.from(',\n'),
    ]);
    expect((await send(file)).json().errors).toMatchObject([
      { row: 1, field: 'reference', code: 'encoding_invalid' },
    ]);
  });

  test('1,000 bad rows are listed, all are counted', async () => {
    const body = (await send(`${header}\n${`${line('1', '', 'HIGH')}\n`.repeat(1_500)}`)).json();
    expect([body.errors.length, body.errorCount]).toEqual([1_000, 1_500]);
  });

  test('beyond the limit: 413, also when the length was not announced', async () => {
    const file = `${header}\n${`${line('1')}\n`.repeat(20_000)}`;
    expect((await send(file)).statusCode).toBe(413);
    await context.app.listen({ host: '127.0.0.1', port: 0 });
    expect(await sendChunked(context, file)).toBe(413);
    expect(context.withdrawals.count()).toBe(0);
  });

  test('an upload that breaks off is not taken for a short file', async () => {
    await context.app.listen({ host: '127.0.0.1', port: 0 });
    const address = context.app.server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const upload = request({
      port,
      method: 'POST',
      path: '/v1/bulk-withdrawals',
      headers: { ...auth(tokens.all, 'broken'), 'content-type': 'text/csv', 'content-length': '1000' },
    });
    upload.on('error', () => undefined);
    upload.write(`${header}\n${line('1')}\n`);
    await expect.poll(() => connections(context)).toBe(1);
    upload.destroy();
    await expect.poll(() => context.logLines().length).toBe(1);
    expect(context.withdrawals.count()).toBe(0);
  });
});

test('any text comes back from a report line, and none starts a formula', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 5 }), (cells) => {
      const text = csvLine(cells);
      const read =
        (parse(text, { relax_column_count: true, skip_empty_lines: false }) as string[][])[0] ?? [];
      const plain = read.map((cell) => (/^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell));
      return (
        JSON.stringify(plain) ===
          JSON.stringify(cells.map((cell) => (/^'[=+\-@\t\r]/.test(cell) ? cell.slice(1) : cell))) &&
        read.every((cell) => !/^[=+\-@\t\r]/.test(cell))
      );
    }),
    { verbose: true },
  );
});

function connections(of: TestApp): Promise<number> {
  return new Promise((resolve, reject) =>
    of.app.server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  );
}

/** Without Content-Length, as a client that makes the file while it sends. */
function sendChunked(of: TestApp, file: string): Promise<number | undefined> {
  const address = of.app.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return new Promise((resolve, reject) => {
    const upload = request(
      {
        port,
        method: 'POST',
        path: '/v1/bulk-withdrawals',
        headers: { ...auth(tokens.all, 'chunked'), 'content-type': 'text/csv' },
      },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    upload.on('error', reject);
    upload.end(file);
  });
}
