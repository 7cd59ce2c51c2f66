import { secret } from '@naru/kit/secret.ts';
import { authHeaders } from '@naru/signer-protocol/auth.ts';
import { CLOCK_SKEW_MS_MAX } from '@naru/signer-protocol/limits.ts';
import { buildPayload } from '@naru/signer-protocol/payload.ts';
import { type RefusalCode, refusals } from '@naru/signer-protocol/refusal.ts';
import { type SignRequest, signRequestSchema } from '@naru/signer-protocol/schema.ts';
import { checkSigned } from '@naru/signer-protocol/transaction.ts';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DAY_MS } from '../src/signer.limits.ts';
import {
  CHAIN_ID,
  CONTRACT,
  createFixture,
  FACTORY,
  item,
  payout,
  requestOf,
  STRANGER,
  startInProcess,
  TOKEN,
  TOKEN_TEXT,
} from './signer-fixture.ts';

async function started() {
  const fixture = await createFixture();
  return { ...fixture, ...(await startInProcess(fixture)) };
}

describe('signing', () => {
  it('returns the requested transaction, signed by the account, for every kind of intent and fee', async () => {
    const signer = await started();
    const requests = [
      requestOf(signer, 0),
      requestOf(signer, 1, { intent: payout({ token: null }) }),
      requestOf(signer, 2, { intent: { kind: 'approve', token: TOKEN, spender: CONTRACT } }),
      requestOf(signer, 3, { intent: { kind: 'cancel' } }),
      requestOf(signer, 4, { fees: { kind: 'legacy', gasPriceWei: 5n } }),
    ];
    const results = await signer.client.sign(requests);
    for (const [index, request] of requests.entries()) {
      const result = results[index];
      if (result?.kind !== 'signed') throw new Error(`refused: ${JSON.stringify(result)}`);
      expect(await checkSigned(request, buildPayload(request.intent, request), result.raw)).toBe(result.hash);
    }
  });

  it('answers a mixed call in order: the refused ones do not hold up the rest', async () => {
    const signer = await started();
    const results = await signer.client.sign([
      requestOf(signer, 0),
      requestOf(signer, 1, { chainId: 1 }),
      requestOf(signer, 2),
    ]);
    expect(results.map((result) => result.kind)).toEqual(['signed', 'refused', 'signed']);
  });

  it('signs a sweep by a factory of the policy, of any token: money can only reach its treasury', async () => {
    const signer = await started();
    const salts = [`0x${'01'.repeat(32)}` as const, `0x${'02'.repeat(32)}` as const];
    for (const [nonce, token] of [TOKEN, STRANGER, null].entries()) {
      const intent = { kind: 'sweep' as const, factory: FACTORY, token, salts };
      expect((await signer.client.signOne(requestOf(signer, nonce, { intent }))).kind).toBe('signed');
    }
  });

  it('lists addresses and nothing else', async () => {
    const signer = await started();
    expect(await signer.client.listKeys()).toEqual([signer.from]);
  });
});

describe('policy: a worker that lies gets no signature', () => {
  type Lie = (signer: { from: SignRequest['from'] }) => SignRequest;
  const cases: [RefusalCode, string, Lie][] = [
    ['unknown_key', 'an account of someone else', (signer) => requestOf(signer, 0, { from: STRANGER })],
    ['chain_not_allowed', 'another chain', (signer) => requestOf(signer, 0, { chainId: 1 })],
    [
      'contract_not_allowed',
      'another contract',
      (signer) => requestOf(signer, 0, { intent: payout({ contract: STRANGER }) }),
    ],
    [
      'contract_not_allowed',
      'an approval for a stranger',
      (signer) => requestOf(signer, 0, { intent: { kind: 'approve', token: TOKEN, spender: STRANGER } }),
    ],
    [
      'contract_not_allowed',
      'a sweep by a factory of a stranger',
      (signer) =>
        requestOf(signer, 0, {
          intent: { kind: 'sweep', factory: STRANGER, token: TOKEN, salts: [`0x${'01'.repeat(32)}`] },
        }),
    ],
    [
      'contract_not_allowed',
      'a sweep by the payout contract',
      (signer) =>
        requestOf(signer, 0, {
          intent: { kind: 'sweep', factory: CONTRACT, token: TOKEN, salts: [`0x${'01'.repeat(32)}`] },
        }),
    ],
    [
      'token_not_allowed',
      'another token',
      (signer) => requestOf(signer, 0, { intent: payout({ token: STRANGER }) }),
    ],
    [
      'token_not_allowed',
      'an approval of another token',
      (signer) => requestOf(signer, 0, { intent: { kind: 'approve', token: STRANGER, spender: CONTRACT } }),
    ],
    [
      'amount_over_limit',
      'an item too large',
      (signer) => requestOf(signer, 0, { intent: payout({ items: [item(101n)] }) }),
    ],
    [
      'amount_over_limit',
      'a sum too large',
      (signer) =>
        requestOf(signer, 0, { intent: payout({ items: Array.from({ length: 11 }, () => item(91n)) }) }),
    ],
    [
      'amount_over_limit',
      'a native sum too large',
      (signer) =>
        requestOf(signer, 0, {
          intent: payout({ token: null, items: Array.from({ length: 11 }, () => item(91n)) }),
        }),
    ],
    ['gas_over_limit', 'too much gas', (signer) => requestOf(signer, 0, { gas: 30_000_001n })],
    [
      'gas_over_limit',
      'too much gas to cancel',
      (signer) => requestOf(signer, 0, { gas: 30_000_001n, intent: { kind: 'cancel' } }),
    ],
    [
      'fee_over_limit',
      'a fee too high',
      (signer) =>
        requestOf(signer, 0, {
          fees: { kind: 'eip1559', maxFeePerGasWei: 100_000_000_001n, maxPriorityFeePerGasWei: 1n },
        }),
    ],
    [
      'fee_over_limit',
      'a gas price too high',
      (signer) => requestOf(signer, 0, { fees: { kind: 'legacy', gasPriceWei: 100_000_000_001n } }),
    ],
  ];
  it.each(cases)('%s: %s', async (code, _what, lie) => {
    const signer = await started();
    const request = lie(signer);
    expect(await signer.client.signOne(request)).toEqual({
      requestId: request.requestId,
      kind: 'refused',
      code,
      message: expect.any(String),
      retryable: refusals[code].retryable,
    });
    // A refusal leaves no trace: the nonce is still free.
    expect((await signer.client.signOne(requestOf(signer, 0))).kind).toBe('signed');
  });

  it('signs up to each limit exactly', async () => {
    const signer = await started();
    const items = Array.from({ length: 10 }, () => item(100n));
    const request = requestOf(signer, 0, {
      gas: 30_000_000n,
      fees: { kind: 'eip1559', maxFeePerGasWei: 100_000_000_000n, maxPriorityFeePerGasWei: 1n },
      intent: payout({ items }),
    });
    expect((await signer.client.signOne(request)).kind).toBe('signed');
  });

  it('daily_limit: counts each batch once however often its fees rise, per token, and frees it after 24 hours', async () => {
    const signer = await started();
    const full = (nonce: number, token: typeof TOKEN | null = TOKEN) =>
      requestOf(signer, nonce, {
        intent: payout({ token, items: Array.from({ length: 10 }, () => item(100n)) }),
      });
    const [first, second, third] = [full(0), full(1), full(2)];
    expect((await signer.client.sign([first, second])).map((result) => result.kind)).toEqual([
      'signed',
      'signed',
    ]);
    for (const gasPriceWei of [10n, 20n, 30n]) {
      const bumped = await signer.client.signOne({ ...first, fees: { kind: 'legacy', gasPriceWei } });
      expect(bumped.kind).toBe('signed');
    }
    expect(await signer.client.signOne(third)).toMatchObject({ code: 'daily_limit', retryable: true });
    const rest = requestOf(signer, 2, {
      intent: payout({ items: Array.from({ length: 5 }, () => item(100n)) }),
    });
    expect((await signer.client.signOne(rest)).kind).toBe('signed');
    expect((await signer.client.signOne(full(3, null))).kind).toBe('signed'); // the native coin has its own limit
    signer.time.offsetMs = DAY_MS - 60_000;
    expect(await signer.client.signOne(full(4))).toMatchObject({ code: 'daily_limit' });
    signer.time.offsetMs = DAY_MS + 60_000;
    expect((await signer.client.signOne(full(4))).kind).toBe('signed');
  });

  it('daily_limit: many calls at once cannot slip through together', async () => {
    const signer = await started();
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, nonce) =>
        signer.client.signOne(
          requestOf(signer, nonce, {
            intent: payout({ items: Array.from({ length: 10 }, () => item(100n)) }),
          }),
        ),
      ),
    );
    expect(results.filter((result) => result.kind === 'signed')).toHaveLength(2);
  });
});

describe('nonces', () => {
  it('payload_conflict: one nonce is never signed with two payloads', async () => {
    const signer = await started();
    const first = requestOf(signer, 7);
    await signer.client.signOne(first);
    const others: Partial<SignRequest>[] = [
      { intent: payout() },
      { intent: { ...payout(), ...first.intent, gasPerItem: 100_001n } as SignRequest['intent'] },
      { gas: 1_000_001n },
      { intent: { kind: 'approve', token: TOKEN, spender: CONTRACT } },
    ];
    for (const other of others) {
      expect(await signer.client.signOne({ ...first, ...other })).toMatchObject({
        code: 'payload_conflict',
        retryable: false,
      });
    }
  });

  it('the same request again gives the same bytes; other fees give other bytes of the same payload', async () => {
    const signer = await started();
    const request = requestOf(signer, 0);
    const first = await signer.client.signOne(request);
    expect(await signer.client.signOne(request)).toMatchObject({ ...first, times: expect.anything() });
    const bumped = await signer.client.signOne({ ...request, fees: { kind: 'legacy', gasPriceWei: 9n } });
    expect(bumped.kind).toBe('signed');
  });

  it('a cancel may follow a payout, and the payout may still be signed again, but nothing else', async () => {
    const signer = await started();
    const original = requestOf(signer, 0);
    const cancel = { ...original, intent: { kind: 'cancel' as const }, gas: 21_000n };
    await signer.client.signOne(original);
    expect((await signer.client.signOne(cancel)).kind).toBe('signed');
    expect((await signer.client.signOne({ ...cancel, fees: { kind: 'legacy', gasPriceWei: 9n } })).kind).toBe(
      'signed',
    );
    expect(
      (await signer.client.signOne({ ...original, fees: { kind: 'legacy', gasPriceWei: 9n } })).kind,
    ).toBe('signed');
    expect(await signer.client.signOne({ ...original, intent: payout() })).toMatchObject({
      code: 'payload_conflict',
    });
  });

  it('after a cancel came first, no payout follows', async () => {
    const signer = await started();
    await signer.client.signOne(requestOf(signer, 0, { intent: { kind: 'cancel' } }));
    expect(await signer.client.signOne(requestOf(signer, 0))).toMatchObject({ code: 'payload_conflict' });
  });

  it('two payloads for one nonce at the same time: one is signed', async () => {
    const signer = await started();
    const results = await Promise.all(
      Array.from({ length: 8 }, () => signer.client.signOne(requestOf(signer, 0))),
    );
    expect(results.filter((result) => result.kind === 'signed')).toHaveLength(1);
    const [one, two] = await signer.client.sign([requestOf(signer, 1), requestOf(signer, 1)]);
    expect([one?.kind, two?.kind]).toEqual(['signed', 'refused']);
  });
});

describe('HTTP', () => {
  const path = '/v1/sign';
  const post = (url: string, body: string, headers: Record<string, string>) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...headers },
    });
  const signedBy = (token: string, body: string, nowMs = Date.now()) =>
    authHeaders(secret(token), { method: 'POST', path, body: Buffer.from(body) }, nowMs);
  const bodyOf = (request: SignRequest, changes: object = {}) =>
    JSON.stringify({ requests: [{ ...z.encode(signRequestSchema, request), ...changes }] });

  it('malformed: one request that is not understood is refused by its id, the others are signed', async () => {
    const signer = await started();
    const good = z.encode(signRequestSchema, requestOf(signer, 0));
    const bad = { ...good, requestId: requestOf(signer, 1).requestId, data: '0xdeadbeef' };
    const body = JSON.stringify({ requests: [bad, good] });
    const answer = await post(signer.url, body, signedBy(TOKEN_TEXT, body));
    expect(await answer.json()).toMatchObject({
      results: [
        { requestId: bad.requestId, kind: 'refused', code: 'malformed', retryable: false },
        { kind: 'signed' },
      ],
    });
  });

  it('refuses calls without, or with a wrong, signature', async () => {
    const signer = await started();
    const body = bodyOf(requestOf(signer, 0));
    const valid = signedBy(TOKEN_TEXT, body);
    const attempts: [string, Record<string, string>][] = [
      [body, {}],
      [body, signedBy('another-token-for-tests-of-enough-length', body)],
      [body.replace('"nonce":0', '"nonce":1'), valid],
      [body, { ...valid, 'x-naru-timestamp': String(Date.now() + 1_000) }],
      [body, { ...valid, 'x-naru-signature': `v1=${'0'.repeat(64)}` }],
    ];
    for (const [sent, headers] of attempts) {
      const answer = await post(signer.url, sent, headers);
      expect(answer.status).toBe(401);
      expect(await answer.text()).not.toContain('raw');
    }
    expect((await fetch(`${signer.url}/v1/keys`)).status).toBe(401);
    expect((await post(signer.url, body, valid)).status).toBe(200);
  });

  it('refuses a call from outside the clock window, and says so', async () => {
    const signer = await started();
    const body = bodyOf(requestOf(signer, 0));
    for (const skewMs of [-CLOCK_SKEW_MS_MAX - 5_000, CLOCK_SKEW_MS_MAX + 5_000]) {
      const answer = await post(signer.url, body, signedBy(TOKEN_TEXT, body, Date.now() + skewMs));
      expect(answer.status).toBe(401);
      expect(await answer.json()).toMatchObject({
        code: 'clock_skew',
        detail: expect.stringContaining('clock'),
      });
    }
  });

  it.each([
    '',
    'null',
    '{}',
    '{"requests":[]}',
    '{"requests":[{}]}',
    '{"requests":[{"requestId":"1"}]}',
    '[',
    '{"requests":[],"x":1}',
  ])('answers 400 to the body %j', async (body) => {
    const signer = await started();
    const answer = await post(signer.url, body, signedBy(TOKEN_TEXT, body));
    expect([answer.status, (await answer.json()) as { code: string }]).toMatchObject([
      400,
      { code: 'malformed' },
    ]);
  });

  it('answers 413 to a body that is too large and 415 to another type', async () => {
    const signer = await started();
    const large = ' '.repeat(17 * 1024 * 1024);
    expect((await post(signer.url, large, signedBy(TOKEN_TEXT, large))).status).toBe(413);
    expect(
      (await post(signer.url, 'x', { ...signedBy(TOKEN_TEXT, 'x'), 'content-type': 'text/plain' })).status,
    ).toBe(415);
  });

  it('serves health, readiness and metrics to anyone, and nothing else', async () => {
    const signer = await started();
    await signer.client.sign([requestOf(signer, 0), requestOf(signer, 1, { chainId: 1 })]);
    expect((await fetch(`${signer.url}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${signer.url}/readyz`)).json()).toEqual({
      ready: true,
      checks: { keys: 'ok', policy: 'ok', journal: 'ok' },
    });
    const metrics = await (await fetch(`${signer.url}/metrics`)).text();
    expect(metrics).toContain(
      `naru_signer_signed_total{intent="payout",chain_id="${CHAIN_ID}",role="signer"} 1`,
    );
    expect(metrics).toContain('naru_signer_refused_total{code="chain_not_allowed",role="signer"} 1');
    expect(metrics).toContain('naru_signer_sign_call_seconds_count{role="signer"} 1');
    expect((await fetch(`${signer.url}/v1/other`)).status).toBe(404);
  });

  it('logs each decision by its request id, and no secret', async () => {
    const signer = await started();
    const request = requestOf(signer, 0);
    const result = await signer.client.signOne(request);
    await fetch(`${signer.url}/v1/keys`);
    const log = signer.lines.join('');
    expect(log).toContain(request.requestId);
    expect(log).toContain('unauthorized call');
    if (result.kind !== 'signed') throw new Error('refused');
    expect(log).toContain(result.hash);
    for (const hidden of [TOKEN_TEXT, result.raw.slice(2, 66), result.raw.slice(-64)])
      expect(log).not.toContain(hidden);
  });
});
