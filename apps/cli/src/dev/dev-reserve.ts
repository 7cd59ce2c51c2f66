import { listThresholds, upsertThreshold } from '@naru/core/account-manager/account-threshold.store.ts';
import type { ThresholdPurpose } from '@naru/core/account-manager/account-threshold.ts';
import type { AccountRole } from '@naru/core/sub-account/sub-account.machine.ts';
import { type Database, withTransaction } from '@naru/db/database.ts';
import type { Endowments } from '@naru/devnet/set-up-accounts.ts';
import { parseEther, parseUnits } from 'viem';

const tokens = (whole: number) => parseUnits(String(whole), 6);
const coin = (whole: number) => parseEther(String(whole));

/** A local stack works as a real one should: accounts that pay hold their share, and the reserve lies apart. */
export const devEndowments: Endowments = {
  PAYOUT: { coinWei: coin(55), token: tokens(500_000) },
  MAIN: { coinWei: coin(1_800), token: tokens(38_000_000) },
  GAS: { coinWei: coin(200), token: 0n },
};

type Row = {
  asset: string;
  role: AccountRole;
  purpose: ThresholdPurpose;
  levels: [bigint, bigint, bigint | null];
};

const THRESHOLDS: readonly Row[] = [
  ...['USDC', 'USDT'].flatMap((asset): Row[] => [
    {
      asset,
      role: 'PAYOUT',
      purpose: 'BALANCE',
      levels: [tokens(250_000), tokens(500_000), tokens(2_000_000)],
    },
    { asset, role: 'MAIN', purpose: 'BALANCE', levels: [tokens(1_000_000), tokens(5_000_000), null] },
  ]),
  { asset: 'ETH', role: 'PAYOUT', purpose: 'BALANCE', levels: [coin(20), coin(50), coin(200)] },
  { asset: 'ETH', role: 'MAIN', purpose: 'BALANCE', levels: [coin(100), coin(500), null] },
  { asset: 'ETH', role: 'PAYOUT', purpose: 'GAS', levels: [coin(2), coin(5), null] },
  { asset: 'ETH', role: 'MAIN', purpose: 'GAS', levels: [coin(2), coin(5), null] },
  { asset: 'ETH', role: 'GAS', purpose: 'GAS', levels: [coin(20), coin(100), null] },
];

/** Once: what somebody has changed or removed since stays so. */
export async function setUpThresholds(db: Database): Promise<void> {
  if ((await listThresholds(db, 'localhost')).length > 0) return;
  await withTransaction(db, async (tx) => {
    for (const { asset, role, purpose, levels } of THRESHOLDS) {
      const [low, target, high] = levels;
      const key = { assetId: `localhost:${asset}`, purpose, role, subAccountId: null };
      await upsertThreshold(tx, key, { low, target, high });
    }
  });
}
