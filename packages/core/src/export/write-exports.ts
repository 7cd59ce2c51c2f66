import { createHash } from 'node:crypto';
import { type Database, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { errorText } from '@naru/kit/errors.ts';
import { countAllWithdrawals, listAllWithdrawals } from '../lookup/withdrawal-list.reader.ts';
import { EXPORT_PAGE_ROWS, EXPORT_ROWS_MAX } from './export.limits.ts';
import {
  appendChunks,
  beginExport,
  completeExport,
  failExport,
  findOpenExport,
  readChunk,
  removeExpiredExports,
} from './export.store.ts';
import type { ExportFile } from './export.ts';
import { headLine, toChunks, withdrawalLines } from './withdrawal-lines.ts';

type Deps = { db: Database; signal?: AbortSignal };
type Open = ExportFile & { afterId: string | null; chunks: number };

export type WrittenExports = { done: number; failed: number; removed: number };

/**
 * Writes the files that people wait for, the oldest first, and removes those that have expired. Each page of rows is a
 * transaction with the place where it ended: a process that is killed loses a page, and whoever comes next goes on
 * after the last one. One runs at a time; the queue of jobs sees to it.
 */
export async function writeExports(deps: Deps): Promise<WrittenExports> {
  const written: WrittenExports = { done: 0, failed: 0, removed: 0 };
  for (let removed = -1; removed !== 0; written.removed += removed)
    removed = await removeExpiredExports(deps.db);
  while (deps.signal?.aborted !== true) {
    const open = await findOpenExport(deps.db);
    if (open === null) break;
    const end = await writeExport(deps, open);
    if (end === 'stopped') break;
    written[end] += 1;
  }
  return written;
}

async function writeExport(deps: Deps, file: Open): Promise<'done' | 'failed' | 'stopped'> {
  const { db, signal } = deps;
  try {
    if (file.state === 'REQUESTED') await begin(db, file);
    let { rows, afterId } = file;
    for (;;) {
      if (signal?.aborted === true) return 'stopped';
      const page = await readPage(db, file, afterId);
      rows += page.data.length;
      if (rows > EXPORT_ROWS_MAX) return await giveUp(db, file, tooLong);
      afterId = page.data.at(-1)?.id ?? afterId;
      const chunks = toChunks(withdrawalLines(page.data, file.timeZone));
      const added = { chunks, rows: page.data.length, afterId };
      if (chunks.length > 0) await withTransaction(db, (tx) => appendChunks(tx, file.id, added));
      if (page.next === null) break;
    }
    await completeExport(db, file.id, await hashOf(db, file.id));
    return 'done';
  } catch (error) {
    // Where the process stops, another goes on. Where the database is away, this cannot be written down either, and a
    // later run goes on; what is left is wrong with the file, and somebody waits for a word.
    if (signal?.aborted === true) return 'stopped';
    return await giveUp(db, file, errorText(error));
  }
}

const tooLong = `more than ${EXPORT_ROWS_MAX} rows match; ask for a shorter time or a narrower filter`;

async function giveUp(db: Database, { id }: Open, error: string): Promise<'failed'> {
  await withTransaction(db, (tx) => failExport(tx, id, error.slice(0, 1_000)));
  return 'failed';
}

/** Says how long it may become, as far as that is counted, and writes the head line. */
async function begin(db: Database, file: Open): Promise<void> {
  const counts = await countAllWithdrawals(db, boundedFilter(file));
  const states = file.filter.state;
  const wanted = counts.filter(({ state }) => states === undefined || states.includes(state));
  const isExact = wanted.every((one) => one.isExact);
  const expected = isExact ? wanted.reduce((sum, { count }) => sum + count, 0) : null;
  await withTransaction(db, async (tx) => {
    await beginExport(tx, file.id, expected);
    await appendChunks(tx, file.id, { chunks: toChunks([headLine()]), rows: 0, afterId: null });
  });
}

/** What comes after the request is not in the file, however long it takes. */
function boundedFilter({ filter, requestedAt }: Open): ExportFile['filter'] {
  const { createdTo } = filter;
  return {
    ...filter,
    createdTo: createdTo !== undefined && createdTo < requestedAt ? createdTo : requestedAt,
  };
}

async function readPage(db: Database, file: Open, after: string | null) {
  const page = { limit: EXPORT_PAGE_ROWS, after, order: 'newest' } as const;
  return await listAllWithdrawals(db, boundedFilter(file), page);
}

async function hashOf(db: Database, id: string): Promise<Buffer> {
  const hash = createHash('sha256');
  for (let number = 0; ; number += 1) {
    const body = await readChunk(db, id, number);
    if (body === null) break;
    hash.update(body);
  }
  return assertPresent(hash.digest(), 'hash of a file');
}
