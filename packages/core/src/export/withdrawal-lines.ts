import { csvLine } from '@naru/kit/csv.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import type { OwnedWithdrawal } from '../lookup/lookup.ts';
import { CHUNK_BYTES_MAX } from './export.limits.ts';

/** Columns of a file of withdrawals. Programs read them by their names: none is renamed or taken away. */
const columns = [
  'id',
  'organisation_id',
  'organisation',
  'state',
  'chain',
  'asset',
  'amount',
  'fee',
  'to',
  'priority',
  'reference',
  'bulk_id',
  'bulk_row',
  'sub_account',
  'nonce',
  'transaction_hash',
  'block',
  'failure_code',
  'failure_message',
  'created_at',
  'updated_at',
  'confirmed_at',
] as const;

/** Spreadsheets take a file for UTF-8 only where it begins with this. */
const BYTE_ORDER_MARK = '\u{FEFF}';

export function headLine(): string {
  return BYTE_ORDER_MARK + csvLine(columns);
}

/** Lines of rows. Amounts are exact decimals in whole units; times have their offset. */
export function withdrawalLines(rows: readonly OwnedWithdrawal[], timeZone: string): string[] {
  const timeOf = createTimeFormat(timeZone);
  return rows.map((row) => {
    const { transaction, failure } = row;
    const cells: Record<(typeof columns)[number], string | number | null> = {
      id: toPublicId('withdrawal', row.id),
      organisation_id: toPublicId('organisation', row.organisationId),
      organisation: row.organisationName,
      state: row.state,
      chain: row.chain,
      asset: row.asset,
      amount: formatAmount(row.amount, row.decimals),
      fee: formatAmount(row.fee, row.decimals),
      to: row.to,
      priority: row.priority,
      reference: row.reference,
      bulk_id: row.bulkId === null ? null : toPublicId('bulk', row.bulkId),
      bulk_row: row.bulkRow,
      sub_account: transaction?.subAccount ?? null,
      nonce: transaction === null ? null : String(transaction.nonce),
      transaction_hash: transaction?.hash ?? null,
      block: transaction?.blockNumber == null ? null : String(transaction.blockNumber),
      failure_code: failure?.code ?? null,
      failure_message: failure?.message ?? null,
      created_at: timeOf(row.createdAt),
      updated_at: timeOf(row.updatedAt),
      confirmed_at: row.confirmedAt === null ? null : timeOf(row.confirmedAt),
    };
    return csvLine(columns.map((column) => cells[column]));
  });
}

/** `2026-03-02T09:00:00.123+09:00` */
export function createTimeFormat(timeZone: string): (at: Date) => string {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    ...{
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
    },
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
    timeZoneName: 'longOffset',
  });
  return (at) => {
    const parts = new Map(format.formatToParts(at).map(({ type, value }) => [type, value]));
    const of = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? '';
    const offset = of('timeZoneName').replace('GMT', '') || '+00:00';
    const date = `${of('year')}-${of('month')}-${of('day')}`;
    return `${date}T${of('hour')}:${of('minute')}:${of('second')}.${of('fractionalSecond')}${offset}`;
  };
}

/** Lines in pieces that the database takes. No line is longer than a piece. */
export function toChunks(lines: readonly string[]): Buffer[] {
  const chunks: Buffer[] = [];
  let parts: Buffer[] = [];
  let bytes = 0;
  for (const line of lines) {
    const part = Buffer.from(line, 'utf8');
    if (bytes + part.length > CHUNK_BYTES_MAX) {
      chunks.push(Buffer.concat(parts));
      parts = [];
      bytes = 0;
    }
    parts.push(part);
    bytes += part.length;
  }
  if (bytes > 0) chunks.push(Buffer.concat(parts));
  return chunks;
}
