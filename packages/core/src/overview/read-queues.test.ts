import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWorld, doneValue, requestOf, type World, walkTo } from '../withdrawal/withdrawal.fixture.ts';
import { sayPresent } from './fleet.store.ts';
import { createQueues } from './read-queues.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

test('each stage tells what waits, how fast it moves and who works on it; jobs tell how they went, without secrets', async () => {
  const caller = await world.owner();
  const ids: string[] = [];
  for (const key of ['a', 'b', 'c'])
    ids.push(doneValue(await world.withdrawals.request(caller, key, requestOf())).id);
  await walkTo(world.db, ids[0] ?? '', 'SIGNED');
  await sayPresent(
    world.db,
    { owner: 'one', instance: 'worker-1', roles: ['processor', 'jobs'], startedAt: new Date() },
    [],
  );
  await sql`
    INSERT INTO job_run (id, job, instance, outcome, started_at, ended_at, error)
    VALUES (${newUuid()}, 'check-ledger', 'i', 'DONE', now() - interval '2 minutes', now() - interval '119 seconds', NULL),
           (${newUuid()}, 'check-ledger', 'i', 'FAILED', now() - interval '1 minute', now(),
            'fetch of https://me:pw@rpc.example/key failed')`.execute(world.db);
  const look = await createQueues(world).read();
  const stage = (state: string) => look.stages.find((one) => one.state === state);
  expect(look.stages).toHaveLength(8);
  expect(stage('PENDING')).toMatchObject({ depth: 2, role: 'processor', consumers: ['worker-1'] });
  expect(stage('PENDING')?.oldestAt).toBeInstanceOf(Date);
  expect([(stage('PENDING')?.inPerSecond ?? 0) * 60, (stage('PENDING')?.outPerSecond ?? 0) * 60]).toEqual([
    3, 1,
  ]);
  expect(stage('SIGNED')).toMatchObject({ depth: 1, role: 'broadcaster', consumers: [] });
  expect(stage('REVIEW')).toMatchObject({ depth: 0, oldestAt: null, role: null });
  expect(look.tasks).toMatchObject([
    {
      task: 'check-ledger',
      consumers: ['worker-1'],
      runs: {
        done: 1,
        failed: 1,
        lastOutcome: 'FAILED',
        lastError: 'fetch of https://rpc.example/[hidden] failed',
      },
    },
  ]);
});
