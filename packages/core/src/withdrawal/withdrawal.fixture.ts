import { type Database, openDatabase, withTransaction } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { type Clock, systemClock } from '@naru/kit/clock.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import { sql } from 'kysely';
import { getAddress } from 'viem';
import type { Caller } from '../access/access.ts';
import { type OpenReview, openReviews } from '../approval/open-reviews.ts';
import { upsertAsset } from '../chain/chain.store.ts';
import { configureChains } from '../chain/configure-chains.ts';
import { insertChainTx } from '../chain-tx/chain-tx.store.ts';
import { creditBalance } from '../ledger/credit-balance.ts';
import { checkLedger, readCustomerBalances } from '../ledger/ledger.store.ts';
import { recordFunding } from '../ledger/record-funding.ts';
import { findReserveMismatches } from '../reconciliation/reconciliation.store.ts';
import { leaseOfTest } from '../sub-account/account-lease.fixture.ts';
import { addSubAccount, takeNonce } from '../sub-account/sub-account.store.ts';
import { changeFeeSchedule } from '../withdrawal-fee/change-fee-schedule.ts';
import type { FeeTerms } from '../withdrawal-fee/withdrawal-fee.ts';
import { createWithdrawals } from './create-withdrawals.ts';
import type { WithdrawalState } from './withdrawal.machine.ts';
import { advanceByIds, attachToChainTx } from './withdrawal.store.ts';
import type { Withdrawal, WithdrawalRequest } from './withdrawal.ts';
import type { CommandResult, Withdrawals } from './withdrawals.ts';

/** What the tests of the withdrawals product share: a database with chains, assets and owners, and short forms. */
export type World = {
  database: TestDatabase;
  db: Database;
  withdrawals: Instance;
  /** One more instance over the same database, with connections and memory of its own as another process has. */
  another(): Promise<Instance>;
  /** A new organisation with these balances, in whole units: `{ USDC: '1000' }`. */
  owner(balances?: Record<string, string>): Promise<Caller>;
  close(): Promise<void>;
};
export type Instance = Withdrawals & { close(): Promise<void> };

export const PAYOUT_CONTRACT: Hex = getAddress('0x00000000000000000000000000000000000c0de1');
export const USDC: Hex = getAddress('0x00000000000000000000000000000000005dc001');
/** EIP-55, from the examples of the specification. */
export const RECIPIENT = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
/** The smallest withdrawal of USDC, in its smallest unit. */
export const USDC_MINIMUM = 1_000n;
export const USDC_UNIT = 1_000_000n;

/**
 * Chains: `localhost` and `polygon-amoy` reachable by test keys, `polygon` by live keys, the others disabled.
 * Assets of `localhost`: ETH, USDC (6 decimals, minimum 0.001), EURC (disabled).
 */
export async function createWorld(options: { connectionsMax?: number; clock?: Clock } = {}): Promise<World> {
  const database = await createTestDatabase({ connectionsMax: options.connectionsMax ?? 20 });
  const { db } = database;
  const enabled = { payoutContract: PAYOUT_CONTRACT, hasRpc: true };
  await configureChains(
    db,
    new Map([
      ['localhost', enabled],
      ['polygon-amoy', enabled],
      ['polygon', enabled],
    ]),
  );
  await addToken(db, { code: 'USDC', address: USDC, minimum: USDC_MINIMUM, enabled: true });
  await addToken(db, {
    code: 'EURC',
    address: getAddress(`0x${'e'.repeat(40)}`),
    minimum: 1n,
    enabled: false,
  });
  const clock = options.clock ?? systemClock;
  const withdrawals = createWithdrawals({ db, clock });
  const others: { instance: Instance; close(): Promise<void> }[] = [];
  return {
    database,
    db,
    withdrawals,
    async another() {
      const own = openDatabase({
        databaseUrl: database.url,
        applicationName: 'naru-test-another',
        connectionsMax: 10,
      });
      const instance = createWithdrawals({ db: own, clock });
      others.push({ instance, close: () => own.destroy() });
      return instance;
    },
    owner: (balances = { USDC: '1000000' }) => addOwner(db, balances),
    async close() {
      await Promise.all([withdrawals, ...others.map((other) => other.instance)].map((one) => one.close()));
      await Promise.all(others.map((other) => other.close()));
      await database.drop();
    },
  };
}

async function addToken(
  db: Database,
  token: { code: string; address: Hex; minimum: bigint; enabled: boolean },
): Promise<void> {
  await upsertAsset(db, {
    ...token,
    chainId: 'localhost',
    symbol: token.code,
    decimals: 6,
    gasPerItem: 27_500n,
    transferGasMax: 100_000n,
  });
}

async function addOwner(db: Database, balances: Record<string, string>): Promise<Caller> {
  const organisationId = newUuid();
  await sql`INSERT INTO organisation (id, name) VALUES (${organisationId}, ${`test ${organisationId}`})`.execute(
    db,
  );
  const caller = callerOf(organisationId);
  for (const [asset, amount] of Object.entries(balances)) {
    await recordFunding({ db }, { id: newUuid(), assetId: `localhost:${asset}`, amount: 10n ** 30n });
    const credit = await creditBalance({ db }, caller, `seed ${asset}`, {
      organisationId,
      chain: 'localhost',
      asset,
      amount,
      note: null,
    });
    doneValue(credit);
  }
  return caller;
}

export function callerOf(organisationId: string, network: 'test' | 'live' = 'test'): Caller {
  return {
    organisationId,
    apiKeyId: newUuid(),
    network,
    scopes: ['withdrawals:read', 'withdrawals:write'],
    requestsPerMinuteMax: 1_000,
  };
}

/** A request of one USDC that everything is right with. */
export function requestOf(changes: Partial<WithdrawalRequest> = {}): WithdrawalRequest {
  return {
    chain: 'localhost',
    asset: 'USDC',
    to: RECIPIENT,
    amount: '1',
    reference: null,
    priority: 'STANDARD',
    metadata: {},
    ...changes,
  };
}

/** The value of a command that must have been done. */
export function doneValue<T>(result: CommandResult<T>): T {
  assert(result.kind === 'done', `not done: ${endOf(result)}`);
  return result.value;
}

/** `done` or the code of the refusal: for counting answers. */
export function endOf(result: { kind: string; refusal?: { code: string } }): string {
  return result.refusal?.code ?? result.kind;
}

export function countEnds(
  results: readonly { kind: string; refusal?: { code: string } }[],
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const result of results) counts[endOf(result)] = (counts[endOf(result)] ?? 0) + 1;
  return counts;
}

/** Available and reserved USDC of an organisation, in its smallest unit. */
export async function balanceOf(
  world: World,
  caller: Caller,
): Promise<{ available: bigint; reserved: bigint }> {
  const balances = await readCustomerBalances(world.db, caller.organisationId);
  const usdc = assertPresent(
    balances.find(({ assetId }) => assetId === 'localhost:USDC'),
    'balance',
  );
  return { available: usdc.available, reserved: usdc.reserved };
}

export async function rowsOf(world: World, caller: Caller): Promise<Withdrawal[]> {
  const rows: Withdrawal[] = [];
  let after: string | null = null;
  do {
    const page: { data: Withdrawal[]; next: string | null } = await world.withdrawals.list(
      caller,
      {},
      { limit: 100, after },
    );
    rows.push(...page.data);
    after = page.next;
  } while (after !== null);
  return rows;
}

/** Everything that may be wrong with the books, of the whole database. */
export async function problemsOf(db: Database): Promise<unknown[]> {
  return [...(await checkLedger(db)), ...(await findReserveMismatches(db))];
}

export async function setLimit(
  db: Database,
  caller: Caller,
  limit: { perWithdrawalMax: bigint; dailyMax: bigint },
): Promise<void> {
  await sql`
    INSERT INTO withdrawal_limit (organisation_id, asset_id, per_withdrawal_max, daily_max)
    VALUES (${caller.organisationId}, 'localhost:USDC', ${limit.perWithdrawalMax}, ${limit.dailyMax})`.execute(
    db,
  );
}

/** Charges for withdrawals of USDC, everybody or one organisation; null: nothing any more. */
export async function chargeFee(
  db: Database,
  terms: Partial<FeeTerms> | null,
  organisationId: string | null = null,
): Promise<void> {
  const free: FeeTerms = { flat: 0n, basisPoints: 0, gasPercent: 0, feeMin: 0n, feeMax: null };
  const made = await changeFeeSchedule(
    { db },
    {
      assetId: 'localhost:USDC',
      organisationId,
      terms: terms === null ? null : { ...free, ...terms },
      seenVersion: null,
      reason: 'a test',
    },
    { actor: 'system:test', origin: null, requestId: null, reason: null },
  );
  assert('version' in made, `fees were not changed: ${'code' in made ? made.message : ''}`);
}

const TEST_STEP = { actor: 'system:test', reason: 'moved by a test' };

/** Writes a chain transaction that pays these VALIDATING withdrawals of USDC, and moves them to SIGNING. */
export async function plan(db: Database, ids: readonly string[]): Promise<string> {
  const address = getAddress('0x00000000000000000000000000000000000acc01');
  await addSubAccount(db, { chainId: 'localhost', address, nextNonce: 0n });
  const lease = await leaseOfTest(db);
  const chainTxId = newUuid();
  await withTransaction(db, async (tx) => {
    await insertChainTx(tx, {
      id: chainTxId,
      chainId: 'localhost',
      subAccountId: lease.accountId,
      nonce: assertPresent(await takeNonce(tx, lease), 'nonce'),
      kind: 'PAYOUT',
      assetId: 'localhost:USDC',
      priority: 'STANDARD',
      itemCount: ids.length,
      amount: 1n,
      to: PAYOUT_CONTRACT,
      data: '0x',
      valueWei: 0n,
      gas: 1_000_000n,
      gasPerItem: 27_500n,
    });
    const moved = await attachToChainTx(tx, chainTxId, ids, {
      from: 'VALIDATING',
      to: 'SIGNING',
      ...TEST_STEP,
    });
    assert(moved === ids.length, `planned ${moved} of ${ids.length}`);
  });
  return chainTxId;
}

/** Ends a chain transaction as the monitor would: EXECUTED with one outcome byte an item, or void. */
export async function endChainTx(
  db: Database,
  chainTxId: string,
  state: 'EXECUTED' | 'REVERTED' | 'CANCELED' | 'DISPLACED',
  outcomes: readonly number[] | null = null,
): Promise<void> {
  await sql`UPDATE chain_tx SET state = 'MINED' WHERE id = ${chainTxId} AND state <> 'MINED'`.execute(db);
  await sql`
    UPDATE chain_tx SET state = ${state}, outcomes = ${outcomes === null ? null : Buffer.from(outcomes)}
     WHERE id = ${chainTxId}`.execute(db);
}

/** A review that one person can decide in an hour. */
export function reviewOf(withdrawalId: string, changes: Partial<OpenReview> = {}): OpenReview {
  const reasons = [{ code: 'test', text: 'A test asks for it.' }];
  return { withdrawalId, quorum: 1, expiresInMs: 3_600_000, reasons, policyVersionId: null, ...changes };
}

/** States on the way of a withdrawal that is paid. */
const WAY: readonly WithdrawalState[] = [
  'PENDING',
  'VALIDATING',
  'SIGNING',
  'SIGNED',
  'BROADCASTING',
  'BROADCASTED',
  'CONFIRMING',
];

/** Takes a PENDING withdrawal of USDC to an open state, step by step. Its chain transaction stays PLANNED. */
export async function walkTo(
  db: Database,
  id: string,
  state: WithdrawalState,
): Promise<{ chainTxId: string | null }> {
  const step = (from: WithdrawalState, to: WithdrawalState) =>
    withTransaction(db, async (tx) => {
      const moved = await advanceByIds(tx, [id], { from, to, ...TEST_STEP });
      assert(moved.length === 1, `${id} did not go from ${from} to ${to}`);
    });
  if (state === 'REVIEW') {
    await step('PENDING', 'VALIDATING');
    await withTransaction(db, (tx) => openReviews(tx, [reviewOf(id)]));
    return { chainTxId: null };
  }
  let chainTxId: string | null = null;
  const end = WAY.indexOf(state);
  assert(end >= 0, `no way to ${state}`);
  for (const [index, to] of WAY.slice(1, end + 1).entries()) {
    if (to === 'SIGNING') chainTxId = await plan(db, [id]);
    else await step(assertPresent(WAY[index], 'state'), to);
  }
  return { chainTxId };
}
