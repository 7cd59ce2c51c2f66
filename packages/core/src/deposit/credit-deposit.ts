import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { recordAudit, setAuditContext } from '../audit/audit.store.ts';
import type { AuditContext } from '../audit/audit.ts';
import { TRANSFER_UNITS_MAX } from '../ledger/ledger.limits.ts';
import { ensureAccounts } from '../ledger/ledger.store.ts';
import { postTransfers } from '../ledger/ledger.ts';
import type { Refusal } from '../withdrawal/withdrawal.errors.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import { findAssetOfToken } from './deposit.reader.ts';
import { addReceived, creditLate, lockDeposit, type Uncredited } from './deposit.store.ts';
import { lateCreditIdOf } from './deposit.ts';

/**
 * Credits what arrived and was not credited by itself, to the organisation whose address was paid. By an operator's command,
 * which names a reason. Done again it changes nothing: the deposit is its own idempotency key.
 */
export async function creditDeposit(
  deps: { db: Database },
  id: string,
  by: AuditContext,
): Promise<CommandResult<{ id: string }>> {
  return await withTransaction(deps.db, async (tx): Promise<CommandResult<{ id: string }>> => {
    const deposit = await lockDeposit(tx, id);
    if (deposit === null) return refuse('deposit_not_found', 'There is no such deposit.');
    if (deposit.state === 'CREDITED') return { kind: 'done', value: { id }, replayed: true };
    if (deposit.state !== 'UNCREDITED')
      return refuse(
        'deposit_not_creditable',
        `The deposit is ${deposit.state}: it is not final on the chain, so nothing was credited. If it becomes final, it is credited by itself.`,
      );
    const assetId = await assetOf(tx, deposit);
    if (assetId === null || deposit.amount > TRANSFER_UNITS_MAX)
      return refuse(
        'deposit_not_creditable',
        assetId === null
          ? `Its token ${deposit.token} is not in the catalogue, so there is no balance to credit. Add it first ("naru assets add"), then credit it.`
          : 'The amount is larger than the books can hold, which no real token has. Nothing was credited.',
      );
    await setAuditContext(tx, by);
    await move(tx, deposit, assetId);
    await creditLate(tx, { id, assetId, actor: by.actor, reason: by.reason ?? 'credited by an operator' });
    const after = { organisationId: deposit.organisationId, assetId, amount: String(deposit.amount) };
    await recordAudit(tx, { action: 'deposit.credit', subject: `deposit ${id}`, after });
    return { kind: 'done', value: { id }, replayed: false };
  });
}

async function assetOf(tx: Tx, deposit: Uncredited): Promise<string | null> {
  return deposit.assetId ?? (await findAssetOfToken(tx, deposit.chainId, deposit.token));
}

/** Out of suspense; what was of an unknown token then is in no account yet. */
async function move(tx: Tx, deposit: Uncredited, assetId: string): Promise<void> {
  const isUnbooked = deposit.assetId === null;
  const [from, customer] = await ensureAccounts(tx, [
    { kind: isUnbooked ? 'DEPOSIT_WALLET' : 'SUSPENSE', assetId },
    { kind: 'CUSTOMER', organisationId: deposit.organisationId, assetId },
  ]);
  const [outcome] = await postTransfers(tx, [
    {
      id: lateCreditIdOf(deposit.id),
      kind: 'SINGLE',
      debitAccountId: assertPresent(from, 'account to credit from'),
      creditAccountId: assertPresent(customer, 'customer account'),
      amount: deposit.amount,
      reason: 'DEPOSIT',
      referenceId: deposit.id,
    },
  ]);
  assert(outcome === 'POSTED', `late credit of deposit ${deposit.id}: ${outcome}`);
  const { addressId, amount } = deposit;
  if (isUnbooked) await addReceived(tx, [{ addressId, assetId, amount }]);
}

function refuse(
  code: Refusal['code'],
  message: string,
): { kind: 'refused'; refusal: Refusal; replayed: false } {
  return { kind: 'refused', replayed: false, refusal: { code, message, retryable: false } };
}
