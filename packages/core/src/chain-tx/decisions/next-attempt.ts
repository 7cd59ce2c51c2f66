import type { FeeBump, FeeQuote, Fees } from '@naru/evm/fees.ts';
import type { Chain } from '../../chain/chain.ts';
import { type ChainOperation, defaultOperation } from '../../chain/chain-operation.ts';
import { retryDelayMs } from '../../dead-letter/taxonomy.ts';
import { ATTEMPTS_MAX } from '../chain-tx.limits.ts';
import type { Attempt, AttemptPurpose, ChainTx } from '../chain-tx.ts';

export type NextAttempt =
  | { kind: 'sign'; purpose: AttemptPurpose; fees: Fees }
  | { kind: 'postpone'; delayMs: number; error: string };

export type Market = {
  gasModel: Chain['gasModel'];
  quote: FeeQuote;
  /** Fees of a replacement for an attempt that offered `previous`. */
  bump: (previous: Fees, quote: Fees | null) => FeeBump;
  /** Spreads the tries, from 0 to 1. */
  random: () => number;
};

/**
 * Purpose and fees of the next bytes for a nonce; `attempts` are those signed so far, oldest first. After a cancel there
 * is no way back to a payment.
 */
export function decideAttempt(
  chainTx: Pick<ChainTx, 'wanted' | 'failureCount'>,
  attempts: readonly Attempt[],
  market: Market,
  operation: ChainOperation = defaultOperation,
): NextAttempt {
  const last = attempts.at(-1);
  const purpose = chainTx.wanted === 'CANCEL' || last?.purpose === 'CANCEL' ? 'CANCEL' : 'PAY';
  const ceilingMs = () => retryDelayMs('fee_ceiling', chainTx.failureCount, market.random, operation);
  if (last === undefined) return decideFirst(purpose, market.quote, ceilingMs);
  if (attempts.length >= ATTEMPTS_MAX)
    return {
      kind: 'postpone',
      // Nothing but the chain or a person helps.
      delayMs: retryDelayMs('replacements_exhausted', chainTx.failureCount, market.random),
      error: `${attempts.length} attempts made; no more`,
    };
  const quote = market.quote.kind === 'ceiling_exceeded' ? null : market.quote;
  const bumped = market.bump(feesOf(market.gasModel, last), quote);
  if (bumped.kind === 'ceiling_reached')
    return {
      kind: 'postpone',
      delayMs: ceilingMs(),
      error: `fee ceiling: a replacement needs ${bumped.neededWei} wei per gas, the ceiling is ${bumped.feeCapWeiMax}`,
    };
  return { kind: 'sign', purpose, fees: bumped.fees };
}

function decideFirst(purpose: AttemptPurpose, quote: FeeQuote, ceilingMs: () => number): NextAttempt {
  if (quote.kind !== 'ceiling_exceeded') return { kind: 'sign', purpose, fees: quote };
  return {
    kind: 'postpone',
    delayMs: ceilingMs(),
    error: `fee ceiling: the market asks ${quote.neededWei} wei per gas, the ceiling is ${quote.feeCapWeiMax}`,
  };
}

export function feesOf(
  gasModel: Chain['gasModel'],
  attempt: Pick<Attempt, 'feePerGasWeiMax' | 'tipPerGasWei'>,
): Fees {
  return gasModel === 'legacy'
    ? { kind: 'legacy', gasPriceWei: attempt.feePerGasWeiMax }
    : {
        kind: 'eip1559',
        maxFeePerGasWei: attempt.feePerGasWeiMax,
        maxPriorityFeePerGasWei: attempt.tipPerGasWei,
      };
}

export type AfterRefusal = { delayMs: number; wanted?: 'CANCEL' };

export type AfterRefusalTerms = { isDispensable?: boolean; operation?: ChainOperation };

/**
 * What a refusal of the signer means for the row. Its journal may hold another payload for the nonce: the database is
 * older than the signer (a restored backup), and no payment of ours will ever be signed with that nonce. Only a
 * self-transfer frees it, and what the row carried is planned again once that is final. `isDispensable`: nobody is owed
 * what the row pays, so it ends rather than hold up what comes after it.
 */
export function decideAfterRefusal(
  code: string,
  failures: number,
  random: () => number,
  { isDispensable = false, operation = defaultOperation }: AfterRefusalTerms = {},
): AfterRefusal {
  const frees = code === 'payload_conflict' || isDispensable;
  return frees
    ? { delayMs: 0, wanted: 'CANCEL' }
    : { delayMs: retryDelayMs('signer_refused', failures, random, operation) };
}

/** Refusals that a self-transfer with the same nonce would meet as well: freeing it is no way out of them. */
const NOT_OF_THE_PAYLOAD: readonly string[] = [
  'malformed',
  'unknown_key',
  'chain_not_allowed',
  'gas_over_limit',
  'fee_over_limit',
  'payload_conflict',
  'nonce_too_old',
];

/** The policy does not want what the transaction pays, so asking again helps only after a person has changed it. */
export function isAboutPayload(code: string): boolean {
  return !NOT_OF_THE_PAYLOAD.includes(code);
}
