import type { Queryable, Tx } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import {
  noteTransferRefusal,
  readTransferItems,
  readTransferPlaces,
} from '../account-manager/account-transfer.store.ts';
import { settleTransfers } from '../account-manager/settle-transfers.ts';
import type { NewTransfer } from '../ledger/ledger.ts';
import { noteExecutionRefusal } from '../treasury/treasury.store.ts';
import { advanceWithChainTxs, type Step } from '../withdrawal/withdrawal.store.ts';
import type { ChainTxKind } from './chain-tx.kinds.ts';
import { readItems, readPlaces } from './chain-tx.store.ts';
import type { ChainTx } from './chain-tx.ts';
import type { Verdict } from './decisions/verdict.ts';
import { settleWithdrawals } from './settle-withdrawals.ts';

/** An item of a batch, as frozen. */
export type Item = { id: string; to: Hex; amount: bigint };

/** A transaction at its end, with the contract's outcomes: one byte for each item, null when nothing was executed. */
export type EndedChainTx = { id: string; state: Verdict['state']; outcomes: Buffer | null };

/**
 * What the items of a kind are, and what the machinery does to them along the way: each step inside the transaction that
 * moves their chain transaction. Sending has no step here: of all items only withdrawals have states for it, and those
 * are moved by the chain transaction's id.
 */
export type CarriedItems = {
  /** In the order of the batch, for every id; none where the kind has no items. */
  readItems(db: Queryable, chainTxIds: readonly string[]): Promise<Map<string, Item[]>>;
  readPlaces(db: Queryable, chainTxId: string): Promise<{ id: string; position: number }[]>;
  /** Bytes were stored for the first time. */
  signed(tx: Tx, chainTxId: string): Promise<void>;
  /** A block holds the nonce. */
  mined(tx: Tx, chainTxId: string, reason: string): Promise<void>;
  /** That block is gone. */
  unmined(tx: Tx, chainTxId: string): Promise<void>;
  /** At final depth. Returns what it posts to the ledger besides gas. */
  settled(tx: Tx, ended: EndedChainTx): Promise<NewTransfer[]>;
  /**
   * The signer's policy refused the payload. True: it need not be paid, so its nonce is freed at once and holds up nothing
   * behind it; false: it is asked again, until a person changes the policy or cancels it.
   */
  refused(db: Queryable, chainTx: Pick<ChainTx, 'id'>, message: string): Promise<boolean>;
};

const CONFIRMING: Pick<Step, 'to' | 'actor'> = { to: 'CONFIRMING', actor: 'system:monitor' };
const nothing = async () => undefined;

const withdrawals: CarriedItems = {
  readItems,
  readPlaces,
  async signed(tx, id) {
    const step = { from: 'SIGNING', to: 'SIGNED', actor: 'system:processor', reason: 'signed' } as const;
    await advanceWithChainTxs(tx, [id], [step]);
  },
  async mined(tx, id, reason) {
    const from = ['BROADCASTED', 'BROADCASTING', 'SIGNED', 'SIGNING'] as const;
    await advanceWithChainTxs(
      tx,
      [id],
      from.map((state) => ({ from: state, ...CONFIRMING, reason })),
    );
  },
  async unmined(tx, id) {
    const reason = 'its block was reorganised away';
    const step = { from: 'CONFIRMING', to: 'BROADCASTED', actor: 'system:monitor', reason } as const;
    await advanceWithChainTxs(tx, [id], [step]);
  },
  settled: (tx, ended) => settleWithdrawals(tx, ended),
  refused: async () => false,
};

/** A transfer is PLANNED from its plan to its end: what happens between them, its chain transaction tells. */
const transfers: CarriedItems = {
  readItems: readTransferItems,
  readPlaces: readTransferPlaces,
  signed: nothing,
  mined: nothing,
  unmined: nothing,
  async settled(tx, ended) {
    await settleTransfers(tx, ended);
    return [];
  },
  async refused(db, { id }, message) {
    await noteTransferRefusal(db, id, message);
    return true;
  },
};

const none: CarriedItems = {
  readItems: async (_db, ids) => new Map(ids.map((id) => [id, []])),
  readPlaces: async () => [],
  signed: nothing,
  mined: nothing,
  unmined: nothing,
  settled: async () => [],
  refused: async () => false,
};

/** It stays open until the Safe itself has used its nonce: a later transaction may hand it over again. */
const proposals: CarriedItems = {
  ...none,
  async refused(db, { id }, message) {
    await noteExecutionRefusal(db, id, message);
    return true;
  },
};

export const carriedItems: Readonly<Record<ChainTxKind, CarriedItems>> = {
  PAYOUT: withdrawals,
  TRANSFER: transfers,
  APPROVAL: none,
  DEPOSIT_SWEEP: none,
  SAFE: proposals,
};

/** Items of transactions of any kinds: one read for each kind among them. */
export async function readItemsOf(
  db: Queryable,
  chainTxs: readonly Pick<ChainTx, 'id' | 'kind'>[],
): Promise<Map<string, Item[]>> {
  const kinds = [...new Set(chainTxs.map(({ kind }) => kind))];
  const maps = await Promise.all(
    kinds.map((kind) =>
      carriedItems[kind].readItems(
        db,
        chainTxs.filter((one) => one.kind === kind).map(({ id }) => id),
      ),
    ),
  );
  return new Map(maps.flatMap((map) => [...map]));
}
