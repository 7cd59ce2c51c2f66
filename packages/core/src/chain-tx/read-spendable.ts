import type { Database } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { maxUnits } from '@naru/kit/money.ts';
import type { Asset, Chain } from '../chain/chain.ts';
import { type AccountChoice, readLoads } from '../sub-account/sub-account.store.ts';
import { isNonceOpen, readChainCounts } from './check-nonce-slots.ts';
import { type AccountState, availableOf } from './planner.ts';
import type { ChainPort } from './ports.ts';

export type SpendableAccount = Required<AccountState> & { address: Hex; epoch: bigint };

/**
 * Accounts with what they can spend: the chain's newest balance less everything in flight. A payment that is mined but
 * not final is thus taken off twice for a while, never missed. An account whose chain is said to have more transactions
 * than its counter gave out is left out: something else uses its key, or the database is older than the chain.
 */
export async function readSpendable(
  deps: { db: Database; chainPort: ChainPort; logger: Logger; owner: string },
  chain: Chain,
  asset: Asset,
  choice: AccountChoice,
): Promise<SpendableAccount[]> {
  // The chain first: what becomes final between the two reads is then missing from the balance, not from the loads.
  const held = { chainId: chain.id, owner: deps.owner };
  const before = await readLoads(deps.db, held, asset.id, choice);
  if (before.length === 0) return [];
  const addresses = before.map((load) => load.address);
  const { address: token } = asset;
  const spender = assertPresent(chain.payoutContract, `payout contract of ${chain.id}`);
  const [balances, allowances, counts] = await Promise.all([
    deps.chainPort.balances(addresses.map((account) => ({ account, token }))),
    token === null
      ? null
      : deps.chainPort.allowances(
          addresses.map((account) => ({ account, token })),
          spender,
        ),
    readChainCounts(deps, before),
  ]);
  const after = await readLoads(deps.db, held, asset.id, choice);
  const accounts: SpendableAccount[] = [];
  for (const [index, load] of before.entries()) {
    const now = after.find(({ id }) => id === load.id);
    if (now === undefined) continue;
    if (!(await isNonceOpen(deps, now, counts))) continue;
    const isCoin = asset.address === null;
    accounts.push({
      id: load.id,
      address: load.address,
      epoch: now.epoch,
      inFlight: now.inFlight,
      gasKeptWei: isCoin ? maxUnits(load.gasKeptWei, now.gasKeptWei) : 0n,
      available: availableOf({
        owned: assertPresent(balances[index], 'balance of a sub-account'),
        allowance: allowances?.[index] ?? null,
        inFlight: [load.amountInFlight, now.amountInFlight],
        gasInFlightWei: isCoin ? [load.gasInFlightWei, now.gasInFlightWei] : [],
      }),
    });
  }
  return accounts;
}
