import { type Database, withTransaction } from '@naru/db/database.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { REMOVE_ROWS_PER_STEP } from './audit.limits.ts';
import { recordAudit, setAuditContext } from './audit.store.ts';
import type { AuditContext } from './audit.ts';
import {
  insertSeal,
  type LogStream,
  lockHead,
  readExportedUpTo,
  readSeal,
  readSealsBefore,
  readStreamBetween,
  removeRows,
} from './seal.store.ts';
import { digestAt, digestRow, hashSeal, positionsOf, type Seal, type SealedRow } from './seal.ts';

/** Days that a log is kept in the database at least. The database itself refuses an earlier removal. */
export const KEPT_DAYS: Readonly<Record<LogStream, number>> = {
  audit_event: 366,
  withdrawal_event: 5 * 366,
};

/** What an export will hold: whole seals, all made before a moment, after what the last export held. */
export type ExportPlan = {
  stream: LogStream;
  after: bigint;
  last: bigint;
  rowCount: bigint;
  seals: bigint[];
};

export async function planExport(
  db: Database,
  stream: LogStream,
  sealedBefore: Date,
): Promise<ExportPlan | null> {
  const after = await readExportedUpTo(db, stream);
  const seals = await readSealsBefore(db, stream, { after, sealedBefore });
  const last = seals.at(-1)?.last;
  if (last === undefined) return null;
  const rowCount = seals.reduce((sum, seal) => sum + seal.rowCount, 0n);
  return { stream, after, last, rowCount, seals: seals.map(({ number }) => number) };
}

/** The first line of an export. Every further line is one row: its seal, its position, its id and what was sealed of it. */
export type ExportHeader = {
  format: 'naru-history-1';
  stream: string;
  after: string;
  last: string;
  rows: string;
};
export type ExportRow = { seal: string; position: string; id: string; fields: readonly (string | null)[] };

/** The lines of an export. Fails when a row is not what was sealed: history that is broken is not put away. */
export async function* exportLines(db: Database, plan: ExportPlan): AsyncGenerator<string> {
  const header: ExportHeader = {
    format: 'naru-history-1',
    stream: plan.stream,
    after: String(plan.after),
    last: String(plan.last),
    rows: String(plan.rowCount),
  };
  yield JSON.stringify(header);
  for (const number of plan.seals) {
    const seal = await readSeal(db, number);
    const rows = seal === null ? [] : await readStreamBetween(db, seal.stream, seal.after, seal.last);
    if (seal === null || !isAsSealed(seal, rows))
      throw new CodedError(
        'history_broken',
        `the rows of seal ${number} are not what was sealed: run  naru audit verify  first; nothing was removed`,
      );
    for (const { position, id, fields } of rows) {
      const row: ExportRow = { seal: String(number), position: String(position), id, fields };
      yield JSON.stringify(row);
    }
  }
}

function isAsSealed(seal: Seal, rows: readonly SealedRow[]): boolean {
  const positions = positionsOf(seal);
  if (positions === null || positions.length !== rows.length || !hashSeal(seal).equals(seal.hash))
    return false;
  return rows.every(
    (row, index) => row.position === positions[index] && digestRow(row).equals(digestAt(seal, index)),
  );
}

/** Compares the lines of an export with the seals of this database. Returns what does not fit, as sentences. */
export async function checkExport(db: Database, lines: AsyncIterable<string>): Promise<string[]> {
  const problems: string[] = [];
  let header: ExportHeader | null = null;
  let seal: Seal | null = null;
  let index = 0;
  let rows = 0n;
  const endSeal = () => {
    if (seal !== null && BigInt(index) !== seal.rowCount)
      problems.push(`seal ${seal.number} covers ${seal.rowCount} rows, the file has ${index} of them`);
  };
  for await (const line of lines) {
    if (header === null) {
      header = JSON.parse(line) as ExportHeader;
      continue;
    }
    const row = JSON.parse(line) as ExportRow;
    rows += 1n;
    if (String(seal?.number) !== row.seal) {
      endSeal();
      seal = await readSeal(db, BigInt(row.seal));
      index = 0;
      if (seal === null || !hashSeal(seal).equals(seal.hash))
        problems.push(`seal ${row.seal} is not there, or was edited`);
    }
    const position = BigInt(row.position);
    const isRight =
      seal !== null &&
      BigInt(index) < seal.rowCount &&
      positionsOf(seal)?.[index] === position &&
      digestRow({ position, id: row.id, fields: row.fields }).equals(digestAt(seal, index));
    if (!isRight) problems.push(`the row at position ${row.position} (${row.id}) is not what was sealed`);
    index += 1;
  }
  endSeal();
  if (String(rows) !== header?.rows) problems.push(`the file has ${rows} rows, and says ${header?.rows}`);
  return problems;
}

/** Puts the export into the chain of seals, with the hash of its file: from now on its rows may be gone. */
export async function recordExport(
  db: Database,
  plan: ExportPlan,
  written: { file: string; sha256: string },
  context: AuditContext,
): Promise<bigint> {
  return await withTransaction(db, async (tx) => {
    const head = await lockHead(tx);
    if ((await readExportedUpTo(tx, plan.stream)) !== plan.after)
      throw new CodedError(
        'exported_meanwhile',
        `somebody else exported ${plan.stream} meanwhile: this file is not the record of it`,
      );
    await setAuditContext(tx, context);
    const after = { ...written, last: String(plan.last), rows: String(plan.rowCount) };
    await recordAudit(tx, { action: 'audit.export', subject: plan.stream, after });
    const content: Omit<Seal, 'hash'> = {
      number: head.number + 1n,
      kind: 'EXPORT',
      stream: plan.stream,
      after: plan.after,
      last: plan.last,
      rowCount: plan.rowCount,
      missing: '',
      digests: Buffer.alloc(0),
      note: JSON.stringify(written),
      sealedAtMicros: head.nowMicros,
      previousHash: head.hash,
    };
    await insertSeal(tx, { ...content, hash: hashSeal(content) }, head.nowText);
    return content.number;
  });
}

/** Removes rows that were exported and kept for as long as promised, in short transactions; may be run again. */
export async function removeExported(
  db: Database,
  stream: LogStream,
  context: AuditContext,
): Promise<bigint> {
  const upTo = await readExportedUpTo(db, stream);
  let removed = 0n;
  for (;;) {
    const count = await withTransaction(db, (tx) => removeRows(tx, stream, upTo, REMOVE_ROWS_PER_STEP));
    removed += BigInt(count);
    if (count < REMOVE_ROWS_PER_STEP) break;
  }
  await withTransaction(db, async (tx) => {
    await setAuditContext(tx, context);
    const after = { upTo: String(upTo), rows: String(removed) };
    await recordAudit(tx, { action: 'audit.remove', subject: stream, after });
  });
  return removed;
}
