import { openDatabase, withTransaction } from '@naru/db/database.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import { sql } from 'kysely';
import { getAddress } from 'viem';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createAccess } from '../access/create-access.ts';
import { configureChains } from '../chain/configure-chains.ts';
import { creditBalance } from '../ledger/credit-balance.ts';
import { recordFunding } from '../ledger/record-funding.ts';
import { changeAccount } from '../sub-account/change-account.ts';
import { addSubAccount, listSubAccounts, pause } from '../sub-account/sub-account.store.ts';
import { upsertLimit } from '../withdrawal/limit.store.ts';
import { auditSetting, listAuditEvents, setAuditContext } from './audit.store.ts';
import type { AuditEvent } from './audit.ts';

const KIM = { actor: 'operator:kim@desk', origin: 'desk', requestId: 'req_1', reason: 'ticket 12' };
const ADDRESS = getAddress(`0x${'ab'.repeat(20)}`);

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  const settings = { payoutContract: ADDRESS, hasRpc: true };
  await configureChains(database.db, new Map([['localhost', settings]]));
});
afterAll(() => database.drop());

let last = 0n;
beforeEach(async () => {
  last = (await events())[0]?.position ?? 0n;
});

async function events(): Promise<AuditEvent[]> {
  return await listAuditEvents(database.db, {}, { limit: 1_000, before: null });
}

/** What was recorded since the test began, the oldest first. */
async function fresh(): Promise<AuditEvent[]> {
  return (await events()).filter(({ position }) => position > last).reverse();
}

/** How each table of the database is accounted for. A new table has to be put here, and so thought about. */
const BY_TRIGGER = [
  'organisation',
  'api_key',
  'chain',
  'asset',
  'sub_account',
  'withdrawal_limit',
  'schema_migration',
  'setting_version',
  'token_probe',
  'withdrawal_fee_schedule',
  'chain_tx',
  'account_threshold',
  'withdrawal_vote',
  'webhook_endpoint',
  'deposit_address',
  'deposit_limit',
  'alert_channel',
  'operator_note',
  'withdrawal_retry',
  'withdrawal_release',
  'tier',
  'organisation_tier',
  'policy_version',
  'address_book_entry',
  'blocked_address',
  'saved_view',
  'exchange_rate_pair',
  'exchange_rate',
  'treasury',
  'treasury_proposal',
  'treasury_signature',
  'person',
  'person_membership',
  'person_invitation',
  'audit_verification',
  'reconciliation_sign_off',
  'report_rerun',
  'export',
];
const OTHERWISE: Readonly<Record<string, string>> = {
  report: 'computed by a jobs role, which records it; who asks for one again is recorded with that',
  export_chunk: 'pieces of a file that somebody asked for; that is recorded',
  person_session: 'who signs in and out is recorded by who serves it',
  person_account: 'no password belongs into the log; whoever changes one records it',
  person_two_factor: 'no secret belongs into the log; whoever adds or removes one records it',
  person_passkey: 'whoever adds or removes one records it',
  person_verification: 'challenges that wait for an answer',
  person_rate_limit: 'counts of the machinery',
  person_lock: 'counts of the machinery; a lock is recorded by who makes it',
  withdrawal: 'each change of state is an event, and what was asked for is sealed with the first',
  withdrawal_event: 'a log itself',
  withdrawal_transition: 'written by migrations only',
  withdrawal_review: 'opened by policy and closed by votes and time; each is an event of the withdrawal',
  withdrawal_review_transition: 'written by migrations only',
  chain_tx_transition: 'written by migrations only',
  chain_tx_attempt: 'immutable, written by the processor only',
  ledger_transfer: 'a log itself; credits and fundings are recorded by who makes them',
  ledger_account: 'changed by transfers only',
  ledger_checkpoint: 'a cache of checks',
  idempotency_record: 'part of what a client asked for',
  bulk_withdrawal: 'part of what a client asked for',
  bulk_draft: 'nothing that was accepted',
  withdrawal_usage: 'a sum of what was accepted',
  tier_usage: 'a sum of what was accepted',
  withdrawal_value: 'part of what was accepted',
  policy_decision: 'immutable, written by the processor only',
  policy_transition: 'written by migrations only',
  screening_result: 'a cache of what sources outside say',
  chain_cursor: 'moved by the monitor; a rewind is recorded by recovery',
  chain_block: 'a cache of the chain',
  sub_account_balance: 'a cache of the chain',
  sub_account_transition: 'written by migrations only',
  account_transfer_transition: 'written by migrations only',
  account_transfer:
    'frozen when decided, each step with proof; what a person asks for is recorded by who writes it',
  gas_price: 'a cache of the chain',
  processor_presence: 'leases of the machinery',
  audit_event: 'the audit log itself',
  audit_seal: 'the seals themselves',
  invariant_check: 'results of the machinery',
  alarm: 'results of the machinery; what a person notes there is recorded with it',
  job_run: 'results of the machinery',
  webhook_endpoint_transition: 'written by migrations only',
  webhook_message_transition: 'written by migrations only',
  webhook_secret: 'no secret belongs into the log; whoever replaces one records it',
  webhook_endpoint_health: 'results of the machinery',
  webhook_event: 'what the log says, as it was told',
  webhook_message: 'a queue of the machinery; what is sent again on request is recorded by who asks',
  webhook_attempt: 'a log itself',
  webhook_cursor: 'moved by the machinery',
  webhook_replay: 'recorded by who asks for it',
  deposit:
    'what the chain says; each change of state is an event, and a credit by an operator is recorded with it',
  deposit_event: 'a log itself',
  organisation_event: 'a log itself: what organisations are told',
  deposit_transition: 'written by migrations only',
  deposit_holding: 'a sum of what was booked',
  deposit_sweep: 'immutable, written by the processor only',
  deposit_cursor: 'moved by the monitor',
  reserves_report: 'immutable; its making is recorded with its hash',
  reserves_leaf: 'immutable, part of a report',
  alert_message: 'a queue of the machinery',
  alert_notice: 'a queue of the machinery',
  finished_sample: 'a count of the machinery',
  trace_cursor: 'moved by the machinery',
  withdrawal_pulse: 'a count of the machinery',
  withdrawal_pulse_cursor: 'moved by the machinery',
  role_presence: 'a word of the machinery on itself',
  rpc_provider_health: 'a word of the machinery on its nodes',
  chain_block_fill: 'a cache of the chain',
  treasury_execution: 'immutable, written by the processor only',
  dead_letter: 'results of the machinery; what a person does there is recorded with it',
};

test('every table is watched by the audit trigger, or it is known why not', async () => {
  const { rows } = await sql<{ name: string; watched: boolean }>`
    SELECT c.relname AS name,
           EXISTS (SELECT 1 FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
                    WHERE t.tgrelid = c.oid AND p.proname = 'audit_change' AND t.tgenabled <> 'D') AS watched
      FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
     ORDER BY 1`.execute(database.db);
  expect(rows.filter((row) => row.watched).map((row) => row.name)).toEqual([...BY_TRIGGER].sort());
  expect(rows.filter((row) => !row.watched).map((row) => row.name)).toEqual(Object.keys(OTHERWISE).sort());
});

describe('a change of what people decide about', () => {
  test('says who, what, before, after, why and from where, in the transaction of the change', async () => {
    await addSubAccount(database.db, { chainId: 'localhost', address: ADDRESS, nextNonce: 3n });
    const [account] = await listSubAccounts(database.db, 'localhost');
    await changeAccount({ db: database.db }, { chainId: 'localhost', address: ADDRESS }, 'pause', KIM);
    const [added, paused] = await fresh();
    expect(added).toMatchObject({
      action: 'sub_account.insert',
      after: { next_nonce: '3', state: 'ACTIVE' },
    });
    expect(paused).toMatchObject({
      actor: 'operator:kim@desk',
      action: 'sub_account.update',
      subject: `sub_account ${account?.id}`,
      before: { state: 'ACTIVE', pause_reason: null },
      after: { state: 'PAUSED', pause_reason: 'ticket 12' },
      reason: 'ticket 12',
      origin: 'desk',
      requestId: 'req_1',
      application: 'naru-test',
    });
  });

  test('is recorded also when somebody makes it with a statement of his own, under the name of the login', async () => {
    await sql`UPDATE chain SET fee_per_gas_wei_max = fee_per_gas_wei_max + 1 WHERE id = 'localhost'`.execute(
      database.db,
    );
    expect(await fresh()).toMatchObject([
      {
        actor: 'database:naru',
        action: 'chain.update',
        subject: 'chain localhost',
        after: { fee_per_gas_wei_max: expect.stringMatching(/^\d+$/) },
      },
    ]);
  });

  test('keeps every digit of an amount', async () => {
    const access = createAccess({ db: database.db, clock: systemClock });
    const { id } = await access.createOrganisation('digits');
    const huge = 10n ** 77n + 1n;
    await upsertLimit(database.db, {
      organisationId: id,
      assetId: 'localhost:ETH',
      perWithdrawalMax: huge,
      dailyMax: huge,
    });
    expect((await fresh()).at(-1)).toMatchObject({
      action: 'withdrawal_limit.insert',
      subject: `withdrawal_limit ${id} localhost:ETH`,
      after: { per_withdrawal_max: String(huge) },
    });
  });

  test('holds no token and no hash of one', async () => {
    const access = createAccess({ db: database.db, clock: systemClock });
    const { id: organisationId } = await access.createOrganisation('keys');
    const key = await access.createApiKey({ organisationId, name: 'k', network: 'test', scopes: ['admin'] });
    await access.revokeApiKey(organisationId, key.id);
    const found = await fresh();
    expect(found.map(({ action }) => action)).toEqual([
      'organisation.insert',
      'api_key.insert',
      'api_key.update',
    ]);
    const text = JSON.stringify(found, (_, value) => (typeof value === 'bigint' ? String(value) : value));
    expect(text).not.toContain('key_hash');
    expect(text).not.toContain(key.token.slice(12));
    expect(found.at(-1)?.after).toEqual({ revoked_at: expect.any(String) });
  });

  test('that was rolled back, or changes nothing, leaves no record', async () => {
    await withTransaction(database.db, async (tx) => {
      await sql`UPDATE organisation SET name = name || '!'`.execute(tx);
      throw new Error('rolled back');
    }).catch(() => undefined);
    await sql`UPDATE chain SET updated_at = now(), name = name`.execute(database.db);
    expect(await fresh()).toEqual([]);
  });

  test('the machinery at work is no decision: nonces and wishes of the roles are not recorded, a pause is', async () => {
    const [account] = await listSubAccounts(database.db, 'localhost');
    const id = account?.id ?? '';
    await changeAccount({ db: database.db }, { chainId: 'localhost', address: ADDRESS }, 'resume', KIM);
    last = (await events())[0]?.position ?? 0n;
    await sql`UPDATE sub_account SET next_nonce = next_nonce + 1 WHERE id = ${id}`.execute(database.db);
    expect(await fresh()).toEqual([]);
    await pause(database.db, id, 'a pause');
    expect(await fresh()).toMatchObject([{ action: 'sub_account.update', after: { state: 'PAUSED' } }]);
  });
});

describe('accounts', () => {
  const target = { chainId: 'localhost', address: ADDRESS };
  test('a pause of the machinery is not lifted by hand; a retired account stays so', async () => {
    const [account] = await listSubAccounts(database.db, 'localhost');
    await sql`UPDATE sub_account SET state = 'PAUSED', pause_reason = 'too little coin for gas: send it some'
               WHERE id = ${account?.id}`.execute(database.db);
    await expect(changeAccount({ db: database.db }, target, 'resume', KIM)).rejects.toMatchObject({
      code: 'account_state',
    });
    expect(await changeAccount({ db: database.db }, target, 'retire', KIM)).toBe('PAUSED');
    for (const change of ['pause', 'resume', 'retire'] as const)
      await expect(changeAccount({ db: database.db }, target, change, KIM)).rejects.toMatchObject({
        code: 'account_state',
      });
    await expect(
      changeAccount({ db: database.db }, { ...target, chainId: 'polygon' }, 'pause', KIM),
    ).rejects.toMatchObject({ code: 'account_unknown' });
  });
});

describe('money that people move', () => {
  test('a funding is recorded once, however often it is booked', async () => {
    const funding = { id: newUuid(), assetId: 'localhost:ETH', amount: 10n ** 30n };
    await recordFunding(database, funding);
    await recordFunding(database, funding);
    expect(await fresh()).toMatchObject([
      {
        action: 'funding.record',
        subject: `ledger_transfer ${funding.id}`,
        after: { assetId: 'localhost:ETH', amount: String(funding.amount) },
      },
    ]);
  });

  test('a credit names the key, the address, the request and the note; a repeat or a refusal adds nothing', async () => {
    const access = createAccess({ db: database.db, clock: systemClock });
    const { id: organisationId } = await access.createOrganisation('credited');
    const caller = {
      organisationId,
      apiKeyId: newUuid(),
      network: 'test' as const,
      scopes: ['admin'],
      requestsPerMinuteMax: 1,
    };
    const input = { organisationId, chain: 'localhost', asset: 'ETH', amount: '1.5', note: 'bank ref 7' };
    last = (await events())[0]?.position ?? 0n;
    const from = { origin: '192.0.2.7', requestId: 'req_9' };
    for (let times = 0; times < 2; times++) await creditBalance(database, caller, 'once', input, from);
    await creditBalance(database, caller, 'too-much', { ...input, amount: `1${'0'.repeat(40)}` }, from);
    expect(await fresh()).toMatchObject([
      {
        actor: `api_key:${caller.apiKeyId}`,
        action: 'credit.create',
        after: { organisationId, assetId: 'localhost:ETH', amount: '1500000000000000000' },
        reason: 'bank ref 7',
        origin: '192.0.2.7',
        requestId: 'req_9',
      },
    ]);
  });
});

test('a session of a program that one person runs says so for all that it does', async () => {
  const { name, value } = auditSetting(KIM);
  const db = openDatabase({
    databaseUrl: database.url,
    applicationName: 'naru-cli',
    connectionsMax: 2,
    settings: { [name]: value },
  });
  try {
    await sql`INSERT INTO organisation (id, name) VALUES (${newUuid()}, 'by kim')`.execute(db);
    await withTransaction(db, async (tx) => {
      await setAuditContext(tx, { ...KIM, reason: 'another' });
      await sql`INSERT INTO organisation (id, name) VALUES (${newUuid()}, 'by kim too')`.execute(tx);
    });
    await sql`INSERT INTO organisation (id, name) VALUES (${newUuid()}, 'by kim again')`.execute(db);
  } finally {
    await db.destroy();
  }
  expect((await fresh()).map(({ actor, reason, application }) => [actor, reason, application])).toEqual([
    ['operator:kim@desk', 'ticket 12', 'naru-cli'],
    ['operator:kim@desk', 'another', 'naru-cli'],
    ['operator:kim@desk', 'ticket 12', 'naru-cli'],
  ]);
});

test('the log is found by who, what, to what and when, a page at a time', async () => {
  const find = (filter: Parameters<typeof listAuditEvents>[1]) =>
    listAuditEvents(database.db, filter, { limit: 100, before: null });
  const all = await events();
  expect((await find({ actor: 'kim' })).every(({ actor }) => actor.includes('kim'))).toBe(true);
  expect((await find({ action: 'organisation' })).length).toBeGreaterThan(3);
  expect(await find({ subject: 'no such thing' })).toEqual([]);
  expect(await find({ until: new Date(0) })).toEqual([]);
  expect((await find({ since: new Date(0) })).length).toBe(Math.min(all.length, 100));
  const [first, second] = all;
  const page = await listAuditEvents(database.db, {}, { limit: 1, before: first?.position ?? null });
  expect(page[0]?.position).toBe(second?.position);
});
