import { type Database, withTransaction } from '@naru/db/database.ts';
import { withExclusive } from '@naru/db/exclusive.ts';
import { sleep } from '@naru/kit/clock.ts';
import { GAP_POLL_MS, GAP_WAIT_MS_MAX, SEAL_ROWS_MAX } from './audit.limits.ts';
import {
  haveEnded,
  insertSeal,
  isLogStream,
  listLedgerStreams,
  lockHead,
  logStreams,
  readSealedUpTo,
  readStream,
  readStreamBetween,
  takeTransactionNumber,
} from './seal.store.ts';
import { digestRow, hashSeal, missingText, type Seal, type SealedRow } from './seal.ts';

type Page = { stream: string; after: bigint; last: bigint; rows: SealedRow[]; missing: string };

/** `locks`: connections for the right to seal, which is held on one while the work uses those of `db`. */
export type SealerDeps = { db: Database; locks: Database };
export const SEALER_NAME = 'seal history';

export type SealingStep = { seals: number; rows: number; more: boolean };

/**
 * Seals what was written since the last step, one seal for each stream that has something new. One process at a time
 * does this; null: another one is at it. Killed anywhere, nothing or a whole step is done.
 */
export async function sealHistory(deps: SealerDeps): Promise<SealingStep | null> {
  const done = await withExclusive(deps.locks, SEALER_NAME, () => sealOnce(deps.db));
  return done === null ? null : done.value;
}

async function sealOnce(db: Database): Promise<SealingStep> {
  const pages: Page[] = [];
  for (const stream of [...logStreams, ...(await listLedgerStreams(db))]) {
    const page = await readCertain(db, stream, await readSealedUpTo(db, stream), SEAL_ROWS_MAX);
    if (page !== null) pages.push(page);
  }
  const sealed = pages.length === 0 ? [] : await append(db, pages);
  return {
    seals: sealed.length,
    rows: sealed.reduce((sum, page) => sum + page.rows.length, 0),
    more: sealed.some((page) => page.rows.length >= SEAL_ROWS_MAX),
  };
}

/**
 * Rows after a position that nothing can come between any more. A position is taken before its transaction commits, so
 * a higher one can be seen first: where one is missing, everything that has a transaction number now is waited for, and
 * what is missing then was rolled back. A transaction has its number before it takes a position of a log.
 */
async function readCertain(db: Database, stream: string, after: bigint, limit: number): Promise<Page | null> {
  const seen = await readStream(db, stream, after, limit);
  const last = seen.at(-1)?.position;
  if (last === undefined) return null;
  const certain = seen.filter(({ position }, index) => position === after + BigInt(index) + 1n);
  if (certain.length === seen.length || !isLogStream(stream)) return toPage(stream, after, certain);
  const bound = await takeTransactionNumber(db);
  for (let waitedMs = 0; waitedMs < GAP_WAIT_MS_MAX; waitedMs += GAP_POLL_MS) {
    if (await haveEnded(db, bound)) {
      // Read anew: what filled the gap meanwhile is among them.
      return toPage(stream, after, (await readStreamBetween(db, stream, after, last)).slice(0, limit));
    }
    await sleep(GAP_POLL_MS);
  }
  return toPage(stream, after, certain);
}

function toPage(stream: string, after: bigint, rows: SealedRow[]): Page | null {
  const last = rows.at(-1)?.position;
  if (last === undefined) return null;
  const positions = rows.map(({ position }) => position);
  return { stream, after, last, rows, missing: missingText(after, last, positions) };
}

/** In one transaction, under the lock of the chain. A page that somebody else has sealed meanwhile is left out. */
async function append(db: Database, pages: readonly Page[]): Promise<Page[]> {
  const digests = pages.map((page) => Buffer.concat(page.rows.map(digestRow)));
  return await withTransaction(db, async (tx) => {
    const head = await lockHead(tx);
    const sealed: Page[] = [];
    let { number, hash: previousHash } = head;
    for (const [index, page] of pages.entries()) {
      if ((await readSealedUpTo(tx, page.stream)) !== page.after) continue;
      number += 1n;
      const content: Omit<Seal, 'hash'> = {
        number,
        kind: 'ROWS',
        stream: page.stream,
        after: page.after,
        last: page.last,
        rowCount: BigInt(page.rows.length),
        missing: page.missing,
        digests: digests[index] ?? Buffer.alloc(0),
        note: null,
        sealedAtMicros: head.nowMicros,
        previousHash,
      };
      const seal = { ...content, hash: hashSeal(content) };
      await insertSeal(tx, seal, head.nowText);
      previousHash = seal.hash;
      sealed.push(page);
    }
    return sealed;
  });
}
