import { createAccess } from '@naru/core/access/create-access.ts';
import { listAuditEvents } from '@naru/core/audit/audit.store.ts';
import { upsertAsset } from '@naru/core/chain/chain.store.ts';
import { configureChains } from '@naru/core/chain/configure-chains.ts';
import { recordFunding } from '@naru/core/ledger/record-funding.ts';
import { withdrawalStates } from '@naru/core/withdrawal/withdrawal.machine.ts';
import { priorities } from '@naru/core/withdrawal/withdrawal.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { newUuid, toPublicId } from '@naru/kit/ids.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { createNaru, type Naru } from '@naru/sdk/create-naru.ts';
import { isNaruApiError } from '@naru/sdk/errors.ts';
import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import { priorities as wirePriorities, withdrawalStates as wireStates } from '@naru/wire/withdrawal.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readConfig } from './config.ts';
import { run } from './run.ts';
import type { Server } from './serve.ts';

/** The process as it runs: real PostgreSQL, real core, real sockets, through the SDK. Nothing is simulated. */
let database: TestDatabase;
let server: Server;
let owner: Naru;
let operator: Naru;
let stranger: Naru;
let ownerId: string;

const to = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
const input = { chain: 'localhost', asset: 'USDC', to, amount: '12.5', reference: 'order-981' };

beforeAll(async () => {
  database = await createTestDatabase();
  await seedCatalogue();
  const access = createAccess({ db: database.db, clock: systemClock });
  const clientOf = async (name: string, scopes: string[]) => {
    const { id } = await access.createOrganisation(name);
    const { token } = await access.createApiKey({ organisationId: id, name, network: 'test', scopes });
    return { id, client: (baseUrl: string) => createNaru({ baseUrl, apiKey: token }) };
  };
  const made = await clientOf('owner', ['withdrawals:read', 'withdrawals:write']);
  const admin = await clientOf('operator', ['admin']);
  const other = await clientOf('stranger', ['withdrawals:read', 'withdrawals:write']);
  server = await run(readConfig({ DATABASE_URL: database.url, NARU_PORT: '0' }), silentLogger);
  ownerId = toPublicId('organisation', made.id);
  owner = made.client(server.url);
  operator = admin.client(server.url);
  stranger = other.client(server.url);
});
afterAll(async () => {
  await server?.close();
  await database?.drop();
});

async function seedCatalogue(): Promise<void> {
  await configureChains(
    database.db,
    new Map([['localhost', { payoutContract: `0x${'ee'.repeat(20)}`, hasRpc: true }]]),
  );
  await upsertAsset(database.db, {
    chainId: 'localhost',
    code: 'USDC',
    symbol: 'USDC',
    address: `0x${'11'.repeat(20)}`,
    decimals: 6,
    minimum: 1n,
    gasPerItem: 60_000n,
    transferGasMax: 60_000n,
    enabled: true,
  });
  await recordFunding(
    { db: database.db },
    { id: newUuid(), assetId: 'localhost:USDC', amount: 1_000_000_000n },
  );
}

test('the wire has the states and priorities of the core', () => {
  expect(wireStates).toEqual(withdrawalStates);
  expect(wirePriorities).toEqual(priorities);
});

test('is ready: database, schema and a chain', async () => {
  const answer = await fetch(`${server.url}/readyz`);
  expect(await answer.json()).toEqual({
    ready: true,
    checks: { database: 'ok', schema: 'ok', chains: 'ok' },
  });
});

test('credit, request, repeat, list, cancel: the balance follows', async () => {
  const credited = await operator.admin.credits.create({
    organisationId: ownerId,
    chain: 'localhost',
    asset: 'USDC',
    amount: '100',
  });
  expect(credited).toMatchObject({ amount: '100', available: '100', organisationId: ownerId });
  const [recorded] = await listAuditEvents(
    database.db,
    { action: 'credit.create' },
    { limit: 1, before: null },
  );
  expect(recorded).toMatchObject({
    actor: expect.stringMatching(/^api_key:/),
    subject: `ledger_transfer ${credited.transferId}`,
    after: { amount: '100000000' },
    origin: '127.0.0.1',
    requestId: expect.stringMatching(/^req_/),
    application: 'naru-api',
  });

  const created = await owner.withdrawals.create(input, { idempotencyKey: 'order-981' });
  expect(created).toMatchObject({ state: 'PENDING', to, amount: '12.5', priority: 'STANDARD' });
  expect(await owner.withdrawals.create(input, { idempotencyKey: 'order-981' })).toEqual(created);
  expect(await owner.balances.list()).toEqual([
    { chain: 'localhost', asset: 'USDC', available: '87.5', reserved: '12.5' },
  ]);
  const { data } = await owner.withdrawals.listPage({ to: to.toLowerCase(), reference: 'order-981' });
  expect(data.map(({ id }) => id)).toEqual([created.id]);

  expect((await owner.withdrawals.cancel(created.id)).state).toBe('CANCELED');
  const events = await owner.withdrawals.events(created.id);
  expect(events.map((event) => event.to)).toEqual(['PENDING', 'CANCELED']);
  expect(await owner.balances.list()).toMatchObject([{ available: '100', reserved: '0' }]);
});

test.each([
  ['a wrong checksum', { to: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAeD' }, '/to', 'address_checksum'],
  ['the zero address', { to: `0x${'0'.repeat(40)}` }, '/to', 'address_zero'],
  ["the token's own contract", { to: `0x${'11'.repeat(20)}` }, '/to', 'address_is_token'],
  ['too many decimals', { amount: '1.0000001' }, '/amount', 'amount_decimals'],
  ['nothing', { amount: '0' }, '/amount', 'amount_not_positive'],
])('%s: 422 that points at it', async (_name, change, pointer, code) => {
  const error = await owner.withdrawals.create({ ...input, ...change }).catch((thrown: unknown) => thrown);
  if (!isNaruApiError(error, 'validation_failed')) throw error;
  expect(error.problem.errors).toMatchObject([{ pointer, code }]);
});

test('what the balance does not cover is refused, also when repeated', async () => {
  for (let attempt = 0; attempt < 2; attempt++) {
    const error = await owner.withdrawals
      .create({ ...input, amount: '1000000' }, { idempotencyKey: 'too-much' })
      .catch((thrown: unknown) => thrown);
    expect(isNaruApiError(error, 'insufficient_balance')).toBe(true);
  }
});

test('50 equal requests at once make one withdrawal', async () => {
  const results = await Promise.all(
    Array.from({ length: 50 }, () =>
      owner.withdrawals.create({ ...input, amount: '1' }, { idempotencyKey: 'at-once' }),
    ),
  );
  expect(new Set(results.map(({ id }) => id)).size).toBe(1);
});

test('a bulk file: dry run, refusal by row, acceptance, report', async () => {
  const csv = (rows: string[]) => `chain,asset,to,amount,reference\n${rows.join('\n')}\n`;
  const good = csv([`localhost,USDC,${to},1,=1+1`, `localhost,USDC,${to},2,b`]);
  expect(await owner.bulk.create(good, { dryRun: true })).toMatchObject({ dryRun: true, total: 2 });
  const error = await owner.bulk
    .create(csv([`localhost,USDC,${to},0,`, 'localhost,USDC,0x1,1,']))
    .catch((e: unknown) => e);
  if (!isNaruApiError(error, 'bulk_invalid')) throw error;
  expect(error.problem.errors).toMatchObject([
    { row: 1, field: 'amount', code: 'amount_not_positive' },
    { row: 2, field: 'to', code: 'address_malformed' },
  ]);
  const bulk = await owner.bulk.create(good);
  expect(bulk).toMatchObject({ total: 2, counts: { PENDING: 2 } });
  let report = '';
  for await (const part of await owner.bulk.report(bulk.id)) report += part;
  expect(report.trim().split('\r\n')).toHaveLength(3);
  expect(report).toContain(`"'=1+1"`);
  const ids: string[] = [];
  for await (const { id } of owner.withdrawals.list({ bulkId: bulk.id })) ids.push(id);
  expect(ids).toHaveLength(2);
});

test('another organisation sees nothing of it', async () => {
  const { id } = await owner.withdrawals.create({ ...input, amount: '1' });
  const { get, events, cancel } = stranger.withdrawals;
  for (const call of [get, events, cancel])
    expect(isNaruApiError(await call(id).catch((e: unknown) => e), 'withdrawal_not_found')).toBe(true);
  expect((await stranger.withdrawals.listPage()).data).toEqual([]);
  expect((await owner.withdrawals.get(id)).state).toBe('PENDING');
});
