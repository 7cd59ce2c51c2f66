import { withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import fc from 'fast-check';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { keyOf } from '../approval/approval.fixture.ts';
import { listAuditEvents } from '../audit/audit.store.ts';
import { settleWithdrawals } from '../chain-tx/settle-withdrawals.ts';
import { postTransfersOrFail } from '../ledger/ledger.ts';
import {
  balanceOf,
  createWorld,
  doneValue,
  endChainTx,
  endOf,
  plan,
  problemsOf,
  requestOf,
  USDC_UNIT,
  type World,
  walkTo,
} from '../withdrawal/withdrawal.fixture.ts';
import { advanceByIds, advanceWithChainTxs } from '../withdrawal/withdrawal.store.ts';
import { openForWithdrawals } from './dead-letter.store.ts';
import type { Operation } from './operate.ts';
import { createOperations, type Operations } from './operations.ts';
import { listVerbsDone, readRetries } from './verb.reader.ts';

let world: World;
let operations: Operations;
let operator: Caller;
beforeAll(async () => {
  world = await createWorld();
  operations = createOperations({ db: world.db });
  const { organisationId } = await world.owner({});
  operator = await keyOf(world.db, organisationId, 'operator', ['admin']);
});
afterAll(async () => {
  expect(await problemsOf(world.db)).toEqual([]);
  await world.close();
});

function ask(changes: Partial<Operation> = {}): Operation {
  const from = { origin: '192.0.2.7', requestId: 'req_1' };
  return { caller: operator, idempotencyKey: null, reason: 'ticket 12', from, ...changes };
}

async function submit(owner: Caller): Promise<string> {
  return doneValue(await world.withdrawals.request(owner, newUuid(), requestOf())).id;
}

/** What the monitor writes for a final batch. */
async function settle(chainTxId: string, outcomes: readonly number[] | null): Promise<void> {
  const state = outcomes === null ? 'CANCELED' : 'EXECUTED';
  await endChainTx(world.db, chainTxId, state, outcomes);
  await withTransaction(world.db, async (tx) => {
    const ended = {
      id: chainTxId,
      state,
      outcomes: outcomes === null ? null : Buffer.from(outcomes),
    } as const;
    await postTransfersOrFail(tx, await settleWithdrawals(tx, ended));
  });
}

async function failed(owner: Caller): Promise<string> {
  const id = await submit(owner);
  const { chainTxId } = await walkTo(world.db, id, 'CONFIRMING');
  await settle(chainTxId ?? '', [2]);
  return id;
}

const stateOf = async (owner: Caller, id: string) => (await world.withdrawals.get(owner, id))?.state;

describe('retry', () => {
  test('a failed withdrawal is asked for anew, with a hold of its own; the old one stays as it is', async () => {
    const owner = await world.owner({ USDC: '5' });
    const id = await failed(owner);
    const made = doneValue(await operations.retry(id, ask(), {}));
    expect(made).toMatchObject({ state: 'PENDING', amount: USDC_UNIT, organisationId: owner.organisationId });
    expect(made.id).not.toBe(id);
    expect(await world.withdrawals.get(owner, id)).toMatchObject({
      state: 'FAILED',
      failure: { code: 'transfer_rejected' },
    });
    expect(await balanceOf(world, owner)).toEqual({ available: 4n * USDC_UNIT, reserved: USDC_UNIT });
    const audit = await listAuditEvents(world.db, { subject: id }, { limit: 5, before: null });
    expect(audit[0]).toMatchObject({
      action: 'withdrawal_retry.insert',
      reason: 'ticket 12',
      origin: '192.0.2.7',
    });
  });

  test('once, however often and by however many it is asked', async () => {
    const owner = await world.owner({ USDC: '5' });
    const id = await failed(owner);
    const answers = await Promise.all(Array.from({ length: 5 }, () => operations.retry(id, ask(), {})));
    answers.push(await operations.retry(id, ask(), { acceptDuplicate: true }));
    expect(new Set(answers.map((answer) => doneValue(answer).id)).size).toBe(1);
    expect((await balanceOf(world, owner)).reserved).toBe(USDC_UNIT);
  });

  test('a refusal for want of balance is not kept', async () => {
    const owner = await world.owner({ USDC: '1' });
    const id = await failed(owner);
    const other = await submit(owner);
    const key = { idempotencyKey: 'again' };
    expect(endOf(await operations.retry(id, ask(key), { acceptDuplicate: true }))).toBe(
      'insufficient_balance',
    );
    doneValue(await world.withdrawals.cancel(owner, null, other));
    expect(endOf(await operations.retry(id, ask(), {}))).toBe('done');
  });

  test('one that its owner has asked for again is not paid beside that, unless the operator says so', async () => {
    const owner = await world.owner({ USDC: '5' });
    const id = await failed(owner);
    await submit(owner);
    expect(endOf(await operations.retry(id, ask(), {}))).toBe('retry_duplicate');
    expect(endOf(await operations.retry(id, ask(), { acceptDuplicate: true }))).toBe('done');
  });

  test.each(['SIGNING', 'BROADCASTED'] as const)(
    'in %s it is only tried sooner: nothing new is made',
    async (state) => {
      const owner = await world.owner({ USDC: '5' });
      const id = await submit(owner);
      const { chainTxId } = await walkTo(world.db, id, state);
      await sql`UPDATE chain_tx SET not_before = now() + interval '1 hour' WHERE id = ${chainTxId}`.execute(
        world.db,
      );
      expect(doneValue(await operations.retry(id, ask(), {})).id).toBe(id);
      const { rows } = await sql<{ due: boolean }>`
      SELECT not_before <= now() AS due FROM chain_tx WHERE id = ${chainTxId}`.execute(world.db);
      expect(rows).toEqual([{ due: true }]);
      expect((await balanceOf(world, owner)).reserved).toBe(USDC_UNIT);
    },
  );

  test('what is paid, canceled or denied is not retried; neither is what does not exist', async () => {
    const owner = await world.owner({ USDC: '5' });
    const paid = await submit(owner);
    const { chainTxId } = await walkTo(world.db, paid, 'CONFIRMING');
    await settle(chainTxId ?? '', [1]);
    const canceled = await submit(owner);
    doneValue(await world.withdrawals.cancel(owner, null, canceled));
    for (const id of [paid, canceled])
      expect(endOf(await operations.retry(id, ask(), {}))).toBe('operation_not_possible');
    expect(endOf(await operations.retry(newUuid(), ask(), {}))).toBe('withdrawal_not_found');
  });

  test('the database takes no link to what is not proved unpaid, nor a second one', async () => {
    const owner = await world.owner({ USDC: '5' });
    const [one, other] = [await submit(owner), await submit(owner)];
    const link = (of: string, by: string) =>
      sql`INSERT INTO withdrawal_retry (withdrawal_id, retry_of, reason) VALUES (${by}, ${of}, 'x')`.execute(
        world.db,
      );
    await expect(link(one, other)).rejects.toMatchObject({ code: '23001' });
    const id = await failed(owner);
    doneValue(await operations.retry(id, ask(), { acceptDuplicate: true }));
    await expect(link(id, await submit(owner))).rejects.toMatchObject({ code: '23505' });
  });
});

describe('release', () => {
  test.each(['PENDING', 'VALIDATING', 'REVIEW'] as const)(
    'in %s: canceled and released at once',
    async (state) => {
      const owner = await world.owner({ USDC: '1' });
      const id = await submit(owner);
      await walkTo(world.db, id, state);
      expect(doneValue(await operations.release(id, ask(), {})).state).toBe('CANCELED');
      expect(endOf(await operations.release(id, ask(), {}))).toBe('done');
      expect(await balanceOf(world, owner)).toEqual({ available: USDC_UNIT, reserved: 0n });
    },
  );

  test('with a nonce: a cancel is asked for, and only its proof releases; the hold stays until then', async () => {
    const owner = await world.owner({ USDC: '1' });
    const id = await submit(owner);
    const { chainTxId } = await walkTo(world.db, id, 'SIGNING');
    expect(doneValue(await operations.release(id, ask(), {})).state).toBe('SIGNING');
    const { rows } = await sql<{
      wanted: string;
    }>`SELECT wanted FROM chain_tx WHERE id = ${chainTxId}`.execute(world.db);
    expect(rows).toEqual([{ wanted: 'CANCEL' }]);
    expect((await balanceOf(world, owner)).reserved).toBe(USDC_UNIT);
    await toConfirming(chainTxId ?? '');
    await settle(chainTxId ?? '', null);
    expect(await world.withdrawals.get(owner, id)).toMatchObject({
      state: 'FAILED',
      failure: { code: 'released' },
    });
    expect(await balanceOf(world, owner)).toEqual({ available: USDC_UNIT, reserved: 0n });
  });

  test('when the payment wins against the cancel, it is paid', async () => {
    const owner = await world.owner({ USDC: '1' });
    const id = await submit(owner);
    const { chainTxId } = await walkTo(world.db, id, 'BROADCASTED');
    doneValue(await operations.release(id, ask(), {}));
    await toConfirming(chainTxId ?? '');
    expect(endOf(await operations.release(id, ask(), {}))).not.toBe('done');
    await settle(chainTxId ?? '', [1]);
    expect(await stateOf(owner, id)).toBe('CONFIRMED');
    expect(endOf(await operations.release(id, ask(), {}))).toBe('operation_not_possible');
  });

  test('of a batch, the others are named first, and planned again', async () => {
    const owner = await world.owner({ USDC: '2' });
    const ids = [await submit(owner), await submit(owner)];
    for (const id of ids) await walkTo(world.db, id, 'VALIDATING');
    const chainTxId = await plan(world.db, ids);
    const [one = '', other = ''] = ids;
    expect(await operations.release(one, ask(), {})).toMatchObject({
      refusal: { code: 'release_affects_others', message: expect.stringContaining('1 others') },
    });
    doneValue(await operations.release(one, ask(), { wholeBatch: true }));
    await toConfirming(chainTxId);
    await settle(chainTxId, null);
    expect([await stateOf(owner, one), await stateOf(owner, other)]).toEqual(['FAILED', 'VALIDATING']);
  });
});

describe('bump', () => {
  test('asks for one higher fee, however often; not without a transaction, nor for a cancel', async () => {
    const owner = await world.owner({ USDC: '3' });
    const id = await submit(owner);
    expect(endOf(await operations.bump(id, ask()))).toBe('operation_not_possible');
    const { chainTxId } = await walkTo(world.db, id, 'SIGNING');
    expect(endOf(await operations.bump(id, ask()))).toBe('operation_not_possible');
    await sql`UPDATE chain_tx SET state = 'SIGNED' WHERE id = ${chainTxId}`.execute(world.db);
    for (let times = 0; times < 2; times++) expect(endOf(await operations.bump(id, ask()))).toBe('done');
    const { rows } = await sql<{
      wanted: string;
    }>`SELECT wanted FROM chain_tx WHERE id = ${chainTxId}`.execute(world.db);
    expect(rows).toEqual([{ wanted: 'BUMP' }]);
    await sql`UPDATE chain_tx SET wanted = 'CANCEL' WHERE id = ${chainTxId}`.execute(world.db);
    expect(endOf(await operations.bump(id, ask()))).toBe('operation_not_possible');
  });
});

describe('notes and letters', () => {
  test('what was done about a withdrawal is told in the order of time, and kept when the audit log is exported', async () => {
    const owner = await world.owner({ USDC: '5' });
    const id = await failed(owner);
    const made = doneValue(await operations.retry(id, ask(), {}));
    doneValue(await operations.retry(made.id, ask({ reason: 'now please' }), {}));
    doneValue(await operations.release(made.id, ask({ reason: 'wrong month' }), {}));
    const actor = `api_key:${operator.apiKeyId}`;
    expect(await listVerbsDone(world.db, id)).toMatchObject([{ verb: 'retry', actor, reason: 'ticket 12' }]);
    expect(await listVerbsDone(world.db, made.id)).toMatchObject([
      { verb: 'try_now', reason: 'now please' },
      { verb: 'release', actor, reason: 'wrong month' },
    ]);
    expect(await readRetries(world.db, id)).toEqual({ retryOf: null, retriedAs: made.id });
    expect(await readRetries(world.db, made.id)).toEqual({ retryOf: id, retriedAs: null });
    await world.db.transaction().execute(async (tx) => {
      await sql`SET LOCAL session_replication_role = replica`.execute(tx);
      await sql`DELETE FROM audit_event WHERE strpos(subject, ${id}) > 0`.execute(tx);
    });
    expect(await listVerbsDone(world.db, id)).toMatchObject([{ verb: 'retry', actor: null }]);
  });

  test('a withdrawal that ran out of plans is a letter, closed by its retry', async () => {
    const owner = await world.owner({ USDC: '1' });
    const id = await submit(owner);
    const { chainTxId } = await walkTo(world.db, id, 'CONFIRMING');
    await sql`UPDATE withdrawal SET plan_count = 5 WHERE id = ${id}`.execute(world.db);
    await settle(chainTxId ?? '', [0]);
    const letters = async () => (await operations.list({ subject: id }, { limit: 5, after: null })).data;
    expect(await letters()).toMatchObject([
      { kind: 'WITHDRAWAL', cause: 'attempts_exhausted', state: 'OPEN', amount: USDC_UNIT, asset: 'USDC' },
    ]);
    const made = doneValue(await operations.retry(id, ask(), {}));
    expect(await letters()).toMatchObject([
      { state: 'CLOSED', closeReason: expect.stringContaining('retried as wd_') },
    ]);
    expect(made.state).toBe('PENDING');
  });

  test('a letter is closed once, with a reason; notes stay with it', async () => {
    const owner = await world.owner({ USDC: '1' });
    const id = await submit(owner);
    await withTransaction(world.db, (tx) => openForWithdrawals(tx, [id], 'attempts_exhausted', 'by a test'));
    const [letter] = (await operations.list({ subject: id, state: 'OPEN' }, { limit: 5, after: null })).data;
    const letterId = assertPresent(letter, 'letter').id;
    doneValue(await operations.noteLetter(letterId, ask({ reason: 'asked the desk' })));
    expect(doneValue(await operations.close(letterId, ask({ reason: 'paid by bank' })))).toMatchObject({
      state: 'CLOSED',
      closeReason: 'paid by bank',
      notes: [{ text: 'asked the desk' }],
    });
    expect(await operations.close(letterId, ask())).toMatchObject({
      refusal: { code: 'operation_not_possible', message: expect.stringContaining('paid by bank') },
    });
    const once = ask({ idempotencyKey: 'note-1', reason: 'twice?' });
    for (const replayed of [false, true])
      expect(await operations.noteWithdrawal(id, once)).toMatchObject({ kind: 'done', replayed });
    expect(doneValue(await operations.noteWithdrawal(id, ask({ reason: 'another' })))).toHaveLength(2);
    await expect(sql`UPDATE operator_note SET text = 'x'`.execute(world.db)).rejects.toMatchObject({
      code: '23001',
    });
    await expect(
      sql`UPDATE dead_letter SET close_reason = 'x' WHERE id = ${letterId}`.execute(world.db),
    ).rejects.toMatchObject({ code: '23001' });
    for (const unknown of [operations.close(newUuid(), ask()), operations.noteLetter(newUuid(), ask())])
      expect(endOf(await unknown)).toBe('dead_letter_not_found');
  });
});

/** As the broadcaster and the monitor would, from wherever it is. */
async function toConfirming(chainTxId: string): Promise<void> {
  await sql`UPDATE chain_tx SET state = 'MINED' WHERE id = ${chainTxId} AND state <> 'MINED'`.execute(
    world.db,
  );
  const to = { to: 'CONFIRMING', actor: 'system:test', reason: 'seen in a block' } as const;
  await withTransaction(world.db, (tx) =>
    advanceWithChainTxs(
      tx,
      [chainTxId],
      (['SIGNING', 'SIGNED', 'BROADCASTING', 'BROADCASTED'] as const).map((from) => ({ from, ...to })),
    ),
  );
}

test('any order of verbs, steps and ends of transactions pays one of a withdrawal and its retries at most', async () => {
  const actions = [
    'retry',
    'release',
    'bump',
    'cancel',
    'take',
    'plan',
    'mine',
    'paid',
    'refused',
    'freed',
    'twice',
  ] as const;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...actions), { minLength: 4, maxLength: 14 }),
      async (steps) => {
        const owner = await world.owner({ USDC: '2' });
        const ids = [await submit(owner)];
        const current = () => assertPresent(ids.at(-1), 'id');
        const txOf = async () => {
          const { rows } = await sql<{ id: string; state: string }>`
          SELECT x.id, x.state FROM withdrawal w JOIN chain_tx x ON x.id = w.chain_tx_id
           WHERE w.id = ${current()} AND x.state IN ('PLANNED', 'SIGNED', 'MINED')`.execute(world.db);
          return rows[0];
        };
        for (const step of steps) {
          const tx = await txOf();
          if (step === 'retry' || step === 'twice') {
            const asked = Array.from({ length: step === 'twice' ? 3 : 1 }, () =>
              operations.retry(current(), ask(), {}),
            );
            for (const answer of await Promise.all(asked))
              if (answer.kind === 'done' && !ids.includes(answer.value.id)) ids.push(answer.value.id);
          } else if (step === 'release') await operations.release(current(), ask(), {});
          else if (step === 'bump') await operations.bump(current(), ask());
          else if (step === 'cancel') await world.withdrawals.cancel(owner, null, current());
          else if (step === 'take')
            await withTransaction(world.db, (trx) =>
              advanceByIds(trx, [current()], {
                from: 'PENDING',
                to: 'VALIDATING',
                actor: 'system:test',
                reason: 'x',
              }),
            );
          else if (step === 'plan') {
            if ((await stateOf(owner, current())) === 'VALIDATING') await plan(world.db, [current()]);
          } else if (tx !== undefined) {
            await toConfirming(tx.id);
            if (step === 'paid') await settle(tx.id, [1]);
            if (step === 'refused') await settle(tx.id, [2]);
            if (step === 'freed') await settle(tx.id, null);
          }
        }
        const states = await Promise.all(ids.map((id) => stateOf(owner, id)));
        const over = states.slice(0, -1);
        // Whatever was retried is over, unpaid; only the newest can be paid or be on its way.
        expect(over.every((state) => state === 'FAILED')).toBe(true);
        const { reserved, available } = await balanceOf(world, owner);
        const last = states.at(-1);
        const isOpen = last !== 'CONFIRMED' && last !== 'FAILED' && last !== 'CANCELED';
        expect(reserved).toBe(isOpen ? USDC_UNIT : 0n);
        expect(available + reserved).toBe((last === 'CONFIRMED' ? 1n : 2n) * USDC_UNIT);
      },
    ),
    { numRuns: 40 },
  );
});
