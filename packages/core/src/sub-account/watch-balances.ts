import type { Database } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { Asset, Chain } from '../chain/chain.ts';
import { GAS_MONEY_LOW } from '../chain-tx/chain-tx.pauses.ts';
import type { ChainPort } from '../chain-tx/ports.ts';
import { saveGasPrice } from '../withdrawal-fee/fee-schedule.store.ts';
import { listSubAccounts, pause, resume, saveBalances } from './sub-account.store.ts';

/**
 * Reads what every account of a chain holds, keeps it for people and metrics, pauses an account that cannot pay the
 * gas of its reserve of full transactions at today's fee, and lets it go on when it can pay twice that. One that is being
 * drained gives its coin away last of all: it pays small transactions only, and is not held up for the want of a large
 * one's gas.
 */
export async function watchBalances(
  deps: { db: Database; chainPort: ChainPort; logger: Logger },
  target: { chain: Chain; assets: readonly Asset[] },
): Promise<void> {
  const { chain } = target;
  const accounts = (await listSubAccounts(deps.db, chain.id)).filter(
    (account) => account.state !== 'RETIRED' && account.state !== 'JOINING',
  );
  if (accounts.length === 0) return;
  const pairs = accounts.flatMap((account) => target.assets.map((asset) => ({ account, asset })));
  const [head, quote, balances, coins] = await Promise.all([
    deps.chainPort.head(),
    deps.chainPort.quoteFees(chain.feePerGasWeiMax, chain.tipPerGasWeiMin),
    deps.chainPort.balances(
      pairs.map(({ account, asset }) => ({ account: account.address, token: asset.address })),
    ),
    deps.chainPort.balances(accounts.map((account) => ({ account: account.address, token: null }))),
  ]);
  await saveBalances(
    deps.db,
    pairs.map(({ account, asset }, index) => ({
      subAccountId: account.id,
      assetId: asset.id,
      balance: assertPresent(balances[index], 'balance'),
      blockNumber: head.number,
    })),
  );
  if (quote.kind === 'ceiling_exceeded') return;
  const feeWei = quote.kind === 'legacy' ? quote.gasPriceWei : quote.maxFeePerGasWei;
  await saveGasPrice(deps.db, chain.id, feeWei);
  const leastWei = BigInt(chain.operation.gasReserveTxs) * chain.txGasMax * feeWei;
  for (const [index, account] of accounts.entries()) {
    const coinWei = assertPresent(coins[index], 'coin balance');
    const isDraining = account.drainAt !== null;
    if (coinWei < leastWei && !isDraining && (await pause(deps.db, account.id, GAS_MONEY_LOW)))
      deps.logger.error(
        { subAccount: account.address, coinWei: String(coinWei), leastWei: String(leastWei) },
        `account paused: ${GAS_MONEY_LOW}`,
      );
    if ((isDraining || coinWei >= 2n * leastWei) && (await resume(deps.db, account.id, GAS_MONEY_LOW)))
      deps.logger.info(
        { subAccount: account.address, coinWei: String(coinWei) },
        'account goes on: it has coin for gas again',
      );
  }
}
