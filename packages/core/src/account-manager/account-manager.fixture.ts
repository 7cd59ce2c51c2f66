import { type Database, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { getAddress } from 'viem';
import { readCatalogue } from '../chain/chain.store.ts';
import { ensureCursor } from '../chain/chain-cursor.store.ts';
import type { ChainPort } from '../chain-tx/ports.ts';
import { leaseOfTest, TEST_OWNER } from '../sub-account/account-lease.fixture.ts';
import type { AccountRole } from '../sub-account/sub-account.machine.ts';
import { addSubAccount, listSubAccounts, type SubAccount } from '../sub-account/sub-account.store.ts';
import { createWorld, endChainTx, USDC, type World } from '../withdrawal/withdrawal.fixture.ts';
import { upsertThreshold } from './account-threshold.store.ts';
import type { Levels, ThresholdPurpose } from './account-threshold.ts';
import { listTransfers } from './account-transfer.store.ts';
import type { AccountTransfer } from './account-transfer.ts';
import { type Moved, moveReserves } from './move-reserves.ts';
import { planTransfers } from './plan-transfers.ts';
import { settleTransfers } from './settle-transfers.ts';

export const ETHER = 10n ** 18n;
export const COIN = 'localhost:ETH';
export const TOKEN = 'localhost:USDC';
/** The block up to which the monitor has read. */
export const BLOCK = 100n;

/** A database with accounts of each role, and a chain that is a table of balances. */
export type Reserve = {
  world: World;
  db: Database;
  account(name: string): SubAccount;
  /** On chain, smallest unit; of the coin by `ETH`, of the token by `USDC`. */
  set(name: string, asset: 'ETH' | 'USDC', units: bigint): void;
  get(name: string, asset: 'ETH' | 'USDC'): bigint;
  levels(levels: Levels, key: { role: AccountRole; purpose?: ThresholdPurpose }): Promise<void>;
  look(db?: Database, port?: Partial<ChainPort>): Promise<Moved>;
  plan(db?: Database): Promise<number>;
  transfers(): Promise<AccountTransfer[]>;
  /** Ends every open transfer transaction with one outcome for each item, and moves the money of those that were paid. */
  mine(outcome?: number): Promise<void>;
  close(): Promise<void>;
};

const NAMES: readonly (readonly [string, AccountRole])[] = [
  ['main', 'MAIN'],
  ['one', 'PAYOUT'],
  ['two', 'PAYOUT'],
  ['gas', 'GAS'],
];

export async function createReserve(): Promise<Reserve> {
  const world = await createWorld();
  const { db } = world;
  const addressOf = new Map<string, Hex>();
  for (const [index, [name, role]] of NAMES.entries()) {
    const address = getAddress(`0x${String(index + 1).repeat(40)}`);
    addressOf.set(name, address);
    await addSubAccount(db, { chainId: 'localhost', address, nextNonce: 0n, role });
  }
  await leaseOfTest(db);
  await ensureCursor(db, 'localhost', BLOCK);
  const accounts = await listSubAccounts(db, 'localhost');
  const account = (name: string) =>
    assertPresent(
      accounts.find(({ address }) => address === addressOf.get(name)),
      name,
    );
  const balances = new Map<string, bigint>();
  const keyOf = (address: string, token: string | null) => `${address}/${token ?? 'coin'}`;
  const key = (name: string, asset: 'ETH' | 'USDC') =>
    keyOf(account(name).address, asset === 'ETH' ? null : USDC);
  const port: Partial<ChainPort> = {
    providerCount: 1,
    head: async () => ({ number: BLOCK, hash: '0x01', parentHash: '0x00' }),
    quoteFees: async () => ({
      kind: 'eip1559',
      maxFeePerGasWei: 1_000_000_000n,
      maxPriorityFeePerGasWei: 1n,
    }),
    balances: async (pairs) =>
      pairs.map(({ account: address, token }) => balances.get(keyOf(address, token)) ?? 0n),
    allowances: async (pairs) => pairs.map(() => 2n ** 256n - 1n),
    transactionCounts: async (addresses) => [addresses.map(() => 0n)],
  };
  const target = async () => {
    const catalogue = await readCatalogue(db);
    const chain = assertPresent(catalogue.chains.get('localhost'), 'chain');
    const assets = [...catalogue.assets.values()].filter(({ chainId }) => chainId === 'localhost');
    return { chain, assets, byId: catalogue.assets };
  };
  const reserve: Reserve = {
    world,
    db,
    account,
    set: (name, asset, units) => void balances.set(key(name, asset), units),
    get: (name, asset) => balances.get(key(name, asset)) ?? 0n,
    levels: (levels, { role, purpose = 'BALANCE' }) =>
      withTransaction(db, (tx) =>
        upsertThreshold(
          tx,
          { assetId: purpose === 'GAS' ? COIN : TOKEN, purpose, role, subAccountId: null },
          levels,
        ),
      ),
    async look(own = db, changes = {}) {
      const chainPort = { ...port, ...changes } as ChainPort;
      return await moveReserves({ db: own, chainPort, logger: silentLogger }, await target());
    },
    async plan(own = db) {
      const { chain, byId } = await target();
      const deps = { db: own, chainPort: port as ChainPort, logger: silentLogger, owner: TEST_OWNER };
      return await planTransfers(deps, { chain, assets: byId });
    },
    transfers: () => listTransfers(db, {}, { limit: 1_000, before: null }),
    async mine(outcome = 1) {
      const listed = await listTransfers(db, { onlyOpen: true }, { limit: 1_000, before: null });
      const open = listed.filter(({ state }) => state === 'PLANNED');
      for (const id of new Set(open.map(({ chainTxId }) => assertPresent(chainTxId, 'transaction')))) {
        const items = open.filter(({ chainTxId }) => chainTxId === id);
        const outcomes = items.map(() => outcome);
        await endChainTx(db, id, 'EXECUTED', outcomes);
        await withTransaction(db, (tx) =>
          settleTransfers(tx, { id, state: 'EXECUTED', outcomes: Buffer.from(outcomes) }),
        );
        if (outcome !== 1) continue;
        for (const { from, to, asset, amount } of items) {
          const token = asset === 'ETH' ? null : USDC;
          balances.set(keyOf(from, token), (balances.get(keyOf(from, token)) ?? 0n) - amount);
          balances.set(keyOf(to, token), (balances.get(keyOf(to, token)) ?? 0n) + amount);
        }
      }
    },
    close: () => world.close(),
  };
  for (const [name] of NAMES) reserve.set(name, 'ETH', 100n * ETHER);
  return reserve;
}
