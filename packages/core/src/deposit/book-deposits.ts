import type { Tx } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { Asset, Chain } from '../chain/chain.ts';
import { POST_TRANSFERS_MAX, TRANSFER_UNITS_MAX } from '../ledger/ledger.limits.ts';
import { type AccountKey, accountKeyText, ensureAccounts, lockAccounts } from '../ledger/ledger.store.ts';
import { type NewTransfer, postTransfers } from '../ledger/ledger.ts';
import { type SweptHere, toArrivals, toSwept } from './decisions/deposit-logs.ts';
import type { DepositLog } from './deposit.ports.ts';
import {
  addReceived,
  addSwept,
  endDetected,
  type Final,
  lockFinal,
  reconcileArrivals,
} from './deposit.store.ts';
import { sweepTransferIdOf, type UncreditedReason } from './deposit.ts';
import { markDeployed, type Watched } from './deposit-address.store.ts';

export type FinalRange = { first: bigint; last: bigint; head: bigint; logs: readonly DepositLog[] };

/** Why a final deposit is not credited by itself; null: it is. */
export function decideCredit(
  deposit: Pick<Final, 'assetId' | 'amount' | 'enabled' | 'minimum'>,
): UncreditedReason | null {
  if (deposit.assetId === null) return 'token_unknown';
  if (deposit.amount > TRANSFER_UNITS_MAX) return 'amount_too_large';
  if (!deposit.enabled) return 'asset_disabled';
  return deposit.amount < deposit.minimum ? 'below_minimum' : null;
}

/** A ledger transfer, and what it does to an address's holding when it is new. */
type Booking = {
  transfer: NewTransfer;
  addressId: string;
  assetId: string;
  amount: bigint;
  side: 'received' | 'swept';
};

/**
 * Books the blocks of a range that is final: deposits first, then what was swept, as the logs say, whoever swept it. In the
 * caller's transaction, which has moved the cursor past them. Booked before, it changes nothing: ids follow from the logs.
 */
export async function bookFinal(
  tx: Tx,
  target: { chain: Chain; assets: readonly Asset[]; logger: Logger },
  watched: readonly Watched[],
  range: FinalRange,
): Promise<void> {
  const { chain, assets, logger } = target;
  const arrivals = toArrivals(chain, range.logs, watched, assets);
  // Whatever stands DETECTED up to here and is not in the logs that were agreed on is no deposit.
  await reconcileArrivals(tx, chain.id, { first: 0n, last: range.last }, arrivals);
  await markDeployed(
    tx,
    chain.id,
    range.logs.filter((log) => log.kind === 'created'),
  );
  const finals = await lockFinal(tx, chain.id, range.last);
  const decided = finals.map((deposit) => ({ deposit, reason: decideCredit(deposit) }));
  const { swept, strange } = toSwept(chain, range.logs, watched, assets);
  if (strange.length > 0)
    logger.warn(
      { chain: chain.id, transactions: strange.map((log) => log.transactionHash) },
      'a factory swept addresses or tokens that are not ours; the treasury has more than the books say',
    );
  const keys = accountsOf(decided, swept);
  const ids = await ensureAccounts(tx, [...keys.values()]);
  const accountId = new Map([...keys.keys()].map((name, index) => [name, assertPresent(ids[index], name)]));
  const idOf = (key: AccountKey) => assertPresent(accountId.get(accountKeyText(key)), accountKeyText(key));
  await book(tx, [
    ...decided.flatMap(({ deposit, reason }) => depositBooking(deposit, reason, idOf)),
    ...swept.map((one) => sweepBooking(chain, one, idOf)),
  ]);
  await endDetected(
    tx,
    decided.map(({ deposit, reason }) => ({
      id: deposit.id,
      depth: range.head - deposit.blockNumber + 1n,
      reason,
    })),
  );
  if (decided.length > 0)
    logger.info(
      { chain: chain.id, deposits: decided.length, credited: decided.filter(({ reason }) => !reason).length },
      'deposits are final',
    );
}

type Decided = { deposit: Final; reason: UncreditedReason | null };

/** Of unknown tokens and impossible amounts the ledger knows nothing. */
function isBooked(reason: UncreditedReason | null): boolean {
  return reason !== 'token_unknown' && reason !== 'amount_too_large';
}

function creditedTo({ deposit, reason }: Decided): AccountKey {
  const assetId = assertPresent(deposit.assetId, 'asset of a deposit that is booked');
  return reason === null
    ? { kind: 'CUSTOMER', organisationId: deposit.organisationId, assetId }
    : { kind: 'SUSPENSE', assetId };
}

function accountsOf(decided: readonly Decided[], swept: readonly SweptHere[]): Map<string, AccountKey> {
  const keys: AccountKey[] = [];
  for (const one of decided) {
    if (!isBooked(one.reason)) continue;
    const to = creditedTo(one);
    keys.push(to, { kind: 'DEPOSIT_WALLET', assetId: to.assetId });
  }
  for (const { assetId } of swept)
    keys.push({ kind: 'HOT_WALLET', assetId }, { kind: 'DEPOSIT_WALLET', assetId });
  return new Map(keys.map((key) => [accountKeyText(key), key]));
}

function depositBooking(
  deposit: Final,
  reason: UncreditedReason | null,
  idOf: (key: AccountKey) => string,
): Booking[] {
  if (!isBooked(reason)) return [];
  const to = creditedTo({ deposit, reason });
  const { assetId } = to;
  return [
    {
      addressId: deposit.addressId,
      assetId,
      amount: deposit.amount,
      side: 'received',
      transfer: {
        id: deposit.id,
        kind: 'SINGLE',
        debitAccountId: idOf({ kind: 'DEPOSIT_WALLET', assetId }),
        creditAccountId: idOf(to),
        amount: deposit.amount,
        reason: 'DEPOSIT',
        referenceId: deposit.id,
      },
    },
  ];
}

function sweepBooking(chain: Chain, one: SweptHere, idOf: (key: AccountKey) => string): Booking {
  const { assetId, addressId, amount, log } = one;
  return {
    addressId,
    assetId,
    amount,
    side: 'swept',
    transfer: {
      id: sweepTransferIdOf(chain.evmChainId, log),
      kind: 'SINGLE',
      debitAccountId: idOf({ kind: 'HOT_WALLET', assetId }),
      creditAccountId: idOf({ kind: 'DEPOSIT_WALLET', assetId }),
      amount,
      reason: 'SWEEP',
      referenceId: addressId,
    },
  };
}

/** All locks first, since a block with very many logs takes more than one call. */
async function book(tx: Tx, bookings: readonly Booking[]): Promise<void> {
  await lockAccounts(
    tx,
    bookings.flatMap(({ transfer }) =>
      'debitAccountId' in transfer ? [transfer.debitAccountId, transfer.creditAccountId] : [],
    ),
  );
  const fresh: Booking[] = [];
  for (let first = 0; first < bookings.length; first += POST_TRANSFERS_MAX) {
    const part = bookings.slice(first, first + POST_TRANSFERS_MAX);
    const outcomes = await postTransfers(
      tx,
      part.map(({ transfer }) => transfer),
    );
    for (const [index, booking] of part.entries()) {
      const outcome = outcomes[index];
      assert(
        outcome === 'POSTED' || outcome === 'EXISTS',
        `ledger transfer ${booking.transfer.id} of a deposit or sweep: ${outcome}`,
      );
      if (outcome === 'POSTED') fresh.push(booking);
    }
  }
  await addReceived(
    tx,
    fresh.filter(({ side }) => side === 'received'),
  );
  await addSwept(
    tx,
    fresh.filter(({ side }) => side === 'swept'),
  );
}
