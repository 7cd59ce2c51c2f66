import {
  type AddAssetInput,
  type AssetLimitInput,
  type CreateProbeInput,
  type OperatedAssetBody,
  type OperatedChainBody,
  operatedAsset,
  operatedAssetList,
  operatedChain,
  operatedChainList,
  type TokenProbeBody,
  tokenProbe,
} from '@naru/wire/operated-asset.ts';
import {
  type ChangeSettingInput,
  type RevertSettingInput,
  type SettingBody,
  type SettingVersionBody,
  type SettingWithHistoryBody,
  settingList,
  settingVersion,
  settingWithHistory,
} from '@naru/wire/setting.ts';
import {
  type ChangeWithdrawalFeeInput,
  type WithdrawalFeeBody,
  withdrawalFee,
  withdrawalFeeList,
} from '@naru/wire/withdrawal-fee.ts';
import { type CallOptions, callsOf, type WriteOptions } from './calls.ts';
import type { Transport } from './transport.ts';

type AssetName = { chain: string; asset: string };
type Reason = { reason: string };

export type SettingsClient = {
  /** With what is in force, what ships, and the bounds. */
  list(
    filter?: { scope?: SettingBody['scope']; target?: string },
    options?: CallOptions,
  ): Promise<SettingBody[]>;
  /** `target` '' or none: of the installation. */
  get(key: string, target?: string, options?: CallOptions): Promise<SettingWithHistoryBody>;
  /** In force on every instance within a second or two. `setting_changed` where somebody else was first. */
  change(key: string, input: ChangeSettingInput, options?: WriteOptions): Promise<SettingVersionBody>;
  revert(key: string, input: RevertSettingInput, options?: WriteOptions): Promise<SettingVersionBody>;
};

export type OperatedChainsClient = {
  list(options?: CallOptions): Promise<OperatedChainBody[]>;
  enable(chain: string, input: Reason, options?: WriteOptions): Promise<OperatedChainBody>;
  disable(chain: string, input: Reason, options?: WriteOptions): Promise<OperatedChainBody>;
};

export type OperatedAssetsClient = {
  list(options?: CallOptions): Promise<OperatedAssetBody[]>;
  /** Asks what a token is; the answer may still be `REQUESTED`, then `getProbe`. */
  probe(input: CreateProbeInput, options?: WriteOptions): Promise<TokenProbeBody>;
  getProbe(id: string, options?: CallOptions): Promise<TokenProbeBody>;
  /** Adds the token of a probe that is `DONE`. */
  add(input: AddAssetInput, options?: WriteOptions): Promise<OperatedAssetBody>;
  enable(asset: AssetName, input: Reason, options?: WriteOptions): Promise<OperatedAssetBody>;
  disable(asset: AssetName, input: Reason, options?: WriteOptions): Promise<OperatedAssetBody>;
  /** The smallest or largest withdrawal, in whole units. */
  limit(asset: AssetName, input: AssetLimitInput, options?: WriteOptions): Promise<OperatedAssetBody>;
};

export type WithdrawalFeesClient = {
  /** What is charged now. */
  list(options?: CallOptions): Promise<WithdrawalFeeBody[]>;
  /** Of everybody, or of one organisation; the newest first. */
  history(asset: AssetName, organisationId?: string, options?: CallOptions): Promise<WithdrawalFeeBody[]>;
  /** In force from the next request on; what was accepted keeps its fee. */
  change(input: ChangeWithdrawalFeeInput, options?: WriteOptions): Promise<WithdrawalFeeBody>;
};

/** Calls that need a key of the installation's operator (scope `admin`). */
export function createOperatorClient(transport: Transport): {
  settings: SettingsClient;
  chains: OperatedChainsClient;
  assets: OperatedAssetsClient;
  withdrawalFees: WithdrawalFeesClient;
} {
  const { read, post } = callsOf(transport);
  return {
    settings: {
      list: async (filter = {}, options) => {
        const found = await read('/v1/admin/settings', settingList, options, filter);
        return found.data;
      },
      get: (key, target, options) =>
        read(`/v1/admin/settings/${encodeURIComponent(key)}`, settingWithHistory, options, { target }),
      change: (key, input, options) =>
        post(`/v1/admin/settings/${encodeURIComponent(key)}`, settingVersion, options, input),
      revert: (key, input, options) =>
        post(`/v1/admin/settings/${encodeURIComponent(key)}/revert`, settingVersion, options, input),
    },
    chains: {
      list: async (options) => (await read('/v1/admin/chains', operatedChainList, options)).data,
      enable: (chain, input, options) =>
        post(`/v1/admin/chains/${encodeURIComponent(chain)}/enable`, operatedChain, options, input),
      disable: (chain, input, options) =>
        post(`/v1/admin/chains/${encodeURIComponent(chain)}/disable`, operatedChain, options, input),
    },
    assets: {
      list: async (options) => (await read('/v1/admin/assets', operatedAssetList, options)).data,
      probe: (input, options) => post('/v1/admin/assets/probes', tokenProbe, options, input),
      getProbe: (id, options) =>
        read(`/v1/admin/assets/probes/${encodeURIComponent(id)}`, tokenProbe, options),
      add: (input, options) => post('/v1/admin/assets', operatedAsset, options, input),
      enable: (asset, input, options) => post(pathOf(asset, 'enable'), operatedAsset, options, input),
      disable: (asset, input, options) => post(pathOf(asset, 'disable'), operatedAsset, options, input),
      limit: (asset, input, options) => post(pathOf(asset, 'limits'), operatedAsset, options, input),
    },
    withdrawalFees: {
      list: async (options) => (await read('/v1/admin/withdrawal-fees', withdrawalFeeList, options)).data,
      history: async ({ chain, asset }, organisationId, options) => {
        const path = `/v1/admin/withdrawal-fees/${encodeURIComponent(chain)}/${encodeURIComponent(asset)}`;
        return (await read(path, withdrawalFeeList, options, { organisationId })).data;
      },
      change: (input, options) => post('/v1/admin/withdrawal-fees', withdrawalFee, options, input),
    },
  };
}

function pathOf({ chain, asset }: AssetName, action: string): string {
  return `/v1/admin/assets/${encodeURIComponent(chain)}/${encodeURIComponent(asset)}/${action}`;
}
