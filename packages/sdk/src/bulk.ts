import {
  type BulkDryRunBody,
  type BulkPageBody,
  type BulkWithdrawalBody,
  bulkDryRun,
  bulkPage,
  bulkWithdrawal,
} from '@naru/wire/bulk.ts';
import { allPages, type CallOptions, callsOf, type PageOptions, type WriteOptions } from './calls.ts';
import { toText } from './text-stream.ts';
import type { AnswerSchema, Transport } from './transport.ts';

/** Text, a Blob (a File from a form), or text or bytes as they come. What comes once cannot be tried twice. */
export type CsvSource = string | Blob | AsyncIterable<string | Uint8Array>;

/** A file of 64 MiB over a slow line, and the check of all its rows. */
const UPLOAD_MS_DEFAULT = 300_000;
/** The report of a million rows over a slow line. */
const REPORT_MS_DEFAULT = 600_000;

export type BulkClient = {
  /** Checks the file and accepts all its rows, or none. */
  create(csv: CsvSource, options?: WriteOptions & { dryRun?: false }): Promise<BulkWithdrawalBody>;
  /** Only checks. */
  create(csv: CsvSource, options: WriteOptions & { dryRun: true }): Promise<BulkDryRunBody>;
  /** Newest first, a page at a time behind the scenes. */
  list(options?: CallOptions): AsyncIterable<BulkPageBody['data'][number]>;
  listPage(page?: PageOptions, options?: CallOptions): Promise<BulkPageBody>;
  get(id: string, options?: CallOptions): Promise<BulkWithdrawalBody>;
  /** The report as CSV, a piece of text at a time. */
  report(id: string, options?: CallOptions): Promise<AsyncIterable<string>>;
};

export function createBulkClient(transport: Transport): BulkClient {
  async function create(
    csv: CsvSource,
    options: WriteOptions & { dryRun?: boolean } = {},
  ): Promise<BulkWithdrawalBody | BulkDryRunBody> {
    const { dryRun = false, idempotencyKey, ...rest } = options;
    const schema: AnswerSchema<BulkWithdrawalBody | BulkDryRunBody> = dryRun ? bulkDryRun : bulkWithdrawal;
    const spec = {
      timeoutMs: UPLOAD_MS_DEFAULT,
      ...rest,
      method: 'POST',
      path: '/v1/bulk-withdrawals',
      query: { dryRun: String(dryRun) },
      contentType: 'text/csv',
      body: typeof csv === 'string' || csv instanceof Blob ? csv : toStream(csv),
      idempotencyKey: idempotencyKey ?? crypto.randomUUID(),
    } as const;
    return await transport.json(spec, schema);
  }
  const listPage: BulkClient['listPage'] = (page, options) =>
    callsOf(transport).read('/v1/bulk-withdrawals', bulkPage, options, page);
  return {
    listPage,
    list: (options) => allPages((page) => listPage(page, options)),
    create: create as BulkClient['create'],
    get: (id, options) => callsOf(transport).read(pathOf(id), bulkWithdrawal, options),
    report: async (id, options) => {
      const path = `${pathOf(id)}/report.csv`;
      const spec = {
        method: 'GET',
        path,
        idempotencyKey: null,
        timeoutMs: REPORT_MS_DEFAULT,
        ...options,
      } as const;
      return toText(await transport.stream(spec));
    },
  };
}

function pathOf(id: string): string {
  return `/v1/bulk-withdrawals/${encodeURIComponent(id)}`;
}

function toStream(source: AsyncIterable<string | Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = source[Symbol.asyncIterator]();
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next();
      if (done) controller.close();
      else controller.enqueue(typeof value === 'string' ? encoder.encode(value) : value);
    },
    async cancel() {
      await iterator.return?.();
    },
  });
}
