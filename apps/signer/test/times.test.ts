import { secret } from '@naru/kit/secret.ts';
import { authHeaders } from '@naru/signer-protocol/auth.ts';
import { type SignResult, signRequestSchema } from '@naru/signer-protocol/schema.ts';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { createFixture, requestOf, startInProcess, TOKEN_TEXT } from './signer-fixture.ts';

/* What the signer says of itself for traces. It sends nothing anywhere: it is asked, and answers. */

test('says when it began, how long it took and where the key is, and nothing else', async () => {
  const fixture = await createFixture();
  const signer = await startInProcess(fixture);
  const before = Date.now();
  const result = await signer.client.signOne(requestOf(fixture, 0));
  if (result.kind !== 'signed' || result.times === undefined) throw new Error(JSON.stringify(result));
  const { beganAt, tookMs, keyMs, backend } = result.times;
  expect(Object.keys(result.times).sort()).toEqual(['backend', 'beganAt', 'keyMs', 'tookMs']);
  expect(Date.parse(beganAt)).toBeGreaterThanOrEqual(before);
  expect(Date.parse(beganAt)).toBeLessThanOrEqual(Date.now());
  expect(keyMs).toBeLessThanOrEqual(tookMs + 1); // each is rounded by itself
  expect(backend).toBe('keystore');
  // A refusal has none: its reason is what one looks for, and it is in the log.
  const refused = await signer.client.signOne(requestOf(fixture, 1, { chainId: 1 }));
  expect(Object.keys(refused).sort()).toEqual(['code', 'kind', 'message', 'requestId', 'retryable']);
});

test('says so to those who ask only: a worker of an earlier version would refuse what it does not know', async () => {
  const fixture = await createFixture();
  const { url } = await startInProcess(fixture);
  const request = z.encode(signRequestSchema, requestOf(fixture, 0));
  const body = Buffer.from(JSON.stringify({ requests: [request] }));
  const call = { method: 'POST', path: '/v1/sign', body };
  const answer = await fetch(`${url}/v1/sign`, {
    method: 'POST',
    body,
    headers: { ...authHeaders(secret(TOKEN_TEXT), call, Date.now()), 'content-type': 'application/json' },
  });
  const { results } = (await answer.json()) as { results: SignResult[] };
  expect(Object.keys(results[0] ?? {}).sort()).toEqual(['hash', 'kind', 'raw', 'requestId']);
});
