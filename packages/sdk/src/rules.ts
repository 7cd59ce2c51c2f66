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
import type { Transport } from './transport.ts';
import type { CallOptions, WriteOptions } from './withdrawals.ts';

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

const get = (path: string, options?: CallOptions) =>
  ({ method: 'GET', path, idempotencyKey: null, ...options }) as const;

function post(path: string, body: unknown, options: WriteOptions = {}) {
  const content =
    body === undefined ? {} : { contentType: 'application/json' as const, body: JSON.stringify(body) };
  return {
    ...options,
    method: 'POST',
    path,
    ...content,
    idempotencyKey: options.idempotencyKey ?? crypto.randomUUID(),
  } as const;
}

const LIST_PAGE_ROWS = 100;

export function createAddressBookClient(transport: Transport): AddressBookClient {
  async function* list(options?: CallOptions): AsyncGenerator<AddressBookEntryBody> {
    let cursor: string | null = null;
    do {
      const query: Record<string, string> = {
        limit: String(LIST_PAGE_ROWS),
        ...(cursor === null ? {} : { cursor }),
      };
      const page: { data: AddressBookEntryBody[]; nextCursor: string | null } = await transport.json(
        { ...get('/v1/address-book', options), query },
        addressBookPage,
      );
      yield* page.data;
      cursor = page.nextCursor;
    } while (cursor !== null);
  }
  return {
    list,
    add: (input, options) => transport.json(post('/v1/address-book', input, options), addressBookEntry),
    remove: (id, options) =>
      transport.json(
        post(`/v1/address-book/${encodeURIComponent(id)}/remove`, undefined, options),
        addressBookEntry,
      ),
  };
}

/** For keys with the scope `admin`. */
export function createRulesClients(transport: Transport): RulesClients {
  const policyPath = (id: string, verb = '') => `/v1/admin/policies/${encodeURIComponent(id)}${verb}`;
  return {
    tiers: {
      list: async (options) => (await transport.json(get('/v1/admin/tiers', options), tierList)).data,
      set: (input, options) => transport.json(post('/v1/admin/tiers', input, options), tier),
      assign: async (input, options) => {
        await transport.json(post('/v1/admin/tiers/assignments', input, options), assignedTier);
      },
    },
    policies: {
      list: async (filter = {}, options) =>
        (await transport.json({ ...get('/v1/admin/policies', options), query: filter }, policyList)).data,
      get: (id, options) => transport.json(get(policyPath(id), options), policy),
      create: (input, options) => transport.json(post('/v1/admin/policies', input, options), policy),
      dryRun: (id, { days } = {}, options) =>
        transport.json(
          {
            ...get(policyPath(id, '/dry-run'), options),
            query: days === undefined ? {} : { days: String(days) },
          },
          policyDryRun,
        ),
      activate: (id, options) =>
        transport.json(post(policyPath(id, '/activate'), undefined, options), policy),
      retire: (id, options) => transport.json(post(policyPath(id, '/retire'), undefined, options), policy),
    },
    blockList: {
      list: async (filter = {}, options) =>
        (await transport.json({ ...get('/v1/admin/block-list', options), query: filter }, blockedAddressList))
          .data,
      add: (input, options) => transport.json(post('/v1/admin/block-list', input, options), blockedAddress),
      remove: async (id, options) => {
        const path = `/v1/admin/block-list/${encodeURIComponent(id)}/remove`;
        await transport.json(post(path, undefined, options), unblockedAddress);
      },
    },
    exchangeRates: {
      list: async (options) =>
        (await transport.json(get('/v1/admin/exchange-rates', options), exchangeRatePairList)).data,
      setPair: (input, options) =>
        transport.json(post('/v1/admin/exchange-rates/pairs', input, options), exchangeRatePair),
      set: (input, options) =>
        transport.json(post('/v1/admin/exchange-rates', input, options), exchangeRatePair),
    },
    decision: (withdrawalId, options) =>
      transport.json(
        get(`/v1/admin/withdrawals/${encodeURIComponent(withdrawalId)}/decision`, options),
        fullDecision,
      ),
  };
}
