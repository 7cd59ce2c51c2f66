import { ITEM_PAID } from '../ports.ts';
import type { Verdict } from './verdict.ts';

/** The contract's numbers for items that were not paid. */
const NOT_ATTEMPTED = 0;
const REVERTED = 2;
const RETURNED_FALSE = 3;

/** What becomes of the withdrawals of a final batch, by the contract's number for each item. */
export type Fates = {
  paid: readonly number[];
  /** The token or the recipient refused: it has failed. */
  refused: readonly number[];
  /** Nothing was paid and nothing refused: planned again, as long as plans are left. */
  again: readonly number[];
  whyAgain: string;
};

const reasonToPlanAgain = {
  EXECUTED: 'the batch ended before its turn',
  REVERTED: 'its transaction reverted and paid nothing',
  CANCELED: 'its nonce was freed by a self-transfer',
  DISPLACED: 'a foreign transaction used its nonce',
} as const;

/** `outcomes`: one byte for each item; null when nothing was executed, and then every item counts as not attempted. */
export function decideFates(state: Verdict['state'], outcomes: Uint8Array | null): Fates {
  if (state === 'EXECUTED' && isTokenTrouble(outcomes))
    return {
      paid: [ITEM_PAID],
      refused: [RETURNED_FALSE],
      again: [NOT_ATTEMPTED, REVERTED],
      whyAgain: 'the token refused the whole batch',
    };
  return {
    paid: [ITEM_PAID],
    refused: [REVERTED, RETURNED_FALSE],
    again: [NOT_ATTEMPTED],
    whyAgain: reasonToPlanAgain[state],
  };
}

/** When every one of several items reverts, it is the token (paused, say), not the recipients: try again later. */
function isTokenTrouble(outcomes: Uint8Array | null): boolean {
  return outcomes !== null && outcomes.length > 1 && outcomes.every((outcome) => outcome === REVERTED);
}
