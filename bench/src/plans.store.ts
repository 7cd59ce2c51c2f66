import {
  claimToSend,
  claimToSign,
  hasOpenApproval,
  listOpen,
  readAttempts,
  readItems,
  readPayloadData,
  readPlaces,
} from '@naru/core/chain-tx/chain-tx.store.ts';
import { findByNonce, hasUnsettled, selectKnown } from '@naru/core/chain-tx/recovery.store.ts';
import { claimKey } from '@naru/core/command/idempotency.store.ts';
import { listTransfersOf, readCustomerBalances } from '@naru/core/ledger/ledger.store.ts';
import { findReserveMismatches, readHotWallets } from '@naru/core/reconciliation/reconciliation.store.ts';
import { readLoads } from '@naru/core/sub-account/sub-account.store.ts';
import { readTreasuryBooks } from '@naru/core/treasury/treasury.store.ts';
import { readLogEnd } from '@naru/core/withdrawal/event-log.reader.ts';
import { confirmItems } from '@naru/core/withdrawal/settlement.store.ts';
import { readArrivals, readNonces, readStageDepths } from '@naru/core/withdrawal/withdrawal.metrics.ts';
import {
  listEvents,
  listWithdrawals,
  readBulk,
  readWithdrawal,
} from '@naru/core/withdrawal/withdrawal.reader.ts';
import {
  advancePending,
  advanceWithChainTxs,
  attachToChainTx,
  giveBackUsage,
  listWaitingLanes,
  lockUsage,
  lockWaiting,
  lockWithdrawal,
} from '@naru/core/withdrawal/withdrawal.store.ts';
import type { WithdrawalFilter } from '@naru/core/withdrawal/withdrawal.ts';
import type { Database, Tx } from '@naru/db/database.ts';
import { createPool } from '@naru/db/pool.ts';
import type { DB } from '@naru/db/schema.gen.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { Kysely, PostgresDialect, sql } from 'kysely';

/** What one statement of the hot path reads to do its work. */
export type StatementCost = {
  /** The function that runs it. */
  from: string;
  text: string;
  /** Rows of large tables that its scans looked at, and pairs that its joins compared, those thrown away included. */
  rowsRead: number;
  /** Tables that it reads from end to end. */
  tablesScanned: string[];
  ms: number;
};

type Place = { organisationId: string; chainId: string; assetId: string };
type Sample = {
  id: string;
  to: string;
  reference: string;
  chainTxId: string;
  subAccountId: string;
  bulkId: string | null;
};

/** These grow with every payment. The others have as many rows as there are owners, chains, assets and accounts. */
const GROWING_TABLES = [
  'withdrawal',
  'withdrawal_event',
  'chain_tx',
  'chain_tx_attempt',
  'ledger_transfer',
  'idempotency_record',
];
/** Pages of a table below which reading all of it is what a planner should do. */
const PAGES_MIN = 100;

/**
 * Runs the functions that every payment, every poll and every scrape runs, notes their statements, and lets PostgreSQL
 * execute each once more under EXPLAIN ANALYZE. Everything is rolled back. Slowest first.
 */
export async function readStatementCosts(databaseUrl: string, place: Place): Promise<StatementCost[]> {
  const pool = createPool({ databaseUrl, applicationName: 'naru-bench-plans', connectionsMax: 1 });
  const noted: { from: string; text: string; parameters: readonly unknown[] }[] = [];
  let from = '';
  const db = new Kysely<DB>({
    dialect: new PostgresDialect({ pool }),
    // What begins and ends a transaction has no plan.
    log: ({ query }) => {
      if (/^\s*(select|with|insert|update|delete)\b/i.test(query.sql))
        noted.push({ from, text: query.sql, parameters: query.parameters });
    },
  });
  try {
    const sample = await readSample(db, place);
    const large = await listLargeTables(db);
    for (const [name, run] of Object.entries(hotPath(place, sample))) {
      from = name;
      await rolledBack(db, run);
    }
    const costs: StatementCost[] = [];
    for (const statement of noted.splice(0).filter((one) => one.from !== ''))
      await rolledBack(db, async (tx) => {
        const { rows } = await tx.executeQuery<{ 'QUERY PLAN': [Explained] }>({
          ...sql`x`.compile(tx),
          sql: `EXPLAIN (ANALYZE, FORMAT JSON) ${statement.text}`,
          parameters: statement.parameters,
        });
        const [{ Plan: plan, 'Execution Time': ms }] = assertPresent(rows[0], 'plan')['QUERY PLAN'];
        const text = statement.text.replace(/\s+/g, ' ').trim();
        costs.push({ from: statement.from, text, ms, ...readPlan(plan, large) });
      });
    return costs.sort((one, other) => other.ms - one.ms);
  } finally {
    await db.destroy();
  }
}

type Node = {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows': number;
  'Actual Loops': number;
  'Rows Removed by Filter'?: number;
  'Rows Removed by Join Filter'?: number;
  Plans?: Node[];
};
type Explained = { Plan: Node; 'Execution Time': number };

function readPlan(plan: Node, large: ReadonlySet<string>): { rowsRead: number; tablesScanned: string[] } {
  let rowsRead = 0;
  const tablesScanned: string[] = [];
  const walk = (node: Node) => {
    // Pairs that were looked at in vain: of rows that a scan of something else gave once more for each.
    rowsRead += (node['Rows Removed by Join Filter'] ?? 0) * node['Actual Loops'];
    const table = node['Relation Name'];
    if (table !== undefined && large.has(table)) {
      rowsRead += (node['Actual Rows'] + (node['Rows Removed by Filter'] ?? 0)) * node['Actual Loops'];
      // A branch that was not needed has no loops.
      if (node['Node Type'] === 'Seq Scan' && node['Actual Loops'] > 0) tablesScanned.push(table);
    }
    for (const child of node.Plans ?? []) walk(child);
  };
  walk(plan);
  return { rowsRead: Math.round(rowsRead), tablesScanned };
}

async function rolledBack(db: Database, work: (tx: Tx) => Promise<unknown>): Promise<void> {
  const tx = await db.startTransaction().execute();
  try {
    await work(tx);
  } finally {
    await tx.rollback().execute();
  }
}

/** Partitions by their own names, as they stand in plans. */
async function listLargeTables(db: Database): Promise<Set<string>> {
  const { rows } = await sql<{ name: string }>`
    SELECT c.relname AS name FROM pg_class c
      LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
      LEFT JOIN pg_class p ON p.oid = i.inhparent
     WHERE c.relkind = 'r' AND coalesce(p.relname, c.relname) = ANY (${GROWING_TABLES})
       AND c.relpages >= ${PAGES_MIN}`.execute(db);
  return new Set(rows.map((row) => row.name));
}

/** A paid withdrawal from the middle of the history. */
async function readSample(db: Database, { organisationId }: Place): Promise<Sample> {
  const { rows } = await sql<Sample>`
    SELECT w.id, w.to_address AS "to", w.reference, w.chain_tx_id AS "chainTxId", x.sub_account_id AS "subAccountId",
           (SELECT id FROM bulk_withdrawal LIMIT 1) AS "bulkId"
      FROM withdrawal w JOIN chain_tx x ON x.id = w.chain_tx_id
     WHERE w.organisation_id = ${organisationId} AND w.state = 'CONFIRMED'
     ORDER BY w.id OFFSET (SELECT count(*) / 3 FROM withdrawal WHERE organisation_id = ${organisationId}) LIMIT 1`.execute(
    db,
  );
  return assertPresent(rows[0], 'a paid withdrawal');
}

/** By the name of what runs them. */
function hotPath(place: Place, sample: Sample): Record<string, (tx: Tx) => Promise<unknown>> {
  const { organisationId, chainId, assetId } = place;
  const { chainTxId } = sample;
  const at = new Date();
  const lane = { chainId, assetId, priority: 'STANDARD' } as const;
  const claim = { chainId, owner: 'plans', leaseMs: 1_000, limit: 32 };
  const settled = { chainTxId, outcomes: Buffer.alloc(2_000, 1), actor: 'system:monitor' };
  const step = { from: 'BROADCASTED', to: 'CONFIRMING', actor: 'system:monitor', reason: 'plans' } as const;
  return {
    claimKey: (tx) =>
      claimKey(tx, {
        organisationId,
        key: newUuid(),
        command: 'plans',
        inputHash: Buffer.alloc(32),
        resourceId: newUuid(),
      }),
    lockUsage: (tx) => lockUsage(tx, [{ organisationId, assetId }], at),
    giveBackUsage: (tx) => giveBackUsage(tx, [sample.id]),
    lockWithdrawal: (tx) => lockWithdrawal(tx, organisationId, sample.id),
    advancePending: (tx) => advancePending(tx, chainId, 2_000),
    listWaitingLanes: (tx) => listWaitingLanes(tx, chainId),
    lockWaiting: (tx) => lockWaiting(tx, lane, 200),
    readLoads: (tx) => readLoads(tx, { chainId, owner: claim.owner }, assetId),
    claimToSign: (tx) => claimToSign(tx, claim),
    claimToSend: (tx) => claimToSend(tx, claim),
    readItems: (tx) => readItems(tx, [chainTxId]),
    readPlaces: (tx) => readPlaces(tx, chainTxId),
    readAttempts: (tx) => readAttempts(tx, [chainTxId]),
    readPayloadData: (tx) => readPayloadData(tx, chainTxId),
    advanceWithChainTxs: (tx) => advanceWithChainTxs(tx, [chainTxId], [step]),
    // These are not in the state that the step begins with: they are looked up, and none is attached.
    attachToChainTx: async (tx) => {
      const { rows } = await sql<{ id: string }>`
        SELECT id FROM withdrawal WHERE chain_id = ${chainId} AND state = 'PENDING' ORDER BY id LIMIT 200`.execute(
        tx,
      );
      const attach = { ...step, from: 'VALIDATING', to: 'SIGNING' } as const;
      await attachToChainTx(
        tx,
        chainTxId,
        rows.map(({ id }) => id),
        attach,
      );
    },
    confirmItems: (tx) => confirmItems(tx, settled, [1]),
    listOpen: (tx) => listOpen(tx, chainId),
    hasOpenApproval: (tx) => hasOpenApproval(tx, sample.subAccountId, assetId),
    selectKnown: (tx) => selectKnown(tx, [chainTxId]),
    findByNonce: (tx) => findByNonce(tx, sample.subAccountId, 1_000_001n),
    hasUnsettled: (tx) => hasUnsettled(tx, chainId),
    readStageDepths,
    readNonces,
    readLogEnd,
    readArrivals: async (tx) =>
      readArrivals(tx as unknown as Database, (await readLogEnd(tx)) - 5_000n, 5_000),
    findReserveMismatches,
    readHotWallets: (tx) => readHotWallets(tx, chainId),
    readTreasuryBooks: (tx) => readTreasuryBooks(tx, chainId),
    readCustomerBalances: (tx) => readCustomerBalances(tx, organisationId),
    listTransfersOf: (tx) => listTransfersOf(tx, sample.id),
    readWithdrawal: (tx) => readWithdrawal(tx, organisationId, sample.id),
    listEvents: (tx) => listEvents(tx, organisationId, sample.id),
    readBulk: (tx) => readBulk(tx, organisationId, sample.bulkId ?? newUuid()),
    ...lists(organisationId, sample),
  };
}

/** Every filter of a list that has an index of its own. */
function lists(organisationId: string, sample: Sample): Record<string, (tx: Tx) => Promise<unknown>> {
  const filters: Record<string, WithdrawalFilter> = {
    newest: {},
    'state=PENDING': { state: ['PENDING'] },
    'state=PENDING,VALIDATING,REVIEW': { state: ['PENDING', 'VALIDATING', 'REVIEW'] },
    'state=CONFIRMED': { state: ['CONFIRMED'] },
    'state=FAILED': { state: ['FAILED'] },
    to: { to: sample.to },
    reference: { reference: sample.reference },
    bulkId: { bulkId: sample.bulkId ?? newUuid() },
    created: { createdFrom: new Date(Date.now() - 60_000), createdTo: new Date() },
  };
  return Object.fromEntries(
    Object.entries(filters).map(([name, filter]) => [
      `listWithdrawals ${name}`,
      (tx: Tx) => listWithdrawals(tx, organisationId, filter, { limit: 100, after: null }),
    ]),
  );
}
