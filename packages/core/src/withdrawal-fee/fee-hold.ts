import { newUuid } from '@naru/kit/ids.ts';
import type { NewTransfer } from '../ledger/ledger.ts';

/** What ends with its withdrawal: the hold of its amount, and that of its fee where it has one. */
export type Held = { id: string; hasFee: boolean };

/** Where the version of a UUID stands in its text. Source: RFC 9562, 4. */
const VERSION_AT = 14;

/** The id of the transfer that holds a withdrawal's fee: its own id, of version 8. `fee_hold_id` in SQL. */
export function feeHoldId(withdrawalId: string): string {
  return `${withdrawalId.slice(0, VERSION_AT)}8${withdrawalId.slice(VERSION_AT + 1)}`;
}

/** Posts or voids everything that is held for withdrawals: whoever ends one uses this, so that no fee is left behind. */
export function resolveHolds(kind: 'POST' | 'VOID', withdrawals: readonly Held[]): NewTransfer[] {
  return withdrawals.flatMap(({ id, hasFee }) => [
    resolve(kind, id, id, 'WITHDRAWAL'),
    ...(hasFee ? [resolve(kind, feeHoldId(id), id, 'FEE')] : []),
  ]);
}

function resolve(
  kind: 'POST' | 'VOID',
  pendingId: string,
  referenceId: string,
  reason: 'WITHDRAWAL' | 'FEE',
): NewTransfer {
  return { id: newUuid(), kind, pendingId, amount: null, reason, referenceId };
}
