import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { checkLedger } from '@naru/core/ledger/ledger.store.ts';
import { findReserveMismatches } from '@naru/core/reconciliation/reconciliation.store.ts';
import { createWithdrawals } from '@naru/core/withdrawal/create-withdrawals.ts';
import { sleep } from '@naru/kit/clock.ts';
import { isTurn } from '@naru/testkit/turns.ts';
import type { Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { countPayments, tokenBalance } from '../support/chain-judge.ts';
import { bundleProgram } from '../support/programs.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';

/**
 * The worker is killed with SIGKILL at every point where it waits for something outside itself: each statement, RPC
 * call and signature, before and after. Each time another worker takes over while new payouts arrive. A run takes a quarter
 * of the points in each of the two modes, and the next day the next: two days take every point, four every one in both.
 * NARU_TESTS=all takes all at once, and four times as long.
 */
const ALL_ROLES = 'processor,broadcaster,monitor,accounts';
/** A point that is not reached in this time is one of the way out, or of something that happens once in a database's life. */
const REACH_TIMEOUT_MS = 4_000;

type Payout = { id: string; to: Hex; units: bigint };

let crashingWorker: Awaited<ReturnType<typeof bundleProgram>>;
beforeAll(async () => {
  crashingWorker = await bundleProgram('test/chaos/crashing-worker.ts');
});
afterAll(() => crashingWorker?.remove());

// Side by side: most of the time goes into one process that starts.
describe.concurrent.each([
  { mode: 'single', payouts: 1, priority: 'EMERGENCY' as const, turn: 0 },
  { mode: 'batched', payouts: 7, priority: 'STANDARD' as const, turn: 2 },
])('$mode payouts', ({ payouts: perRound, priority, turn }) => {
  let stack: Stack;
  beforeAll(async () => {
    stack = await startStack({ accounts: 2 });
  });
  afterAll(async () => {
    await stack?.stop();
  });

  test('killed at each point where it waits, the worker never pays twice and always ends', {
    timeout: 900_000,
  }, async () => {
    const { db } = stack.database;
    const withdrawals = createWithdrawals({ db });
    const all: Payout[] = [];
    let round = 0;
    const submit = async () => {
      round += 1;
      for (let index = 0; index < perRound; index++) {
        const to: Hex = `0x${randomBytes(20).toString('hex')}`;
        const units = BigInt(1 + index + round);
        const result = await withdrawals.request(stack.caller, `round-${round}-${index}`, {
          chain: 'localhost',
          asset: 'USDC',
          to,
          amount: `0.${String(units).padStart(6, '0')}`,
          reference: null,
          priority,
          metadata: {},
        });
        if (result.kind !== 'done') throw new Error('a payout was not accepted');
        all.push({ id: result.value.id, to, units });
      }
    };
    const areAllFinal = async () => {
      for (const { id } of all) {
        const found = await withdrawals.get(stack.caller, id);
        if (found?.state !== 'CONFIRMED') return null;
      }
      return true;
    };

    // First the list of points, by a worker that passes them all.
    const pointsFile = path.join(tmpdir(), `naru-points-${randomBytes(6).toString('hex')}`);
    const scout = await stack.launchWorker(ALL_ROLES, crashingWorker.file, {
      NARU_CRASH_POINTS_FILE: pointsFile,
    });
    await submit();
    await eventually('the first payouts confirmed', areAllFinal);
    await submit();
    await eventually('the second payouts confirmed', areAllFinal);
    scout.kill('SIGTERM');
    await scout.ended;
    const everyPoint = (await readFile(pointsFile, 'utf8')).trim().split('\n');
    expect(everyPoint.length, 'points where the worker waits').toBeGreaterThan(60);
    const points = everyPoint.filter((_, index) => isTurn(index + turn, 4));

    const reached: string[] = [];
    for (const point of points) {
      const worker = await stack.launchWorker(ALL_ROLES, crashingWorker.file, { NARU_CRASH_AT: point });
      await submit();
      let how = await Promise.race([worker.ended, sleep(REACH_TIMEOUT_MS).then(() => 'not reached')]);
      if (how === 'not reached') {
        worker.kill('SIGTERM'); // some points are only passed on the way out
        how = await worker.ended;
      }
      if (how === 'SIGKILL') reached.push(point);
    }
    const survivor = await stack.startWorker(ALL_ROLES);
    await eventually('every payout confirmed', areAllFinal, 60_000).catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${await survivor.log()}`);
    });

    const payments = await countPayments(stack);
    expect([...payments.values()].filter((count) => count !== 1)).toEqual([]);
    expect(payments.size).toBe(all.length);
    for (const { id, to, units } of all) {
      expect(payments.get(id), id).toBe(1);
      expect(await tokenBalance(stack, stack.contracts.usdc, to)).toBe(units);
    }
    expect(await checkLedger(db)).toEqual([]);
    expect(await findReserveMismatches(db)).toEqual([]);
    // What the points are for: most of them must really have been reached.
    const missed = points.filter((point) => !reached.includes(point));
    expect(reached.length, `not reached: ${missed.join(' | ')}`).toBeGreaterThan(points.length * 0.85);
  });
});
