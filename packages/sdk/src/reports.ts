import { type CreateExportInput, type ExportFileBody, exportFile, exportList } from '@naru/wire/export.ts';
import { type QueuesBody, queues } from '@naru/wire/queues.ts';
import {
  type ReportBody,
  type ReportHeadBody,
  type ReportPageBody,
  report,
  reportPage,
} from '@naru/wire/report.ts';
import { allPages, type CallOptions, callsOf, type PageOptions, type WriteOptions } from './calls.ts';
import type { OperatorFilter } from './operations.ts';
import { toText } from './text-stream.ts';
import type { Transport } from './transport.ts';
import { toText as timeText } from './withdrawals.ts';

export type ReportName = { period: ReportHeadBody['period']; date: string };
type Version = { version?: number };

/** Files are long, and written to whoever reads slowly. */
const FILE_MS_DEFAULT = 10 * 60_000;

export type ReportsClient = {
  /** Newest first: days, weeks that begin on Monday, or months, by the midnight of Korea. */
  list(filter?: { period?: ReportHeadBody['period'] }, options?: CallOptions): AsyncIterable<ReportHeadBody>;
  listPage(
    filter?: { period?: ReportHeadBody['period'] } & PageOptions,
    options?: CallOptions,
  ): Promise<ReportPageBody>;
  /** The newest version, or an earlier one. */
  get(name: ReportName & Version, options?: CallOptions): Promise<ReportBody>;
  /** As CSV, a piece of text at a time. */
  file(name: ReportName & Version, options?: CallOptions): Promise<AsyncIterable<string>>;
  /** Where that is, under the base URL, for a link in a page. */
  filePath(name: ReportName & Version): string;
  /** A new version of one that is FINAL, within a minute. */
  rerun(name: ReportName, input: { reason: string }, options?: WriteOptions): Promise<ReportBody>;
};

export type ExportsClient = {
  /** Has every withdrawal that matches written into a file, which is there for a day. */
  create(
    input?: { filter?: OperatorFilter; timeZone?: string },
    options?: WriteOptions,
  ): Promise<ExportFileBody>;
  /** Of everybody, newest first. */
  list(options?: CallOptions): Promise<ExportFileBody[]>;
  get(id: string, options?: CallOptions): Promise<ExportFileBody>;
  /** Once it is DONE: CSV, a piece of text at a time. */
  file(id: string, options?: CallOptions): Promise<AsyncIterable<string>>;
  /** Where that is, under the base URL, for a link in a page. */
  filePath(id: string): string;
};

export type ReportsClients = {
  reports: ReportsClient;
  exports: ExportsClient;
  /** What waits, for how long, how fast it moves, and who works on it. */
  queues: { get(options?: CallOptions): Promise<QueuesBody> };
};

export function createReportsClients(transport: Transport): ReportsClients {
  const { read } = callsOf(transport);
  return {
    reports: createReportsClient(transport),
    exports: createExportsClient(transport),
    queues: { get: (options) => read('/v1/admin/queues', queues, options) },
  };
}

function createReportsClient(transport: Transport): ReportsClient {
  const { read, post } = callsOf(transport);
  const pathOf = ({ period, date }: ReportName) => `/v1/admin/reports/${period}/${encodeURIComponent(date)}`;
  const queryOf = ({ version }: Version) => (version === undefined ? {} : { version: String(version) });
  const listPage: ReportsClient['listPage'] = (filter, options) =>
    read('/v1/admin/reports', reportPage, options, filter);
  return {
    listPage,
    list: (filter, options) => allPages((page) => listPage({ ...filter, ...page }, options)),
    get: (name, options) => read(pathOf(name), report, options, queryOf(name)),
    file: (name, options) => textAt(transport, `${pathOf(name)}/report.csv`, options, queryOf(name)),
    filePath: (name) => {
      const query = new URLSearchParams(queryOf(name)).toString();
      return `${pathOf(name)}/report.csv${query === '' ? '' : `?${query}`}`;
    },
    rerun: (name, input, options) => post(`${pathOf(name)}/rerun`, report, options, input),
  };
}

function createExportsClient(transport: Transport): ExportsClient {
  const { read, post } = callsOf(transport);
  const pathOf = (id: string) => `/v1/admin/exports/${encodeURIComponent(id)}`;
  return {
    create: ({ filter = {}, ...rest } = {}, options) => {
      const input: CreateExportInput = { ...rest, kind: 'withdrawals', filter: toInput(filter) };
      return post('/v1/admin/exports', exportFile, options, input);
    },
    list: async (options) => (await read('/v1/admin/exports', exportList, options)).data,
    get: (id, options) => read(pathOf(id), exportFile, options),
    file: (id, options) => textAt(transport, `${pathOf(id)}/file.csv`, options),
    filePath: (id) => `${pathOf(id)}/file.csv`,
  };
}

/** As the list takes it: every value is a text, or a list of texts. */
function toInput({ createdFrom, createdTo, hasDeadLetter, state, ...plain }: OperatorFilter) {
  const given = {
    ...plain,
    state: state === undefined ? undefined : typeof state === 'string' ? [state] : [...state],
    createdFrom: timeText(createdFrom),
    createdTo: timeText(createdTo),
    hasDeadLetter: hasDeadLetter === undefined ? undefined : (String(hasDeadLetter) as 'true' | 'false'),
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

async function textAt(
  transport: Transport,
  path: string,
  options: CallOptions = {},
  query: Record<string, string> = {},
): Promise<AsyncIterable<string>> {
  const spec = {
    method: 'GET',
    path,
    query,
    idempotencyKey: null,
    timeoutMs: FILE_MS_DEFAULT,
    ...options,
  } as const;
  return toText(await transport.stream(spec));
}
