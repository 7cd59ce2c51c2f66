import {
  type AddAddressInput,
  type AddressBookEntryBody,
  addressBookEntry,
  addressBookPage,
  type BlockAddressInput,
  type BlockedAddressBody,
  blockedAddress,
  blockedAddressList,
  unblockedAddress,
} from '@naru/wire/address-book.ts';
import {
  type ExchangeRatePairBody,
  exchangeRatePair,
  exchangeRatePairList,
  type SetPairInput,
  type SetRateInput,
} from '@naru/wire/exchange-rate.ts';
import {
  type AssignTierInput,
  assignedTier,
  type CreatePolicyInput,
  type FullDecisionBody,
  fullDecision,
  type PolicyBody,
  type PolicyDryRunBody,
  policy,
  policyDryRun,
  policyList,
  type SetTierInput,
  type TierBody,
  tier,
  tierList,
} from '@naru/wire/policy.ts';
import { allPages, type CallOptions, callsOf, type WriteOptions } from './calls.ts';
import type { Transport } from './transport.ts';

/** The organisation's own address book. */
export type AddressBookClient = {
  /** All of it, newest first, a page at a time behind the scenes. */
  list(options?: CallOptions): AsyncIterable<AddressBookEntryBody>;
  add(input: AddAddressInput, options?: WriteOptions): Promise<AddressBookEntryBody>;
  remove(id: string, options?: WriteOptions): Promise<AddressBookEntryBody>;
};

export type TiersClient = {
  list(options?: CallOptions): Promise<TierBody[]>;
  /** Makes a tier, or changes the one with this code. */
  set(input: SetTierInput, options?: WriteOptions): Promise<TierBody>;
  assign(input: AssignTierInput, options?: WriteOptions): Promise<void>;
};

export type PoliciesClient = {
  list(
    filter?: { organisationId?: string; state?: PolicyBody['state'] },
    options?: CallOptions,
  ): Promise<PolicyBody[]>;
  get(id: string, options?: CallOptions): Promise<PolicyBody>;
  create(input: CreatePolicyInput, options?: WriteOptions): Promise<PolicyBody>;
  /** What it would have said of the withdrawals of the last days. */
  dryRun(id: string, input?: { days?: number }, options?: CallOptions): Promise<PolicyDryRunBody>;
  activate(id: string, options?: WriteOptions): Promise<PolicyBody>;
  retire(id: string, options?: WriteOptions): Promise<PolicyBody>;
};

export type BlockListClient = {
  list(filter?: { address?: string }, options?: CallOptions): Promise<BlockedAddressBody[]>;
  add(input: BlockAddressInput, options?: WriteOptions): Promise<BlockedAddressBody>;
  remove(id: string, options?: WriteOptions): Promise<void>;
};

export type ExchangeRatesClient = {
  list(options?: CallOptions): Promise<ExchangeRatePairBody[]>;
  /** Says where the rate of a pair comes from. */
  setPair(input: SetPairInput, options?: WriteOptions): Promise<ExchangeRatePairBody>;
  /** Gives the rate of this moment, for a pair whose source is OPERATOR. */
  set(input: SetRateInput, options?: WriteOptions): Promise<ExchangeRatePairBody>;
};

export type RulesClients = {
  tiers: TiersClient;
  policies: PoliciesClient;
  blockList: BlockListClient;
  exchangeRates: ExchangeRatesClient;
  /** A withdrawal's decision with version, score, reasons and inputs. */
  decision(withdrawalId: string, options?: CallOptions): Promise<FullDecisionBody>;
};

export function createAddressBookClient(transport: Transport): AddressBookClient {
  const { read, post } = callsOf(transport);
  return {
    list: (options) => allPages((page) => read('/v1/address-book', addressBookPage, options, page)),
    add: (input, options) => post('/v1/address-book', addressBookEntry, options, input),
    remove: (id, options) =>
      post(`/v1/address-book/${encodeURIComponent(id)}/remove`, addressBookEntry, options),
  };
}

/** For keys with the scope `admin`. */
export function createRulesClients(transport: Transport): RulesClients {
  const { read, post } = callsOf(transport);
  const policyPath = (id: string, verb = '') => `/v1/admin/policies/${encodeURIComponent(id)}${verb}`;
  return {
    tiers: {
      list: async (options) => (await read('/v1/admin/tiers', tierList, options)).data,
      set: (input, options) => post('/v1/admin/tiers', tier, options, input),
      assign: async (input, options) => {
        await post('/v1/admin/tiers/assignments', assignedTier, options, input);
      },
    },
    policies: {
      list: async (filter, options) => (await read('/v1/admin/policies', policyList, options, filter)).data,
      get: (id, options) => read(policyPath(id), policy, options),
      create: (input, options) => post('/v1/admin/policies', policy, options, input),
      dryRun: (id, input, options) => read(policyPath(id, '/dry-run'), policyDryRun, options, input),
      activate: (id, options) => post(policyPath(id, '/activate'), policy, options),
      retire: (id, options) => post(policyPath(id, '/retire'), policy, options),
    },
    blockList: {
      list: async (filter, options) =>
        (await read('/v1/admin/block-list', blockedAddressList, options, filter)).data,
      add: (input, options) => post('/v1/admin/block-list', blockedAddress, options, input),
      remove: async (id, options) => {
        await post(`/v1/admin/block-list/${encodeURIComponent(id)}/remove`, unblockedAddress, options);
      },
    },
    exchangeRates: {
      list: async (options) => (await read('/v1/admin/exchange-rates', exchangeRatePairList, options)).data,
      setPair: (input, options) => post('/v1/admin/exchange-rates/pairs', exchangeRatePair, options, input),
      set: (input, options) => post('/v1/admin/exchange-rates', exchangeRatePair, options, input),
    },
    decision: (withdrawalId, options) =>
      read(`/v1/admin/withdrawals/${encodeURIComponent(withdrawalId)}/decision`, fullDecision, options),
  };
}
