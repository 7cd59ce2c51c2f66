import type { BulkWithdrawalBody } from '@naru/wire/bulk.ts';
import { finalWithdrawalStates } from '@naru/wire/withdrawal.ts';

/** How many of a file are over, whatever their end. */
export function countDone(counts: BulkWithdrawalBody['counts']): number {
  return finalWithdrawalStates.reduce((sum, state) => sum + (counts[state] ?? 0), 0);
}
