import { type Database, withTransaction } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { recordAudit } from '../audit/audit.store.ts';
import { ensureAccounts } from './ledger.store.ts';
import { postTransfers } from './ledger.ts';

/**
 * Records that money of ours has arrived in the sub-accounts of a chain: hot wallet up, house up.
 * `id` (UUID) names the arrival: recording it twice counts once. `amount` in the smallest unit.
 */
export async function recordFunding(
  deps: { db: Database },
  funding: { id: string; assetId: string; amount: bigint },
): Promise<void> {
  await withTransaction(deps.db, async (tx) => {
    const [hotWallet, house] = await ensureAccounts(tx, [
      { kind: 'HOT_WALLET', assetId: funding.assetId },
      { kind: 'HOUSE', assetId: funding.assetId },
    ]);
    const [outcome] = await postTransfers(tx, [
      {
        id: funding.id,
        kind: 'SINGLE',
        debitAccountId: assertPresent(hotWallet, 'hot wallet account'),
        creditAccountId: assertPresent(house, 'house account'),
        amount: funding.amount,
        reason: 'FUNDING',
        referenceId: null,
      },
    ]);
    if (outcome === 'EXISTS') return;
    assert(outcome === 'POSTED', `funding ${funding.id}: ${outcome}`);
    const after = { assetId: funding.assetId, amount: String(funding.amount) };
    await recordAudit(tx, { action: 'funding.record', subject: `ledger_transfer ${funding.id}`, after });
  });
}
