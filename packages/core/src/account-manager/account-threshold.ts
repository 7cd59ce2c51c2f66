import type { Hex } from '@naru/kit/hex.ts';
import type { AccountRole } from '../sub-account/sub-account.machine.ts';

/** BALANCE: of an asset, to pay with. GAS: coin that is gas money and nothing else. */
export const thresholdPurposes = ['BALANCE', 'GAS'] as const;
export type ThresholdPurpose = (typeof thresholdPurposes)[number];

/** In the asset's smallest unit: low < target < high. */
export type Levels = {
  /** Below this the account is topped up … */
  low: bigint;
  /** … to this. */
  target: bigint;
  /** What it holds above this is swept down to target. Null: nothing is swept. */
  high: bigint | null;
};

/** For all accounts of a role on the asset's chain, or for one account: then its role's does not count for it. */
export type Threshold = Levels & {
  assetId: string;
  purpose: ThresholdPurpose;
  role: AccountRole | null;
  subAccountId: string | null;
};

export type ThresholdOverview = Threshold & {
  chainId: string;
  asset: string;
  decimals: number;
  /** EIP-55; null: of a role. */
  address: Hex | null;
  updatedAt: Date;
};

/** The one that counts for an account: its own, or else that of its role. */
export function thresholdOf(
  thresholds: readonly Threshold[],
  account: { id: string; role: AccountRole },
  assetId: string,
  purpose: ThresholdPurpose,
): Threshold | null {
  const fitting = thresholds.filter((one) => one.assetId === assetId && one.purpose === purpose);
  return (
    fitting.find((one) => one.subAccountId === account.id) ??
    fitting.find((one) => one.role === account.role) ??
    null
  );
}
