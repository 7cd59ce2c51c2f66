import { chainDefinitions } from '@naru/core/chain/chain.definitions.ts';
import { upsertAsset, upsertChain } from '@naru/core/chain/chain.store.ts';
import { assetIdOf } from '@naru/core/chain/chain.ts';
import { type AccountKey, checkLedger, ensureAccounts } from '@naru/core/ledger/ledger.store.ts';
import { type NewTransfer, postTransfers } from '@naru/core/ledger/ledger.ts';
import { type Database, openDatabase, withTransaction } from '@naru/db/database.ts';
import { migrate } from '@naru/db/migrate.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';

export type BenchResult = { name: string; figure: number; unit: string; bar: number; note: string };

/** Transfers in one call: what one step of the withdrawal processor handles. */
const SET_SIZE = 500;
/** Sessions that post at the same time: one for each core of the machine that the bars are set for. */
const SESSIONS = 2;
const CASE_DURATION_MS = 5_000;
/** Posted by each session before the clock starts, so that its plans are cached and pages are warm. */
const WARM_UP_SETS = 10;
const ACCOUNTS_SPREAD = SET_SIZE;
/** Enough for every hold of a run, so that no figure is a figure of refusals. */
const OPENING_BALANCE_UNITS = 10n ** 30n;
const BAR_TRANSFERS_PER_SECOND = 10_000;

const ASSET_CODE = 'BENCH';

type Accounts = { customers: string[]; hotWallet: string };
type BenchCase = { name: string; note: string; customers: number; resolve: 'KEEP' | 'POST' };

const CASES: readonly BenchCase[] = [
  {
    name: 'ledger holds, spread',
    note: `${ACCOUNTS_SPREAD} accounts debited, one credited`,
    customers: ACCOUNTS_SPREAD,
    resolve: 'KEEP',
  },
  {
    name: 'ledger holds, one hot account',
    note: 'one account debited, one credited',
    customers: 1,
    resolve: 'KEEP',
  },
  {
    name: 'ledger holds and posts, spread',
    note: `each set held in one transaction, posted in the next; ${ACCOUNTS_SPREAD} accounts`,
    customers: ACCOUNTS_SPREAD,
    resolve: 'POST',
  },
  {
    name: 'ledger holds and posts, one hot account',
    note: 'each set held in one transaction, posted in the next',
    customers: 1,
    resolve: 'POST',
  },
];

/**
 * Measures the ledger through the same functions that the product calls, commits included.
 * `databaseUrl`: a scratch database; it is migrated when empty, and what is written stays there.
 */
export async function benchLedger(databaseUrl: string): Promise<BenchResult[]> {
  await migrate(databaseUrl);
  const db = openDatabase({ databaseUrl, applicationName: 'naru-bench-ledger', connectionsMax: SESSIONS });
  try {
    const results: BenchResult[] = [];
    for (const benchCase of CASES) results.push(await runCase(db, benchCase));
    const problems = await checkLedger(db);
    assert(problems.length === 0, `the ledger is wrong after the benchmark: ${JSON.stringify(problems[0])}`);
    return results;
  } finally {
    await db.destroy();
  }
}

async function runCase(db: Database, benchCase: BenchCase): Promise<BenchResult> {
  const accounts = await openAccounts(db, benchCase.customers);
  await inSessions(async () => {
    for (let set = 0; set < WARM_UP_SETS; set++) await postSet(db, accounts, benchCase.resolve);
  });
  const startMs = systemClock.monotonicMs();
  const deadlineMs = startMs + CASE_DURATION_MS;
  let transfers = 0;
  await inSessions(async () => {
    while (systemClock.monotonicMs() < deadlineMs) {
      const posted = await postSet(db, accounts, benchCase.resolve);
      transfers += posted;
    }
  });
  const seconds = (systemClock.monotonicMs() - startMs) / 1_000;
  return {
    name: benchCase.name,
    figure: Math.round(transfers / seconds),
    unit: 'transfers/s',
    bar: BAR_TRANSFERS_PER_SECOND,
    note: `sets of ${SET_SIZE}, ${SESSIONS} sessions; ${benchCase.note}`,
  };
}

async function inSessions(work: () => Promise<void>): Promise<void> {
  await Promise.all(Array.from({ length: SESSIONS }, work));
}

/** Holds one set, and posts it in a second transaction when asked. Returns the number of transfers posted. */
async function postSet(db: Database, accounts: Accounts, resolve: BenchCase['resolve']): Promise<number> {
  const holds: NewTransfer[] = Array.from({ length: SET_SIZE }, (_, index) => ({
    kind: 'PENDING',
    id: newUuid(),
    debitAccountId: assertPresent(accounts.customers[index % accounts.customers.length], 'account'),
    creditAccountId: accounts.hotWallet,
    amount: 1_000_000n + BigInt(index),
    reason: 'WITHDRAWAL',
    referenceId: newUuid(),
  }));
  await postAll(db, holds);
  if (resolve === 'KEEP') return holds.length;
  const posts: NewTransfer[] = holds.map((hold) => ({
    kind: 'POST',
    id: newUuid(),
    pendingId: hold.id,
    amount: null,
    reason: 'WITHDRAWAL',
    referenceId: hold.referenceId,
  }));
  await postAll(db, posts);
  return holds.length + posts.length;
}

async function postAll(db: Database, transfers: NewTransfer[]): Promise<void> {
  const outcomes = await withTransaction(db, (tx) => postTransfers(tx, transfers));
  const refusal = outcomes.find((outcome) => outcome !== 'POSTED');
  assert(refusal === undefined, `a benchmark transfer was refused: ${refusal}`);
}

/** New organisations with a balance each, so that a run never meets the accounts of the run before. */
async function openAccounts(db: Database, customers: number): Promise<Accounts> {
  const chain = assertPresent(chainDefinitions[0], 'chain');
  const assetId = assetIdOf(chain.id, ASSET_CODE);
  const organisations = Array.from({ length: customers }, () => newUuid());
  return withTransaction(db, async (tx) => {
    await upsertChain(tx, { ...chain, payoutContract: null, depositFactory: null, enabled: false });
    await upsertAsset(tx, {
      chainId: chain.id,
      code: ASSET_CODE,
      symbol: ASSET_CODE,
      address: `0x${'be'.repeat(20)}`,
      decimals: 6,
      minimum: 0n,
      gasPerItem: 60_000n,
      transferGasMax: 100_000n,
      enabled: true,
    });
    await sql`
      INSERT INTO organisation (id, name)
      SELECT o.id, 'bench ' || o.id FROM unnest(${organisations}::uuid[]) AS o (id)`.execute(tx);
    const keys: AccountKey[] = [
      { kind: 'HOT_WALLET', assetId },
      ...organisations.map((organisationId) => ({
        kind: 'CUSTOMER' as const,
        organisationId,
        assetId,
      })),
    ];
    const [first, ...ids] = await ensureAccounts(tx, keys);
    const hotWallet = assertPresent(first, 'hot wallet');
    const openings: NewTransfer[] = ids.map((id) => ({
      kind: 'SINGLE',
      id: newUuid(),
      debitAccountId: hotWallet,
      creditAccountId: id,
      amount: OPENING_BALANCE_UNITS,
      reason: 'FUNDING',
      referenceId: null,
    }));
    const outcomes = await postTransfers(tx, openings);
    assert(
      outcomes.every((outcome) => outcome === 'POSTED'),
      'an opening balance was refused',
    );
    return { customers: ids, hotWallet };
  });
}

if (import.meta.main) {
  const databaseUrl = assertPresent(
    process.argv[2],
    'usage: node bench/src/ledger.ts <url of a scratch database>; it',
  );
  for (const { name, figure, unit, bar, note } of await benchLedger(databaseUrl))
    process.stdout.write(`${name}: ${figure} ${unit} (bar ${bar}); ${note}\n`);
}
