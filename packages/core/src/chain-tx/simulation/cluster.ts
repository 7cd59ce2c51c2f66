import { GAS_MONEY_LOW } from '../chain-tx.pauses.ts';
import { broadcast } from './broadcaster.ts';
import { Trouble } from './failures.ts';
import type { Process, Routine } from './kernel.ts';
import { follow } from './monitor.ts';
import { hold, LEASE_MS, plan, sign } from './processor.ts';
import { resume } from './statements.ts';
import { type Instance, query, type World } from './world.ts';

export const roles = ['processor', 'broadcaster', 'monitor', 'accounts'] as const;
export type Role = (typeof roles)[number];

/** The processes that run now. Each start is a new life of the same instance, with a higher owner name. */
export type Cluster = {
  start(role: Role, number: number): void;
  startAll(only?: Role): void;
  kill(name: string): void;
  killAll(): void;
  freeze(name: string, forMs: number): void;
  names(): string[];
};

const POLL_MS = 400;
const WATCH_MS = 2_000;
const RETRY_MS_MAX = 900;

export function createCluster(world: World, counts: Record<Role, number>): Cluster {
  const running = new Map<string, Process>();
  let lives = 0;

  function start(role: Role, number: number): void {
    const name = `${role}-${number}`;
    if (running.get(name)?.dead === false) return;
    lives += 1;
    const owner = `host/${name}#${String(lives).padStart(5, '0')}`;
    const process: Process = { name, owner, dead: false, frozenUntilMs: 0 };
    running.set(name, process);
    const it: Instance = { world, process, owner };
    for (const [loop, step, pollMs] of loopsOf(role))
      world.kernel.spawn(
        `${name}/${loop}`,
        process,
        repeat(it, step, pollMs),
        world.random.whole(0, POLL_MS),
      );
  }

  function kill(name: string): void {
    const process = running.get(name);
    if (process !== undefined) process.dead = true;
  }

  return {
    start,
    startAll(only) {
      for (const role of roles)
        for (let number = 1; number <= counts[role]; number++)
          if (only === undefined || only === role) start(role, number);
    },
    kill,
    killAll() {
      for (const name of running.keys()) kill(name);
    },
    freeze(name, forMs) {
      const process = running.get(name);
      if (process !== undefined) process.frozenUntilMs = world.kernel.nowMs + forMs;
    },
    names: () => [...running.keys()],
  };
}

type Step = (it: Instance) => Routine<boolean>;

function loopsOf(role: Role): readonly (readonly [name: string, step: Step, pollMs: number])[] {
  switch (role) {
    case 'processor':
      return [
        ['hold', hold, LEASE_MS / 3],
        ['plan', plan, POLL_MS],
        ['sign', sign, POLL_MS],
      ];
    case 'broadcaster':
      return [['broadcast', broadcast, POLL_MS]];
    case 'monitor':
      return [['follow', follow, POLL_MS]];
    case 'accounts':
      return [['watch', watch, WATCH_MS]];
  }
}

function* repeat(it: Instance, step: Step, pollMs: number): Routine {
  for (;;) {
    let delayMs = pollMs;
    try {
      if (yield* step(it)) delayMs = 1;
    } catch (error) {
      it.world.trouble(error);
      delayMs = it.world.random.whole(100, RETRY_MS_MAX);
    }
    yield delayMs;
  }
}

/** The part of `watchBalances` that lets an account go on when it has coin for gas again. */
function* watch(it: Instance): Routine<boolean> {
  const { world } = it;
  if (world.random.chance(world.databaseFailChance)) throw new Trouble('the database does not answer');
  yield* query(it, () => {
    for (const account of world.db.tables.accounts.values())
      if (!world.chain.weather.withoutCoin.has(account.address)) resume(world, account.id, [GAS_MONEY_LOW]);
  });
  return false;
}
