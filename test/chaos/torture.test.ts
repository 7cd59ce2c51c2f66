import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createCleanup } from '@naru/bench/cleanup.ts';
import { isTurn } from '@naru/testkit/turns.ts';
import { expect, test } from 'vitest';
import { runTorture } from './torture/run-torture.ts';
import { createSchedule } from './torture/schedule.ts';
import { startTortureStack } from './torture/torture-stack.ts';

/** A short run of `npm run torture`, with kills and one more kind of fault each day: what it does is in docs/torture.md. */
const SEED = 20_260_101;
const PAYOUTS = 120;
const MORE = ['rpc-false-nonces', 'reorg', 'postgres-kill'] as const;
const FAULTS = ['kill' as const, ...MORE.filter((_, part) => isTurn(part, MORE.length))];
const REORG_DEPTH_MAX = 8;
const CONFIRMATIONS = REORG_DEPTH_MAX + 2;
const BLOCK_MS = 100;

test(`through ${FAULTS.join(', ')}, the platform pays every payout once`, {
  timeout: 600_000,
}, async () => {
  const dir = await mkdtemp(path.join(tmpdir(), 'naru-torture-'));
  const cleanup = createCleanup();
  cleanup.add(() => rm(dir, { recursive: true, force: true }));
  const said: string[] = [];
  try {
    const stack = await startTortureStack({
      dir,
      cleanup,
      path: process.env['PATH'] ?? '',
      seed: SEED,
      confirmations: CONFIRMATIONS,
      blockMs: BLOCK_MS,
    });
    const phases = createSchedule({
      seed: SEED,
      payouts: PAYOUTS,
      minutes: null,
      only: FAULTS,
      limits: { reorgDepthMax: REORG_DEPTH_MAX },
    });
    const signal = new AbortController().signal;
    const result = await runTorture(
      { stack, seed: SEED, progress: (text) => said.push(text), signal },
      phases,
    );
    expect(result.wrong, said.slice(-30).join('\n')).toEqual([]);
    expect(result.phases.map(({ name }) => name)).toEqual(FAULTS);
    // As many as were submitted: nothing was left out by a run that ended early.
    const answered = result.payouts.filter(({ id, refusal }) => id !== null || refusal !== null);
    expect(answered).toHaveLength(result.payouts.length);
    expect(new Set(result.payouts.map(({ ruling }) => ruling)).size).toBe(6);
    expect(result.mix?.map(({ what }) => what)).toEqual([
      'policy',
      'own accounts',
      'deposits',
      'webhooks',
      'settings',
    ]);
    expect(result.payouts.length).toBeGreaterThanOrEqual(PAYOUTS);
  } finally {
    await cleanup.run(() => undefined);
  }
});
