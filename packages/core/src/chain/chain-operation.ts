import {
  BATCH_WAIT_MS,
  BLOCKED_RETRY_MS,
  BUMP_AFTER_BLOCKS,
  BUMP_AFTER_MS_MIN,
  FEE_CEILING_RETRY_MS,
  RESEND_INTERVAL_MS,
  UNKNOWN_RETRY_BASE_MS,
  UNKNOWN_RETRY_MS_MAX,
} from '../chain-tx/chain-tx.limits.ts';

/** How this deployment works on a chain: what an operator may turn while everything runs (`setting/`). */
export type ChainOperation = {
  /** New withdrawals are taken. What was accepted is paid either way. */
  accepting: boolean;
  /** How long standard withdrawals wait for company when there are not enough to fill a batch. */
  batchWaitMs: number;
  /** A transaction that waits this many blocks, but at least the time below, for its block gets a higher fee. */
  bumpAfterBlocks: number;
  bumpAfterMsMin: number;
  /** Signed bytes are offered again after this long, while no block holds them. */
  resendMs: number;
  /** Between tries after an answer that left the outcome unknown: doubled from the first up to the second. */
  unknownRetryBaseMs: number;
  unknownRetryMsMax: number;
  /** Between tries while the fee ceiling, the signer or missing gas money stands in the way. */
  blockedRetryMs: number;
  /** Between looks at a replacement that the fee ceiling does not allow. */
  ceilingRetryMs: number;
  /** An account stops taking nonces when its coin pays for less than this many full transactions. */
  gasReserveTxs: number;
};

/** What ships. */
export const defaultOperation: ChainOperation = {
  accepting: true,
  batchWaitMs: BATCH_WAIT_MS,
  bumpAfterBlocks: BUMP_AFTER_BLOCKS,
  bumpAfterMsMin: BUMP_AFTER_MS_MIN,
  resendMs: RESEND_INTERVAL_MS,
  unknownRetryBaseMs: UNKNOWN_RETRY_BASE_MS,
  unknownRetryMsMax: UNKNOWN_RETRY_MS_MAX,
  blockedRetryMs: BLOCKED_RETRY_MS,
  ceilingRetryMs: FEE_CEILING_RETRY_MS,
  gasReserveTxs: 1,
};
