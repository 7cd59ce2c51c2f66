import type { StoryChainTx, WithdrawalStory } from '@naru/core/withdrawal/withdrawal.story.ts';
import type { PendingReview } from '@naru/core/withdrawal/withdrawal.ts';
import { assertNever } from '@naru/kit/assert.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { showDuration, showText } from '../format.ts';
import type { ChainView, TransactionView } from './chain-view.ts';

/** A queue that is worked on empties within seconds: what stands longer than this waits for something. */
const SLOW_MS = 60_000;

/** One or two sentences: what the state means, whether money moved, what to do now. Never advises to pay again. */
export function explainWithdrawal(
  story: WithdrawalStory,
  view: ChainView | null,
  now: Date,
  /** UUID of the withdrawal that an operator made in place of this one. */
  retriedAs: string | null = null,
): string {
  const { withdrawal } = story;
  const { state } = withdrawal;
  const chainTx = presentChainTx(story);
  const seen = viewOf(view, chainTx);
  const ageMs = now.getTime() - (story.events.at(-1)?.at ?? withdrawal.updatedAt).getTime();
  switch (state) {
    case 'PENDING':
    case 'VALIDATING':
      return explainWaiting(story, ageMs, now);
    case 'REVIEW':
      return explainReview(withdrawal.review, now);
    case 'SIGNING':
      return chainTx?.lastError == null
        ? `It has its nonce and waits for its signature. Nothing was sent.${slow(ageMs, 'the processor and the signer')}`
        : `It waits for its signature, and the last try failed: ${showText(chainTx.lastError)}. Nothing was sent. See to the signer; the processor tries again by itself.`;
    case 'SIGNED':
      return `It is signed and about to be sent.${slow(ageMs, 'the broadcaster')}`;
    case 'BROADCASTING':
    case 'BROADCASTED':
      return explainSent(chainTx, seen, ageMs);
    case 'CONFIRMING':
      return explainConfirming(story, chainTx, seen);
    case 'CONFIRMED':
      return explainConfirmed(view, chainTx, seen);
    case 'FAILED':
      if (retriedAs !== null)
        return `Final: it was not paid. An operator asked for ${toPublicId('withdrawal', retriedAs)} in its place: look at that one, and do not ask for it again.`;
      return `Final: it was not paid${withdrawal.failure === null ? '' : ` (${withdrawal.failure.code})`}, and the amount is available to its owner again. ${
        withdrawal.failure?.retryable === true
          ? 'Once the cause is gone, its owner may submit a new withdrawal.'
          : 'A new withdrawal to the same destination would fail the same way.'
      }`;
    case 'CANCELED':
      return 'Final: it was called back before it got a nonce. Nothing was sent, and the amount is available to its owner again.';
    default:
      return assertNever(state, 'state of a withdrawal');
  }
}

export function presentChainTx(story: WithdrawalStory): StoryChainTx | null {
  const id = story.withdrawal.transaction?.chainTxId;
  return story.chainTxs.find((chainTx) => chainTx.id === id) ?? null;
}

function viewOf(view: ChainView | null, chainTx: StoryChainTx | null): TransactionView | null {
  if (view === null || !view.reached || chainTx === null) return null;
  return view.transactions.find((one) => one.chainTxId === chainTx.id) ?? null;
}

function explainReview(review: PendingReview | null, now: Date): string {
  const waits = 'It waits for people to approve or deny it. Nothing was sent; the amount is reserved.';
  if (review === null) return waits;
  const id = toPublicId('review', review.id);
  const leftMs = review.expiresAt.getTime() - now.getTime();
  if (leftMs <= 0)
    return `Too few people approved it in time. Nothing was sent; it fails, and its amount is released, when the accounts role comes by.`;
  return `${waits} ${review.approvals} of ${review.quorum} have approved; without the others it fails in ${showDuration(leftMs)}:  naru reviews show ${id}`;
}

function explainWaiting(story: WithdrawalStory, ageMs: number, now: Date): string {
  const again =
    story.planCount === 0
      ? ''
      : ` ${story.planCount === 1 ? 'An earlier transaction' : `${story.planCount} earlier transactions`} ended without paying it.`;
  const waitMs = story.notBefore.getTime() - now.getTime();
  if (waitMs > 0)
    return `It is put back for ${showDuration(waitMs)}.${again} Nothing needs to be done; the amount is reserved.`;
  return `It is accepted, its amount is reserved, and it waits for a sub-account.${again}${slow(
    ageMs,
    'the processor, and whether an account is active and holds enough (naru accounts list)',
  )}`;
}

function explainSent(chainTx: StoryChainTx | null, seen: TransactionView | null, ageMs: number): string {
  if (seen?.receipt != null)
    return `The chain has it in block ${seen.receipt.blockNumber} already; the monitor is about to see it.${slow(ageMs, 'the monitor')}`;
  if (chainTx?.subAccountState === 'PAUSED')
    return `It was given to a node, and its account is paused: ${showText(chainTx.pauseReason ?? '')}. It may still be paid: do not pay it another way.`;
  const last = chainTx?.attempts.at(-1)?.lastOutcome ?? null;
  if (last?.startsWith('unknown') === true)
    return `Whether a node has it is unknown (${showText(last)}), so the same bytes are sent again until the chain decides. It may be paid at any moment: do not pay it another way.`;
  const waits = `It was given to a node and waits for a block${seen === null ? '' : '; the chain does not have it yet'}.`;
  return ageMs < SLOW_MS
    ? `${waits} Nothing needs to be done.`
    : `${waits} It has waited for ${showDuration(ageMs)}: the monitor raises its fees by itself; look at lower nonces of the same account (naru accounts list) and at the fee ceiling of the chain. Do not pay it another way.`;
}

function explainConfirming(
  story: WithdrawalStory,
  chainTx: StoryChainTx | null,
  seen: TransactionView | null,
): string {
  const required = story.withdrawal.transaction?.requiredConfirmations ?? 0;
  if (seen === null) return `A block holds it; it is final at depth ${required}. Nothing needs to be done.`;
  if (seen.receipt === null)
    return 'The database has it in a block that this node does not have: a reorganisation, or a node that is behind. It goes back to being sent by itself; do not pay it another way.';
  if (seen.confirmations < BigInt(required))
    return `It is in block ${seen.receipt.blockNumber}, ${seen.confirmations} of ${required} deep${seen.outcome === 'PAID' ? ', and the contract recorded it as paid' : ''}. Nothing needs to be done.`;
  return `It is deep enough (${seen.confirmations} of ${required})${chainTx?.state === 'MINED' ? ' and about to be settled' : ''}: the monitor does that once its providers agree. If it stays so for minutes, look at the log of the monitor.`;
}

function explainConfirmed(
  view: ChainView | null,
  chainTx: StoryChainTx | null,
  seen: TransactionView | null,
): string {
  const contradicts =
    view?.reached === true && chainTx !== null && (seen?.receipt == null || seen.outcome !== 'PAID');
  return contradicts
    ? 'It is booked as paid, and this node does not show the payment: ask another node before anything else; if that one does not show it either, stop the roles and call for help.'
    : 'Final: it was paid, and the ledger has it. Nothing needs to be done.';
}

function slow(ageMs: number, where: string): string {
  return ageMs < SLOW_MS
    ? ' Nothing needs to be done.'
    : ` It has stood there for ${showDuration(ageMs)}, which is long: look at ${where}.`;
}
