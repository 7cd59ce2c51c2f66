import { logStreams, readSealingLagMs } from '@naru/core/audit/seal.store.ts';
import { countOpenByCause } from '@naru/core/dead-letter/dead-letter.reader.ts';
import { letterCauses } from '@naru/core/dead-letter/taxonomy.ts';
import { type JobState, readJobStates } from '@naru/core/job/job-run.store.ts';
import { readInvariantStates } from '@naru/core/reconciliation/alarm.store.ts';
import type { Database } from '@naru/db/database.ts';
import { registerGaugeGroup, type Sample } from '@naru/ops/gauge-group.ts';
import type { Registry } from 'prom-client';

/** Figures of jobs, invariants and seals, from the database at each scrape: the same on every instance. */
export function registerJobMetrics(registry: Registry, db: Database, jobs: readonly string[]): void {
  const perJob = (name: string, help: string) => ({ name, help, labelNames: ['job'] });
  registerGaugeGroup(
    registry,
    [
      perJob('naru_job_last_run_timestamp_seconds', 'When a job last began'),
      perJob('naru_job_last_success_timestamp_seconds', 'When a job was last done'),
      perJob('naru_job_last_duration_seconds', 'How long the last run took that ended'),
      perJob('naru_job_last_ok', '1 when the last run that ended was done, 0 when it failed'),
    ],
    async () => {
      const states = await readJobStates(db, jobs);
      return {
        naru_job_last_run_timestamp_seconds: samples(states, (state) => state.lastRunSeconds),
        naru_job_last_success_timestamp_seconds: samples(states, (state) => state.lastDoneSeconds),
        naru_job_last_duration_seconds: samples(states, (state) => state.lastDurationSeconds),
        naru_job_last_ok: samples(states, (state) => (state.lastOk === null ? null : Number(state.lastOk))),
      };
    },
  );
  registerGaugeGroup(
    registry,
    [
      { name: 'naru_alarm_open', help: 'Open alarms of an invariant', labelNames: ['invariant'] },
      {
        name: 'naru_invariant_last_ok_timestamp_seconds',
        help: 'When an invariant was last found to hold',
        labelNames: ['invariant'],
      },
    ],
    async () => {
      const states = await readInvariantStates(db);
      return {
        naru_alarm_open: states.map(({ invariant, open }) => ({ labels: { invariant }, value: open })),
        naru_invariant_last_ok_timestamp_seconds: states.flatMap(({ invariant, lastOkSeconds }) =>
          lastOkSeconds === null ? [] : [{ labels: { invariant }, value: lastOkSeconds }],
        ),
      };
    },
  );
  registerGaugeGroup(
    registry,
    [
      {
        name: 'naru_dead_letters',
        help: 'Open dead letters, by cause (docs/errors.md)',
        labelNames: ['cause'],
      },
    ],
    async () => {
      const open = await countOpenByCause(db);
      // Those with none as well, so that a rule sees zero and not nothing.
      const counts = new Map<string, number>(letterCauses.map((cause) => [cause, 0]));
      for (const { cause, count } of open) counts.set(cause, count);
      return {
        naru_dead_letters: [...counts].map(([cause, value]) => ({ labels: { cause }, value })),
      };
    },
  );
  registerGaugeGroup(
    registry,
    [
      {
        name: 'naru_history_unsealed_age_seconds',
        help: 'Age of the oldest row of a log that no seal covers; 0 when all are sealed',
        labelNames: ['stream'],
      },
    ],
    async () => {
      const lags = await Promise.all(logStreams.map((stream) => readSealingLagMs(db, stream)));
      return {
        naru_history_unsealed_age_seconds: logStreams.map((stream, index) => ({
          labels: { stream },
          value: (lags[index] ?? 0) / 1_000,
        })),
      };
    },
  );
}

function samples(states: readonly JobState[], figureOf: (state: JobState) => number | null): Sample[] {
  return states.flatMap((state) => {
    const value = figureOf(state);
    return value === null ? [] : [{ labels: { job: state.job }, value }];
  });
}
