import { assert } from '@naru/kit/assert.ts';
import { backoffMs } from '@naru/kit/retry.ts';
import { type ChainOperation, defaultOperation } from '../chain/chain-operation.ts';
import {
  BLOCKED_RETRY_MS,
  FEE_CEILING_RETRY_MS,
  UNKNOWN_RETRY_BASE_MS,
  UNKNOWN_RETRY_MS_MAX,
} from '../chain-tx/chain-tx.limits.ts';

/**
 * RETRYABLE  goes away by itself; tried again by the policy.
 * UNKNOWN    nobody knows whether it took effect: only the very same bytes are sent again, and nothing is released.
 * OPERATOR   stands until a person has acted; looked at again by the policy meanwhile.
 * FINAL      over. Nothing is tried again.
 */
export type ErrorClass = 'RETRYABLE' | 'UNKNOWN' | 'OPERATOR' | 'FINAL';

export type TaxonomyEntry = {
  class: ErrorClass;
  /** Exponential from `baseMs` up to `maxMs`, with jitter; null: there is no next try. */
  retry: { baseMs: number; maxMs: number } | null;
  /** When it becomes a dead letter: after it has lasted this long; at once with 0; null: it is nobody's work. */
  letterAfterMs: number | null;
  means: string;
  /** What an operator does. */
  action: string;
};

const MINUTE_MS = 60_000;

/**
 * Every cause for which a payment waits or ends, in one place: docs/errors.md is made of it. The delays: short enough that
 * nobody waits for us once the cause is gone, long enough that a fault of an hour is not thousands of calls. Those of the
 * money path are what ships; an operator can turn them (`retry.…` in `setting/`).
 */
export const errorTaxonomy = {
  send_unknown: {
    class: 'UNKNOWN',
    retry: { baseMs: UNKNOWN_RETRY_BASE_MS, maxMs: UNKNOWN_RETRY_MS_MAX },
    letterAfterMs: 10 * MINUTE_MS,
    means:
      'No node has said whether it took the signed bytes: a time-out, a lost answer, or a text nobody has seen.',
    action:
      'See docs/runbooks/rpc-trouble.md: ask another provider for the hash. Do not pay in another way; the same bytes are sent until a node or the chain answers.',
  },
  fee_too_low: {
    class: 'RETRYABLE',
    retry: { baseMs: 1_000, maxMs: BLOCKED_RETRY_MS },
    letterAfterMs: 15 * MINUTE_MS,
    means: 'A node asks for a higher fee; one more attempt is signed with the same nonce and payload.',
    action: 'See docs/runbooks/stuck-transaction.md. `bump` asks for a higher fee at once.',
  },
  fee_ceiling: {
    class: 'OPERATOR',
    retry: { baseMs: 2_000, maxMs: FEE_CEILING_RETRY_MS },
    letterAfterMs: 10 * MINUTE_MS,
    means: 'The market asks more for gas than the ceiling of the chain allows; nothing is signed above it.',
    action: 'Wait until the market is below it, or raise the ceiling of the chain and of the signer.',
  },
  gas_money_low: {
    class: 'OPERATOR',
    retry: { baseMs: 2_000, maxMs: BLOCKED_RETRY_MS },
    letterAfterMs: 5 * MINUTE_MS,
    means: 'The account that pays has too little coin for gas. It takes no new nonces until it has.',
    action: 'Send coin to the account (`naru accounts list`). It goes on by itself.',
  },
  send_rejected: {
    class: 'FINAL',
    retry: null,
    letterAfterMs: 10 * MINUTE_MS,
    means:
      'A node refused these bytes for good. The nonce is freed by a self-transfer and its items are planned again.',
    action: 'Look at the cause in `naru inspect`; it passes without you unless it comes again.',
  },
  signer_unreachable: {
    class: 'RETRYABLE',
    retry: { baseMs: 500, maxMs: 5_000 },
    letterAfterMs: 5 * MINUTE_MS,
    means: 'The signer does not answer. Bytes that nobody has were never sent.',
    action: 'Start the signer, or look at its log and at the network between.',
  },
  signer_refused: {
    class: 'OPERATOR',
    retry: { baseMs: 2_000, maxMs: BLOCKED_RETRY_MS },
    letterAfterMs: 2 * MINUTE_MS,
    means:
      'The signer refuses by its policy: a contract, token, amount, fee or daily ceiling that it does not allow.',
    action:
      'See docs/runbooks/signer-refuses.md. Change its policy if the payment is right, else `release` it.',
  },
  replacements_exhausted: {
    class: 'OPERATOR',
    retry: { baseMs: 30_000, maxMs: 60_000 },
    letterAfterMs: 0,
    means: 'Every attempt that one nonce may have was signed, and no block holds any of them.',
    action:
      'See docs/runbooks/stuck-transaction.md: look at the chain with another provider before anything else.',
  },
  not_mined: {
    class: 'OPERATOR',
    retry: null,
    letterAfterMs: 30 * MINUTE_MS,
    means: 'Nodes have the transaction and no block does, for long.',
    action: 'Compare fees and the lowest open nonce of the account (`naru inspect`), then `bump`.',
  },
  nonce_displaced: {
    class: 'OPERATOR',
    retry: null,
    letterAfterMs: 0,
    means:
      'A transaction that is none of ours used a nonce of our account. Its items are planned again; somebody else can sign for this account.',
    action: 'Find out who holds the key. If nobody should, pause and retire the account, and rotate its key.',
  },
  withdrawals_wait: {
    class: 'OPERATOR',
    retry: null,
    letterAfterMs: 15 * MINUTE_MS,
    means:
      'Withdrawals of an asset wait to be taken up or planned: no account with money, all paused or busy, a missing approval, or no processor.',
    action: '`naru accounts list`: put money on an account, resume one, or start a processor.',
  },
  attempts_exhausted: {
    class: 'FINAL',
    retry: null,
    letterAfterMs: 0,
    means:
      'As many transactions as a withdrawal may have ended without paying it. It failed, unpaid, and its amount is released.',
    action:
      'Find out why its transactions ended (`naru inspect`), then `retry` it as a new withdrawal, or close this.',
  },
  emergency_objected: {
    class: 'OPERATOR',
    retry: null,
    letterAfterMs: 0,
    means: 'A second person says that what one person released alone in an emergency was wrong.',
    action: 'Settle it between people; close this with what was done.',
  },
  job_failed: {
    class: 'RETRYABLE',
    retry: { baseMs: 30_000, maxMs: 3_600_000 },
    letterAfterMs: 0,
    means: 'The last run of a side job failed, all its tries included; it comes again by its schedule.',
    action: 'See docs/runbooks/alarm.md, "A job that fails": its reason stands in `job_run`.',
  },
  other_trouble: {
    class: 'UNKNOWN',
    retry: { baseMs: 500, maxMs: 5_000 },
    letterAfterMs: 10 * MINUTE_MS,
    means: 'A cause that has no name here yet. Nothing is undone and nothing is released.',
    action: 'Read `last_error` in `naru inspect`, and the logs by the id of the chain transaction.',
  },
  transfer_rejected: {
    class: 'FINAL',
    retry: null,
    letterAfterMs: null,
    means:
      'The token or the recipient refused the transfer. Nothing was paid; the amount is available again.',
    action:
      "Nothing: the owner of the withdrawal decides. `retry` only if the recipient's trouble is known to be over.",
  },
  denied: {
    class: 'FINAL',
    retry: null,
    letterAfterMs: null,
    means: 'A person denied it in review. Nothing was paid; the amount is available again.',
    action: 'Nothing. It cannot be retried; its owner may ask for it anew.',
  },
  approval_expired: {
    class: 'FINAL',
    retry: null,
    letterAfterMs: null,
    means: 'Too few persons approved it in time. Nothing was paid; the amount is available again.',
    action: 'Nothing, unless this happens often: then approvers are too few, or the time too short.',
  },
  released: {
    class: 'FINAL',
    retry: null,
    letterAfterMs: null,
    means:
      'An operator asked for it back, and the chain proved that it was not paid. The amount is available again.',
    action: 'Nothing.',
  },
} as const satisfies Record<string, TaxonomyEntry>;

export type ErrorCode = keyof typeof errorTaxonomy;
export const errorCodes = Object.keys(errorTaxonomy) as ErrorCode[];

/** Those that become dead letters. */
export const letterCauses: readonly ErrorCode[] = errorCodes.filter(
  (code) => (errorTaxonomy[code] as TaxonomyEntry).letterAfterMs !== null,
);

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(errorTaxonomy, text);
}

/** What an operator has turned takes the place of what stands above (`setting/`). */
const turned: Partial<Record<ErrorCode, (operation: ChainOperation) => { baseMs: number; maxMs: number }>> = {
  send_unknown: (operation) => ({
    baseMs: operation.unknownRetryBaseMs,
    maxMs: operation.unknownRetryMsMax,
  }),
  fee_too_low: ({ blockedRetryMs }) => upTo(blockedRetryMs, errorTaxonomy.fee_too_low.retry.baseMs),
  gas_money_low: ({ blockedRetryMs }) => upTo(blockedRetryMs, errorTaxonomy.gas_money_low.retry.baseMs),
  signer_refused: ({ blockedRetryMs }) => upTo(blockedRetryMs, errorTaxonomy.signer_refused.retry.baseMs),
  fee_ceiling: ({ ceilingRetryMs }) => upTo(ceilingRetryMs, errorTaxonomy.fee_ceiling.retry.baseMs),
};

function upTo(maxMs: number, baseMs: number): { baseMs: number; maxMs: number } {
  return { baseMs: Math.min(baseMs, maxMs), maxMs };
}

/** Delay before the next try after `failures` of this kind in a row. `random`: from 0 to 1. */
export function retryDelayMs(
  code: ErrorCode,
  failures: number,
  random: () => number,
  operation: ChainOperation = defaultOperation,
): number {
  const { retry }: TaxonomyEntry = errorTaxonomy[code];
  assert(retry !== null, `${code} has no next try`);
  return backoffMs(failures + 1, { ...(turned[code]?.(operation) ?? retry), random });
}
