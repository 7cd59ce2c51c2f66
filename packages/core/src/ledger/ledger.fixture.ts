import { type Database, type Queryable, withTransaction } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { chainDefinitions } from '../chain/chain.definitions.ts';
import { upsertAsset, upsertChain } from '../chain/chain.store.ts';
import { assetIdOf } from '../chain/chain.ts';
import type { LedgerModel, ModelAccount, ModelTransfer } from './ledger.model.ts';
import { type AccountKey, ensureAccounts } from './ledger.store.ts';
import { type NewTransfer, postTransfers, type TransferOutcome } from './ledger.ts';

/** What the ledger's tests share: assets, accounts, short forms of transfers, and the ledger's state as plain data. */
export type Fixture = {
  assetId: string;
  otherAssetId: string;
  organisationIds: string[];
  /** Of `assetId`, one for each organisation. */
  customers: [string, string, string];
  house: string;
  hotWallet: string;
  gas: string;
  /** Of `otherAssetId`. */
  otherCustomer: string;
  otherHotWallet: string;
};

let assetCount = 0;

/** New organisations, assets and accounts, so that cases in one database do not meet. All balances are zero. */
export async function makeFixture(db: Database): Promise<Fixture> {
  const chain = assertPresent(chainDefinitions[0], 'chain');
  const organisationIds = [newUuid(), newUuid(), newUuid()];
  assetCount += 2;
  const codes = [`A${assetCount}`, `A${assetCount + 1}`];
  const [assetId = '', otherAssetId = ''] = codes.map((code) => assetIdOf(chain.id, code));
  return withTransaction(db, async (tx) => {
    await upsertChain(tx, { ...chain, payoutContract: null, depositFactory: null, enabled: false });
    for (const [index, code] of codes.entries())
      await upsertAsset(tx, {
        chainId: chain.id,
        code,
        symbol: code,
        address: `0x${String(assetCount + index).padStart(40, '0')}`,
        decimals: 6,
        minimum: 0n,
        gasPerItem: 60_000n,
        transferGasMax: 100_000n,
        enabled: true,
      });
    await sql`
      INSERT INTO organisation (id, name) SELECT o.id, 'test ' || o.id FROM unnest(${organisationIds}::uuid[]) AS o (id)
    `.execute(tx);
    const customerOf = (organisationId: string, ofAsset: string): AccountKey => ({
      kind: 'CUSTOMER',
      organisationId,
      assetId: ofAsset,
    });
    const ids = await ensureAccounts(tx, [
      ...organisationIds.map((organisationId) => customerOf(organisationId, assetId)),
      { kind: 'HOUSE', assetId },
      { kind: 'HOT_WALLET', assetId },
      { kind: 'GAS', assetId },
      customerOf(assertPresent(organisationIds[0], 'organisation'), otherAssetId),
      { kind: 'HOT_WALLET', assetId: otherAssetId },
    ]);
    const at = (index: number) => assertPresent(ids[index], 'account');
    return {
      assetId,
      otherAssetId,
      organisationIds,
      customers: [at(0), at(1), at(2)],
      house: at(3),
      hotWallet: at(4),
      gas: at(5),
      otherCustomer: at(6),
      otherHotWallet: at(7),
    };
  });
}

/** Posts a list in a transaction of its own. */
export function post(db: Database, transfers: readonly NewTransfer[]): Promise<TransferOutcome[]> {
  return withTransaction(db, (tx) => postTransfers(tx, transfers));
}

/** Gives `accountId` a balance out of the hot wallet's. */
export async function fund(db: Database, fixture: Fixture, accountId: string, amount: bigint): Promise<void> {
  const outcomes = await post(db, [single(fixture.hotWallet, accountId, amount, { reason: 'FUNDING' })]);
  assert(outcomes[0] === 'POSTED', `funding: ${outcomes[0]}`);
}

type Extra = Partial<Pick<NewTransfer, 'id' | 'reason' | 'referenceId'>>;
const identity = (extra: Extra) =>
  ({ id: newUuid(), reason: 'WITHDRAWAL', referenceId: null, ...extra }) as const;

export function single(
  debitAccountId: string,
  creditAccountId: string,
  amount: bigint,
  extra: Extra = {},
): NewTransfer {
  return { kind: 'SINGLE', debitAccountId, creditAccountId, amount, ...identity(extra) };
}

export function hold(
  debitAccountId: string,
  creditAccountId: string,
  amount: bigint,
  extra: Extra = {},
): NewTransfer {
  return { kind: 'PENDING', debitAccountId, creditAccountId, amount, ...identity(extra) };
}

export function postOf(pendingId: string, amount: bigint | null = null, extra: Extra = {}): NewTransfer {
  return { kind: 'POST', pendingId, amount, ...identity(extra) };
}

export function voidOf(pendingId: string, extra: Extra = {}): NewTransfer {
  return { kind: 'VOID', pendingId, ...identity(extra) };
}

/** Every account and transfer of the fixture's two assets, keyed by id. */
export async function readLedger(
  db: Queryable,
  fixture: Fixture,
): Promise<Pick<LedgerModel, 'accounts' | 'transfers'>> {
  const assetIds = [fixture.assetId, fixture.otherAssetId];
  const accounts = await sql<ModelAccount>`
    SELECT id, asset_id AS "assetId", may_overdraw AS "mayOverdraw", debits_pending AS "debitsPending",
           debits_posted AS "debitsPosted", credits_pending AS "creditsPending", credits_posted AS "creditsPosted", version
      FROM ledger_account WHERE asset_id = ANY (${assetIds})`.execute(db);
  const transfers = await sql<ModelTransfer>`
    SELECT id, kind, pending_id AS "pendingId", debit_account_id AS "debitAccountId",
           credit_account_id AS "creditAccountId", asset_id AS "assetId", amount, debit_version AS "debitVersion",
           credit_version AS "creditVersion", reason, reference_id AS "referenceId"
      FROM ledger_transfer WHERE asset_id = ANY (${assetIds})`.execute(db);
  return {
    accounts: new Map(accounts.rows.map((account) => [account.id, account])),
    transfers: new Map(transfers.rows.map((transfer) => [transfer.id, transfer])),
  };
}
