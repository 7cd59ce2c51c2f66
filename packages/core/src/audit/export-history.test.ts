import { assertPresent } from '@naru/kit/assert.ts';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import type { World } from '../withdrawal/withdrawal.fixture.ts';
import { listAuditEvents } from './audit.store.ts';
import {
  checkExport,
  type ExportPlan,
  exportLines,
  planExport,
  recordExport,
  removeExported,
} from './export-history.ts';
import { createHistoryWorld, sealAll, submit, tamper } from './history.fixture.ts';
import type { LogStream } from './seal.store.ts';
import { verifyHistory } from './verify-history.ts';

const CONTEXT = { actor: 'operator:kim@desk', origin: 'desk', requestId: null, reason: 'yearly' };
const FILE = { file: 'audit.jsonl.gz', sha256: 'ab'.repeat(32) };
const FUTURE = new Date(Date.now() + 60_000);

let world: World & { caller: Caller };
beforeEach(async () => {
  world = await createHistoryWorld();
});
afterEach(() => world.close());

async function collect(lines: AsyncIterable<string>): Promise<string[]> {
  const all: string[] = [];
  for await (const line of lines) all.push(line);
  return all;
}

async function* each(lines: readonly string[]): AsyncGenerator<string> {
  yield* lines;
}

async function plan(stream: LogStream): Promise<ExportPlan> {
  return assertPresent(await planExport(world.db, stream, FUTURE), 'plan');
}

async function countOf(stream: LogStream): Promise<number> {
  const { rows } = await sql<{
    count: number;
  }>`SELECT count(*)::integer AS count FROM ${sql.table(stream)}`.execute(world.db);
  return rows[0]?.count ?? 0;
}

/** Makes all there is of a log old, as if it had been written then. */
function age(stream: LogStream, years: number): Promise<void> {
  return tamper(world.db, (tx) =>
    sql`UPDATE ${sql.table(stream)} SET at = at - ${years} * interval '1 year 2 days'`.execute(tx),
  );
}

describe.each([
  ['audit_event', 1],
  ['withdrawal_event', 5],
] as const)('%s, after %s years', (stream, years) => {
  test('leaves by an export, and the chain still verifies from its start', async () => {
    await submit(world, 6);
    await age(stream, years);
    await sealAll(world.db);
    await submit(world, 2);
    const planned = await plan(stream);
    const lines = await collect(exportLines(world.db, planned));
    expect(lines).toHaveLength(Number(planned.rowCount) + 1);
    await recordExport(world.db, planned, FILE, CONTEXT);
    expect(await verifyHistory(world)).toMatchObject({ ok: true });

    const before = await countOf(stream);
    expect(await removeExported(world.db, stream, CONTEXT)).toBe(planned.rowCount);
    await sealAll(world.db);
    expect(await countOf(stream)).toBeLessThan(before + 4);
    expect(await verifyHistory(world)).toMatchObject({ ok: true, problems: [], unsealed: [] });

    // What was put away is proved by the seals that stayed.
    expect(await checkExport(world.db, each(lines))).toEqual([]);
    const forged = lines.map((line, index) =>
      index === 1 ? line.replace('"fields":["', '"fields":["x') : line,
    );
    expect(await checkExport(world.db, each(forged))).toEqual([
      expect.stringContaining('not what was sealed'),
    ]);
    expect(await checkExport(world.db, each(lines.slice(0, -1)))).not.toEqual([]);

    const actions = (await listAuditEvents(world.db, { action: 'audit.' }, { limit: 10, before: null })).map(
      ({ action, actor, reason }) => `${action} ${actor} ${reason}`,
    );
    expect(actions).toEqual([
      'audit.remove operator:kim@desk yearly',
      'audit.export operator:kim@desk yearly',
    ]);
    // The next export goes on where this one ended.
    expect((await planExport(world.db, stream, FUTURE))?.after ?? planned.last).toBe(planned.last);
  });

  test('what is too young is refused by the database, exported or not', async () => {
    await submit(world, 2);
    await sealAll(world.db);
    const planned = await plan(stream);
    await recordExport(world.db, planned, FILE, CONTEXT);
    await expect(removeExported(world.db, stream, CONTEXT)).rejects.toThrow('immutable');
    expect(await verifyHistory(world)).toMatchObject({ ok: true });
  });

  test('what was not exported is not removed', async () => {
    await submit(world, 2);
    await age(stream, years);
    await sealAll(world.db);
    expect(await removeExported(world.db, stream, CONTEXT)).toBe(0n);
  });
});

test('history that was edited is not exported', async () => {
  await submit(world, 2);
  await sealAll(world.db);
  await tamper(world.db, (tx) => sql`UPDATE withdrawal_event SET actor = 'nobody'`.execute(tx));
  await expect(collect(exportLines(world.db, await plan('withdrawal_event')))).rejects.toMatchObject({
    code: 'history_broken',
  });
});
