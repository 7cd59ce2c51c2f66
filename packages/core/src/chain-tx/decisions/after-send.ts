import type { SendOutcome } from '@naru/evm/send-outcome.ts';
import { type ChainOperation, defaultOperation } from '../../chain/chain-operation.ts';
import { type ErrorCode, retryDelayMs } from '../../dead-letter/taxonomy.ts';
import { GAS_MONEY_LOW } from '../chain-tx.pauses.ts';

export type AfterSend = {
  /** When to look at the row again. */
  delayMs: number;
  error: string | null;
  failed: boolean;
  wanted?: 'BUMP' | 'CANCEL';
  /** Why the account takes no new nonces from now on; null: it goes on. */
  pauseReason: string | null;
};

/**
 * What an answer to a send means for the row. Nothing here frees a nonce or a hold: whatever a node says, the bytes may
 * still be mined, so the row stays open until the chain has decided. `random` spreads the retries, from 0 to 1.
 */
export function decideNext(
  outcome: SendOutcome,
  failures: number,
  random: () => number,
  operation: ChainOperation = defaultOperation,
): AfterSend {
  const error = describe(outcome);
  const pauseReason = null;
  const wait = (code: ErrorCode) => retryDelayMs(code, failures, random, operation);
  switch (outcome.kind) {
    case 'accepted':
      return { delayMs: operation.resendMs, error: null, failed: false, pauseReason };
    case 'nonce_consumed':
      // Ours or foreign: the monitor finds out from the chain.
      return { delayMs: operation.resendMs, error: null, failed: false, pauseReason };
    case 'replacement_underpriced':
    case 'underpriced':
      return { delayMs: wait('fee_too_low'), error, failed: true, wanted: 'BUMP', pauseReason };
    case 'insufficient_funds':
      return { delayMs: wait('gas_money_low'), error, failed: true, pauseReason: GAS_MONEY_LOW };
    case 'rejected':
      // These bytes will never do. A self-transfer with the same nonce frees it, and what it carried is planned again.
      return { delayMs: 0, error, failed: true, wanted: 'CANCEL', pauseReason };
    case 'unknown':
      return { delayMs: wait('send_unknown'), error, failed: true, pauseReason };
  }
}

/** For the history of an attempt: what the node said, in a few words. */
export function describe(outcome: SendOutcome): string {
  switch (outcome.kind) {
    case 'accepted':
      return `accepted (${outcome.how})`;
    case 'rejected':
      return `rejected: ${outcome.cause}`;
    case 'unknown':
      return `unknown: ${outcome.reason}`;
    default:
      return outcome.kind;
  }
}
