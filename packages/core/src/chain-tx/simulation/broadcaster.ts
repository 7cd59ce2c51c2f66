import type { Hex } from '@naru/kit/hex.ts';
import type { Routine, Task } from './kernel.ts';
import { LEASE_MS } from './processor.ts';
import { advanceItems, byUrgency, itemsOf, openRows, pause, release, signableStates } from './statements.ts';
import type { ChainTxRow } from './tables.ts';
import { type Instance, isLeaseFree, query } from './world.ts';

/** Few, so that claims of several instances meet. */
const SEND_CLAIM_MAX = 6;

type Sendable = { id: string; accountId: string; state: ChainTxRow['state']; failureCount: number; raw: Hex };

/** `broadcastChainTxs`. */
export function* broadcast(it: Instance): Routine<boolean> {
  const claimed = yield* query(it, () => claimToSend(it));
  const { kernel } = it.world;
  const sends: Task[] = claimed.map((row) => kernel.spawn('send', it.process, sendOne(it, row)));
  if (sends.length > 0) yield sends;
  return claimed.length === SEND_CLAIM_MAX;
}

function claimToSend({ world, owner }: Instance): Sendable[] {
  const now = world.kernel.nowMs;
  const due = openRows(world).filter(
    (row) =>
      signableStates.includes(row.state) &&
      row.notBeforeMs <= now &&
      isLeaseFree(row.leaseOwner, row.leaseUntilMs, owner, now),
  );
  return byUrgency(due)
    .slice(0, SEND_CLAIM_MAX)
    .flatMap((row) => {
      const claim = { leaseOwner: owner, leaseUntilMs: now + LEASE_MS };
      if (row.state === 'SIGNED') {
        world.db.move(row, 'BROADCASTING', claim);
        advanceItems(world, row.id, ['SIGNED'], 'BROADCASTING');
      } else world.db.change(row, claim);
      const newest = (world.db.tables.attempts.get(row.id) ?? []).at(-1);
      // A batch that was read in from the chain has no bytes: the join finds nothing, the claim is kept until it ends.
      if (newest === undefined) return [];
      const { id, accountId, state, failureCount } = row;
      return [{ id, accountId, state, failureCount, raw: newest.raw }];
    });
}

function* sendOne(it: Instance, sendable: Sendable): Routine {
  const { world, owner } = it;
  try {
    const outcome = yield* world.port.send(sendable.raw);
    world.tell(() => `${owner} sent ${sendable.raw}: ${outcome.kind}`);
    if (outcome.kind === 'accepted' && sendable.state === 'BROADCASTING')
      yield* query(it, () => recordAccepted(it, sendable.id));
    if (outcome.kind === 'unknown' && world.weakness.isUnknownPlannedAgain)
      for (const item of itemsOf(world, sendable.id)) item.state = 'VALIDATING';
    const next = world.decisions.decideNext(outcome, sendable.failureCount, world.random.next);
    const { pauseReason } = next;
    if (pauseReason !== null) yield* query(it, () => pause(world, sendable.accountId, pauseReason));
    yield* query(it, () => release(world, { id: sendable.id, owner }, next));
  } catch (error) {
    it.world.trouble(error);
  }
}

function recordAccepted({ world }: Instance, id: string): void {
  const row = world.db.tables.chainTxs.get(id);
  if (row?.state !== 'BROADCASTING') return;
  world.db.move(row, 'BROADCASTED');
  advanceItems(world, id, ['BROADCASTING'], 'BROADCASTED');
}
