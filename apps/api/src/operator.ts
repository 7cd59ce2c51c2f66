import type { Caller } from '@naru/core/access/access.ts';
import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import { assetIdOf } from '@naru/core/chain/chain.ts';
import {
  type AssetAddition,
  addProbedAsset,
  noAsset,
  requestEnable,
  requestProbe,
} from '@naru/core/chain/operate-assets.ts';
import { findProbe } from '@naru/core/chain/token-probe.store.ts';
import type { TokenProbe } from '@naru/core/chain/token-probe.ts';
import type { Invalidations } from '@naru/core/invalidation/invalidations.ts';
import { requestSettingChange, type SettingChange } from '@naru/core/setting/change-setting.ts';
import { listSettings, readSetting, type SettingFilter } from '@naru/core/setting/read-settings.ts';
import type { Refusal } from '@naru/core/withdrawal/withdrawal.errors.ts';
import type { CommandResult } from '@naru/core/withdrawal/withdrawals.ts';
import { type FeeChange, requestFeeChange } from '@naru/core/withdrawal-fee/change-fee-schedule.ts';
import { listSchedules } from '@naru/core/withdrawal-fee/fee-schedule.store.ts';
import type { Database } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { sleep } from '@naru/kit/clock.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { parseAmount } from '@naru/kit/money.ts';
import type { AuditOrigin } from './http/define-route.ts';

/** How long a call waits for a node's word on a token; after that it answers with what there is. */
const PROBE_WAIT_MS_MAX = 5_000;
const PROBE_POLL_MS = 100;

/** What operators do over the API, bound to one database. */
export type Operator = ReturnType<typeof createOperator>;

export function createOperator(deps: { db: Database; invalidations: Invalidations }) {
  const { db } = deps;
  return {
    settings: {
      list: (filter: SettingFilter) => listSettings(db, filter),
      get: (of: { key: string; target: string }) => readSetting(db, of),
      change: (caller: Caller, key: string, change: SettingChange, from: AuditOrigin) =>
        requestSettingChange(deps, caller, key, change, from),
    },
    chains: {
      list: async () => [...(await readCatalogue(db)).chains.values()],
      find: async (id: string) => (await readCatalogue(db)).chains.get(id) ?? null,
    },
    assets: {
      list: async () => [...(await readCatalogue(db)).assets.values()],
      enable: (
        caller: Caller,
        key: string,
        input: { chain: string; asset: string; enabled: boolean; reason: string },
        from: AuditOrigin,
      ) => requestEnable(deps, caller, key, input, from),
      add: (caller: Caller, key: string, input: AssetAddition, from: AuditOrigin) =>
        addProbedAsset(deps, caller, key, input, from),
      limit: (
        caller: Caller,
        key: string,
        input: {
          chain: string;
          asset: string;
          limit: 'minimum' | 'maximum';
          amount: string | null;
          reason: string;
        },
        from: AuditOrigin,
      ) => limitAsset(deps, caller, key, input, from),
      find: async (id: string) => (await readCatalogue(db)).assets.get(id) ?? null,
    },
    fees: {
      list: async () => {
        const { assets, fees } = await readCatalogue(db);
        return [...fees.schedules.values()]
          .filter(({ ended }) => !ended)
          .map((schedule) => ({
            schedule,
            asset: assertPresent(assets.get(schedule.assetId), `asset ${schedule.assetId}`),
          }));
      },
      history: async (of: { chain: string; asset: string }, organisationId: string | null) => {
        const asset = (await readCatalogue(db)).assets.get(assetIdOf(of.chain, of.asset));
        if (asset === undefined) return null;
        return { asset, schedules: await listSchedules(db, { assetId: asset.id, organisationId }) };
      },
      change: (caller: Caller, key: string, change: FeeChange, from: AuditOrigin) =>
        requestFeeChange(deps, caller, key, change, from),
    },
    probes: {
      find: (id: string) => findProbe(db, id),
      /** Waits a while for the answer, so that a person rarely has to ask twice. */
      async request(
        caller: Caller,
        key: string,
        input: { chain: string; address: Hex; holder: Hex | null },
        from: AuditOrigin,
      ): Promise<CommandResult<TokenProbe>> {
        const result = await requestProbe(deps, caller, key, input, from);
        if (result.kind === 'refused') return result;
        const deadlineMs = performance.now() + PROBE_WAIT_MS_MAX;
        let probe = result.value;
        while (probe.state === 'REQUESTED' && performance.now() < deadlineMs) {
          await sleep(PROBE_POLL_MS);
          probe = (await findProbe(db, probe.id)) ?? probe;
        }
        return { ...result, value: probe };
      },
    },
  };
}

/** A limit in whole units of the asset, as the setting that it is. */
async function limitAsset(
  deps: { db: Database; invalidations: Invalidations },
  caller: Caller,
  key: string,
  input: {
    chain: string;
    asset: string;
    limit: 'minimum' | 'maximum';
    amount: string | null;
    reason: string;
  },
  from: AuditOrigin,
) {
  const id = assetIdOf(input.chain, input.asset);
  const asset = (await readCatalogue(deps.db)).assets.get(id);
  if (asset === undefined) return refused(noAsset(input));
  const parsed = input.amount === null ? null : parseAmount(input.amount, asset.decimals);
  if (parsed !== null && !parsed.ok)
    return refused({
      code: 'validation_failed',
      message: `${asset.code} has ${asset.decimals} decimals at most.`,
      retryable: false,
      errors: [
        {
          pointer: '/amount',
          code: 'amount_decimals',
          message: `${asset.code} has ${asset.decimals} decimals at most.`,
        },
      ],
    });
  const change: SettingChange = {
    key: `asset.${input.limit}`,
    target: id,
    to: { value: parsed === null ? null : String(parsed.units) },
    seenVersion: null,
    acknowledged: false,
    reason: input.reason,
  };
  return await requestSettingChange(deps, caller, key, change, from);
}

function refused(refusal: Refusal): { kind: 'refused'; refusal: Refusal; replayed: false } {
  return { kind: 'refused', refusal, replayed: false };
}
