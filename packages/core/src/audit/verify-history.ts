import type { Database } from '@naru/db/database.ts';
import { VERIFY_PROBLEMS_MAX, VERIFY_SEALS_PER_PAGE } from './audit.limits.ts';
import {
  findSealByHash,
  listLedgerStreams,
  logStreams,
  readExportedUpTo,
  readHead,
  readSealedUpTo,
  readSeals,
  readStream,
  readStreamBetween,
  tableOf,
} from './seal.store.ts';
import { digestAt, digestRow, GENESIS_HASH, hashSeal, positionsOf, type Seal } from './seal.ts';

/** What does not fit, and where: `where` is a table and a row, or a seal. */
export type HistoryProblem = {
  kind:
    | 'row_edited'
    | 'row_deleted'
    | 'row_inserted'
    | 'seal_edited'
    | 'seal_missing'
    | 'seal_out_of_place'
    | 'head_unknown';
  /** `withdrawal_event 0198…-… version 3`, `seal 17` */
  subject: string;
  detail: string;
};

export type HistoryReport = {
  ok: boolean;
  seals: bigint;
  rows: bigint;
  /** The end of the chain. Kept elsewhere, it proves later that this history was not written anew. */
  head: { number: bigint; hash: string } | null;
  problems: HistoryProblem[];
  /** There were more problems than are listed. */
  truncated: boolean;
  /** Streams with rows that no seal covers yet. */
  unsealed: string[];
};

export type VerifyOptions = {
  /** First seal to look at; those before it are believed. */
  from?: bigint;
  /** A head that was kept elsewhere: hex of 32 bytes. */
  expectHead?: string;
  /** Ends with what was found so far when it is aborted. */
  signal?: AbortSignal;
  onProgress?: (done: bigint, total: bigint) => void;
};

/**
 * Computes the chain of seals anew from the rows as they are now, and says what does not fit. It finds every change of a
 * sealed row and of a seal, except by somebody who made all seals after it anew: that shows only against a head that was
 * kept elsewhere.
 */
export async function verifyHistory(
  deps: { db: Database },
  options: VerifyOptions = {},
): Promise<HistoryReport> {
  const { db } = deps;
  const problems: HistoryProblem[] = [];
  const head = await readHead(db);
  const exported = new Map<string, bigint>();
  for (const stream of logStreams) exported.set(stream, await readExportedUpTo(db, stream));
  const chain = await startChain(db, options.from ?? 1n, problems);
  let rows = 0n;
  let seals = 0n;
  while (problems.length < VERIFY_PROBLEMS_MAX && options.signal?.aborted !== true) {
    const page = await readSeals(db, chain.next, VERIFY_SEALS_PER_PAGE);
    for (const seal of page) {
      checkSeal(chain, seal, problems);
      if (seal.kind === 'ROWS') await checkRows(db, seal, exported.get(seal.stream) ?? 0n, problems);
      seals += 1n;
      rows += seal.kind === 'ROWS' ? seal.rowCount : 0n;
    }
    options.onProgress?.(seals, (head?.number ?? 0n) - (options.from ?? 1n) + 1n);
    if (page.length < VERIFY_SEALS_PER_PAGE) break;
  }
  await checkHead(db, options.expectHead, problems);
  return {
    ok: problems.length === 0,
    seals,
    rows,
    head: head === null ? null : { number: head.number, hash: head.hash.toString('hex') },
    problems: problems.slice(0, VERIFY_PROBLEMS_MAX),
    truncated: problems.length >= VERIFY_PROBLEMS_MAX,
    unsealed: await listUnsealed(db),
  };
}

/** Where the walk along the seals stands: what the next one must be, follow, and begin after. */
type ChainWalk = { next: bigint; previousHash: Buffer; sealedUpTo: Map<string, bigint>; isWhole: boolean };

async function startChain(db: Database, from: bigint, problems: HistoryProblem[]): Promise<ChainWalk> {
  const walk: ChainWalk = {
    next: from,
    previousHash: GENESIS_HASH,
    sealedUpTo: new Map(),
    isWhole: from <= 1n,
  };
  if (walk.isWhole) return walk;
  const [before] = await readSeals(db, from - 1n, 1);
  if (before?.number === from - 1n) walk.previousHash = before.hash;
  else problems.push(missing(from - 1n, from - 1n));
  return walk;
}

function checkSeal(walk: ChainWalk, seal: Seal, problems: HistoryProblem[]): void {
  const subject = `seal ${seal.number}`;
  const outOfPlace = (detail: string) => problems.push({ kind: 'seal_out_of_place', subject, detail });
  const isNext = seal.number === walk.next;
  if (!isNext) problems.push(missing(walk.next, seal.number - 1n));
  if (!hashSeal(seal).equals(seal.hash))
    problems.push({ kind: 'seal_edited', subject, detail: 'its hash is not that of what it says' });
  else if (isNext && !seal.previousHash.equals(walk.previousHash))
    outOfPlace(`it does not follow seal ${seal.number - 1n} as that is now`);
  if (seal.kind === 'ROWS') {
    // A walk that begins half-way learns where each stream stands from its first seal there.
    const expected = walk.sealedUpTo.get(seal.stream) ?? (walk.isWhole ? 0n : seal.after);
    if (isNext && seal.after !== expected)
      outOfPlace(`it begins after position ${seal.after} of ${seal.stream}, and ${expected} is sealed`);
    walk.sealedUpTo.set(seal.stream, seal.last);
  }
  walk.next = seal.number + 1n;
  walk.previousHash = seal.hash;
}

function missing(first: bigint, last: bigint): HistoryProblem {
  const subject = first === last ? `seal ${first}` : `seals ${first} to ${last}`;
  return { kind: 'seal_missing', subject, detail: 'not there' };
}

/** Compares each sealed position with the row that is there now. Rows that were exported may be gone. */
async function checkRows(
  db: Database,
  seal: Seal,
  exportedUpTo: bigint,
  problems: HistoryProblem[],
): Promise<void> {
  const table = tableOf(seal.stream);
  const positions = positionsOf(seal);
  if (positions === null || seal.digests.length !== positions.length * 32) {
    const detail = 'its count, its positions and its digests do not add up';
    problems.push({ kind: 'seal_edited', subject: `seal ${seal.number}`, detail });
    return;
  }
  const digestOf = new Map(positions.map((position, index) => [position, digestAt(seal, index)]));
  for (const row of await readStreamBetween(db, seal.stream, seal.after, seal.last)) {
    const subject = `${table} ${row.id}`;
    const where = `position ${row.position} of ${seal.stream}, seal ${seal.number}`;
    const digest = digestOf.get(row.position);
    if (digest === undefined)
      problems.push({ kind: 'row_inserted', subject, detail: `was not there when it was sealed: ${where}` });
    else if (!digestRow(row).equals(digest))
      problems.push({ kind: 'row_edited', subject, detail: `is not what was sealed: ${where}` });
    // A second row at the same position is one that nobody sealed.
    digestOf.delete(row.position);
  }
  for (const position of digestOf.keys()) {
    if (position <= exportedUpTo) continue;
    const subject = `${table} position ${position}`;
    const detail = `was sealed and is gone: position ${position} of ${seal.stream}, seal ${seal.number}`;
    problems.push({ kind: 'row_deleted', subject, detail });
  }
}

async function checkHead(
  db: Database,
  expected: string | undefined,
  problems: HistoryProblem[],
): Promise<void> {
  if (expected === undefined) return;
  const found = await findSealByHash(db, Buffer.from(expected, 'hex'));
  if (found === null)
    problems.push({
      kind: 'head_unknown',
      subject: `head ${expected}`,
      detail: 'no seal has this hash: the chain was cut off before it, or made anew',
    });
}

async function listUnsealed(db: Database): Promise<string[]> {
  const streams: string[] = [];
  for (const stream of [...logStreams, ...(await listLedgerStreams(db))]) {
    const rows = await readStream(db, stream, await readSealedUpTo(db, stream), 1);
    if (rows.length > 0) streams.push(stream);
  }
  return streams;
}
