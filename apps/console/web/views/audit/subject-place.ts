import { toPublicId } from '../../format/public-id.ts';

type Place = { prefix?: string; to?: (id: string) => string };

/** What the log calls a table, as the API names its rows, and where they are looked at. */
const places: Readonly<Record<string, Place>> = {
  organisation: { prefix: 'org' },
  api_key: { prefix: 'key', to: () => '/api-keys' },
  person: { prefix: 'per', to: (id) => `/people/${id}` },
  person_membership: { to: () => '/people' },
  person_invitation: { prefix: 'inv', to: () => '/people/invitations' },
  withdrawal: { prefix: 'wd', to: (id) => `/withdrawals/${id}` },
  withdrawal_review: { prefix: 'rev', to: (id) => `/approvals/${id}` },
  dead_letter: { prefix: 'dl', to: (id) => `/dead-letters/${id}` },
  chain_tx: { prefix: 'ctx', to: (id) => `/chain-txs/${id}` },
  chain: { to: () => '/assets' },
  asset: { to: () => '/assets' },
  token_probe: { prefix: 'probe', to: () => '/assets' },
  sub_account: { prefix: 'sub', to: () => '/accounts' },
  account_threshold: { to: () => '/accounts' },
  treasury: { to: () => '/treasury' },
  treasury_proposal: { prefix: 'tp', to: (id) => `/treasury/${id}` },
  webhook_endpoint: { prefix: 'we', to: (id) => `/webhooks/${id}` },
  alert_channel: { prefix: 'alch', to: () => '/alarms/channels' },
  alarm: { prefix: 'alarm', to: () => '/alarms' },
  deposit: { prefix: 'dep', to: (id) => `/deposits/${id}` },
  deposit_address: { prefix: 'daddr' },
  policy_version: { prefix: 'pol', to: (id) => `/policies/${id}` },
  tier: { to: () => '/tiers' },
  address_book_entry: { prefix: 'adr', to: () => '/address-book' },
  blocked_address: { prefix: 'blk', to: () => '/block-list' },
  exchange_rate: { to: () => '/rates' },
  exchange_rate_pair: { to: () => '/rates' },
  setting_version: { to: () => '/settings' },
  setting: { to: () => '/settings' },
  withdrawal_fee_schedule: { to: () => '/fees' },
  saved_view: { prefix: 'view', to: () => '/withdrawals' },
  audit_verification: { to: () => '/audit/verification' },
  reconciliation_sign_off: { to: () => '/reconciliation' },
};

/** `<table> <id>` as people know it, and its view where it has one. */
export function placeOf(subject: string): { kind: string; id: string; to: string | null } {
  const [kind = '', ...rest] = subject.split(' ');
  const place = places[kind];
  const id = place?.prefix === undefined ? rest.join(' ') : toPublicId(place.prefix, rest.join(' '));
  return { kind, id, to: place?.to?.(id) ?? null };
}

/** Columns that name another thing. */
const references: Readonly<Record<string, string>> = {
  withdrawal_id: 'withdrawal',
  review_id: 'withdrawal_review',
  person_id: 'person',
  api_key_id: 'api_key',
  organisation_id: 'organisation',
  sub_account_id: 'sub_account',
  chain_tx_id: 'chain_tx',
  webhook_endpoint_id: 'webhook_endpoint',
};

/** A value of a change that names another thing; null: it is no such value. */
export function referenceOf(column: string, value: string): ReturnType<typeof placeOf> | null {
  const table = references[column];
  return table === undefined ? null : placeOf(`${table} ${value}`);
}
