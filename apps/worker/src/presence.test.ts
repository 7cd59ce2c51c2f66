import { expect, test } from 'vitest';
import { createRequestCounts } from './presence.ts';

test('requests of about the last minute count, answers that say no among them, and older ones do not', () => {
  let nowMs = 0;
  const counts = createRequestCounts(() => nowMs);
  const observe = counts.observerOf('localhost');
  const request = (outcome: 'ok' | 'rpc_error' | 'timeout') =>
    observe({ kind: 'request', provider: 'a', method: 'batch', callCount: 1, durationMs: 1, outcome });
  request('ok');
  request('rpc_error');
  nowMs = 30_000;
  request('timeout');
  expect(counts.of('localhost', 'a')).toEqual({ requests: 3, failures: 1 });
  expect(counts.of('polygon', 'a')).toEqual({ requests: 0, failures: 0 });
  nowMs = 70_000;
  expect(counts.of('localhost', 'a')).toEqual({ requests: 1, failures: 1 });
  nowMs = 200_000;
  expect(counts.of('localhost', 'a')).toEqual({ requests: 0, failures: 0 });
});
