import type { Tx } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { sql } from 'kysely';
import type { TransferOutcome } from './ledger.ts';

/** The columns of a list of transfers, as the posting function takes them; all of one length. */
export type LedgerPostColumns = {
  ids: string[];
  kinds: string[];
  pendingIds: (string | null)[];
  debitIds: (string | null)[];
  creditIds: (string | null)[];
  /** Decimal digits; null: all that is held. */
  amounts: (string | null)[];
  reasons: string[];
  referenceIds: (string | null)[];
};

/** Calls `ledger_post`; one outcome for each transfer, in order. */
export async function callLedgerPost(tx: Tx, columns: LedgerPostColumns): Promise<TransferOutcome[]> {
  const { rows } = await sql<{ outcomes: TransferOutcome[] }>`
    SELECT array_agg(outcome ORDER BY ordinal) AS outcomes FROM ledger_post(
      ${columns.ids}::uuid[], ${columns.kinds}::text[], ${columns.pendingIds}::uuid[], ${columns.debitIds}::uuid[],
      ${columns.creditIds}::uuid[], ${columns.amounts}::numeric[], ${columns.reasons}::text[],
      ${columns.referenceIds}::uuid[])`.execute(tx);
  return assertPresent(rows[0]?.outcomes, 'outcomes of ledger_post');
}
