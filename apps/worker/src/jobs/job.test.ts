import { parseCronItems } from 'graphile-worker';
import { describe, expect, test } from 'vitest';
import { allJobs, jobNames } from './all-jobs.ts';
import { cronOf, findJobProblems, type Job } from './job.ts';

const job: Job = { schedule: { everyMinutes: 5 }, timeLimitMs: 1, triesMax: 1, run: async () => ({}) };

test('every job has exactly one handler, limits, and a schedule that the queue can keep', () => {
  expect(findJobProblems(jobNames, allJobs)).toEqual([]);
  const items = Object.entries(allJobs).map(([task, { schedule }]) => ({ task, match: cronOf(schedule) }));
  expect(parseCronItems(items)).toHaveLength(jobNames.length);
});

test.each([
  ['a job without a handler', ['a', 'b'], { a: job }, 'the job b has no handler'],
  ['a handler without a job', ['a'], { a: job, b: job }, 'the handler b has no job'],
  ['a name that stands there twice', ['a', 'a'], { a: job }, 'the job a stands there twice'],
  ['no time limit', ['a'], { a: { ...job, timeLimitMs: 0 } }, 'the job a has no limits'],
  [
    'minutes that no hour is made of',
    ['a'],
    { a: { ...job, schedule: { everyMinutes: 7 } } },
    'the job a has no schedule that can be kept',
  ],
  [
    'an hour that no day has',
    ['a'],
    { a: { ...job, schedule: { dailyAtSeoul: '24:00' as const } } },
    'the job a has no schedule that can be kept',
  ],
])('at start, %s is found', (_, names, jobs, problem) => {
  expect(findJobProblems(names, jobs as Record<string, Job>)).toEqual([problem]);
});

describe('schedules of days are those of Korea, kept in UTC', () => {
  test.each([
    ['03:30', '30 18 * * *'],
    ['09:00', '0 0 * * *'],
    ['23:59', '59 14 * * *'],
  ] as const)('%s is %s', (dailyAtSeoul, cron) => {
    expect(cronOf({ dailyAtSeoul })).toBe(cron);
    const [minute, hour] = cron.split(' ').map(Number);
    const inSeoul = new Date(Date.UTC(2026, 0, 1, hour, minute)).toLocaleTimeString('en-GB', {
      timeZone: 'Asia/Seoul',
      hour: '2-digit',
      minute: '2-digit',
    });
    expect(inSeoul).toBe(dailyAtSeoul);
  });
});
