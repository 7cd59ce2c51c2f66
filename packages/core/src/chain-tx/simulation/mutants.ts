import { ITEM_PAID } from '../ports.ts';
import type { Decisions } from './decisions.ts';
import { productionDecisions as real } from './decisions.ts';
import type { SimulateOptions } from './simulate.ts';

/** A way to break the money path that people have shipped, here or elsewhere. */
export type Mutant = {
  name: string;
  decisions?: Partial<Decisions>;
  weakness?: SimulateOptions['weakness'];
};

/** Each must be caught: a simulation that cannot find these bugs would prove nothing by its silence. */
export const mutants: readonly Mutant[] = [
  {
    name: 'a null receipt means that it failed',
    decisions: {
      judge(chainTx, mined, evidence) {
        const receipt = evidence.receipts[0];
        if (receipt !== null) return real.judge(chainTx, mined, evidence);
        const verdict = { state: 'DISPLACED', receipt: null } as const;
        return { kind: 'final', verdict };
      },
    },
  },
  {
    name: 'a missing receipt of a used nonce means that something else used it',
    decisions: {
      foreignDepth: (at) => at.head,
      decideForeign: () => ({ kind: 'displaced', paidElsewhere: false }),
    },
  },
  { name: 'a send without an answer is planned again', weakness: { isUnknownPlannedAgain: true } },
  {
    name: 'one provider confirms',
    decisions: {
      judge: (chainTx, mined, { receipts, records }) =>
        real.judge(chainTx, mined, { receipts: receipts.slice(0, 1), records: records.slice(0, 1) }),
    },
  },
  {
    name: 'one provider says how deep a block is',
    decisions: {
      selectDeep: (open, heads, confirmations) => real.selectDeep(open, heads.slice(0, 1), confirmations),
    },
  },
  {
    name: 'one block is deep enough',
    decisions: { selectDeep: (open, heads) => real.selectDeep(open, heads, 1) },
  },
  { name: 'who has lost its lease stores signatures', weakness: { isFencingIgnored: true } },
  {
    name: 'one provider that counts too many transactions pauses an account',
    decisions: {
      judgeNonceSlot: (nextNonce, counts) => (counts.some((count) => count > nextNonce) ? 'ahead' : 'open'),
    },
  },
  {
    name: 'a batch that ran counts as paid whatever its record says',
    decisions: {
      decideFates: (state, outcomes) => ({
        ...real.decideFates(state, outcomes),
        paid: [0, ITEM_PAID, 2, 3],
      }),
    },
  },
  {
    name: 'a receipt that says failed is believed against the record',
    decisions: {
      judge(chainTx, mined, evidence) {
        const failed = evidence.receipts.find((receipt) => receipt?.succeeded === false) ?? null;
        if (failed === null) return real.judge(chainTx, mined, evidence);
        return { kind: 'final', verdict: { state: 'REVERTED', receipt: failed } };
      },
    },
  },
  {
    name: 'a payment is signed again after a cancel',
    decisions: {
      decideAttempt(chainTx, attempts, market) {
        const next = real.decideAttempt(chainTx, attempts, market);
        const purpose = chainTx.wanted === 'CANCEL' ? 'CANCEL' : 'PAY';
        return next.kind === 'sign' ? { ...next, purpose } : next;
      },
    },
  },
  {
    name: 'a nonce that no receipt explains is left alone',
    decisions: { selectConsumed: () => [] },
  },
  {
    name: 'fees are never raised',
    decisions: {
      selectStuck: () => [],
      decideNext(...said) {
        const { wanted, ...next } = real.decideNext(...said);
        return wanted === 'CANCEL' ? { ...next, wanted } : next;
      },
    },
  },
  {
    name: 'a nonce that the signer knows otherwise is asked for again and again',
    decisions: { decideAfterRefusal: () => ({ delayMs: 3_000 }) },
  },
  {
    name: 'recovery writes a batch whose withdrawals stand in an older plan',
    decisions: {
      findConflict: (call, takenBy) => real.findConflict(call, takenBy, []),
    },
  },
  {
    name: 'recovery raises counters to counts that are not final',
    decisions: { selectBusy: (addresses, counts) => real.selectBusy(addresses, { ...counts, final: null }) },
  },
  {
    name: 'recovery believes one provider',
    decisions: { uniteRecords: (lists) => [...(lists[0] ?? [])], agreeOnCounts: (lists) => lists[0] ?? null },
  },
];
