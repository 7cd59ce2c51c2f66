import type { DeadLetterBody } from '@naru/wire/dead-letter.ts';
import { naru } from '../../app/client.ts';

export type Retry = { reason: string; idempotencyKey: string };
/** What a retry needs to know of a letter. */
export type Retried = Pick<DeadLetterBody, 'id' | 'kind' | 'subject'>;

/** A queue, a review or a job has no next try that could be made at once. */
export function mayRetry({ kind }: Pick<DeadLetterBody, 'kind'>): boolean {
  return kind === 'WITHDRAWAL' || kind === 'CHAIN_TX';
}

/**
 * A new withdrawal in place of one that failed unpaid; the next try at once of a transaction that waits. Null: the
 * transaction pays no withdrawal, and there is nothing to retry.
 */
export async function retryLetter(
  { kind, subject }: Retried,
  { reason, idempotencyKey }: Retry,
): Promise<string | null> {
  const id = kind === 'CHAIN_TX' ? (await naru.admin.chainTxs.get(subject)).items[0]?.withdrawalId : subject;
  if (id === undefined) return null;
  return (await naru.admin.withdrawals.retry(id, { reason }, { idempotencyKey })).id;
}
