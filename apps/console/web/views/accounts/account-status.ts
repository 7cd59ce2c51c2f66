import type { Tone } from '@naru/ui/tone.ts';
import type { AccountThresholdBody, AccountTransferBody, SubAccountBody } from '@naru/wire/sub-account.ts';
import { compareAmounts } from '../../format/number.ts';

export const accountTones = {
  JOINING: 'info',
  ACTIVE: 'good',
  PAUSED: 'warn',
  DRAINED: 'idle',
  RETIRED: 'idle',
} as const satisfies Record<SubAccountBody['state'], Tone>;

export const transferTones = {
  PENDING: 'idle',
  PLANNED: 'info',
  CONFIRMED: 'good',
  FAILED: 'bad',
  CANCELED: 'idle',
} as const satisfies Record<AccountTransferBody['state'], Tone>;

/** The threshold of an account: its own, or that of its role. */
export function thresholdOf(
  account: SubAccountBody,
  asset: string,
  purpose: AccountThresholdBody['purpose'],
  thresholds: readonly AccountThresholdBody[],
): AccountThresholdBody | null {
  const fitting = thresholds.filter(
    (one) => one.chain === account.chain && one.asset === asset && one.purpose === purpose,
  );
  return (
    fitting.find((one) => one.address === account.address) ??
    fitting.find((one) => one.role === account.role) ??
    null
  );
}

export type Level = 'belowLow' | 'belowTarget' | 'aboveHigh' | 'enough';
export const levelTones = {
  belowLow: 'bad',
  belowTarget: 'info',
  aboveHigh: 'warn',
  enough: 'good',
} as const satisfies Record<Level, Tone>;

export function levelOf(amount: string, threshold: AccountThresholdBody): Level {
  if (compareAmounts(amount, threshold.low) < 0) return 'belowLow';
  if (threshold.high !== null && compareAmounts(amount, threshold.high) > 0) return 'aboveHigh';
  return compareAmounts(amount, threshold.target) < 0 ? 'belowTarget' : 'enough';
}
