import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buildRoles } from '@naru/cli/role-build.ts';
import { roleCommand } from '@naru/cli/role-command.ts';
import { verifyHistory } from '@naru/core/audit/verify-history.ts';
import { readJobStates } from '@naru/core/job/job-run.store.ts';
import { listAlarms } from '@naru/core/reconciliation/alarm.store.ts';
import { sleep } from '@naru/kit/clock.ts';
import { findFreePort } from '@naru/local-servers/ports.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, type Stack, type StackProcess, startStack } from '../support/stack.ts';

/** The jobs role as a process, on a real database and a real chain. */
let stack: Stack;
let jobs: StackProcess;
beforeAll(async () => {
  stack = await startStack();
  jobs = await stack.startWorker('jobs');
});
afterAll(() => stack?.stop());

const db = () => stack.database.db;

/** Puts a run of a job into the queue now, and waits until a run of it that began afterwards has ended. */
async function runNow(job: string): Promise<{ outcome: string; result: Record<string, unknown> | null }> {
  const { rows } = await sql<{ now: Date }>`SELECT clock_timestamp() AS now`.execute(db());
  await sql`SELECT graphile_worker.add_job(${job})`.execute(db());
  return await eventually(`a run of ${job}`, async () => {
    const { rows: runs } = await sql<{ outcome: string; result: Record<string, unknown> | null }>`
      SELECT outcome, result FROM job_run
       WHERE job = ${job} AND started_at >= ${rows[0]?.now} AND outcome <> 'RUNNING'
       ORDER BY started_at LIMIT 1`.execute(db());
    return runs[0] ?? null;
  });
}

async function metrics(): Promise<string> {
  return await (await fetch(`http://127.0.0.1:${jobs.port}/metrics`)).text();
}

test('is ready, and every check holds on a stack that is right', async () => {
  await eventually('ready', async () => {
    const answer = await fetch(`http://127.0.0.1:${jobs.port}/readyz`);
    return answer.status === 200 ? true : null;
  });
  for (const job of ['check-ledger', 'check-reserves', 'check-chains', 'check-sealing', 'verify-history'])
    expect(await runNow(job)).toMatchObject({ outcome: 'DONE', result: { ok: true, findings: 0 } });
  expect(await runNow('check-books')).toMatchObject({
    outcome: 'DONE',
    result: { ledger: { ok: true }, reserves: { ok: true } },
  });
  expect(await runNow('remove-expired')).toMatchObject({
    outcome: 'DONE',
    result: { idempotencyRecords: 0 },
  });
});

test('seals what was written, and says in its metrics how jobs and invariants are', async () => {
  await eventually('all is sealed', async () => {
    const report = await verifyHistory({ db: db() });
    expect(report.problems).toEqual([]);
    return report.unsealed.length === 0 && report.rows > 0n ? true : null;
  });
  const text = await metrics();
  expect(text).toMatch(/naru_job_last_ok\{job="check-ledger",role="jobs"\} 1/);
  expect(text).toMatch(/naru_alarm_open\{invariant="ledger_replay",role="jobs"\} 0/);
  expect(text).toMatch(/naru_history_sealed_rows_total\{role="jobs"\} [1-9]/);
});

test('a broken invariant is an alarm, an error line and a figure; a repaired one closes it', async () => {
  const change = (units: number) =>
    db()
      .transaction()
      .execute(async (tx) => {
        await sql`SET LOCAL session_replication_role = replica`.execute(tx);
        await sql`UPDATE ledger_account SET debits_pending = debits_pending + ${units} WHERE kind = 'CUSTOMER'
                   AND asset_id = 'localhost:USDC'`.execute(tx);
      });
  await change(1);
  expect(await runNow('check-reserves')).toMatchObject({ result: { ok: false, findings: 1 } });
  expect(await metrics()).toMatch(/naru_alarm_open\{invariant="reserves",role="jobs"\} 1/);
  expect(await jobs.log()).toContain('alarm: an invariant does not hold');
  await change(-1);
  expect(await runNow('check-reserves')).toMatchObject({ result: { ok: true } });
  expect(await metrics()).toMatch(/naru_alarm_open\{invariant="reserves",role="jobs"\} 0/);
  // A busy machine may have alarms of its own: those of its resources.
  const alarms = await listAlarms(db(), { onlyOpen: false, limit: 99 });
  const alarm = alarms.find(({ invariant }) => invariant === 'reserves');
  expect(alarm?.closedAt).toBeInstanceOf(Date);
});

test('each minute is one run over all instances; one that is killed leaves nothing that holds up the others', {
  timeout: 240_000,
}, async () => {
  const second = await stack.startWorker('jobs');
  jobs.kill('SIGKILL');
  await jobs.ended;
  const third = await stack.startWorker('jobs');
  second.kill('SIGKILL');
  await second.ended;
  jobs = third;
  expect(await runNow('check-ledger')).toMatchObject({ outcome: 'DONE' });
  // The schedule itself, over two instances: the next full minute brings one run of each job.
  const fourth = await stack.startWorker('jobs');
  await sql`DELETE FROM job_run`.execute(db());
  await eventually(
    'the next minute',
    async () => {
      const states = await readJobStates(db(), ['check-ledger', 'check-reserves', 'check-chains']);
      return states.every((state) => state.lastOk === true) ? true : null;
    },
    75_000,
  );
  await sleep(500);
  const { rows } = await sql<{ count: bigint }>`
    SELECT count(*) AS count FROM job_run WHERE job = 'check-ledger'`.execute(db());
  expect(rows[0]?.count).toBe(1n);
  fourth.kill('SIGTERM');
  expect(await fourth.ended).toBe('0');
  expect((await verifyHistory({ db: db() })).problems).toEqual([]);
});

describe('under the permission model of Node', () => {
  test.each(['its sources', 'its build'])('it starts from anywhere, and stops, run from %s', async (from) => {
    const port = await findFreePort();
    const env = {
      DATABASE_URL: stack.database.url,
      NARU_RPC_LOCALHOST: stack.anvil.url,
      NARU_ROLES: 'jobs',
      NARU_PORT: String(port),
      HOME: tmpdir(),
    };
    const root = path.resolve(import.meta.dirname, '../..');
    const build = from === 'its build' ? await buildRoles(root) : null;
    const { command, args } = roleCommand('jobs', { root, env, build });
    const child = spawn(command, args, { cwd: tmpdir(), env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (data) => (output += String(data)));
    const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
    await eventually('ready', async () => {
      if (child.exitCode !== null) throw new Error(output);
      const answer = await fetch(`http://127.0.0.1:${port}/readyz`).catch(() => null);
      return answer?.status === 200 ? true : null;
    });
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(output).not.toContain('ERR_ACCESS_DENIED');
  });
});
