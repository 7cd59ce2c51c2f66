import { openReviews } from '@naru/core/approval/open-reviews.ts';
import { openForWithdrawals } from '@naru/core/dead-letter/dead-letter.store.ts';
import type { ErrorCode } from '@naru/core/dead-letter/taxonomy.ts';
import { advanceByIds } from '@naru/core/withdrawal/withdrawal.store.ts';
import { withTransaction } from '@naru/db/database.ts';
import { fromPublicId } from '@naru/kit/ids.ts';
import type { Naru } from '@naru/sdk/create-naru.ts';
import type { ReviewBody } from '@naru/wire/review.ts';
import { randomAddress } from './payouts.ts';
import type { Stack } from './stack.ts';

export type Asked = { priority?: 'EMERGENCY'; amount?: string; to?: string; reference?: string };
export type Terms = { quorum?: number; expiresInMs?: number };

/** A withdrawal of `owner` in REVIEW, as a policy leaves it. Nothing may plan it meanwhile: start no processor before. */
export async function openReview(
  stack: Stack,
  owner: Naru,
  { amount = '1', to = randomAddress(), ...rest }: Asked = {},
  terms: Terms = {},
): Promise<string> {
  const { id } = await owner.withdrawals.create({ chain: 'localhost', asset: 'USDC', to, amount, ...rest });
  const withdrawalId = uuidOfWithdrawal(id);
  await withTransaction(stack.database.db, async (tx) => {
    const step = {
      from: 'PENDING',
      to: 'VALIDATING',
      actor: 'system:processor',
      reason: 'taken up',
    } as const;
    await advanceByIds(tx, [withdrawalId], step);
    const reasons = [{ code: 'amount_above_threshold', text: 'Payments above 10 USDC need two approvals.' }];
    const review = { withdrawalId, quorum: 2, expiresInMs: 3_600_000, reasons, policyVersionId: null };
    await openReviews(tx, [{ ...review, ...terms }]);
  });
  return id;
}

/** The same, which nobody decides about in time: it fails, unpaid, and may be retried. Needs a monitor. */
export async function failInReview(stack: Stack, owner: Naru, asked: Asked = {}): Promise<string> {
  const id = await openReview(stack, owner, asked, { expiresInMs: 1_000 });
  await owner.withdrawals.waitFor(id, { until: ['FAILED'], timeoutMs: 30_000 });
  return id;
}

export async function openLetter(stack: Stack, withdrawalId: string, cause: ErrorCode): Promise<void> {
  await withTransaction(stack.database.db, (tx) =>
    openForWithdrawals(tx, [uuidOfWithdrawal(withdrawalId)], cause, 'its transaction reverted; 5 plans made'),
  );
}

export async function reviewOf(reader: Naru, withdrawalId: string): Promise<ReviewBody> {
  const { data } = await reader.reviews.listPage({ withdrawalId });
  const [review] = data;
  if (review === undefined) throw new Error(`no review of ${withdrawalId}`);
  return review;
}

export function uuidOfWithdrawal(id: string): string {
  const uuid = fromPublicId('withdrawal', id);
  if (uuid === null) throw new Error(`not the id of a withdrawal: ${id}`);
  return uuid;
}
