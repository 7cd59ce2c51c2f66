import type { Tx } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { type AccountKey, accountKeyText, ensureAccounts, lockAvailable } from '../ledger/ledger.store.ts';
import { type NewTransfer, postTransfers, postTransfersOrFail } from '../ledger/ledger.ts';
import { feeHoldId } from '../withdrawal-fee/fee-hold.ts';

/** What is to be reserved for one withdrawal, smallest unit. */
export type Reservation = {
  /** UUID of the withdrawal; its hold has the same. */
  id: string;
  organisationId: string;
  assetId: string;
  amount: bigint;
  fee: bigint;
};

/**
 * Reserves each amount, and its fee, in the order of the list. True: both are held. False: the balance does not cover
 * them, and neither is.
 */
export async function holdAmounts(tx: Tx, reservations: readonly Reservation[]): Promise<boolean[]> {
  const withFees = reservations.some(({ fee }) => fee > 0n);
  const idOf = await openAccounts(tx, reservations);
  if (withFees) return await holdWithFees(tx, reservations, idOf);
  const results = await postTransfers(
    tx,
    reservations.map((one) => holdOf(one, idOf)),
  );
  return reservations.map(({ id }, index) => {
    const result = results[index];
    if (result !== 'POSTED' && result !== 'OVERDRAFT') throw new Error(`hold of withdrawal ${id}: ${result}`);
    return result === 'POSTED';
  });
}

type AccountIds = (key: AccountKey) => string;

/**
 * A list that is posted decides each transfer by itself, and of amount and fee one could be covered and the other not. So
 * the accounts are locked first, what they cover is decided here, and what is posted then must be posted.
 */
async function holdWithFees(
  tx: Tx,
  reservations: readonly Reservation[],
  idOf: AccountIds,
): Promise<boolean[]> {
  const accounts = reservations.flatMap((one) => keysOf(one).map(idOf));
  const available = await lockAvailable(tx, [...new Set(accounts)]);
  const held = reservations.map((one) => {
    const customer = idOf(customerOf(one));
    const left =
      assertPresent(available.get(customer), 'balance of a customer account') - one.amount - one.fee;
    if (left < 0n) return false;
    available.set(customer, left);
    return true;
  });
  await postTransfersOrFail(
    tx,
    reservations.flatMap((one, index) => (held[index] === true ? holdsOf(one, idOf) : [])),
  );
  return held;
}

function holdOf({ id, amount, ...one }: Reservation, idOf: AccountIds): NewTransfer {
  return {
    id,
    kind: 'PENDING',
    debitAccountId: idOf(customerOf(one)),
    creditAccountId: idOf({ kind: 'HOT_WALLET', assetId: one.assetId }),
    amount,
    reason: 'WITHDRAWAL',
    referenceId: id,
  };
}

function holdsOf(one: Reservation, idOf: AccountIds): NewTransfer[] {
  if (one.fee === 0n) return [holdOf(one, idOf)];
  return [
    holdOf(one, idOf),
    {
      id: feeHoldId(one.id),
      kind: 'PENDING',
      debitAccountId: idOf(customerOf(one)),
      creditAccountId: idOf({ kind: 'FEE', assetId: one.assetId }),
      amount: one.fee,
      reason: 'FEE',
      referenceId: one.id,
    },
  ];
}

async function openAccounts(tx: Tx, reservations: readonly Reservation[]): Promise<AccountIds> {
  const keys = new Map<string, AccountKey>();
  for (const one of reservations) for (const key of keysOf(one)) keys.set(accountKeyText(key), key);
  const ids = await ensureAccounts(tx, [...keys.values()]);
  const idOf = new Map(
    [...keys.keys()].map((name, index) => [name, assertPresent(ids[index], 'account id')]),
  );
  return (key) => assertPresent(idOf.get(accountKeyText(key)), `${key.kind} account`);
}

function keysOf(one: Reservation): AccountKey[] {
  const { assetId } = one;
  const fee: AccountKey[] = one.fee === 0n ? [] : [{ kind: 'FEE', assetId }];
  return [customerOf(one), { kind: 'HOT_WALLET', assetId }, ...fee];
}

function customerOf({
  organisationId,
  assetId,
}: Pick<Reservation, 'organisationId' | 'assetId'>): AccountKey {
  return { kind: 'CUSTOMER', organisationId, assetId };
}
