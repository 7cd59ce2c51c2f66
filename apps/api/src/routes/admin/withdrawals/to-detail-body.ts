import type { LedgerRow } from '@naru/core/ledger/ledger.store.ts';
import type { LetterAbout } from '@naru/core/lookup/people.ts';
import type { ChainTxDetail, WithdrawalDetail } from '@naru/core/lookup/withdrawal-detail.ts';
import type { StoryChainTx } from '@naru/core/withdrawal/withdrawal.story.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import { toSafeNumber } from '@naru/kit/safe-number.ts';
import type { ChainTxBody, ChainTxDetailBody, WithdrawalDetailBody } from '@naru/wire/withdrawal-detail.ts';
import { toReviewBody } from '../../reviews/to-review-body.ts';
import { toDeliveryBody } from '../../webhooks/to-webhook-body.ts';
import { toDeadLetterBody } from '../dead-letters/dead-letters.ts';
import { toFullDecisionBody } from '../policies/to-policy-body.ts';
import { toOwnedBody } from './list-all-withdrawals.ts';

const isoOf = (at: Date | null) => at?.toISOString() ?? null;
const withdrawalIdOf = (id: string | null) => (id === null ? null : toPublicId('withdrawal', id));
const chainTxIdOf = (id: string | null) => (id === null ? null : toPublicId('chainTx', id));
const outcomes = ['NOT_ATTEMPTED', 'PAID', 'REVERTED', 'RETURNED_FALSE'] as const;

export function toDetailBody(detail: WithdrawalDetail): WithdrawalDetailBody {
  const { withdrawal, ownerName, decision } = detail;
  return {
    ...toOwnedBody({ ...withdrawal, organisationName: ownerName }),
    planCount: detail.planCount,
    notBefore: detail.notBefore.toISOString(),
    failureCause: detail.failureCause,
    events: detail.events.map(({ from, to, by, holder, reason, at, chainTxId }) => ({
      ...{ from, to, actor: by, holder, reason, at: at.toISOString() },
      chainTxId: chainTxIdOf(chainTxId),
    })),
    chainTxs: detail.chainTxs.map((chainTx) => toChainTxBody(chainTx)),
    ledger: detail.ledger.map((row) => toLedgerBody(row, withdrawal)),
    decision: decision === null ? null : toFullDecisionBody(decision),
    reviews: detail.reviews.map(toReviewBody),
    deadLetters: detail.deadLetters.map(toLetterBody),
    notes: detail.notes.map(({ by, holder, text, at }) => ({
      ...{ author: by, holder, text },
      at: at.toISOString(),
    })),
    verbs: detail.verbs.map(({ verb, by, holder, reason, at }) => ({
      ...{ verb, actor: by, holder, reason },
      at: at.toISOString(),
    })),
    retryOf: withdrawalIdOf(detail.retryOf),
    retriedAs: withdrawalIdOf(detail.retriedAs),
    deliveries: detail.deliveries.map(({ url, ...delivery }) => ({ ...toDeliveryBody(delivery), url })),
    actions: detail.actions,
  };
}

export function toChainTxDetailBody({ chainTx, items, deadLetters }: ChainTxDetail): ChainTxDetailBody {
  return {
    ...toChainTxBody(chainTx),
    items: items.map(({ withdrawalId, position, state, to, amount, outcome }) => ({
      withdrawalId: toPublicId('withdrawal', withdrawalId),
      ...{ position, state, to },
      amount: formatAmount(amount, chainTx.decimals),
      outcome: outcome === null ? null : (outcomes[outcome] ?? null),
    })),
    deadLetters: deadLetters.map(toLetterBody),
  };
}

function toChainTxBody(chainTx: StoryChainTx): ChainTxBody {
  const { explorerUrl, gasUsed, gasPriceWei, blockNumber } = chainTx;
  return {
    id: toPublicId('chainTx', chainTx.id),
    object: 'chain_tx',
    chain: chainTx.chainId,
    kind: chainTx.kind,
    state: chainTx.state,
    subAccount: chainTx.subAccount,
    subAccountState: chainTx.subAccountState,
    pauseReason: chainTx.pauseReason,
    nonce: toSafeNumber(chainTx.nonce),
    itemCount: chainTx.itemCount,
    asset: chainTx.asset,
    amount: formatAmount(chainTx.amount, chainTx.decimals),
    wanted: chainTx.wanted,
    gasLimit: String(chainTx.gas),
    gasUsed: gasUsed === null ? null : String(gasUsed),
    gasPriceWei: gasPriceWei === null ? null : String(gasPriceWei),
    failureCount: chainTx.failureCount,
    lastError: chainTx.lastError,
    notBefore: chainTx.notBefore.toISOString(),
    blockNumber: blockNumber === null ? null : toSafeNumber(blockNumber),
    minedAttempt: chainTx.minedAttempt,
    createdAt: chainTx.createdAt.toISOString(),
    broadcastedAt: isoOf(chainTx.broadcastedAt),
    minedAt: isoOf(chainTx.minedAt),
    finalAt: isoOf(chainTx.finalAt),
    attempts: chainTx.attempts.map(({ chainTxId: _, ...attempt }) => ({
      ...attempt,
      explorerUrl: explorerUrl === null ? null : `${explorerUrl}/tx/${attempt.hash}`,
      feePerGasWeiMax: String(attempt.feePerGasWeiMax),
      tipPerGasWei: String(attempt.tipPerGasWei),
      lastSentAt: isoOf(attempt.lastSentAt),
      createdAt: attempt.createdAt.toISOString(),
    })),
  };
}

function toLedgerBody(row: LedgerRow, { asset, decimals }: { asset: string; decimals: number }) {
  const { id, kind, amount, debit, credit, at } = row;
  return {
    ...{ id, kind, debit, credit, asset },
    amount: formatAmount(amount, decimals),
    at: at.toISOString(),
  };
}

function toLetterBody(letter: LetterAbout) {
  return toDeadLetterBody({
    ...letter,
    notes: letter.notes.map(({ by, text, at }) => ({ author: by, text, at })),
  });
}
