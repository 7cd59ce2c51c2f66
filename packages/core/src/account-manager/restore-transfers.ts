import type { Queryable, Tx } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import type { PayoutCall } from '../chain-tx/ports.ts';
import type { AccountRole } from '../sub-account/sub-account.machine.ts';
import type { SubAccount } from '../sub-account/sub-account.store.ts';
import type { TransferPurpose } from './account-transfer.machine.ts';
import {
  attachTransfers,
  insertRestored,
  lockTransfers,
  selectKnownTransfers,
} from './account-transfer.store.ts';

/** Why transfers that the chain has cannot be written into a database that lacks their batch; null: they can. */
export async function findTransferConflict(
  db: Queryable,
  call: Pick<PayoutCall, 'items'>,
  accounts: readonly SubAccount[],
): Promise<string | null> {
  const known = await selectKnownTransfers(
    db,
    call.items.map(({ id }) => id),
  );
  for (const { id, to, amount } of call.items) {
    if (accountAt(accounts, to) === undefined)
      return `its transfer ${id} goes to ${to}, which is no account of ours here`;
    const here = known.get(id);
    if (here === undefined || (here.state === 'PENDING' && here.amount === amount)) continue;
    return `its transfer ${id} is ${here.state} here, of ${here.amount}, in another transaction`;
  }
  return null;
}

/** Makes the items of a batch what they are on chain: transfers in it. Its chain transaction has been written. */
export async function restoreTransfers(
  tx: Tx,
  target: { chainId: string; assetId: string; account: SubAccount; chainTxId: string; reason: string },
  items: PayoutCall['items'],
  accounts: readonly SubAccount[],
): Promise<void> {
  const { chainId, assetId, account, chainTxId, reason } = target;
  await lockTransfers(tx, chainId);
  const known = await selectKnownTransfers(
    tx,
    items.map(({ id }) => id),
  );
  const placed = items.map((item, position) => ({ ...item, position }));
  const pending = placed.filter(({ id }) => known.has(id));
  const attached = await attachTransfers(tx, chainTxId, pending);
  assert(attached === pending.length, `attached ${attached} of ${pending.length} transfers`);
  await insertRestored(
    tx,
    { chainId, assetId, fromAccountId: account.id, chainTxId, reason },
    placed
      .filter(({ id }) => !known.has(id))
      .map(({ id, to, amount, position }) => {
        const { id: toAccountId, role } = assertPresent(accountAt(accounts, to), `account ${to}`);
        return { id, toAccountId, amount, position, purpose: purposeBetween(account.role, role) };
      }),
  );
}

/** What a transfer was for cannot be read from the chain: what it is between such accounts as a rule. */
function purposeBetween(from: AccountRole, to: AccountRole): TransferPurpose {
  if (from === 'GAS') return 'GAS';
  if (from === 'MAIN') return to === 'PAYOUT' ? 'TOP_UP' : 'DRAIN';
  return 'SWEEP';
}

function accountAt(accounts: readonly SubAccount[], address: string): SubAccount | undefined {
  return accounts.find((one) => one.address.toLowerCase() === address.toLowerCase());
}
