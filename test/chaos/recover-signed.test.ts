import { readFile } from 'node:fs/promises';
import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import { recoverFromChain } from '@naru/core/chain-tx/recover-from-chain.ts';
import { checkLedger } from '@naru/core/ledger/ledger.store.ts';
import { findReserveMismatches } from '@naru/core/reconciliation/reconciliation.store.ts';
import { verify } from '@naru/core/reconciliation/verify.ts';
import { type Database, openDatabase } from '@naru/db/database.ts';
import { connectPayoutChain } from '@naru/evm/connect-payout-chain.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { toHex } from '@naru/kit/hex.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { secret } from '@naru/kit/secret.ts';
import { createDatabaseFromTemplate, dropDatabase } from '@naru/local-servers/databases.ts';
import { createSignerClient } from '@naru/signer-protocol/client.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { countPayments } from '../support/chain-judge.ts';
import { anvil, pay, until } from '../support/payouts.ts';
import { type Stack, startStack } from '../support/stack.ts';

const ROLES = 'processor,broadcaster,monitor,accounts';
const BACKUP = `t_backup_signed_${process.pid}`;

let stack: Stack;
beforeAll(async () => {
  stack = await startStack({ accounts: 1 });
});
afterAll(async () => {
  await stack?.stop();
  await dropDatabase(inject('postgresUrl'), BACKUP).catch(() => undefined);
});

/** Bytes that the processor had signed, lowest nonce first. */
async function readSigned(db: Database): Promise<{ nonce: bigint; raw: Buffer }[]> {
  const { rows } = await sql<{ nonce: bigint; raw: Buffer }>`
    SELECT x.nonce, t.raw FROM chain_tx x JOIN chain_tx_attempt t ON t.chain_tx_id = x.id
     WHERE x.state = 'SIGNED' ORDER BY x.nonce`.execute(db);
  return rows;
}

test('what was signed after the backup and is in no block neither holds an account up nor comes later', async () => {
  let worker = await stack.startWorker(ROLES);
  await until(stack, (await pay(stack)).id, ['CONFIRMED']);
  worker.kill('SIGTERM');
  await worker.ended;
  const accepted = [await pay(stack, { priority: 'EMERGENCY' }), await pay(stack, { priority: 'EMERGENCY' })];
  await stack.database.db.destroy();
  await createDatabaseFromTemplate(
    inject('postgresUrl'),
    BACKUP,
    new URL(stack.database.url).pathname.slice(1),
  );
  const original = openDatabase({ databaseUrl: stack.database.url, applicationName: 'test' });
  Object.assign(stack.database, { db: original });

  // Both are signed, each at a nonce of its own; only the second is sent: a node keeps it behind the gap, out of sight.
  worker = await stack.startWorker('processor');
  for (const { id } of accepted) await until(stack, id, ['SIGNED']);
  worker.kill('SIGKILL');
  await worker.ended;
  const signed = await readSigned(original);
  expect(signed).toHaveLength(2);
  await anvil(stack, 'eth_sendRawTransaction', toHex(assertPresent(signed[1], 'second').raw));
  await original.destroy();

  const restoredUrl = new URL(stack.database.url);
  restoredUrl.pathname = `/${BACKUP}`;
  const restored = openDatabase({ databaseUrl: restoredUrl.href, applicationName: 'test' });
  const catalogue = await readCatalogue(restored);
  const chain = assertPresent(catalogue.chains.get('localhost'), 'chain');
  const { port, pool } = connectPayoutChain(
    { ...chain, payoutContract: stack.contracts.payoutContract },
    { urls: [stack.anvil.url], timeoutMs: 5_000, clock: systemClock, logger: silentLogger },
  );
  const signer = createSignerClient({
    url: stack.workerEnv['NARU_SIGNER_URL'] ?? '',
    token: secret((await readFile(stack.signerHome.tokenFile, 'utf8')).trim()),
    timeoutMs: 5_000,
  });
  const assets = [...catalogue.assets.values()].filter((asset) => asset.chainId === 'localhost');
  const report = await recoverFromChain(
    { db: restored, chainPort: port, signer, logger: silentLogger },
    { chain, assets },
    { fromBlock: 0n },
  );
  expect(report).toMatchObject({ noncesFreed: 2, conflicts: [], unknownPayments: [] });

  Object.assign(stack.database, { db: restored });
  const survivor = await stack.startWorker(ROLES, { DATABASE_URL: restoredUrl.href });
  for (const { id } of accepted) await until(stack, id, ['CONFIRMED'], 60_000);
  survivor.kill('SIGTERM');
  await survivor.ended;
  const payments = await countPayments(stack);
  for (const { id } of accepted) expect(payments.get(id), id).toBe(1);
  expect(payments.size).toBe(3);
  expect(await checkLedger(restored)).toEqual([]);
  expect(await findReserveMismatches(restored)).toEqual([]);
  // The gas of what freed the nonces is booked.
  const { chains } = await verify({ db: restored }, [{ chain, port }]);
  for (const { assetId, ledger, onChain } of chains) expect(ledger, assetId).toBe(onChain);
  pool.close();
});
