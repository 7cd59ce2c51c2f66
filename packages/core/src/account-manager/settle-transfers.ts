import type { Tx } from '@naru/db/database.ts';
import { assert } from '@naru/kit/assert.ts';
import type { EndedChainTx } from '../chain-tx/carried-items.ts';
import { ITEM_PAID } from '../chain-tx/ports.ts';
import { confirmTransfers, failTransfers, readTransferPlaces } from './account-transfer.store.ts';

type Cause = { outcome: number | null; code: string; message: string };

/** By the contract's number for the item. */
const EXECUTED: readonly Cause[] = [
  { outcome: 0, code: 'not_attempted', message: 'Nothing moved: the batch ended before its turn.' },
  { outcome: 2, code: 'transfer_reverted', message: 'Nothing moved: the token or the account reverted.' },
  { outcome: 3, code: 'transfer_refused', message: 'Nothing moved: the token answered that it did not.' },
];
const causes: Readonly<Record<EndedChainTx['state'], readonly Cause[]>> = {
  EXECUTED,
  REVERTED: [
    { outcome: null, code: 'batch_reverted', message: 'Nothing moved: its transaction reverted as a whole.' },
  ],
  CANCELED: [
    { outcome: null, code: 'nonce_freed', message: 'Nothing moved: its nonce was freed by a self-transfer.' },
  ],
  DISPLACED: [
    { outcome: null, code: 'nonce_used', message: 'Nothing moved: a foreign transaction used its nonce.' },
  ],
};

/** Ends the transfers of a final transaction: what is still needed then is decided anew, so none is planned again. */
export async function settleTransfers(tx: Tx, ended: EndedChainTx): Promise<void> {
  const { id: chainTxId, outcomes } = ended;
  const confirmed = await confirmTransfers(tx, { chainTxId, outcomes }, ITEM_PAID);
  const failed = await failTransfers(tx, { chainTxId, outcomes }, causes[ended.state]);
  const places = await readTransferPlaces(tx, chainTxId);
  assert(
    confirmed + failed === places.length,
    `chain transaction ${chainTxId}: ended ${confirmed + failed} of ${places.length} transfers`,
  );
}
