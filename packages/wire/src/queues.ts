import { z } from 'zod';
import { timestamp } from './text.ts';
import { withdrawalState } from './withdrawal.ts';

const count = z
  .int()
  .min(0)
  .meta({ examples: [3] });
const rate = z
  .number()
  .min(0)
  .meta({ description: 'Per second, of `rateSeconds`.', examples: [12.5] });
const consumers = z
  .array(z.string())
  .meta({ description: 'Processes that work on it now; none: nobody does.', examples: [['worker-1']] });
const error = z
  .string()
  .nullable()
  .meta({ description: 'With what looks like a secret hidden.', examples: [null] });

export const queues = z
  .object({
    object: z.literal('queues'),
    asOf: timestamp,
    rateSeconds: z.number().meta({ examples: [60] }),
    stages: z
      .array(
        z.object({
          state: withdrawalState,
          depth: count,
          oldestAt: timestamp.nullable(),
          inPerSecond: rate,
          outPerSecond: rate,
          role: z
            .string()
            .nullable()
            .meta({ description: 'Who takes it on; null: people do.', examples: ['processor'] }),
          consumers,
        }),
      )
      .meta({ description: 'Every open state of withdrawals, in their order.' }),
    tasks: z
      .array(
        z.object({
          task: z.string().meta({ examples: ['check-ledger'] }),
          ready: count.meta({ description: 'Due, and not begun.' }),
          running: count,
          later: count.meta({ description: 'Waits for its time.' }),
          failed: count.meta({ description: 'Given up after all tries.' }),
          oldestAt: timestamp.nullable().meta({ description: 'Since when the oldest is due.' }),
          lastError: error,
          consumers,
          runs: z
            .object({
              lastStartedAt: timestamp.nullable(),
              lastEndedAt: timestamp.nullable(),
              lastOutcome: z
                .enum(['RUNNING', 'DONE', 'FAILED', 'SKIPPED'])
                .nullable()
                .meta({ examples: ['DONE'] }),
              lastDurationMs: z
                .int()
                .nullable()
                .meta({ examples: [41] }),
              lastFailedAt: timestamp.nullable().meta({ description: 'Within a day.' }),
              lastError: error,
              doneLastHour: count,
              failedLastHour: count,
            })
            .nullable()
            .meta({ description: 'null: it has not run for two days.' }),
        }),
      )
      .meta({ description: 'Jobs of the jobs role.' }),
  })
  .meta({ id: 'Queues', description: 'What waits, for how long, how fast it moves, and who works on it.' });
export type QueuesBody = z.output<typeof queues>;
