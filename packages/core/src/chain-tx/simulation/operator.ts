import { NONCE_AHEAD, UNKNOWN_BATCH } from '../chain-tx.pauses.ts';
import type { Cluster } from './cluster.ts';
import { Trouble } from './failures.ts';
import type { Routine } from './kernel.ts';
import { recover } from './recovery.ts';
import type { Tables } from './tables.ts';
import type { Instance, World } from './world.ts';

/** Looks after the accounts this often, and gives a conflict this long to be ended by the monitor. */
const ROUND_MS = 5_000;
/** The runbook waits for the chain to be quiet; what waits in pools for so long is stuck, and pools forget it. */
const QUIET_WAIT_ROUNDS = 8;
const ROUNDS_MAX = 60;

/** The person who follows the runbook: stops every role, recovers, lets the monitor end what must end first, goes on. */
export function* operate(world: World, cluster: Cluster, story: { restoring: boolean }): Routine {
  for (;;) {
    yield ROUND_MS;
    const isPaused = [...world.db.tables.accounts.values()].some(
      (one) => one.pauseReason === NONCE_AHEAD || one.pauseReason === UNKNOWN_BATCH,
    );
    if (!isPaused || story.restoring) continue;
    cluster.killAll();
    yield* recoverUntilClean(world, cluster, { isRestore: false });
    cluster.startAll();
  }
}

/** Restores the backup with everything stopped, and recovers. */
export function* restore(
  world: World,
  cluster: Cluster,
  story: { restoring: boolean },
  backup: Tables,
): Routine {
  story.restoring = true;
  cluster.killAll();
  world.db.restore(backup);
  world.tell(() => 'the database is restored from its backup');
  yield* recoverUntilClean(world, cluster, { isRestore: true });
  cluster.startAll();
  story.restoring = false;
}

function* recoverUntilClean(world: World, cluster: Cluster, how: { isRestore: boolean }): Routine {
  const process = { name: 'operator', owner: 'operator', dead: false, frozenUntilMs: 0 };
  const it: Instance = { world, process, owner: 'operator' };
  const { chain, config } = world;
  for (let round = 1; round <= ROUNDS_MAX; round++) {
    yield ROUND_MS;
    if (round === QUIET_WAIT_ROUNDS) {
      if (how.isRestore) chain.forgetAll();
      else chain.evict(0);
    }
    try {
      if (how.isRestore && round < QUIET_WAIT_ROUNDS) {
        const isQuiet = [...world.db.tables.accounts.values()].every(
          ({ address }) => chain.poolOf(address) === chain.countOf(address),
        );
        if (!isQuiet) continue;
        // Also the depth of the chain, so that no reorganisation brings back what was lost.
        chain.forgetAll();
        yield config.chain.blockTimeMs * (config.chain.confirmations + 1);
      }
      if ((yield* recover(it)) === 0) return;
      cluster.startAll('monitor');
      yield ROUND_MS * 4;
      cluster.killAll();
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      world.tell(() => `recovery is tried again: ${error.message}`);
    }
  }
}
