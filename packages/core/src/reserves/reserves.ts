import { createHash } from 'node:crypto';
import type { HashText } from '@naru/kit/merkle-sum.ts';

/** What a report says of one asset. Amounts in the smallest unit, as decimal digits: the text is what the hash covers. */
export type AssetReserves = {
  asset: string;
  decimals: number;
  /** What is owed to organisations, reserved amounts included. */
  customersUnits: string;
  customersReservedUnits: string;
  /** Arrived and credited to nobody yet. */
  suspenseUnits: string;
  houseUnits: string;
  /** On the chain at the block named; null: it could not be read. */
  subAccountsUnits: string | null;
  depositAddressesUnits: string | null;
  /** Of the chain's Safe; "0" where there is none. */
  treasuryUnits: string | null;
  /** What the ledger says the three hold. */
  ledgerUnits: string;
  /** Transactions under way may have taken this much off already. */
  inFlightUnits: string;
  /** Deposits that are seen and not final: the chain may have this much more. */
  arrivingUnits: string;
  /** Chain less ledger; null: not read. */
  differenceUnits: string | null;
  /** Whether what is in flight and arriving explains the difference. */
  explained: boolean | null;
  /** Whether the chain holds what is owed, less what may have been paid already. */
  covered: boolean | null;
  /** Of all customers' balances; null: nobody has any. */
  tree: { root: string; sumUnits: string; leaves: number } | null;
};

export type ChainReserves = {
  chain: string;
  /** The block at which balances were read; null: the chain could not be read. */
  block: string | null;
  blockHash: string | null;
  /** False: no node in reach keeps the state of a final block, so the newest common one was taken. */
  isFinal: boolean;
  /** Whose answers agree. */
  providers: number;
  problem: string | null;
  assets: AssetReserves[];
};

export type ReservesBody = {
  version: 1;
  id: string;
  madeAt: string;
  chains: ChainReserves[];
};

export type ReservesReport = { id: string; createdAt: Date; body: string; hash: string };

export const hashText: HashText = (text) => createHash('sha256').update(text).digest('hex');

/** Every asset that could be read is covered, and at least one could. */
export function isCovered(body: ReservesBody): boolean {
  const assets = body.chains.flatMap((chain) => chain.assets);
  return assets.some(({ covered }) => covered === true) && assets.every(({ covered }) => covered !== false);
}
