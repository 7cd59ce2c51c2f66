import { type WithdrawalState, withdrawalStates } from '@naru/core/withdrawal/withdrawal.machine.ts';
import type { StoryChainTx, WithdrawalStory } from '@naru/core/withdrawal/withdrawal.story.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { describe, expect, it } from 'vitest';
import type { ChainView, TransactionView } from './chain-view.ts';
import { explainWithdrawal } from './explain-withdrawal.ts';

const BEGAN = new Date('2026-03-01T09:00:00Z');
const SOON = new Date('2026-03-01T09:00:05Z');
const LATER = new Date('2026-03-01T10:00:00Z');
const PLANNED: ReadonlySet<WithdrawalState> = new Set([
  'SIGNING',
  'SIGNED',
  'BROADCASTING',
  'BROADCASTED',
  'CONFIRMING',
  'CONFIRMED',
]);

const chainTx: StoryChainTx = {
  id: '019cb03b-a186-71f1-bd03-bd00543a1cab',
  chainId: 'localhost',
  kind: 'PAYOUT',
  assetId: 'localhost:USDC',
  asset: 'USDC',
  decimals: 6,
  nativeSymbol: 'ETH',
  explorerUrl: null,
  subAccount: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
  subAccountState: 'ACTIVE',
  pauseReason: null,
  nonce: 4n,
  state: 'BROADCASTED',
  itemCount: 1,
  amount: 1n,
  gas: 100_000n,
  gasUsed: null,
  gasPriceWei: null,
  wanted: null,
  failureCount: 0,
  lastError: null,
  notBefore: BEGAN,
  blockNumber: null,
  blockHash: null,
  minedAttempt: null,
  createdAt: BEGAN,
  broadcastedAt: null,
  minedAt: null,
  finalAt: null,
  attempts: [],
};

function storyIn(state: WithdrawalState, tx: Partial<StoryChainTx> = {}): WithdrawalStory {
  const present = { ...chainTx, ...tx };
  const transaction = {
    chainTxId: present.id,
    hash: null,
    subAccount: present.subAccount,
    nonce: present.nonce,
    blockNumber: null,
    confirmations: 0n,
    requiredConfirmations: 3,
    explorerUrl: null,
  };
  return {
    withdrawal: {
      id: '019cb03b-a186-71f1-bd03-bd00543a1cac',
      organisationId: '019cb03b-a186-71f1-bd03-bd00543a1cad',
      chain: 'localhost',
      asset: 'USDC',
      decimals: 6,
      to: present.subAccount,
      fee: 0n,
      amount: 1n,
      reference: null,
      priority: 'STANDARD',
      metadata: {},
      bulkId: null,
      bulkRow: null,
      state,
      transaction: PLANNED.has(state) ? transaction : null,
      failure: state === 'FAILED' ? { code: 'transfer_rejected', message: '', retryable: true } : null,
      review: null,
      createdAt: BEGAN,
      updatedAt: BEGAN,
      confirmedAt: null,
    },
    ownerName: 'Desk',
    planCount: 0,
    notBefore: BEGAN,
    events: [{ from: null, to: state, actor: 'system:x', reason: '', at: BEGAN, chainTxId: null }],
    chainTxs: PLANNED.has(state) ? [present] : [],
    ledger: [],
  };
}

function viewWith(seen: Partial<TransactionView>): ChainView {
  const transaction: TransactionView = {
    chainTxId: chainTx.id,
    receipt: null,
    confirmations: 0n,
    nonceUsed: false,
    recordedItems: null,
    outcome: null,
    ...seen,
  };
  return {
    reached: true,
    head: 10n,
    requiredConfirmations: 3,
    transactions: [transaction],
    recipientBalance: null,
  };
}

const mined = { hash: '0x00', succeeded: true, blockNumber: 8n, gasUsed: 1n, gasPriceWei: 1n } as const;

describe('explainWithdrawal', () => {
  it.each(withdrawalStates)('has a sentence for %s, fresh or old', (state) => {
    for (const now of [SOON, LATER]) expect(explainWithdrawal(storyIn(state), null, now)).toMatch(/\.$/);
  });

  it.each(['BROADCASTING', 'BROADCASTED'] as const)(
    'warns of paying twice while %s stands long or is unknown',
    (state) => {
      const unknown = { attempts: [{ ...attempt, lastOutcome: 'unknown: timeout' }] };
      expect(explainWithdrawal(storyIn(state, unknown), null, SOON)).toContain('do not pay it another way');
      expect(explainWithdrawal(storyIn(state), viewWith({}), LATER)).toContain('Do not pay it another way');
      const paused = { subAccountState: 'PAUSED' as const, pauseReason: 'too little coin for gas' };
      expect(explainWithdrawal(storyIn(state, paused), null, SOON)).toContain('too little coin for gas');
    },
  );

  it('never says that nothing was sent once it may have been', () => {
    for (const state of ['SIGNED', 'BROADCASTING', 'BROADCASTED', 'CONFIRMING', 'CONFIRMED'] as const)
      for (const view of [null, viewWith({}), viewWith({ receipt: mined })])
        expect(explainWithdrawal(storyIn(state), view, LATER)).not.toMatch(/nothing was (sent|paid)/i);
  });

  it('never sends anybody to ask again for what an operator has asked for again', () => {
    const retriedAs = '019cb03b-a186-71f1-bd03-bd00543a1cae';
    const text = explainWithdrawal(storyIn('FAILED'), null, LATER, retriedAs);
    expect(text).toContain(`asked for ${toPublicId('withdrawal', retriedAs)} in its place`);
    expect(text).not.toContain('new withdrawal');
  });

  it('says how many have approved and until when it waits for the others', () => {
    const story = storyIn('REVIEW');
    const review = { id: chainTx.id, quorum: 2, approvals: 1, reasons: [], expiresAt: LATER };
    story.withdrawal.review = review;
    expect(explainWithdrawal(story, null, SOON)).toContain('1 of 2 have approved');
    expect(explainWithdrawal(story, null, SOON)).toContain(
      `naru reviews show ${toPublicId('review', review.id)}`,
    );
    expect(explainWithdrawal(story, null, LATER)).toContain('Too few people approved it in time');
  });

  it('counts the depth while it confirms, and sees a reorganisation', () => {
    const seen = viewWith({ receipt: mined, confirmations: 2n, outcome: 'PAID' });
    expect(explainWithdrawal(storyIn('CONFIRMING'), seen, SOON)).toContain('2 of 3 deep');
    expect(explainWithdrawal(storyIn('CONFIRMING'), viewWith({}), SOON)).toContain('reorganisation');
  });

  it('raises the alarm when what is booked as paid is not on chain', () => {
    const paid = viewWith({ receipt: mined, confirmations: 3n, outcome: 'PAID' });
    expect(explainWithdrawal(storyIn('CONFIRMED'), paid, LATER)).toContain('Nothing needs to be done');
    for (const seen of [viewWith({}), viewWith({ receipt: mined, outcome: 'REVERTED' })])
      expect(explainWithdrawal(storyIn('CONFIRMED'), seen, LATER)).toContain('stop the roles');
    expect(explainWithdrawal(storyIn('CONFIRMED'), { reached: false, problem: 'x' }, LATER)).toContain(
      'Final',
    );
  });
});

const attempt = {
  chainTxId: chainTx.id,
  number: 1,
  purpose: 'PAY' as const,
  hash: '0x00' as const,
  feePerGasWeiMax: 1n,
  tipPerGasWei: 1n,
  sendCount: 1,
  lastSentAt: BEGAN,
  lastOutcome: null,
  createdAt: BEGAN,
};
