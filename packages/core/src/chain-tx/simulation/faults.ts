import type { Priority } from '../../withdrawal/withdrawal.ts';
import { type Lie, lies } from './provider.ts';
import type { Random } from './random.ts';

/** What happens to the system from outside. A story is a list of these, by chance or by hand. */
export type Fault =
  | { kind: 'submit'; count: number; priority: Priority; recipients?: 'frozen' | 'refused' }
  /** The oldest withdrawal that can still be called back is. */
  | { kind: 'cancel' }
  | { kind: 'kill'; process: string; forMs: number }
  | { kind: 'freeze'; process: string; forMs: number }
  /** One provider says what is not so. Another that lied before is honest from then on. */
  | { kind: 'lie'; provider: number; lie: Lie; forMs: number }
  /** It answers truly, of blocks it had when this began, whatever became of them. */
  | { kind: 'stuck'; provider: number; forMs: number }
  | { kind: 'slow'; provider: number; latencyMs: number; forMs: number }
  | { kind: 'rpc_errors'; chance: number; forMs: number }
  | { kind: 'lost_answers'; chance: number; forMs: number }
  | { kind: 'database_errors'; chance: number; forMs: number }
  | { kind: 'lost_commits'; chance: number; forMs: number }
  | { kind: 'signer_down'; forMs: number }
  /** `keep`: which transactions wait for a block again. `older`: blocks take older bytes of a nonce where there are any. */
  | {
      kind: 'reorg';
      depth: number;
      blocks: number;
      keep: 'all' | 'some' | 'none';
      older?: boolean;
      foreign?: number;
    }
  | { kind: 'evict'; keepChance: number }
  | { kind: 'older_bytes'; chance: number; forMs: number }
  | { kind: 'fees'; baseFeeWei: bigint; forMs: number }
  | { kind: 'foreign'; account: number }
  | { kind: 'gas_limit_low'; forMs: number }
  | { kind: 'token_paused'; forMs: number }
  | { kind: 'revert_next'; count: number }
  | { kind: 'short_of_gas_next'; count: number }
  | { kind: 'no_coin'; account: number; forMs: number }
  | { kind: 'backup' }
  /** The database goes back to the last backup; an operator stops everything, recovers and starts again. */
  | { kind: 'restore' };

export type Event = { atMs: number; fault: Fault };

/** How the system is set up for a story. */
export type Setup = {
  accounts: number;
  processes: number;
  batchItemsMax: number;
  confirmations: number;
  /** Of each account, in units; a withdrawal asks for 1 to 100. */
  balance: bigint;
};

export function randomSetup(random: Random): Setup {
  return {
    accounts: random.whole(1, 3),
    processes: random.whole(1, 3),
    batchItemsMax: random.whole(1, 4),
    confirmations: random.whole(2, 5),
    balance: random.chance(0.2) ? 1_500n : 1_000_000n,
  };
}

/** Faults end here at the latest; after it everything must come to an end by itself. */
export const FAULTS_END_MS = 60_000;
const FAULTS_MAX = 12;
/** Fees that do not fall again while the story lasts. Those above the ceiling must, or it would have no end. */
const FEES_STAY_MS = 10_000_000;

export function randomEvents(random: Random, setup: Setup): Event[] {
  const events: Event[] = [];
  const add = (fault: Fault, fromMs = 0, toMs = 45_000) =>
    events.push({ atMs: random.whole(fromMs, toMs), fault });
  for (let left = random.whole(2, 8); left > 0; left--) {
    const priority = random.chance(0.7) ? 'STANDARD' : random.pick(['VIP', 'EMERGENCY'] as const);
    const recipients = random.chance(0.15) ? random.pick(['frozen', 'refused'] as const) : undefined;
    const count = random.whole(1, 4);
    add({ kind: 'submit', count, priority, ...(recipients === undefined ? {} : { recipients }) }, 0, 30_000);
  }
  for (let left = random.whole(0, FAULTS_MAX); left > 0; left--) add(randomFault(random, setup), 500);
  if (random.chance(0.12)) {
    const backupMs = random.whole(1_000, 25_000);
    events.push({ atMs: backupMs, fault: { kind: 'backup' } });
    events.push({ atMs: backupMs + random.whole(1_000, 30_000), fault: { kind: 'restore' } });
  }
  return events.sort((one, other) => one.atMs - other.atMs);
}

function randomFault(random: Random, setup: Setup): Fault {
  const forMs = random.whole(500, 14_000);
  const provider = random.whole(0, 1);
  const account = random.whole(0, setup.accounts - 1);
  const chance = random.pick([0.2, 0.5, 1]);
  const role = random.pick(['processor', 'processor', 'broadcaster', 'monitor', 'monitor'] as const);
  const process = `${role}-${random.whole(1, setup.processes)}`;
  const makers: (() => Fault)[] = [
    () => ({ kind: 'cancel' }),
    () => ({ kind: 'kill', process, forMs: random.whole(50, 6_000) }),
    () => ({ kind: 'kill', process, forMs: random.whole(50, 6_000) }),
    () => ({ kind: 'freeze', process, forMs: random.whole(500, 9_000) }),
    () => ({ kind: 'freeze', process, forMs: random.whole(2_500, 9_000) }),
    () => ({ kind: 'lie', provider, lie: random.pick(lies), forMs }),
    () => ({ kind: 'lie', provider, lie: random.pick(lies), forMs }),
    () => ({ kind: 'lie', provider, lie: random.pick(lies), forMs }),
    () => ({ kind: 'stuck', provider, forMs }),
    () => ({ kind: 'slow', provider, latencyMs: random.whole(500, 5_000), forMs }),
    () => ({ kind: 'rpc_errors', chance, forMs }),
    () => ({ kind: 'lost_answers', chance, forMs }),
    () => ({ kind: 'database_errors', chance, forMs: random.whole(200, 4_000) }),
    () => ({ kind: 'lost_commits', chance: 0.3, forMs }),
    () => ({ kind: 'signer_down', forMs }),
    () => randomReorg(random, setup, account),
    () => randomReorg(random, setup, account),
    () => randomReorg(random, setup, account),
    () => ({ kind: 'evict', keepChance: random.pick([0, 0.5]) }),
    () => ({ kind: 'older_bytes', chance, forMs }),
    () => ({
      kind: 'fees',
      ...random.pick([
        { baseFeeWei: 60n, forMs: FEES_STAY_MS },
        { baseFeeWei: 200n, forMs: FEES_STAY_MS },
        { baseFeeWei: 5_000n, forMs: 20_000 },
      ]),
    }),
    () => ({ kind: 'foreign', account }),
    () => ({ kind: 'token_paused', forMs }),
    () => ({ kind: 'gas_limit_low', forMs }),
    () => ({ kind: 'revert_next', count: random.whole(1, 3) }),
    () => ({ kind: 'short_of_gas_next', count: random.whole(1, 2) }),
    () => ({ kind: 'no_coin', account, forMs }),
  ];
  return random.pick(makers)();
}

function randomReorg(random: Random, setup: Setup, account: number): Fault {
  const depth = random.whole(1, setup.confirmations - 1);
  const keep = random.pick(['all', 'all', 'some', 'none'] as const);
  return {
    kind: 'reorg',
    depth,
    blocks: random.whole(0, depth + 1),
    keep,
    older: random.chance(0.4),
    ...(random.chance(0.1) ? { foreign: account } : {}),
  };
}
