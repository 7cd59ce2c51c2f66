import { openDatabase } from '@naru/db/database.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import type { Span } from '@naru/telemetry/otlp.ts';
import type { SentSpans } from '@naru/telemetry/send-spans.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { createHistoryWorld, submit } from '../audit/history.fixture.ts';
import { cancelWithdrawal } from '../withdrawal/cancel-withdrawal.ts';
import type { World } from '../withdrawal/withdrawal.fixture.ts';
import { tellTraces } from './tell-traces.ts';
import { readTracePosition } from './trace.store.ts';

let world: World & { caller: Caller };
let locks: ReturnType<typeof openDatabase>;
let told: Span[];
let answer: SentSpans;
beforeEach(async () => {
  world = await createHistoryWorld();
  locks = openDatabase({ databaseUrl: world.database.url, applicationName: 'test-locks', connectionsMax: 4 });
  told = [];
  answer = { kind: 'taken' };
});
afterEach(async () => {
  await locks.destroy();
  await world.close();
});
const tell = () =>
  tellTraces({
    db: world.db,
    locks,
    logger: silentLogger,
    ratio: 1,
    send: async (spans) => {
      if (answer.kind === 'taken') told.push(...spans);
      return answer;
    },
  });

test('what happens is told once and in order; what could not be told waits in the log', async () => {
  await tell(); // from now on
  const [id = ''] = await submit(world, 1);
  answer = { kind: 'again', reason: 'HTTP 503' };
  await expect(tell()).rejects.toThrow('traces wait: HTTP 503');
  answer = { kind: 'taken' };
  await tell();
  await cancelWithdrawal({ db: world.db }, world.caller, null, id);
  await tell();
  await tell();
  expect(told.map(({ service, name }) => `${service} ${name}`)).toEqual([
    'naru-api accepted',
    'naru-api PENDING',
    'naru-api withdrawal',
  ]);
  const [first, second, whole] = told;
  expect(new Set(told.map(({ traceId }) => traceId))).toEqual(new Set([id.replaceAll('-', '')]));
  expect([first?.parentSpanId, second?.parentSpanId, whole?.parentSpanId]).toEqual([
    whole?.spanId,
    whole?.spanId,
    null,
  ]);
  expect(JSON.stringify(told)).not.toMatch(/0x|amount|reference/);
});

test('a collector that refuses holds nothing up, and two instances tell each event once', async () => {
  await tell();
  await submit(world, 2);
  answer = { kind: 'refused', reason: 'HTTP 400' };
  const before = await readTracePosition(world.db);
  await tell();
  expect(await readTracePosition(world.db)).toBe(before + 2n);
  answer = { kind: 'taken' };
  await submit(world, 5);
  await Promise.all([tell(), tell(), tell()]);
  await tell();
  expect(told).toHaveLength(5);
});
