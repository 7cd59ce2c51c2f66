import { silentLogger } from '@naru/kit/logger.ts';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startWorkLoop, type Work, type WorkLoop } from './work-loop.ts';

const POLL_MS = 60_000;

/** Time that only the test moves, and random numbers that are always the highest: delays are exact. */
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  vi.spyOn(Math, 'random').mockReturnValue(1);
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

/** Lets everything happen that needs no time. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
}
async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await settle();
}

let loop: WorkLoop;
function start(work: Work, onError?: (error: unknown) => void): void {
  loop = startWorkLoop({
    name: 'test',
    pollMs: POLL_MS,
    logger: silentLogger,
    work,
    ...(onError === undefined ? {} : { onError }),
  });
}
/** A step that ends when the test says so. */
function createSlowWork() {
  let finish: () => void = () => undefined;
  let starts = 0;
  const work: Work = () => {
    starts += 1;
    return new Promise((resolve) => {
      finish = () => resolve(false);
    });
  };
  return { work, finish: () => finish(), starts: () => starts };
}

describe('work loop', () => {
  test('begins at once, goes on at once while there is more, then waits for the poll', async () => {
    const answers = [true, true, true, false];
    const work = vi.fn(async () => answers.shift() ?? false);
    start(work);
    await settle();
    expect(work).toHaveBeenCalledTimes(4);
    await pass(POLL_MS - 1);
    expect(work).toHaveBeenCalledTimes(4);
    await pass(1);
    expect(work).toHaveBeenCalledTimes(5);
    await loop.stop();
  });

  test('a wake-up does not wait for the poll, and many are one', async () => {
    const work = vi.fn(async () => false);
    start(work);
    await settle();
    for (let count = 0; count < 10; count++) loop.wake();
    await settle();
    expect(work).toHaveBeenCalledTimes(2);
    loop.wake();
    await settle();
    expect(work).toHaveBeenCalledTimes(3);
    await loop.stop();
  });

  test('a wake-up during a step is not lost: what it announced may have come after the step looked', async () => {
    const { work, finish, starts } = createSlowWork();
    start(work);
    await settle();
    loop.wake();
    finish();
    await settle();
    expect(starts()).toBe(2);
    finish();
    await settle();
    expect(starts()).toBe(2);
    await loop.stop();
  });

  test('who asks for a look is told when a step that began after that has ended well, not the one under way', async () => {
    const { work, finish, starts } = createSlowWork();
    start(work);
    await settle();
    let isLookedAt = false;
    const looking = loop.look().then(() => {
      isLookedAt = true;
    });
    finish();
    await settle();
    expect([starts(), isLookedAt]).toEqual([2, false]);
    finish();
    await looking;
    await loop.stop();
  });

  test('who asks for a look is told when that step failed, and when there will be none', async () => {
    let failing = true;
    start(async () => {
      if (failing) throw new Error('the database is away');
      return false;
    });
    await expect(loop.look()).rejects.toThrow('the database is away');
    failing = false;
    await expect(loop.look()).resolves.toBeUndefined();
    await loop.stop();
    await expect(loop.look()).rejects.toThrow('the loop test has stopped');
  });

  test('asked for looks without an end, it still lets the process do its other work', async () => {
    start(async () => false);
    let isEnough = false;
    const looking = (async () => {
      while (!isEnough) await loop.look();
    })();
    await settle();
    isEnough = true;
    await looking;
    await loop.stop();
  });

  test('a step that knows when there will be something is asked then, or at the poll if that is sooner', async () => {
    const answers = [{ againInMs: 500 }, { againInMs: POLL_MS * 10 }];
    const work = vi.fn(async () => answers.shift() ?? false);
    start(work);
    await settle();
    await pass(499);
    expect(work).toHaveBeenCalledTimes(1);
    await pass(1);
    expect(work).toHaveBeenCalledTimes(2);
    await pass(POLL_MS);
    expect(work).toHaveBeenCalledTimes(3);
    await loop.stop();
  });

  test('a step that fails is tried again with growing delays up to 5 s, and at once in rhythm when it works again', async () => {
    let failing = true;
    const errors: unknown[] = [];
    const work = vi.fn(async () => {
      if (failing) throw new Error('the database is away');
      return false;
    });
    start(work, (error) => errors.push(error));
    await settle();
    const delays = [100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000];
    for (const [index, delay] of delays.entries()) {
      await pass(delay - 1);
      expect(work).toHaveBeenCalledTimes(index + 1);
      await pass(1);
      expect(work).toHaveBeenCalledTimes(index + 2);
    }
    expect(errors).toHaveLength(delays.length + 1);
    expect(loop.idleForMs()).toBeGreaterThanOrEqual(16_300);

    failing = false;
    await pass(5_000);
    expect(loop.idleForMs()).toBe(0);
    failing = true;
    await pass(POLL_MS);
    await pass(100);
    expect(errors).toHaveLength(delays.length + 3);
    await loop.stop();
  });

  test('stop waits for the step under way, tells it, and no further one begins', async () => {
    const { work, finish, starts } = createSlowWork();
    let signal: AbortSignal | undefined;
    start((given) => {
      signal = given;
      return work(given);
    });
    await settle();
    loop.wake();
    let isStopped = false;
    const stopping = loop.stop().then(() => {
      isStopped = true;
    });
    await settle();
    expect([isStopped, signal?.aborted]).toEqual([false, true]);
    finish();
    await stopping;
    await pass(POLL_MS * 2);
    expect(starts()).toBe(1);
  });

  test('stop ends a wait at once, after failures too', async () => {
    start(async () => {
      throw new Error('away');
    });
    await settle();
    await loop.stop();
    await loop.stop();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('a loop that polls for weeks keeps nothing of its former waits', async () => {
    const work = vi.fn(async () => false);
    start(work);
    await settle();
    for (let count = 0; count < 50; count++) {
      await pass(POLL_MS);
      expect(vi.getTimerCount()).toBe(1);
    }
    await loop.stop();
  });
});
