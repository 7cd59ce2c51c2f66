import {
  type BalanceBody,
  balanceList,
  type CreateCreditInput,
  type CreditBody,
  credit,
} from '@naru/wire/balance.ts';
import { type AssetBody, assetList, type ChainBody, chainList } from '@naru/wire/chain.ts';
import { type AlertChannelsClient, createAlertChannelsClient } from './alert-channels.ts';
import { type AuditClient, createAuditClient } from './audit.ts';
import { type BulkClient, createBulkClient } from './bulk.ts';
import { type CallOptions, callsOf, type WriteOptions } from './calls.ts';
import {
  type AdminDepositsClient,
  createAdminDepositsClient,
  createDepositAddressesClient,
  createDepositsClient,
  type DepositAddressesClient,
  type DepositsClient,
} from './deposits.ts';
import { createEventsClient, type EventsClient } from './events.ts';
import { createLedgerClient, type LedgerClient } from './ledger.ts';
import { createOperationsClient, type OperationsClient } from './operations.ts';
import {
  createOperatorClient,
  type OperatedAssetsClient,
  type OperatedChainsClient,
  type SettingsClient,
  type WithdrawalFeesClient,
} from './operator.ts';
import { createOverviewClient, type OverviewClient } from './overview.ts';
import { type ApiKeysClient, createPeopleClients, type PeopleClient } from './people.ts';
import {
  type AlarmsClient,
  createReconciliationClients,
  type ReconciliationClient,
} from './reconciliation.ts';
import { createReportsClients, type ReportsClients } from './reports.ts';
import {
  type AdminReservesClient,
  createAdminReservesClient,
  createReservesClient,
  type ReservesClient,
} from './reserves.ts';
import {
  type AdminReviewsClient,
  createAdminReviewsClient,
  createReviewsClient,
  type ReviewsClient,
} from './reviews.ts';
import {
  type AddressBookClient,
  createAddressBookClient,
  createRulesClients,
  type RulesClients,
} from './rules.ts';
import { createSavedViewsClient, type SavedViewsClient } from './saved-views.ts';
import { createSubAccountsClient, type SubAccountsClient } from './sub-accounts.ts';
import { createTransport } from './transport.ts';
import { createTreasuryClient, type TreasuryClient } from './treasury.ts';
import {
  createWebhookDeliveriesClient,
  createWebhookEndpointsClient,
  type WebhookDeliveriesClient,
  type WebhookEndpointsClient,
} from './webhooks.ts';
import { createWithdrawalsClient, type WithdrawalsClient } from './withdrawals.ts';

/** For a call as a whole. */
const TIMEOUT_MS_DEFAULT = 30_000;
const RETRIES_MAX_DEFAULT = 3;

export type NaruOptions = {
  /** As in `http://127.0.0.1:3000`. */
  baseUrl: string;
  /**
   * `nk_test_…` or `nk_live_…`. Keep it out of pages and repositories. Left out in the console, where the browser's cookie
   * says who calls.
   */
  apiKey?: string;
  fetch?: typeof globalThis.fetch;
  /** For each call, all its tries and waits included. Default: 30 s. */
  timeoutMs?: number;
  /** Tries after the first. Default: 3. */
  retriesMax?: number;
  /** Of error texts: `en` (default) or `ko`. */
  language?: 'en' | 'ko';
};

export type Naru = {
  /** Who calls: a person in a session, or a key. */
  me: ReturnType<typeof createPeopleClients>['me'];
  people: PeopleClient;
  apiKeys: ApiKeysClient;
  withdrawals: WithdrawalsClient;
  bulk: BulkClient;
  events: EventsClient;
  reviews: ReviewsClient;
  deposits: DepositsClient;
  depositAddresses: DepositAddressesClient;
  reserves: ReservesClient;
  webhookEndpoints: WebhookEndpointsClient;
  webhookDeliveries: WebhookDeliveriesClient;
  addressBook: AddressBookClient;
  audit: AuditClient;
  chains: { list(options?: CallOptions): Promise<ChainBody[]> };
  assets: { list(options?: CallOptions): Promise<AssetBody[]> };
  balances: { list(options?: CallOptions): Promise<BalanceBody[]> };
  admin: OperationsClient &
    RulesClients &
    ReportsClients & {
      credits: { create(input: CreateCreditInput, options?: WriteOptions): Promise<CreditBody> };
      settings: SettingsClient;
      chains: OperatedChainsClient;
      assets: OperatedAssetsClient;
      reviews: AdminReviewsClient;
      deposits: AdminDepositsClient;
      reserves: AdminReservesClient;
      withdrawalFees: WithdrawalFeesClient;
      subAccounts: SubAccountsClient;
      treasury: TreasuryClient;
      alertChannels: AlertChannelsClient;
      overview: OverviewClient;
      savedViews: SavedViewsClient;
      ledger: LedgerClient;
      reconciliation: ReconciliationClient;
      alarms: AlarmsClient;
    };
};

/** A client of the withdrawals API. Holds no connection and no state: make one and keep it. */
export function createNaru(options: NaruOptions): Naru {
  const transport = createTransport({
    baseUrl: options.baseUrl,
    apiKey: options.apiKey ?? null,
    // Bound late and to its owner: browsers refuse a `fetch` that is called on another object.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    timeoutMs: options.timeoutMs ?? TIMEOUT_MS_DEFAULT,
    retriesMax: options.retriesMax ?? RETRIES_MAX_DEFAULT,
    language: options.language,
  });
  const { read, post } = callsOf(transport);
  return {
    ...createPeopleClients(transport),
    withdrawals: createWithdrawalsClient(transport),
    bulk: createBulkClient(transport),
    events: createEventsClient(transport),
    reviews: createReviewsClient(transport),
    deposits: createDepositsClient(transport),
    depositAddresses: createDepositAddressesClient(transport),
    reserves: createReservesClient(transport),
    webhookEndpoints: createWebhookEndpointsClient(transport),
    webhookDeliveries: createWebhookDeliveriesClient(transport),
    addressBook: createAddressBookClient(transport),
    audit: createAuditClient(transport),
    chains: { list: async (call) => (await read('/v1/chains', chainList, call)).data },
    assets: { list: async (call) => (await read('/v1/assets', assetList, call)).data },
    balances: { list: async (call) => (await read('/v1/balances', balanceList, call)).data },
    admin: {
      ...createOperatorClient(transport),
      ...createOperationsClient(transport),
      ...createRulesClients(transport),
      ...createReconciliationClients(transport),
      ...createReportsClients(transport),
      ledger: createLedgerClient(transport),
      reviews: createAdminReviewsClient(transport),
      deposits: createAdminDepositsClient(transport),
      reserves: createAdminReservesClient(transport),
      alertChannels: createAlertChannelsClient(transport),
      overview: createOverviewClient(transport),
      savedViews: createSavedViewsClient(transport),
      credits: { create: (input, call) => post('/v1/admin/credits', credit, call, input) },
      subAccounts: createSubAccountsClient(transport),
      treasury: createTreasuryClient(transport),
    },
  };
}
