import { createHash } from 'node:crypto';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { insertVariety, VARIETY_ROWS } from '../lookup/lookup.fixture.ts';
import type { OperatorFilter } from '../lookup/lookup.ts';
import { createWorld, doneValue, endOf, type World } from '../withdrawal/withdrawal.fixture.ts';
import { CHUNK_BYTES_MAX, EXPORTS_OPEN_MAX } from './export.limits.ts';
import { createExportDesk, type ExportDesk } from './export-desk.ts';
import { createTimeFormat, toChunks } from './withdrawal-lines.ts';
import { writeExports } from './write-exports.ts';

let world: World;
let caller: Caller;
let desk: ExportDesk;
beforeAll(async () => {
  world = await createWorld();
  caller = await world.owner({});
  desk = createExportDesk(world);
  await insertVariety(world.db);
  await sql`UPDATE organisation SET name = '=HYPERLINK("https://evil", "Desk")' WHERE name = 'Desk 1'`.execute(
    world.db,
  );
});
afterAll(() => world.close());

const ask = (filter: OperatorFilter, key = newUuid()) =>
  desk.create(
    { filter, timeZone: 'Asia/Seoul' },
    { caller, idempotencyKey: key, from: { origin: null, requestId: null } },
  );

async function textOf(id: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of desk.bytes(id)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

test('a file has every row that the list has, its hash, times of Korea, and nothing that runs in a spreadsheet', async () => {
  const { id } = doneValue(await ask({ state: ['CONFIRMED', 'FAILED'] }));
  expect(await writeExports(world)).toEqual({ done: 1, failed: 0, removed: 0 });
  const file = await desk.get(id);
  const text = await textOf(id);
  expect(file).toMatchObject({
    state: 'DONE',
    bytes: BigInt(Buffer.byteLength(text)),
    sha256: createHash('sha256').update(text).digest('hex'),
  });
  const lines = text.split('\r\n').filter((line) => line !== '');
  expect(lines[0]).toContain('id,organisation_id,organisation,state');
  expect(lines).toHaveLength((file?.rows ?? 0) + 1);
  expect(file?.rowsExpected).toBe(file?.rows);
  expect(lines.slice(1).every((line) => /,(CONFIRMED|FAILED),/.test(line))).toBe(true);
  expect(text).toContain('"\'=HYPERLINK(');
  expect(lines[1]).toMatch(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+09:00/);
});

test('a repeated request is the same file; only so many are under way', async () => {
  const key = newUuid();
  const first = doneValue(await ask({}, key));
  expect(doneValue(await ask({}, key)).id).toBe(first.id);
  for (let open = 1; open < EXPORTS_OPEN_MAX; open += 1) doneValue(await ask({ asset: 'ETH' }));
  expect(endOf(await ask({}))).toBe('operation_not_possible');
  expect(await writeExports(world)).toMatchObject({ done: EXPORTS_OPEN_MAX, failed: 0 });
  expect((await desk.get(first.id))?.rows).toBe(VARIETY_ROWS);
});

test('a run that was killed is gone on with: no row is missing, none is there twice', async () => {
  const whole = doneValue(await ask({}));
  await writeExports(world);
  const text = await textOf(whole.id);
  const { id } = doneValue(await ask({ createdTo: whole.requestedAt }));
  // As a process leaves it that is killed after its first page, which here were ten rows.
  const lines = text.split('\r\n');
  const begun = `${lines.slice(0, 11).join('\r\n')}\r\n`;
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM withdrawal ORDER BY id DESC OFFSET 9 LIMIT 1`.execute(world.db);
  await sql`
    UPDATE export SET state = 'RUNNING', started_at = now(), rows = 10, chunks = 1, after_id = ${rows[0]?.id ?? ''},
           bytes = ${Buffer.byteLength(begun)} WHERE id = ${id}`.execute(world.db);
  await sql`INSERT INTO export_chunk VALUES (${id}, 0, ${Buffer.from(begun)})`.execute(world.db);
  expect(await writeExports(world)).toMatchObject({ done: 1 });
  expect(await textOf(id)).toBe(text);
  expect((await desk.get(id))?.sha256).toBe((await desk.get(whole.id))?.sha256);
});

test('a run that is told to stop leaves the file to the next one', async () => {
  const { id } = doneValue(await ask({}));
  expect(await writeExports({ db: world.db, signal: AbortSignal.abort() })).toMatchObject({
    done: 0,
    failed: 0,
  });
  expect(await desk.get(id)).toMatchObject({ state: 'REQUESTED' });
  expect(await writeExports(world)).toMatchObject({ done: 1 });
});

test('a file is gone after a day, with all its pieces', async () => {
  const { id } = doneValue(await ask({}));
  await writeExports(world);
  await sql`UPDATE export SET expires_at = now() - interval '1 second' WHERE id = ${id}`.execute(world.db);
  expect(await desk.get(id)).toBeNull();
  expect((await desk.list()).map((one) => one.id)).not.toContain(id);
  expect(await writeExports(world)).toMatchObject({ removed: 1 });
  expect(await textOf(id)).toBe('');
});

test('pieces are no larger than the database takes, and are the lines', () => {
  const lines = Array.from({ length: 3_000 }, (_, index) => `${index},${'가'.repeat(200)}\r\n`);
  const chunks = toChunks(lines);
  expect(chunks.length).toBeGreaterThan(1);
  expect(chunks.every(({ length }) => length <= CHUNK_BYTES_MAX)).toBe(true);
  expect(Buffer.concat(chunks).toString('utf8')).toBe(lines.join(''));
});

test('times have the offset of their zone at that time', () => {
  const at = new Date('2026-07-01T15:04:05.678Z');
  expect(createTimeFormat('Asia/Seoul')(at)).toBe('2026-07-02T00:04:05.678+09:00');
  expect(createTimeFormat('UTC')(at)).toBe('2026-07-01T15:04:05.678+00:00');
  expect(createTimeFormat('America/New_York')(at)).toBe('2026-07-01T11:04:05.678-04:00');
});
