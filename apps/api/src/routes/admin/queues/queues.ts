import type { QueuesLook } from '@naru/core/overview/read-queues.ts';
import { type QueuesBody, queues } from '@naru/wire/queues.ts';
import { defineRoute } from '../../../http/define-route.ts';

const text = (at: Date | null) => at?.toISOString() ?? null;

function toQueuesBody({ asOf, rateSeconds, stages, tasks }: QueuesLook): QueuesBody {
  return {
    object: 'queues',
    asOf: asOf.toISOString(),
    rateSeconds,
    stages: stages.map((stage) => ({ ...stage, oldestAt: text(stage.oldestAt) })),
    tasks: tasks.map(({ runs, ...task }) => ({
      ...task,
      oldestAt: text(task.oldestAt),
      runs:
        runs === null
          ? null
          : {
              lastStartedAt: text(runs.lastStartedAt),
              lastEndedAt: text(runs.lastEndedAt),
              lastOutcome: toOutcome(runs.lastOutcome),
              lastDurationMs: runs.lastDurationMs,
              lastFailedAt: text(runs.lastFailedAt),
              lastError: runs.lastError,
              doneLastHour: runs.done,
              failedLastHour: runs.failed,
            },
    })),
  };
}

type Outcome = NonNullable<NonNullable<QueuesBody['tasks'][number]['runs']>['lastOutcome']>;
function toOutcome(outcome: string | null): Outcome | null {
  return outcome === 'RUNNING' || outcome === 'DONE' || outcome === 'FAILED' || outcome === 'SKIPPED'
    ? outcome
    : null;
}

export const getQueuesRoute = defineRoute({
  method: 'GET',
  path: '/v1/admin/queues',
  operationId: 'getQueues',
  tag: 'Operators',
  summary: 'Read the queues',
  description:
    'Each stage of withdrawals and each job: how much waits, since when, how fast it comes and goes, what failed, and who works on it. A second old at most.',
  scope: 'operations:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'All queues.', schema: queues } },
  errors: [],
  handler: async ({ queues: looks }) => ({ status: 200, body: toQueuesBody(await looks.read()) }) as const,
});
