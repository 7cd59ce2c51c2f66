import {
  CLAIM_AHEAD,
  FAILING_COUNT,
  FAST_MS,
  SLOW_MS,
  TRIES_MAX,
  TRIES_PER_ENDPOINT_MAX,
  TRIES_PER_FAILING_ENDPOINT_MAX,
  TRIES_PER_SLOW_ENDPOINT_MAX,
} from './webhook.limits.ts';

/** How many tries each endpoint may have under way, and what waits for its turn. Knows nothing of messages. */
export type Lanes<Item> = {
  /** How many items more are wanted for each of these endpoints. */
  room(due: readonly { endpointId: string; failureCount: number }[]): { endpointId: string; limit: number }[];
  add(endpointId: string, item: Item): void;
  /** The next one whose turn it is, endpoint by endpoint; it counts as under way. Null: none may begin now. */
  take(): Item | null;
  /** One has ended, after so long; null when it was not tried. */
  end(endpointId: string, durationMs: number | null): void;
  /** Little is left to begin. */
  isHungry(endpointId: string): boolean;
  /** Everything that waits, which is then gone. */
  drain(): Item[];
};

type Lane<Item> = {
  waiting: Item[];
  running: number;
  durationMs: number | null;
  isFailing: boolean;
  share: number;
};

/** Weight of the newest duration in the mean. */
const NEWEST = 0.2;
/** Less than this part of an endpoint's tries still to begin: time to ask for more. */
const HUNGRY = 0.5;
/** Endpoints remembered without anything to do, for how long they take. */
const IDLE_LANES_MAX = 10_000;

export function createLanes<Item>(): Lanes<Item> {
  const lanes = new Map<string, Lane<Item>>();
  /** Those that have something to begin, the one whose turn it is first. */
  const queued = new Map<string, Lane<Item>>();
  let running = 0;

  function laneOf(endpointId: string): Lane<Item> {
    const found = lanes.get(endpointId);
    if (found !== undefined) return found;
    const made = {
      waiting: [],
      running: 0,
      durationMs: null,
      isFailing: false,
      share: TRIES_PER_ENDPOINT_MAX,
    };
    lanes.set(endpointId, made);
    return made;
  }

  /** Tries of a lane at once. One that is not known yet begins like a slow one. */
  function capOf(lane: Lane<Item>): number {
    if (lane.isFailing) return TRIES_PER_FAILING_ENDPOINT_MAX;
    const isFast = lane.durationMs !== null && lane.durationMs < SLOW_MS;
    return Math.min(lane.share, isFast ? TRIES_PER_ENDPOINT_MAX : TRIES_PER_SLOW_ENDPOINT_MAX);
  }

  function targetOf(lane: Lane<Item>): number {
    const isVeryFast = lane.durationMs !== null && lane.durationMs < FAST_MS && !lane.isFailing;
    return capOf(lane) * (isVeryFast ? CLAIM_AHEAD : 1);
  }

  function isHungryLane(lane: Lane<Item>): boolean {
    return lane.waiting.length + lane.running <= targetOf(lane) * HUNGRY;
  }

  return {
    room(due) {
      // Room for all there are, so that those that are slow leave some to the others.
      const share = Math.max(1, Math.floor(TRIES_MAX / Math.max(1, due.length)));
      const wanted: { endpointId: string; limit: number }[] = [];
      for (const { endpointId, failureCount } of due) {
        const lane = laneOf(endpointId);
        lane.isFailing = failureCount >= FAILING_COUNT;
        lane.share = share;
        const limit = targetOf(lane) - lane.waiting.length - lane.running;
        if (limit > 0 && isHungryLane(lane)) wanted.push({ endpointId, limit });
      }
      return wanted;
    },
    add(endpointId, item) {
      const lane = laneOf(endpointId);
      lane.waiting.push(item);
      queued.set(endpointId, lane);
    },
    take() {
      if (running >= TRIES_MAX) return null;
      for (const [endpointId, lane] of queued) {
        if (lane.running >= capOf(lane)) continue;
        const item = lane.waiting.shift();
        // To the end: the others come first next time.
        queued.delete(endpointId);
        if (lane.waiting.length > 0) queued.set(endpointId, lane);
        if (item === undefined) continue;
        lane.running += 1;
        running += 1;
        return item;
      }
      return null;
    },
    end(endpointId, durationMs) {
      const lane = laneOf(endpointId);
      lane.running -= 1;
      running -= 1;
      if (durationMs !== null)
        lane.durationMs =
          lane.durationMs === null ? durationMs : lane.durationMs + (durationMs - lane.durationMs) * NEWEST;
      if (lanes.size > IDLE_LANES_MAX && lane.running === 0 && lane.waiting.length === 0)
        lanes.delete(endpointId);
    },
    isHungry(endpointId) {
      const lane = lanes.get(endpointId);
      return lane === undefined || isHungryLane(lane);
    },
    drain() {
      const drained = [...queued.values()].flatMap((lane) => lane.waiting.splice(0));
      queued.clear();
      return drained;
    },
  };
}
