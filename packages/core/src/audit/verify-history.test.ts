import { openDatabase, type Tx, withTransaction } from '@naru/db/database.ts';
import { withExclusive } from '@naru/db/exclusive.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { sleep } from '@naru/kit/clock.ts';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import type { World } from '../withdrawal/withdrawal.fixture.ts';
import { recordAudit } from './audit.store.ts';
import { createHistoryWorld, sealAll, submit, tamper } from './history.fixture.ts';
import { readSeals } from './seal.store.ts';
import { hashSeal } from './seal.ts';
import { SEALER_NAME, sealHistory } from './seal-history.ts';
import { verifyHistory } from './verify-history.ts';

let world: World & { caller: Caller };
beforeEach(async () => {
  world = await createHistoryWorld();
});
afterEach(() => world.close());

async function problems(options: Parameters<typeof verifyHistory>[1] = {}) {
  const report = await verifyHistory(world, options);
  return report.problems.map(({ kind, subject }) => `${kind}: ${subject}`);
}

async function totalRows(): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT ((SELECT count(*) FROM withdrawal_event) + (SELECT count(*) FROM audit_event)
      + (SELECT count(*) FROM ledger_transfer t JOIN ledger_account a
            ON a.id IN (t.debit_account_id, t.credit_account_id) AND a.kind <> 'CUSTOMER'))::integer AS count`.execute(
    world.db,
  );
  return assertPresent(rows[0], 'count').count;
}

describe('sealing', () => {
  test('covers every row of every stream once, and the chain verifies from its start', async () => {
    await submit(world, 20);
    expect(await sealAll(world.db)).toBe(await totalRows());
    await submit(world, 5);
    expect(await sealAll(world.db)).toBeGreaterThanOrEqual(10);

    const report = await verifyHistory(world);
    expect(report).toMatchObject({ ok: true, problems: [], unsealed: [], rows: BigInt(await totalRows()) });
    expect(report.head?.number).toBe(report.seals);
  });

  test('several sealers at once make one chain', async () => {
    await submit(world, 40);
    const others = await Promise.all(
      [1, 2, 3].map(async () =>
        openDatabase({ databaseUrl: world.database.url, applicationName: 'naru-test', connectionsMax: 4 }),
      ),
    );
    const work = submit(world, 40);
    await Promise.all([world.db, ...others].map((db) => sealAll(db)));
    await work;
    await sealAll(world.db);
    for (const db of others) await db.destroy();
    expect(await verifyHistory(world)).toMatchObject({ ok: true, rows: BigInt(await totalRows()) });
  });

  test('while another process seals, a step does nothing', async () => {
    await submit(world, 1);
    await withExclusive(world.db, SEALER_NAME, async () => {
      expect(await sealHistory({ db: world.db, locks: world.db })).toBeNull();
    });
    expect(await sealAll(world.db)).toBe(await totalRows());
  });

  test('a position whose transaction is still open is waited for, and one that was rolled back is not', async () => {
    await sealAll(world.db);
    const opened = await openTransaction(async (tx) => {
      await recordAudit(tx, { action: 'test.slow', subject: 'first' });
    });
    await withTransaction(world.db, (tx) => recordAudit(tx, { action: 'test.fast', subject: 'second' }));
    // One step, since sealing to the end would wait until the server ends the open transaction.
    expect(await sealHistory({ db: world.db, locks: world.db })).toMatchObject({ rows: 0 });
    await opened.commit();
    expect(await sealAll(world.db)).toBe(2);

    const refused = await openTransaction(async (tx) => {
      await recordAudit(tx, { action: 'test.never', subject: 'third' });
    });
    await withTransaction(world.db, (tx) => recordAudit(tx, { action: 'test.fast', subject: 'fourth' }));
    await refused.rollBack();
    expect(await sealAll(world.db)).toBe(1);
    const seals = await readSeals(world.db, 1n, 1_000);
    expect(seals.at(-1)).toMatchObject({ stream: 'audit_event', rowCount: 1n });
    expect(seals.at(-1)?.missing).toMatch(/^\d+-\d+$/);
    expect(await problems()).toEqual([]);
  });

  test('random writers, some rolling back, beside a sealer: every row ends in one seal', async () => {
    let writing = true;
    const sealer = (async () => {
      while (writing) await sealHistory({ db: world.db, locks: world.db });
    })();
    await Promise.all(
      Array.from({ length: 8 }, async (_, writer) => {
        for (let index = 0; index < 25; index++)
          await withTransaction(world.db, async (tx) => {
            await recordAudit(tx, { action: 'test.write', subject: `${writer}/${index}` });
            if (index % 3 === 0) await sleep(writer);
            if (index % 5 === 0) throw new Error('rolled back');
          }).catch(() => undefined);
      }),
    );
    writing = false;
    await sealer;
    await sealAll(world.db);
    expect(await verifyHistory(world)).toMatchObject({ ok: true, rows: BigInt(await totalRows()) });
  });
});

type Opened = { commit(): Promise<void>; rollBack(): Promise<void> };

async function openTransaction(work: (tx: Tx) => Promise<void>): Promise<Opened> {
  const { promise: mayEnd, resolve: end } = Promise.withResolvers<'commit' | 'roll back'>();
  const { promise: hasWorked, resolve: worked } = Promise.withResolvers<void>();
  const done = world.db
    .transaction()
    .execute(async (tx) => {
      await work(tx);
      worked();
      if ((await mayEnd) === 'roll back') throw new Error('rolled back');
    })
    .catch(() => undefined);
  await hasWorked;
  return {
    async commit() {
      end('commit');
      await done;
    },
    async rollBack() {
      end('roll back');
      await done;
    },
  };
}

describe('what was changed behind the guards is found and located', () => {
  let ids: string[];
  beforeEach(async () => {
    ids = await submit(world, 12);
    await sealAll(world.db);
    await submit(world, 3);
    await sealAll(world.db);
    expect(await problems()).toEqual([]);
  });

  test('the actor of an event', async () => {
    await tamper(world.db, (tx) =>
      sql`UPDATE withdrawal_event SET actor = 'nobody' WHERE withdrawal_id = ${ids[4]}`.execute(tx),
    );
    expect(await problems()).toEqual([`row_edited: withdrawal_event ${ids[4]} version 1`]);
  });

  test.each(['to_address', 'amount'])('the %s of an accepted withdrawal', async (column) => {
    const value = column === 'amount' ? '2' : `0x${'ab'.repeat(20)}`;
    await tamper(world.db, (tx) =>
      sql`UPDATE withdrawal SET ${sql.ref(column)} = ${sql.lit(value)} WHERE id = ${ids[2]}`.execute(tx),
    );
    expect(await problems()).toEqual([`row_edited: withdrawal_event ${ids[2]} version 1`]);
  });

  test('an audit record, by one letter, and one that is gone', async () => {
    const { rows } = await sql<{
      position: bigint;
    }>`SELECT position FROM audit_event ORDER BY position`.execute(world.db);
    const [first, second] = rows.map((row) => row.position);
    await tamper(world.db, async (tx) => {
      await sql`UPDATE audit_event SET actor = actor || '.' WHERE position = ${first}`.execute(tx);
      await sql`DELETE FROM audit_event WHERE position = ${second}`.execute(tx);
    });
    expect(await problems()).toEqual([
      `row_edited: audit_event ${first}`,
      `row_deleted: audit_event position ${second}`,
    ]);
  });

  test('an amount in the ledger, on both of the accounts that are sealed or on the one', async () => {
    const { rows } = await sql<{ id: string }>`
      SELECT id FROM ledger_transfer WHERE reference_id = ${ids[0]}`.execute(world.db);
    const id = rows[0]?.id;
    await tamper(world.db, (tx) =>
      sql`UPDATE ledger_transfer SET amount = amount + 1 WHERE id = ${id}`.execute(tx),
    );
    expect(await problems()).toEqual([`row_edited: ledger_transfer ${id}`]);
  });

  test('a row put into a gap of the log', async () => {
    const failed = withTransaction(world.db, async (tx) => {
      await recordAudit(tx, { action: 'test.never', subject: 'gap' });
      throw new Error('rolled back');
    });
    await expect(failed).rejects.toThrow('rolled back');
    await withTransaction(world.db, (tx) => recordAudit(tx, { action: 'test.after', subject: 'gap' }));
    await sealAll(world.db);
    const gap = (await readSeals(world.db, 1n, 1_000)).at(-1)?.missing.split('-')[0];
    await tamper(world.db, (tx) =>
      sql`INSERT INTO audit_event (position, actor, action, subject, application) OVERRIDING SYSTEM VALUE
          VALUES (${gap}, 'operator:kim', 'credit.create', 'a lie', 'psql')`.execute(tx),
    );
    expect(await problems()).toEqual([`row_inserted: audit_event ${gap}`]);
  });

  test('a seal that was edited, and one that is gone', async () => {
    await tamper(world.db, (tx) =>
      sql`UPDATE audit_seal SET sealed_at = sealed_at - interval '1 day' WHERE number = 2`.execute(tx),
    );
    expect(await problems()).toEqual(['seal_edited: seal 2']);
    await tamper(world.db, (tx) => sql`DELETE FROM audit_seal WHERE number = 2`.execute(tx));
    expect(await problems()).toContain('seal_missing: seal 2');
  });

  test('a row edited together with its seal: the next seal does not follow', async () => {
    const seal = assertPresent(
      (await readSeals(world.db, 1n, 100)).find((one) => one.stream === 'withdrawal_event'),
      'seal',
    );
    const edited = { ...seal, digests: Buffer.from(seal.digests) };
    edited.digests.fill(7, 0, 32);
    const hash = hashSeal(edited);
    await tamper(world.db, (tx) =>
      sql`UPDATE audit_seal SET digests = ${edited.digests}, hash = ${hash} WHERE number = ${seal.number}`.execute(
        tx,
      ),
    );
    expect(await problems()).toEqual([
      expect.stringMatching(/^row_edited: withdrawal_event/),
      `seal_out_of_place: seal ${seal.number + 1n}`,
    ]);
  });

  test('a chain that was cut off at its end shows against a head that was kept elsewhere, and only so', async () => {
    const { head } = await verifyHistory(world);
    const expectHead = assertPresent(head, 'head').hash;
    expect(await problems({ expectHead })).toEqual([]);
    await submit(world, 1);
    await sealAll(world.db);
    expect(await problems({ expectHead })).toEqual([]);

    await tamper(world.db, async (tx) => {
      await sql`UPDATE withdrawal_event SET reason = 'another' WHERE withdrawal_id = ${ids[1]}`.execute(tx);
      await sql`DELETE FROM audit_seal`.execute(tx);
    });
    await sealAll(world.db);
    expect(await problems()).toEqual([]);
    expect(await problems({ expectHead })).toEqual([`head_unknown: head ${expectHead}`]);
  });

  test('from a seal in the middle, only what follows is looked at', async () => {
    const { head } = await verifyHistory(world);
    const from = assertPresent(head, 'head').number;
    await tamper(world.db, (tx) =>
      sql`UPDATE withdrawal_event SET actor = 'nobody' WHERE withdrawal_id = ${ids[4]}`.execute(tx),
    );
    expect(await verifyHistory(world, { from })).toMatchObject({ ok: true, seals: 1n });
    expect(await problems()).toHaveLength(1);
  });
});

test('the log and the seals refuse every change', async () => {
  await submit(world, 1);
  await sealAll(world.db);
  for (const table of ['audit_event', 'audit_seal', 'withdrawal_event']) {
    const name = sql.table(table);
    await expect(sql`DELETE FROM ${name}`.execute(world.db)).rejects.toThrow('immutable');
    if (table !== 'withdrawal_event')
      await expect(sql`TRUNCATE ${name}`.execute(world.db)).rejects.toThrow('immutable');
  }
  await expect(sql`UPDATE audit_event SET actor = ''`.execute(world.db)).rejects.toThrow('immutable');
  await expect(sql`UPDATE audit_seal SET note = ''`.execute(world.db)).rejects.toThrow('immutable');
  await expect(
    withTransaction(world.db, async (tx) => {
      await sql`SET LOCAL naru.removing = 'audit_event'`.execute(tx);
      await sql`DELETE FROM audit_event`.execute(tx);
    }),
  ).rejects.toThrow('immutable');
});
