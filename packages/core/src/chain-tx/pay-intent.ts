import type { Queryable } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import type { SignIntent } from '@naru/signer-protocol/schema.ts';
import type { Chain } from '../chain/chain.ts';
import { readSweepSalts } from '../deposit/sweep.store.ts';
import { readSafeCall } from '../treasury/treasury.store.ts';
import type { Item } from './carried-items.ts';
import { chainTxKinds } from './chain-tx.kinds.ts';
import type { ChainTx } from './chain-tx.ts';

/**
 * What a chain transaction is to do, in the signer's terms, from what was stored with its plan. Whoever asks compares the
 * payload that follows from it with the one that was frozen.
 */
export async function readPayIntent(
  db: Queryable,
  chain: Chain,
  chainTx: ChainTx,
  items: readonly Item[],
): Promise<SignIntent> {
  switch (chainTxKinds[chainTx.kind].call) {
    case 'pay':
      assert(
        items.length === chainTx.itemCount,
        `chain transaction ${chainTx.id}: ${items.length} of ${chainTx.itemCount} items`,
      );
      return {
        kind: 'payout',
        contract: chainTx.to,
        batchId: chainTx.id,
        token: chainTx.token,
        gasPerItem: chainTx.gasPerItem,
        items: [...items],
      };
    case 'approve': {
      const spender = assertPresent(chain.payoutContract, `payout contract of ${chain.id}`);
      return { kind: 'approve', token: assertPresent(chainTx.token, 'token to approve'), spender };
    }
    case 'sweep': {
      const salts = await readSweepSalts(db, chainTx.id);
      return { kind: 'sweep', factory: chainTx.to, token: chainTx.token, salts };
    }
    case 'execute': {
      const call = await readSafeCall(db, chainTx.id);
      return { kind: 'safe', ...assertPresent(call, `what chain transaction ${chainTx.id} hands over`) };
    }
  }
}
