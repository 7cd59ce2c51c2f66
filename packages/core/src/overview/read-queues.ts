import type { Database } from '@naru/db/database.ts';
import type { WithdrawalState } from '../withdrawal/withdrawal.machine.ts';
import { createCached } from './cached.ts';
import { listPresent } from './fleet.store.ts';
import { maskSecrets } from './mask-secrets.ts';
import { OVERVIEW_AGE_MS_MAX, PROBLEM_CHARACTERS_MAX } from './overview.limits.ts';
import { readNow } from './overview.reader.ts';
import {
  readStageDepths,
  readStageRates,
  readTaskQueues,
  readTaskRuns,
  type StageDepth,
  type TaskQueue,
  type TaskRuns,
} from './queues.reader.ts';

/** Who takes what waits in a state on. In REVIEW it waits for people. */
const roleOfState: Partial<Record<WithdrawalState, string>> = {
  PENDING: 'processor',
  VALIDATING: 'processor',
  SIGNING: 'processor',
  SIGNED: 'broadcaster',
  BROADCASTING: 'broadcaster',
  BROADCASTED: 'monitor',
  CONFIRMING: 'monitor',
};

export type StageQueue = StageDepth & {
  /** Per second, of the last minute or less. */
  inPerSecond: number;
  outPerSecond: number;
  /** The role that works on it, and the processes that have it; null: people. */
  role: string | null;
  consumers: string[];
};

export type QueuesLook = {
  asOf: Date;
  /** What rates are counted over. */
  rateSeconds: number;
  stages: StageQueue[];
  tasks: (TaskQueue & { runs: TaskRuns | null; consumers: string[] })[];
};

/** What waits, for how long, how fast it moves and who works on it: one look for all who ask. */
export type Queues = { read(): Promise<QueuesLook> };

export function createQueues({ db }: { db: Database }): Queues {
  return { read: createCached(() => readQueues(db), OVERVIEW_AGE_MS_MAX) };
}

async function readQueues(db: Database): Promise<QueuesLook> {
  const asOf = await readNow(db);
  const [depths, { seconds, rates }, queues, runs, present] = await Promise.all([
    readStageDepths(db),
    readStageRates(db),
    readTaskQueues(db),
    readTaskRuns(db),
    listPresent(db),
  ]);
  const consumersOf = (role: string) =>
    present.filter(({ roles }) => roles.includes(role)).map(({ instance }) => instance);
  const stages = depths.map((stage): StageQueue => {
    const rate = rates.find(({ state }) => state === stage.state);
    const role = roleOfState[stage.state] ?? null;
    return {
      ...stage,
      inPerSecond: (rate?.entered ?? 0) / seconds,
      outPerSecond: (rate?.left ?? 0) / seconds,
      role,
      consumers: role === null ? [] : consumersOf(role),
    };
  });
  const names = [...new Set([...queues, ...runs].map(({ task }) => task))].sort();
  const tasks = names.map((task) => {
    const none = { task, ready: 0, running: 0, later: 0, failed: 0, oldestAt: null, lastError: null };
    const queue = queues.find((one) => one.task === task) ?? none;
    const ran = runs.find((one) => one.task === task) ?? null;
    return {
      ...queue,
      lastError: masked(queue.lastError),
      runs: ran === null ? null : { ...ran, lastError: masked(ran.lastError) },
      consumers: consumersOf('jobs'),
    };
  });
  return { asOf, rateSeconds: seconds, stages, tasks };
}

function masked(error: string | null): string | null {
  return error === null ? null : maskSecrets(error).slice(0, PROBLEM_CHARACTERS_MAX);
}
