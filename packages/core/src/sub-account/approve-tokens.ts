import { type Database, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { buildPayload } from '@naru/signer-protocol/payload.ts';
import type { Asset, Chain } from '../chain/chain.ts';
import { APPROVE_GAS } from '../chain-tx/chain-tx.limits.ts';
import { hasOpenApproval, insertChainTx } from '../chain-tx/chain-tx.store.ts';
import { isNonceOpen, readChainCounts } from '../chain-tx/check-nonce-slots.ts';
import type { ChainPort } from '../chain-tx/ports.ts';
import { listHeldAccounts, type SubAccount, takeNonce } from './sub-account.store.ts';

/** Below this an allowance is renewed. Approvals are for 2^256 − 1, and most tokens never lower that one. */
const ALLOWANCE_MIN = 2n ** 255n;

/**
 * Lets the payout contract move the tokens of every active account that `owner` holds: where it may not yet, an approval
 * is written as a chain transaction like any other, one open for each account and asset at a time. `isDone`: false when
 * no account was held, or another step had one at that moment: to be looked at again soon.
 */
export async function approveTokens(
  deps: { db: Database; chainPort: ChainPort; logger: Logger; owner: string },
  target: { chain: Chain; assets: readonly Asset[] },
): Promise<{ written: number; isDone: boolean }> {
  const { chain } = target;
  const spender = assertPresent(chain.payoutContract, `payout contract of ${chain.id}`);
  const held = { chainId: chain.id, owner: deps.owner };
  const counts = await readChainCounts(deps, await listHeldAccounts(deps.db, held));
  const accounts = await selectOpen(deps, await listHeldAccounts(deps.db, held), counts);
  const pairs = target.assets.flatMap((asset) =>
    asset.address === null || !asset.enabled
      ? []
      : accounts.map((account) => ({ asset, token: asset.address, account })),
  );
  if (pairs.length === 0) return { written: 0, isDone: counts.size > 0 };
  const allowances = await deps.chainPort.allowances(
    pairs.map(({ account, token }) => ({ account: account.address, token: assertPresent(token, 'token') })),
    spender,
  );
  let written = 0;
  let left = 0;
  for (const [index, { asset, token, account }] of pairs.entries()) {
    if ((allowances[index] ?? 0n) >= ALLOWANCE_MIN) continue;
    const done = await withTransaction(deps.db, async (tx) => {
      const lease = { accountId: account.id, owner: deps.owner, epoch: account.epoch };
      const nonce = await takeNonce(tx, lease);
      if (nonce === null) {
        left += 1;
        return false;
      }
      // Under the account's lock, so that two instances cannot both find none open.
      if (await hasOpenApproval(tx, account.id, asset.id)) throw new AlreadyOpen();
      const payload = buildPayload(
        { kind: 'approve', token: assertPresent(token, 'token'), spender },
        { from: account.address },
      );
      await insertChainTx(tx, {
        id: newUuid(),
        chainId: chain.id,
        subAccountId: account.id,
        nonce,
        kind: 'APPROVAL',
        assetId: asset.id,
        priority: 'VIP',
        itemCount: 0,
        amount: 0n,
        to: payload.to,
        data: payload.data,
        valueWei: payload.valueWei,
        gas: APPROVE_GAS,
        gasPerItem: 0n,
      });
      return true;
    }).catch((error: unknown) => {
      if (error instanceof AlreadyOpen) return false;
      throw error;
    });
    if (!done) continue;
    written += 1;
    deps.logger.info(
      { subAccount: account.address, asset: asset.id },
      'approval of the payout contract planned',
    );
  }
  return { written, isDone: left === 0 };
}

/** A nonce is taken for an approval as carefully as for a payout: a restored database has forgotten some. */
async function selectOpen<A extends SubAccount>(
  deps: { db: Database; logger: Logger },
  accounts: readonly A[],
  counts: Awaited<ReturnType<typeof readChainCounts>>,
): Promise<A[]> {
  const open: A[] = [];
  for (const account of accounts) {
    // Gas money is coin, which needs no approval; what else such an account may hold matters when it is emptied.
    if (account.role === 'GAS' && account.drainAt === null) continue;
    if (await isNonceOpen(deps, account, counts)) open.push(account);
  }
  return open;
}

/** Rolls the nonce back together with everything else. */
class AlreadyOpen extends Error {}
