import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import { NONCE_AHEAD, UNKNOWN_BATCH } from '@naru/core/chain-tx/chain-tx.pauses.ts';
import { recoverFromChain } from '@naru/core/chain-tx/recover-from-chain.ts';
import { checkLedger } from '@naru/core/ledger/ledger.store.ts';
import { findReserveMismatches } from '@naru/core/reconciliation/reconciliation.store.ts';
import { verify } from '@naru/core/reconciliation/verify.ts';
import { openDatabase } from '@naru/db/database.ts';
import { connectPayoutChain } from '@naru/evm/connect-payout-chain.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { createDatabaseFromTemplate, dropDatabase } from '@naru/local-servers/databases.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { countPayments } from '../support/chain-judge.ts';
import { pay, until } from '../support/payouts.ts';
import { type Stack, startStack } from '../support/stack.ts';

const ROLES = 'processor,broadcaster,monitor,accounts';
const BACKUP = `t_backup_${process.pid}`;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ accounts: 2 });
});
afterAll(async () => {
  await stack?.stop();
  await dropDatabase(inject('postgresUrl'), BACKUP).catch(() => undefined);
});

test('a database restored from before the payouts recovers them from the chain, and pays nobody twice', async () => {
  let worker = await stack.startWorker(ROLES);
  const before = await pay(stack);
  await until(stack, before.id, ['CONFIRMED']);
  worker.kill('SIGTERM');
  await worker.ended;
  // Accepted, not yet paid: this is what the backup holds.
  const accepted = await Promise.all(Array.from({ length: 5 }, () => pay(stack)));
  await stack.database.db.destroy();
  await createDatabaseFromTemplate(
    inject('postgresUrl'),
    BACKUP,
    new URL(stack.database.url).pathname.slice(1),
  );
  const original = openDatabase({ databaseUrl: stack.database.url, applicationName: 'test' });
  Object.assign(stack.database, { db: original });

  // Life goes on: the five are paid, and one more is accepted and paid.
  worker = await stack.startWorker(ROLES);
  const later = await pay(stack);
  for (const { id } of [...accepted, later]) await until(stack, id, ['CONFIRMED']);
  worker.kill('SIGTERM');
  await worker.ended;

  // Then the database is lost, and the backup takes its place.
  const restoredUrl = new URL(stack.database.url);
  restoredUrl.pathname = `/${BACKUP}`;
  const restored = openDatabase({ databaseUrl: restoredUrl.href, applicationName: 'test' });
  const catalogue = await readCatalogue(restored);
  const chain = assertPresent(catalogue.chains.get('localhost'), 'chain');
  const { port, pool } = connectPayoutChain(
    { ...chain, payoutContract: stack.contracts.payoutContract },
    { urls: [stack.anvil.url], timeoutMs: 5_000, clock: systemClock, logger: silentLogger },
  );
  const assets = [...catalogue.assets.values()].filter((asset) => asset.chainId === 'localhost');
  const recover = () =>
    recoverFromChain(
      { db: restored, chainPort: port, signer: null, logger: silentLogger },
      { chain, assets },
      { fromBlock: 0n },
    );

  // Without recovery nothing is sent. The monitor meets batches that the database does not know and stops all accounts;
  const pauses = async () => {
    const { rows } = await sql<{ reason: string | null }>`
      SELECT DISTINCT pause_reason AS reason FROM sub_account`.execute(restored);
    return rows.map((row) => row.reason);
  };
  const monitor = await stack.startWorker('monitor', { DATABASE_URL: restoredUrl.href });
  await expect.poll(pauses, { timeout: 15_000 }).toEqual([UNKNOWN_BATCH]);
  monitor.kill('SIGKILL');
  await monitor.ended;
  // and a planner that comes first sees that the accounts' nonces are ahead of the database.
  await sql`UPDATE sub_account SET state = 'ACTIVE', pause_reason = NULL`.execute(restored);
  const planner = await stack.startWorker('processor', { DATABASE_URL: restoredUrl.href });
  await expect.poll(pauses, { timeout: 15_000 }).toContain(NONCE_AHEAD);
  planner.kill('SIGKILL');
  await planner.ended;
  await sql`UPDATE chain_cursor SET lease_until = now()`.execute(restored);

  const report = await recover();
  expect(report.conflicts).toEqual([]);
  expect(report.withdrawalsRestored).toBe(5);
  expect(report.unknownPayments.map((payment) => payment.withdrawalId)).toEqual([later.id]);
  expect((await recover()).batchesRestored).toBe(0);

  const survivor = await stack.startWorker(ROLES, { DATABASE_URL: restoredUrl.href });
  await original.destroy();
  Object.assign(stack.database, { db: restored });
  for (const { id } of accepted) await until(stack, id, ['CONFIRMED'], 60_000);
  const afterwards = await pay(stack);
  await until(stack, afterwards.id, ['CONFIRMED'], 60_000);
  survivor.kill('SIGTERM');
  await survivor.ended;

  const payments = await countPayments(stack);
  expect([...payments.values()].filter((count) => count !== 1)).toEqual([]);
  expect(payments.size).toBe(1 + 5 + 1 + 1);
  expect(await checkLedger(restored)).toEqual([]);
  expect(await findReserveMismatches(restored)).toEqual([]);
  // What was accepted after the backup is paid on chain and missing from the books: verify finds exactly that.
  const verified = await verify({ db: restored }, [{ chain, port }]);
  const usdc = assertPresent(
    verified.chains.find((check) => check.assetId === 'localhost:USDC'),
    'USDC',
  );
  expect(usdc.ledger - usdc.onChain).toBe(later.amount);
  expect(verified.ok).toBe(false);
  pool.close();
});
