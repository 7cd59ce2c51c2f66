import { createAccess } from '@naru/core/access/create-access.ts';
import { upsertAsset } from '@naru/core/chain/chain.store.ts';
import { configureChains } from '@naru/core/chain/configure-chains.ts';
import { creditBalance } from '@naru/core/ledger/credit-balance.ts';
import { recordFunding } from '@naru/core/ledger/record-funding.ts';
import { addSubAccount } from '@naru/core/sub-account/sub-account.store.ts';
import { createWithdrawals } from '@naru/core/withdrawal/create-withdrawals.ts';
import { withTransaction } from '@naru/db/database.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { insertHistory, insertHistoryBooks } from './history.store.ts';
import { readStatementCosts, type StatementCost } from './plans.store.ts';

/*
 * A statement that reads a whole table is fast in every test and stops a platform that has been in use for a year. Here
 * the tables hold 40,000 paid withdrawals and 60 open ones, enough for PostgreSQL to choose as it does at a million;
 * `npm run bench -- --only growth` asks the same of a million.
 */

const HISTORY = 40_000;
const ROWS_INSERTED_AT_ONCE = 10_000;
const OPEN = 60;
/** Of each open state, in a burst after an hour without any. */
const BURST = 4_000;
/** Far more than the open ones and their transactions have, far less than the history: the log is read in pages. */
const ROWS_READ_MAX = 12_000;
const CHAIN = 'localhost';
const ASSET = 'localhost:USDC';

let database: TestDatabase;
let organisationId: string;
let costs: StatementCost[];
beforeAll(async () => {
  database = await createTestDatabase();
  const { db } = database;
  await configureChains(
    db,
    new Map([[CHAIN, { payoutContract: `0x${'1'.repeat(40)}` as const, hasRpc: true }]]),
  );
  await upsertAsset(db, {
    chainId: CHAIN,
    code: 'USDC',
    symbol: 'USDC',
    address: `0x${'2'.repeat(40)}`,
    decimals: 6,
    minimum: 1n,
    gasPerItem: 27_500n,
    transferGasMax: 100_000n,
    enabled: true,
  });
  await addSubAccount(db, { chainId: CHAIN, address: `0x${'3'.repeat(40)}`, nextNonce: 0n });
  organisationId = (await createAccess({ db, clock: systemClock }).createOrganisation('Plans')).id;
  // In short transactions: readers of the log in other tests wait for every one that is open on the server.
  for (let first = 0; first < HISTORY; first += ROWS_INSERTED_AT_ONCE) {
    const count = ROWS_INSERTED_AT_ONCE;
    await insertHistory(db, { organisationId, chainId: CHAIN, assetId: ASSET, first, count });
    await insertHistoryBooks(db, ASSET);
  }
  await submitOpen();
  await sql`ANALYZE`.execute(db);
  // What PostgreSQL knows of states is always a little old: tell it that most are PENDING.
  await sql`SELECT pg_restore_attribute_stats('schemaname', 'public', 'relname', 'withdrawal', 'attname', 'state',
    'inherited', false, 'null_frac', 0::real, 'avg_width', 9, 'n_distinct', 2::real,
    'most_common_vals', '{PENDING,CONFIRMED}'::text, 'most_common_freqs', '{0.9,0.1}'::real[])`.execute(db);
  costs = await readStatementCosts(database.url, { organisationId, chainId: CHAIN, assetId: ASSET });
});
afterAll(() => database.drop());

/** Some that are open, and a ceiling, so that the day's usage is looked at. */
async function submitOpen(): Promise<void> {
  const { db } = database;
  const caller = {
    organisationId,
    apiKeyId: newUuid(),
    network: 'test' as const,
    scopes: ['withdrawals:write'],
    requestsPerMinuteMax: 1_000,
  };
  await recordFunding({ db }, { id: newUuid(), assetId: ASSET, amount: 10n ** 12n });
  const credit = { organisationId, chain: CHAIN, asset: 'USDC', amount: '1000', note: null };
  await creditBalance({ db }, caller, 'plans', credit);
  await sql`INSERT INTO withdrawal_limit VALUES (${organisationId}, ${ASSET}, 1e30, 1e30)`.execute(db);
  const withdrawals = createWithdrawals({ db });
  for (let index = 0; index < OPEN; index++)
    await withdrawals.request(caller, `open-${index}`, {
      chain: CHAIN,
      asset: 'USDC',
      to: `0x${'4'.repeat(40)}`,
      amount: '1',
      reference: null,
      priority: 'STANDARD',
      metadata: {},
    });
  await withdrawals.close();
}

/**
 * What PostgreSQL knows of the tables is from before they came: that nothing is open. Half wait to be taken up, half to
 * be planned.
 */
async function insertBurst(): Promise<void> {
  const { db } = database;
  await withTransaction(db, async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx);
    await sql`
      INSERT INTO withdrawal (id, organisation_id, chain_id, asset_id, to_address, amount, priority, state, version,
                              created_at, updated_at)
      SELECT uuidv7(), ${organisationId}, ${CHAIN}, ${ASSET}, '0x' || repeat('5', 40), 1000000, 'STANDARD',
             CASE WHEN n <= ${BURST} THEN 'PENDING' ELSE 'VALIDATING' END, CASE WHEN n <= ${BURST} THEN 1 ELSE 2 END, now(), now()
        FROM generate_series(1, ${2 * BURST}::integer) AS n`.execute(tx);
  });
}

test('no statement of the hot path reads a table from end to end', () => {
  expect(costs.length).toBeGreaterThan(40);
  const scans = costs.filter((cost) => cost.tablesScanned.length > 0);
  expect(scans.map(({ from, text, tablesScanned }) => ({ from, tablesScanned, text }))).toEqual([]);
});

test('none reads more than a page of the log, or what is open', () => {
  const many = costs.filter((cost) => cost.rowsRead > ROWS_READ_MAX);
  expect(many.map(({ from, text, rowsRead }) => ({ from, rowsRead, text }))).toEqual([]);
});

test('what is open is found without the history: depths of stages, and reserved against open', () => {
  for (const name of ['readStageDepths', 'findReserveMismatches', 'listWithdrawals state=PENDING'] as const)
    for (const cost of costs.filter(({ from }) => from === name))
      expect(cost.rowsRead, name).toBeLessThanOrEqual(2 * OPEN);
});

/*
 * The other side of old statistics: they say that nothing is open, and thousands are. A statement that goes through what
 * is open once for every row of it ends in its time-out then, and again each time it is tried.
 */
test('a burst after an hour without load is read a few times, not once for each of its rows', async () => {
  const { db } = database;
  await sql`SELECT pg_restore_attribute_stats('schemaname', 'public', 'relname', 'withdrawal', 'attname', 'state',
    'inherited', false, 'null_frac', 0::real, 'avg_width', 9, 'n_distinct', 2::real,
    'most_common_vals', '{CONFIRMED,FAILED}'::text, 'most_common_freqs', '{0.98,0.02}'::real[])`.execute(db);
  await insertBurst();
  const inBurst = await readStatementCosts(database.url, { organisationId, chainId: CHAIN, assetId: ASSET });
  const many = inBurst.filter((cost) => cost.rowsRead > 2 * ROWS_READ_MAX);
  expect(many.map(({ from, text, rowsRead }) => ({ from, rowsRead, text }))).toEqual([]);
});
