import { randomBytes } from 'node:crypto';
import { newUuid, toPublicId } from '@naru/kit/ids.ts';
import { secret } from '@naru/kit/secret.ts';
import { sql } from 'kysely';
import { getAddress } from 'viem';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { handOnEvents } from '../webhook/hand-on-events.ts';
import { createSecretBox } from '../webhook/secret-box.ts';
import { createWebhooks } from '../webhook/webhooks.ts';
import { USDC } from '../withdrawal/withdrawal.fixture.ts';
import { creditDeposit } from './credit-deposit.ts';
import { createDepositWorld, DEPTH, type DepositWorld } from './deposit.fixture.ts';
import {
  readDepositChanges,
  readDepositLogEnd,
  readOpenDeposits,
  readScanLag,
  readUnswept,
} from './deposit.metrics.ts';
import { listDeposits } from './deposit.reader.ts';
import type { DepositAddress } from './deposit.ts';

const KIM = { actor: 'operator:kim@desk', origin: 'desk', requestId: null, reason: 'ticket 12' };
const UNKNOWN_TOKEN = getAddress(`0x${'d0'.repeat(20)}`);

let world: DepositWorld;
let owner: Caller;
let address: DepositAddress;
beforeAll(async () => {
  world = await createDepositWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  finish();
  await world.look();
  owner = await world.owner({});
  owner = { ...owner, scopes: [...owner.scopes, 'deposits:read'] };
  address = await world.address(owner);
});

const webhooks = () =>
  createWebhooks({
    db: world.db,
    findUrlProblem: () => null,
    secretBox: createSecretBox([secret(randomBytes(32).toString('base64'))]),
  });

function finish(): void {
  for (let blocks = 0; blocks < DEPTH; blocks++) world.chain.mine();
}

function pay(amount: bigint, token = USDC): void {
  world.chain.mine({ kind: 'arrived', token, to: address.address, amount });
}

async function told(caller = owner, filter = {}) {
  const { data } = await webhooks().events(caller, filter, { limit: 100, before: null });
  return data.reverse();
}

const typesOf = async (caller = owner) => (await told(caller)).map(({ type }) => type);

test('each change is told, in order, with the deposit as it was then and the number of the change', async () => {
  pay(12_500_000n);
  await world.look();
  const [entry] = world.chain.drop(1);
  world.chain.mine();
  await world.look();
  if (entry !== undefined) world.chain.mine(entry);
  await world.look();
  finish();
  await world.look();
  const events = await told();
  expect(events.map(({ type }) => type)).toEqual([
    'deposit.detected',
    'deposit.orphaned',
    'deposit.detected',
    'deposit.credited',
  ]);
  expect(events.map(({ data }) => (data as { sequence: number }).sequence)).toEqual([1, 2, 3, 4]);
  const [deposit] = await listDeposits(world.db, owner.organisationId, {}, { limit: 1, after: null });
  const id = toPublicId('deposit', deposit?.id ?? '');
  expect(events[0]?.data).toMatchObject({
    id,
    object: 'deposit',
    state: 'DETECTED',
    amount: '12.5',
    depth: null,
  });
  expect(events[3]?.data).toMatchObject({ id, state: 'CREDITED', asset: 'USDC', address: address.address });
  expect(events[3]?.data).toMatchObject({ depth: expect.any(Number), creditedAt: expect.any(String) });
  expect(await told(owner, { depositId: deposit?.id })).toHaveLength(4);
  expect(await told(owner, { depositId: newUuid() })).toEqual([]);
});

test('what waits for an operator is told, and that it was credited then', async () => {
  pay(7n, UNKNOWN_TOKEN);
  finish();
  await world.look();
  expect((await told()).at(-1)).toMatchObject({
    type: 'deposit.uncredited',
    data: { asset: null, amount: '7', uncreditedReason: 'token_unknown' },
  });
  await sql`UPDATE asset SET enabled = false WHERE id = 'localhost:USDC'`.execute(world.db);
  pay(5_000_000n);
  finish();
  await world.look();
  await sql`UPDATE asset SET enabled = true WHERE id = 'localhost:USDC'`.execute(world.db);
  const last = (await told()).at(-1);
  expect(last).toMatchObject({ type: 'deposit.uncredited', data: { uncreditedReason: 'asset_disabled' } });
  const [deposit] = await listDeposits(world.db, owner.organisationId, {}, { limit: 1, after: null });
  await creditDeposit({ db: world.db }, deposit?.id ?? '', KIM);
  await creditDeposit({ db: world.db }, deposit?.id ?? '', KIM);
  expect((await typesOf()).slice(-2)).toEqual(['deposit.uncredited', 'deposit.credited']);
});

test('the organisation of the address is told and no other, by its webhooks, too; a key without the scope is not', async () => {
  const stranger = await world.owner({});
  const all = { ...stranger, scopes: [...stranger.scopes, 'deposits:read'] };
  for (const caller of [owner, all])
    await webhooks().create(
      caller,
      newUuid(),
      { url: 'https://example.com/hook', events: ['deposit.*'], description: null },
      { origin: null, requestId: null },
    );
  pay(1_000_000n);
  finish();
  await world.look();
  while ((await handOnEvents(world)).messages > 0);
  const { rows } = await sql<{ organisationId: string; type: string; body: string }>`
    SELECT m.organisation_id AS "organisationId", m.type, e.body
      FROM webhook_message m JOIN webhook_event e ON e.id = m.event_id ORDER BY e.position`.execute(world.db);
  expect(rows.map(({ organisationId }) => organisationId)).toEqual(rows.map(() => owner.organisationId));
  expect(rows.map(({ type }) => type)).toEqual(await typesOf());
  // To the byte what the list says.
  expect(rows.map(({ body }) => body)).toEqual((await told()).map((one) => JSON.stringify(one)));
  expect(await typesOf(all)).toEqual([]);
  expect(await typesOf({ ...owner, scopes: ['withdrawals:read'] })).toEqual([]);
  const [event] = await told();
  const at = { position: BigInt(event?.id ?? 0) };
  expect(await webhooks().event(owner, at)).toBe(JSON.stringify(event));
  expect(await webhooks().event(all, at)).toBeNull();
  expect(await webhooks().event({ ...owner, scopes: ['withdrawals:read'] }, at)).toBeNull();
});

test('the database takes no change of a deposit that nobody is told of, and no event back', async () => {
  pay(2_000_000n);
  await world.look();
  const [deposit] = await listDeposits(world.db, owner.organisationId, {}, { limit: 1, after: null });
  const silent = sql`
    INSERT INTO deposit_event (deposit_id, version, from_state, to_state, actor, reason)
    VALUES (${deposit?.id}, 2, 'DETECTED', 'ORPHANED', 'nobody', 'silent')`.execute(world.db);
  await expect(silent).rejects.toThrow('nobody is told of its change 2');
  for (const statement of [
    sql`DELETE FROM organisation_event`,
    sql`UPDATE organisation_event SET data = '{}'`,
  ])
    await expect(statement.execute(world.db)).rejects.toMatchObject({ code: '23001' });
});

test('figures: what is open and how old, what was not swept, how far the scanner is, and what was reached', async () => {
  const start = await readDepositLogEnd(world.db);
  const before = await readUnswept(world.db);
  const sumOf = (rows: typeof before) => rows.find(({ asset }) => asset === 'USDC')?.held ?? 0n;
  pay(3_000_000n);
  await world.look();
  expect(await readOpenDeposits(world.db)).toContainEqual(
    expect.objectContaining({ chain: 'localhost', asset: 'USDC', state: 'DETECTED' }),
  );
  finish();
  await world.look();
  expect((await readOpenDeposits(world.db)).map(({ asset, state }) => `${asset} ${state}`)).not.toContain(
    'USDC DETECTED',
  );
  expect(sumOf(await readUnswept(world.db)) - sumOf(before)).toBe(3_000_000n);
  expect(
    (await readDepositChanges(world.db, start, 10)).map(({ asset, state }) => `${asset} ${state}`),
  ).toEqual(['USDC DETECTED', 'USDC CREDITED']);
  const { rows } = await sql<{ final: bigint }>`
    SELECT final_number AS final FROM deposit_cursor WHERE chain_id = 'localhost'`.execute(world.db);
  const head = (rows[0]?.final ?? 0n) + BigInt(DEPTH) - 1n + 40n;
  await sql`
    INSERT INTO chain_cursor (chain_id, scanned_number, head_number) VALUES ('localhost', 0, ${head})
    ON CONFLICT (chain_id) DO UPDATE SET head_number = excluded.head_number`.execute(world.db);
  expect(await readScanLag(world.db)).toEqual([{ chain: 'localhost', lagBlocks: 40 }]);
});
