import { withTransaction } from '@naru/db/database.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Caller } from '../access/access.ts';
import { createAccess } from '../access/create-access.ts';
import { createWorld, doneValue, endOf, type World } from '../withdrawal/withdrawal.fixture.ts';
import { recordAudit, setAuditContext } from './audit.store.ts';
import { type AuditDesk, createAuditDesk, runVerification } from './audit-desk.ts';
import { sealHistory } from './seal-history.ts';
import { claimVerification } from './verification.store.ts';

let world: World;
let caller: Caller;
let desk: AuditDesk;
beforeEach(async () => {
  world = await createWorld();
  caller = await world.owner({});
  desk = createAuditDesk(world);
});
afterEach(() => world.close());

const record = (actor: string, action: string, subject: string, requestId: string | null = null) =>
  withTransaction(world.db, async (tx) => {
    await setAuditContext(tx, { actor, origin: '10.0.0.1', requestId, reason: 'ticket 1' });
    return await recordAudit(tx, { action, subject, after: { state: 'ACTIVE' } });
  });
const find = async (search: Parameters<AuditDesk['search']>[0]) =>
  (await desk.search(search, { limit: 10, before: null })).data.map(({ subject }) => subject);
const operation = (reason: string, idempotencyKey: string | null = null) => ({
  caller,
  idempotencyKey,
  reason,
  from: { origin: null, requestId: null },
});

test('the log is searched by who, what, on what, by which call and when, newest first, in pages', async () => {
  const access = createAccess({ db: world.db, clock: systemClock });
  const { organisationId } = caller;
  const key = await access.createApiKey({ organisationId, name: 'desk', network: 'test', scopes: ['admin'] });
  await record('operator:kim@desk', 'vault.open', 'vault 1');
  await record(`api_key:${key.id}`, 'vault.close', 'vault 1', 'req_7');
  await record('operator:kim@desk', 'vaults_all.open', 'vault 2');
  expect(await find({ actor: 'operator:kim@desk' })).toEqual(['vault 2', 'vault 1']);
  // A percent or underscore is what it is, no wildcard.
  expect(await find({ action: 'vault_' })).toEqual([]);
  expect(await find({ action: 'vault.' })).toEqual(['vault 1', 'vault 1']);
  expect(await find({ requestId: 'req_7' })).toEqual(['vault 1']);
  expect(await find({ subject: 'vault 2', since: new Date(Date.now() + 60_000) })).toEqual([]);
  const [closed] = (await desk.search({ requestId: 'req_7' }, { limit: 1, before: null })).data;
  expect(closed).toMatchObject({ actorName: 'desk', after: { state: 'ACTIVE' }, origin: '10.0.0.1' });
  const first = await desk.search({ action: 'vault' }, { limit: 2, before: null });
  const second = await desk.search({ action: 'vault' }, { limit: 2, before: first.next });
  expect([...first.data, ...second.data].map(({ action }) => action)).toEqual([
    'vaults_all.open',
    'vault.close',
    'vault.open',
  ]);
  expect(second.next).toBeNull();
});

test('a verification is asked for once for a key, done by a jobs role, and told with what it found', async () => {
  await vi.waitFor(
    async () => {
      await sealHistory({ db: world.db, locks: world.db });
      expect((await desk.state()).lastSeal).not.toBeNull();
    },
    { timeout: 30_000 },
  );
  const key = newUuid();
  const asked = doneValue(await desk.verify(operation('audit of March', key)));
  expect((await desk.verify(operation('audit of March', key))).replayed).toBe(true);
  expect(endOf(await desk.verify(operation('another')))).toBe('operation_not_possible');
  expect(await runVerification(world)).toBe(true);
  expect(await runVerification(world)).toBe(false);
  const { verifications, lastSeal } = await desk.state();
  expect(verifications).toMatchObject([{ id: asked.id, state: 'DONE', ok: true, problems: [] }]);
  expect(verifications[0]?.sealsDone).toBeGreaterThan(0n);
  expect(verifications[0]?.head).toBe(lastSeal?.hash);
  expect(await find({ action: 'audit_verification.insert' })).toEqual([`audit_verification ${asked.id}`]);
});

test('one that is stopped half-way says nothing, and is left for the next process', async () => {
  await desk.verify(operation('now'));
  await runVerification(world, AbortSignal.abort());
  expect((await desk.state()).verifications).toMatchObject([{ state: 'REQUESTED', ok: null }]);
  await runVerification(world);
  expect((await desk.state()).verifications).toMatchObject([{ state: 'DONE' }]);
});

test('one whose process died is taken over', async () => {
  await desk.verify(operation('now'));
  const id = await claimVerification(world.db);
  expect(await claimVerification(world.db)).toBeNull();
  await sql`UPDATE audit_verification SET alive_at = now() - interval '1 hour'`.execute(world.db);
  expect(await runVerification(world)).toBe(true);
  expect((await desk.state()).verifications).toMatchObject([{ id, state: 'DONE' }]);
});
