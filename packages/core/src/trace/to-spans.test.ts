import { newUuid } from '@naru/kit/ids.ts';
import { expect, test } from 'vitest';
import { toSpans } from './to-spans.ts';
import type { TracedEvent } from './trace.store.ts';

const since = new Date('2026-03-01T09:00:00.000Z');
const at = new Date('2026-03-01T09:00:00.500Z');
const after = (ms: number) => new Date(since.getTime() + ms);

const signed: TracedEvent = {
  position: 4n,
  withdrawalId: newUuid(),
  version: 4,
  from: 'SIGNING',
  to: 'SIGNED',
  since,
  at,
  createdAt: since,
  actor: 'system:processor',
  reason: 'signed',
  chain: 'polygon',
  asset: 'polygon:USDC',
  chainTxId: newUuid(),
  nonce: 7n,
  hash: `0x${'ab'.repeat(32)}`,
  signerBeganAt: after(100),
  signerMs: 320,
  keyMs: 300,
  keyBackend: 'kms',
};

test('the signer’s part of SIGNING is a span below it, with where the key is and how long it took', () => {
  const [step, part, ...more] = toSpans(signed, 1);
  expect(more).toEqual([]);
  expect(step).toMatchObject({ service: 'naru-processor', name: 'SIGNING' });
  expect(part).toMatchObject({
    service: 'naru-signer',
    name: 'sign',
    traceId: step?.traceId,
    parentSpanId: step?.spanId,
    startedAt: after(100),
    endedAt: after(420),
    attributes: { 'naru.signer.backend': 'kms', 'naru.signer.ms': 320, 'naru.signer.key_ms': 300 },
  });
  // Told again it is the same span, and another than the step.
  expect(toSpans(signed, 1)[1]?.spanId).toBe(part?.spanId);
  expect(part?.spanId).not.toBe(step?.spanId);
  expect(JSON.stringify(part)).not.toMatch(/amount|reference|0x/);
});

test.each([
  ['behind', -10_000, 320, 0, 320],
  ['ahead', 10_000, 320, 500, 500],
  ['broken', 100, 86_400_000, 100, 500],
])(
  'a clock of the signer that is %s does not take the span out of its step',
  (_name, beganMs, took, from, to) => {
    const [, part] = toSpans({ ...signed, signerBeganAt: after(beganMs), signerMs: took }, 1);
    expect([part?.startedAt, part?.endedAt]).toEqual([after(from), after(to)]);
  },
);

test('a signer that did not say leaves its part out', () => {
  const silent = { ...signed, signerBeganAt: null, signerMs: null, keyMs: null, keyBackend: null };
  expect(toSpans(silent, 1)).toHaveLength(1);
});
