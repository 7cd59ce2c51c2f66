import { Webhook } from 'standardwebhooks';
import { describe, expect, test } from 'vitest';
import { verifyWebhook, WebhookVerificationError } from './verify-webhook.ts';

const SECRET = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const OTHER = 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD';
const NOW = new Date('2026-03-02T09:15:53.500Z');
const body = JSON.stringify({
  id: 'evt_01kjr3q8c6e7rvt0xx0n3m7d5h',
  type: 'webhook.test',
  timestamp: '2026-03-02T09:15:27.431Z',
  data: { id: 'we_01kjr3q8c6e7rvt0xx0n3m7d5g', object: 'webhook_endpoint', message: '한글도 그대로' },
});

function signed(secret: string, text = body, at = NOW): Record<string, string> {
  const seconds = new Date(Math.floor(at.getTime() / 1_000) * 1_000);
  return {
    'webhook-id': 'msg_1',
    'webhook-timestamp': String(seconds.getTime() / 1_000),
    'webhook-signature': new Webhook(secret).sign('msg_1', seconds, text),
  };
}
const caught = (work: Promise<unknown>) =>
  work.then(
    () => 'taken',
    (error: unknown) => error,
  );

describe('what the public library signs', () => {
  test.each([
    ['text', body],
    ['bytes', new TextEncoder().encode(body)],
  ])('is taken, with the body as %s', async (_, raw) => {
    const event = await verifyWebhook({ secret: SECRET, headers: signed(SECRET), body: raw, now: NOW });
    expect(event).toEqual(JSON.parse(body));
    if (event.type === 'webhook.test') expect(event.data.message).toBe('한글도 그대로');
  });

  test.each([
    ['Headers', new Headers(signed(SECRET))],
    [
      'names in capitals',
      Object.fromEntries(Object.entries(signed(SECRET)).map(([n, v]) => [n.toUpperCase(), v])),
    ],
    ['lists', Object.fromEntries(Object.entries(signed(SECRET)).map(([n, v]) => [n, [v]]))],
  ])('is taken, with the headers as %s', async (_, headers) => {
    expect(await verifyWebhook({ secret: SECRET, headers, body, now: NOW })).toMatchObject({
      type: 'webhook.test',
    });
  });

  test('is taken by one of several secrets, and with one of several signatures', async () => {
    const both = {
      ...signed(SECRET),
      'webhook-signature': `v1a,AAAA v1,nonsense! ${signed(OTHER)['webhook-signature']} ${signed(SECRET)['webhook-signature']}`,
    };
    for (const secret of [SECRET, OTHER, [OTHER, SECRET]])
      expect(await verifyWebhook({ secret, headers: both, body, now: NOW })).toMatchObject({
        type: 'webhook.test',
      });
    const byNew = verifyWebhook({ secret: [OTHER, SECRET], headers: signed(SECRET), body, now: NOW });
    expect(await byNew).toMatchObject({ type: 'webhook.test' });
  });
});

test('the vectors of the specification are signed as it says', async () => {
  const text = '{"test": 2432232314}';
  const headers = {
    'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    'webhook-timestamp': '1614265330',
    'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
  };
  const now = new Date(1_614_265_330_000);
  const error = await caught(verifyWebhook({ secret: SECRET, headers, body: text, now }));
  expect(String(error)).toContain('it is signed, but it is not an event of Naru');
});

describe('is refused', () => {
  const check = (
    changes: object,
    now = NOW,
    raw: string | Uint8Array = body,
    secret: string | string[] = SECRET,
  ) => caught(verifyWebhook({ secret, headers: { ...signed(SECRET), ...changes }, body: raw, now }));

  test.each([
    ['another body', {}, NOW, `${body} `, SECRET, 'no signature matches'],
    ['another secret', {}, NOW, body, OTHER, 'no signature matches'],
    ['another id', { 'webhook-id': 'msg_2' }, NOW, body, SECRET, 'no signature matches'],
    ['no signature', { 'webhook-signature': undefined }, NOW, body, SECRET, 'webhook-signature is missing'],
    ['an empty one', { 'webhook-signature': '' }, NOW, body, SECRET, 'webhook-signature is missing'],
    ['another version only', { 'webhook-signature': 'v2,AAAA' }, NOW, body, SECRET, 'no signature matches'],
    ['a time that is none', { 'webhook-timestamp': '1e9' }, NOW, body, SECRET, 'not a number of seconds'],
    ['a changed time', { 'webhook-timestamp': '1772442952' }, NOW, body, SECRET, 'no signature matches'],
    ['one of six minutes ago', {}, new Date(NOW.getTime() + 360_000), body, SECRET, 'too old'],
    ['one of the future', {}, new Date(NOW.getTime() - 360_000), body, SECRET, 'from the future'],
    ['an empty secret', {}, NOW, body, 'whsec_', 'the secret is not one of an endpoint'],
    ['no secret at all', {}, NOW, body, [], 'no secret was given'],
  ] as const)('%s', async (_, changes, now, raw, secret, message) => {
    const error = await check(changes, now, raw, secret as string);
    expect(error).toBeInstanceOf(WebhookVerificationError);
    expect(String(error)).toContain(message);
  });
});

test('an event of a type that is not known here is given as unknown, not refused', async () => {
  const text = JSON.stringify({
    id: 'evt_1',
    type: 'tide.high',
    timestamp: '2026-03-02T09:15:27.431Z',
    data: { m: 3 },
  });
  const event = await verifyWebhook({ secret: SECRET, headers: signed(SECRET, text), body: text, now: NOW });
  expect(event).toMatchObject({ type: 'unknown', unknownType: 'tide.high', data: { m: 3 } });
});
