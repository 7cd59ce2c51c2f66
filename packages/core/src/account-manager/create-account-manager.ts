import { type Database, withTransaction } from '@naru/db/database.ts';
import { CodedError } from '@naru/kit/errors.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { parseAmount } from '@naru/kit/money.ts';
import type { Caller } from '../access/access.ts';
import { setAuditContext } from '../audit/audit.store.ts';
import type { AuditContext } from '../audit/audit.ts';
import { readCatalogue } from '../chain/chain.store.ts';
import { type Asset, assetIdOf, isReachable } from '../chain/chain.ts';
import { type AccountChange, changeAccount, changeRole } from '../sub-account/change-account.ts';
import { parseOwnAddress } from '../sub-account/parse-own-address.ts';
import type { AccountRole } from '../sub-account/sub-account.machine.ts';
import { addSubAccount } from '../sub-account/sub-account.store.ts';
import { type AccountOverview, listAccountOverviews } from './account.reader.ts';
import { AccountError } from './account-manager.errors.ts';
import { listThresholds, type ThresholdKey } from './account-threshold.store.ts';
import type { ThresholdOverview, ThresholdPurpose } from './account-threshold.ts';
import { listTransfers } from './account-transfer.store.ts';
import type { AccountTransfer } from './account-transfer.ts';
import { type Forecast, readForecast } from './forecast.ts';
import { requestTopUp } from './request-top-up.ts';
import { removeThreshold, setThreshold } from './set-threshold.ts';

/** Where a call came from, for the audit log. */
export type Origin = { origin: string | null; requestId: string | null };
export type AccountRef = { chain: string; address: string };
/** Amounts are decimal strings, as they came in. */
export type ThresholdInput = {
  chain: string;
  asset: string;
  purpose: ThresholdPurpose;
  of: { role: AccountRole } | { address: string };
};
export type LevelsInput = { low: string; target: string; high: string | null };

/**
 * What operators do with accounts, by the API. A key reaches the chains of its network, as everywhere. Refusals are
 * thrown as `AccountError`: nothing was changed then.
 */
export type AccountManager = {
  list(caller: Caller, chain: string | null): Promise<AccountOverview[]>;
  /** The account joins when a processor has seen its key at the signer and its transaction count on the chain. */
  add(
    caller: Caller,
    account: AccountRef & { role: AccountRole; reason: string },
    from: Origin,
  ): Promise<AccountOverview>;
  change(
    caller: Caller,
    account: AccountRef,
    change: { change: AccountChange; reason: string },
    from: Origin,
  ): Promise<AccountOverview>;
  changeRole(
    caller: Caller,
    account: AccountRef,
    change: { role: AccountRole; reason: string },
    from: Origin,
  ): Promise<AccountOverview>;
  topUp(
    caller: Caller,
    key: string,
    account: AccountRef,
    wanted: { asset: string; amount: string; gas: boolean; reason: string },
    from: Origin,
  ): Promise<{ transfer: AccountTransfer; replayed: boolean }>;
  thresholds(caller: Caller, chain: string | null): Promise<ThresholdOverview[]>;
  /** `levels` null: takes away what is set. */
  setThreshold(
    caller: Caller,
    input: ThresholdInput,
    change: { levels: LevelsInput | null; reason: string },
    from: Origin,
  ): Promise<ThresholdOverview[]>;
  transfers(
    caller: Caller,
    filter: { chain: string | null; onlyOpen: boolean },
    page: { limit: number; before: bigint | null },
  ): Promise<{ data: AccountTransfer[]; next: bigint | null }>;
  forecast(caller: Caller, chain: string | null): Promise<Forecast[]>;
};

export function createAccountManager(deps: { db: Database }): AccountManager {
  const { db } = deps;
  const auditOf = (caller: Caller, from: Origin, reason: string): AuditContext & { reason: string } => ({
    actor: `api_key:${caller.apiKeyId}`,
    reason,
    ...from,
  });
  const find = async (ref: { chain: string; address: Hex }): Promise<AccountOverview> => {
    const account = (await listAccountOverviews(db, ref.chain)).find(
      ({ address }) => address === ref.address,
    );
    if (account === undefined)
      throw new AccountError('account_unknown', `${ref.address} is no sub-account of ${ref.chain}.`);
    return account;
  };
  /** The rows of the chain that was asked for, or of all that the key reaches. */
  const within = async <T extends { chainId: string }>(
    caller: Caller,
    chain: string | null,
    read: (chain: string | null) => Promise<T[]>,
  ): Promise<T[]> => {
    const chains = await reachableChains(db, caller);
    if (chain !== null && !chains.has(chain)) throw unsupported(chain);
    return (await read(chain)).filter(({ chainId }) => chains.has(chainId));
  };

  return {
    list: (caller, chain) => within(caller, chain, (one) => listAccountOverviews(db, one)),
    async add(caller, { chain, address: text, role, reason }, from) {
      await requireChain(db, caller, chain);
      const address = addressOf(text);
      await withTransaction(db, async (tx) => {
        await setAuditContext(tx, auditOf(caller, from, reason));
        await addSubAccount(tx, { chainId: chain, address, nextNonce: 0n, role, state: 'JOINING' });
      });
      const account = await find({ chain, address });
      // Added before, by the same call or another: with the same role it is the same account.
      if (account.role !== role)
        throw new AccountError(
          'account_exists',
          `${address} is a sub-account of ${chain} already, as ${account.role}.`,
        );
      return account;
    },
    async change(caller, ref, { change, reason }, from) {
      const target = await targetOf(db, caller, ref);
      await asAccountError(() =>
        changeAccount(deps, target, change, auditOf(caller, from, reason), { isRepeat: true }),
      );
      return await find({ chain: ref.chain, address: target.address });
    },
    async changeRole(caller, ref, { role, reason }, from) {
      const target = await targetOf(db, caller, ref);
      await asAccountError(() => changeRole(deps, target, role, auditOf(caller, from, reason)));
      return await find({ chain: ref.chain, address: target.address });
    },
    async topUp(caller, key, ref, { asset: code, amount, gas, reason }, from) {
      const asset = await requireAsset(db, caller, ref.chain, code);
      const request = {
        asset,
        to: addressOf(ref.address),
        amount: unitsOf(amount, asset, 'amount'),
        isGas: gas,
      };
      const claim = { organisationId: caller.organisationId, key };
      return await requestTopUp(deps, request, auditOf(caller, from, reason), claim);
    },
    thresholds: (caller, chain) => within(caller, chain, (one) => listThresholds(db, one)),
    async setThreshold(caller, input, { levels, reason }, from) {
      const asset = await requireAsset(db, caller, input.chain, input.asset);
      const key = await keyOf(
        input,
        asset,
        async (address) => (await find({ chain: input.chain, address })).id,
      );
      const audit = auditOf(caller, from, reason);
      if (levels === null) await removeThreshold(deps, key, audit);
      else {
        const { low, target, high } = levels;
        const units = {
          low: unitsOf(low, asset, 'low'),
          target: unitsOf(target, asset, 'target'),
          high: high === null ? null : unitsOf(high, asset, 'high'),
        };
        await setThreshold(deps, asset, key, units, audit);
      }
      return await listThresholds(db, input.chain);
    },
    async transfers(caller, { chain, onlyOpen }, { limit, before }) {
      let next: bigint | null = null;
      const data = await within(caller, chain, async (one) => {
        const filter = { ...(one === null ? {} : { chainId: one }), onlyOpen };
        const rows = await listTransfers(db, filter, { limit: limit + 1, before });
        if (rows.length > limit) next = rows[limit - 1]?.number ?? null;
        return rows.slice(0, limit);
      });
      return { data, next };
    },
    forecast: (caller, chain) => within(caller, chain, (one) => readForecast(db, one)),
  };
}

async function reachableChains(db: Database, caller: Caller): Promise<ReadonlySet<string>> {
  const { chains } = await readCatalogue(db);
  return new Set([...chains.values()].filter((one) => isReachable(one, caller.network)).map(({ id }) => id));
}

function unsupported(chain: string): AccountError {
  return new AccountError('chain_not_supported', `The chain "${chain}" is not available here.`);
}

async function requireChain(db: Database, caller: Caller, chain: string): Promise<void> {
  if (!(await reachableChains(db, caller)).has(chain)) throw unsupported(chain);
}

async function requireAsset(db: Database, caller: Caller, chain: string, code: string): Promise<Asset> {
  await requireChain(db, caller, chain);
  const asset = (await readCatalogue(db)).assets.get(assetIdOf(chain, code));
  if (asset !== undefined) return asset;
  throw new AccountError('asset_not_supported', `There is no asset "${code}" on "${chain}".`);
}

async function targetOf(
  db: Database,
  caller: Caller,
  { chain, address }: AccountRef,
): Promise<{ chainId: string; address: Hex }> {
  await requireChain(db, caller, chain);
  return { chainId: chain, address: addressOf(address) };
}

function addressOf(text: string): Hex {
  const address = parseOwnAddress(text);
  if (address !== null) return address;
  throw new AccountError('account_unknown', `${text} is no address, or its checksum is wrong.`);
}

function unitsOf(text: string, asset: Asset, what: string): bigint {
  const parsed = parseAmount(text, asset.decimals);
  if (parsed.ok) return parsed.units;
  throw new AccountError(
    'amount_malformed',
    `${what} must be a positive number with at most ${asset.decimals} decimals.`,
    { details: { pointer: `/${what}` } },
  );
}

async function keyOf(
  { purpose, of }: ThresholdInput,
  asset: Asset,
  findId: (address: Hex) => Promise<string>,
): Promise<ThresholdKey> {
  const common = { assetId: asset.id, purpose };
  if ('role' in of) return { ...common, role: of.role, subAccountId: null };
  return { ...common, role: null, subAccountId: await findId(addressOf(of.address)) };
}

/** What the domain of sub-accounts refuses, in the terms of this one. */
async function asAccountError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof CodedError && (error.code === 'account_unknown' || error.code === 'account_state'))
      throw new AccountError(error.code, error.message);
    throw error;
  }
}
