import { createHash } from 'node:crypto';
import type { Caller } from '../access/access.ts';
import type { BulkAnswer } from './request-bulk.ts';
import { doneValue, type Instance, requestOf } from './withdrawal.fixture.ts';
import type { WithdrawalRequest } from './withdrawal.ts';
import type { BulkRow } from './withdrawals.ts';

/** A file of these requests, in chunks of three. Its hash is that of its content. */
function fileOf(requests: readonly WithdrawalRequest[], dryRun: boolean) {
  async function* rows(): AsyncGenerator<BulkRow[]> {
    for (let first = 0; first < requests.length; first += 3)
      yield requests.slice(first, first + 3).map((request, index) => ({ row: first + index + 1, request }));
  }
  const inputHash = () => createHash('sha256').update(JSON.stringify(requests)).digest();
  return { rows: rows(), inputHash, dryRun };
}

/** One row for each amount, with its number as reference. */
export function amountsOf(amounts: readonly string[]): WithdrawalRequest[] {
  return amounts.map((amount, index) => requestOf({ amount, reference: `row-${index + 1}` }));
}

export function submitFile(
  instance: Instance,
  owner: Caller,
  key: string,
  requests: readonly WithdrawalRequest[],
  options: { dryRun: boolean } = { dryRun: false },
): Promise<BulkAnswer> {
  return instance.requestBulk(owner, key, fileOf(requests, options.dryRun));
}

/** Of a file that must have been accepted. */
export function bulkOf(answer: BulkAnswer): { id: string; total: number; counts: object } {
  if (answer.kind === 'invalid') throw new Error(JSON.stringify(answer.errors));
  const value = doneValue(answer);
  if ('dryRun' in value) throw new Error('a dry run');
  return value;
}
