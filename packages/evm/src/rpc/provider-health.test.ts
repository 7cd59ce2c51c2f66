import { describe, expect, it } from 'vitest';
import { createManualClock } from '../testing/manual-clock.ts';
import { type BreakerState, createProviderHealth } from './provider-health.ts';

function start() {
  const clock = createManualClock();
  const changes: BreakerState[] = [];
  const health = createProviderHealth({
    clock,
    random: () => 1, // no jitter: each cooldown at its longest
    limits: { failureCountToOpen: 3, cooldownMsBase: 1_000, cooldownMsMax: 4_000 },
    onBreakerChange: (state) => changes.push(state),
  });
  return { clock, health, changes };
}

describe('a provider', () => {
  it('is checked before its first use', () => {
    const { health } = start();
    expect(health.standing()).toEqual({ use: 'after_check' });
    health.checkStarted();
    health.checkPassed();
    expect(health.standing()).toEqual({ use: 'ready' });
  });

  it('rests after three failures in a row, not after three in all', () => {
    const { health, changes } = start();
    health.checkPassed();
    health.failed('timeout');
    health.failed('timeout');
    health.succeeded(10);
    health.failed('timeout');
    health.failed('timeout');
    expect(health.standing().use).toBe('ready');
    health.failed('timeout');
    expect(health.standing()).toEqual({
      use: 'no',
      why: 'resting after failures (timeout); next check in 1000 ms',
    });
    expect(changes).toEqual(['open']);
    expect(health.snapshot().chain).toBe('unchecked');
  });

  it('must pass a check after its rest, and rests longer each time it does not', () => {
    const { clock, health, changes } = start();
    health.checkPassed();
    for (let count = 0; count < 3; count++) health.failed('reset');
    for (const restMs of [1_000, 2_000, 4_000, 4_000]) {
      expect(health.snapshot().cooldownMsLeft).toBe(restMs);
      clock.advance(restMs - 1);
      expect(health.standing().use).toBe('no');
      clock.advance(1);
      expect(health.standing().use).toBe('after_check');
      health.checkStarted();
      health.failed('reset');
    }
    clock.advance(4_000);
    health.checkStarted();
    health.checkPassed();
    expect(health.standing().use).toBe('ready');
    expect(changes.slice(-2)).toEqual(['half_open', 'closed']);
    for (let count = 0; count < 3; count++) health.failed('reset');
    expect(health.snapshot().cooldownMsLeft).toBe(1_000);
  });

  it('does not rest longer because of requests that were already under way', () => {
    const { health } = start();
    for (let count = 0; count < 10; count++) health.failed('timeout');
    expect(health.snapshot().cooldownMsLeft).toBe(1_000);
  });

  it('of another chain is never ready, and looked at again after rests that grow', () => {
    const { clock, health } = start();
    health.checkStarted();
    health.servesWrongChain(1, 137);
    expect(health.standing()).toEqual({
      use: 'no',
      why: 'not used (serves chain 1, not 137); next check in 1000 ms',
    });
    clock.advance(1_000);
    expect(health.standing()).toEqual({ use: 'after_check' });
    expect(health.snapshot().chain).toBe('wrong');
    health.checkStarted();
    health.servesWrongChain(1, 137);
    expect(health.snapshot().cooldownMsLeft).toBe(2_000);
  });

  it('lags by what it was behind when it was last heard', () => {
    const { health } = start();
    health.headSeen(90n, 100n);
    expect(health.snapshot()).toMatchObject({ headBlockNumber: 90n, lagBlocks: 10n });
    health.headSeen(101n, 100n);
    expect(health.snapshot()).toMatchObject({ headBlockNumber: 101n, lagBlocks: 0n });
  });

  it('has a latency that follows the newest answers', () => {
    const { health } = start();
    health.succeeded(100);
    expect(health.snapshot().latencyMsEwma).toBe(100);
    health.succeeded(200);
    expect(health.snapshot().latencyMsEwma).toBeCloseTo(120);
  });
});
