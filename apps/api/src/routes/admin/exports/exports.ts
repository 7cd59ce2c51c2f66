import { Readable } from 'node:stream';
import type { ExportFile } from '@naru/core/export/export.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { createExportRequest, type ExportFileBody, exportFile, exportList } from '@naru/wire/export.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { ProblemError } from '../../../http/problem-error.ts';
import { doneOrThrow } from '../../../http/refusals.ts';
import { exportParams, uuidOf } from '../../params.ts';
import { operatorRead } from '../operator-read.ts';
import { toActor } from '../reconciliation/to-reconciliation-body.ts';
import { toOperatorFilter } from '../withdrawals/operator-filter.ts';

function toExportBody(file: ExportFile): ExportFileBody {
  const { kind, timeZone, state, rows, rowsExpected, sha256, error } = file;
  return {
    id: toPublicId('exportFile', file.id),
    object: 'export',
    kind,
    filter: toFilterBody(file.filter),
    timeZone,
    state,
    rows,
    rowsExpected,
    bytes: Number(file.bytes),
    sha256,
    error,
    requestedBy: toActor(file.requestedBy),
    requestedAt: file.requestedAt.toISOString(),
    startedAt: file.startedAt?.toISOString() ?? null,
    endedAt: file.endedAt?.toISOString() ?? null,
    expiresAt: file.expiresAt.toISOString(),
  };
}

/** In the words of the API again. */
function toFilterBody(filter: ExportFile['filter']): Record<string, unknown> {
  const { organisationId, bulkId, createdFrom, createdTo, ...plain } = filter;
  return {
    ...plain,
    ...(organisationId === undefined ? {} : { organisationId: toPublicId('organisation', organisationId) }),
    ...(bulkId === undefined ? {} : { bulkId: toPublicId('bulk', bulkId) }),
    ...(createdFrom === undefined ? {} : { createdFrom: createdFrom.toISOString() }),
    ...(createdTo === undefined ? {} : { createdTo: createdTo.toISOString() }),
  };
}

export const createExportRoute = defineRoute({
  method: 'POST',
  path: '/v1/admin/exports',
  operationId: 'createExport',
  tag: 'Operators',
  summary: 'Have a list written into a file',
  description:
    'Every withdrawal that the filter matches at this moment, newest first, as CSV. A jobs role writes it a page at a time; it is there for a day. Times have the offset of the zone; amounts are exact; a text that would run as a formula is quoted and has an apostrophe in front. Who asked for what is in the audit log.',
  // Whoever may read the list may take it along; that is recorded.
  scope: 'operations:read',
  idempotency: 'required',
  rateLimit: 'per_key',
  audit: 'export.create',
  stepUp: false,
  request: { params: null, query: null, body: createExportRequest },
  responses: { 202: { description: 'It will be written.', schema: exportFile } },
  errors: ['operation_not_possible'],
  handler: async ({ exports }, { caller, idempotencyKey, body, audit }) => {
    const input = { filter: toOperatorFilter(body.filter), timeZone: body.timeZone };
    const { value, headers } = doneOrThrow(
      await exports.create(input, { caller, idempotencyKey, from: audit }),
    );
    return { status: 202, body: toExportBody(value), headers } as const;
  },
});

export const listExportsRoute = defineRoute({
  ...operatorRead,
  path: '/v1/admin/exports',
  operationId: 'listExports',
  summary: 'List exports',
  description: 'The files of the last day, of everybody, newest first.',
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'All there are.', schema: exportList } },
  errors: [],
  handler: async ({ exports }) =>
    ({ status: 200, body: { data: (await exports.list()).map(toExportBody) } }) as const,
});

export const getExportRoute = defineRoute({
  ...operatorRead,
  path: '/v1/admin/exports/:id',
  operationId: 'getExport',
  summary: 'Read an export',
  description: 'How far it is; with its length and hash once it is done.',
  request: { params: exportParams, query: null, body: null },
  responses: { 200: { description: 'The export.', schema: exportFile } },
  errors: [],
  handler: async ({ exports }, { params }) => {
    const found = await exports.get(uuidOf('exportFile', params.id));
    if (found === null) throw new ProblemError('export_not_found');
    return { status: 200, body: toExportBody(found) } as const;
  },
});

export const getExportFileRoute = defineRoute({
  ...operatorRead,
  path: '/v1/admin/exports/:id/file.csv',
  operationId: 'getExportFile',
  summary: 'Download an export',
  description: 'The file of an export that is `DONE`.',
  request: { params: exportParams, query: null, body: null },
  responses: { 200: { description: 'The file.', contentType: 'text/csv; charset=utf-8' } },
  errors: [],
  handler: async ({ exports }, { params }) => {
    const id = uuidOf('exportFile', params.id);
    const found = await exports.get(id);
    if (found === null || found.state !== 'DONE') throw new ProblemError('export_not_found');
    const headers = {
      'content-disposition': `attachment; filename="naru-${found.kind}-${params.id}.csv"`,
      'content-length': String(found.bytes),
    };
    return { status: 200, headers, body: Readable.from(exports.bytes(id)) } as const;
  },
});
