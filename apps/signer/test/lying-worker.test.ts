import { rm } from 'node:fs/promises';
import { secret } from '@naru/kit/secret.ts';
import { authHeaders } from '@naru/signer-protocol/auth.ts';
import { type SignRequest, type SignResult, signRequestSchema } from '@naru/signer-protocol/schema.ts';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { DAY_MS, HOUR_MS } from '../src/signer.limits.ts';
import {
  addKey,
  CHAIN_ID,
  CONTRACT,
  createFixture,
  type Fixture,
  item,
  POLICY_2,
  payout,
  requestOf,
  STRANGER,
  startInProcess,
  TOKEN,
  TOKEN_TEXT,
  writePolicy,
} from './signer-fixture.ts';

/**
 * Somebody has taken over the worker: he has the token, the network and all the time he wants, and speaks the protocol to
 * the real signer over HTTP. Each test is one way of his to get more than the policy's worth.
 */

const chain = POLICY_2.chains[CHAIN_ID];
const FEE_WEI = 20_000_000_000n;
/** Cheap, where gas money is not what is tried. */
const cheap = { gas: 21_000n, fees: { kind: 'legacy', gasPriceWei: 1n } } as const;

function withChain(change: object, rest: object = {}) {
  return { ...POLICY_2, ...rest, chains: { [CHAIN_ID]: { ...chain, ...change } } };
}

async function attack(policy: unknown = POLICY_2) {
  const fixture = await createFixture(policy);
  return { fixture, signer: await startInProcess(fixture) };
}

function steal(
  from: Pick<Fixture, 'from'>,
  nonce: number,
  amount: bigint,
  count = 1,
  token: typeof TOKEN | null = TOKEN,
): SignRequest {
  const items = Array.from({ length: count }, () => ({ ...item(amount), to: STRANGER }));
  return requestOf(from, nonce, { ...cheap, intent: payout({ items, token }) });
}

const codeOf = (result: SignResult) => (result.kind === 'refused' ? result.code : result.kind);

/** Sends and adds up what was signed. */
async function loot(
  signer: Awaited<ReturnType<typeof startInProcess>>,
  requests: readonly SignRequest[],
): Promise<{ amount: bigint; codes: string[] }> {
  let amount = 0n;
  const codes: string[] = [];
  for (let at = 0; at < requests.length; at += 50) {
    const part = requests.slice(at, at + 50);
    for (const [index, result] of (await signer.client.sign(part)).entries()) {
      codes.push(codeOf(result));
      const intent = part[index]?.intent;
      if (result.kind === 'signed' && intent?.kind === 'payout')
        amount += intent.items.reduce((sum, { amount: one }) => sum + one, 0n);
    }
  }
  return { amount, codes };
}

describe('he asks for what the policy does not name', () => {
  it.each<[string, Partial<SignRequest>, string]>([
    ['another contract', { intent: payout({ contract: STRANGER }) }, 'contract_not_allowed'],
    ['a token he made', { intent: payout({ token: STRANGER }) }, 'token_not_allowed'],
    [
      'an approval for himself',
      { intent: { kind: 'approve', token: TOKEN, spender: STRANGER } },
      'contract_not_allowed',
    ],
    ['another chain, to replay it there', { chainId: 1 }, 'chain_not_allowed'],
    ['a chain id of nothing', { chainId: 0 }, 'malformed'],
    ['a key that is not there', { from: STRANGER }, 'unknown_key'],
    ['a fee that eats the account', { fees: { kind: 'legacy', gasPriceWei: 10n ** 15n } }, 'fee_over_limit'],
    ['gas that eats the account', { gas: 30_000_001n }, 'gas_over_limit'],
    [
      'the coin to himself, too much at once',
      { intent: payout({ token: null, items: [item(101n)] }) },
      'amount_over_limit',
    ],
  ])('%s', async (_what, lie, code) => {
    const { fixture, signer } = await attack();
    // The client would not send some of these.
    const request = { ...z.encode(signRequestSchema, requestOf(fixture, 0)), ...encodeLie(lie) };
    const [result] = await postRaw(signer.url, { requests: [request] });
    expect(result).toMatchObject({ kind: 'refused', code });
    expect(codeOf(await signer.client.signOne(requestOf(fixture, 0)))).toBe('signed');
  });

  it('functions that the chain does not have', async () => {
    const { fixture, signer } = await attack(withChain({ functions: ['pay'] }));
    const [approve, cancel] = await signer.client.sign([
      requestOf(fixture, 0, { intent: { kind: 'approve', token: TOKEN, spender: CONTRACT } }),
      requestOf(fixture, 1, { intent: { kind: 'cancel' } }),
    ]);
    expect(approve).toMatchObject({ code: 'function_not_allowed' });
    expect(cancel).toMatchObject({ code: 'function_not_allowed' });
  });

  it('accounts that the policy does not name', async () => {
    const fixture = await createFixture({ ...POLICY_2, otherAccounts: 'REFUSE' });
    const signer = await startInProcess(fixture);
    expect(await signer.client.signOne(steal(fixture, 0, 1n))).toMatchObject({ code: 'account_not_allowed' });
    expect(await signer.client.signOne(requestOf(fixture, 0, { intent: { kind: 'cancel' } }))).toMatchObject({
      code: 'account_not_allowed',
    });
  });

  it('calldata of his own, fields that nobody knows, bodies that are none', async () => {
    const { fixture, signer } = await attack();
    const good = z.encode(signRequestSchema, requestOf(fixture, 0));
    const lies: object[] = [
      { ...good, data: '0xdeadbeef' },
      { ...good, to: STRANGER },
      { ...good, nonce: -1 },
      { ...good, nonce: 1.5 },
      { ...good, gas: '-1' },
      { ...good, intent: { kind: 'transfer', to: STRANGER, amount: '1' } },
      {
        ...good,
        intent: {
          ...good.intent,
          items: [{ ...(good.intent as { items: object[] }).items[0], amount: '1e30' }],
        },
      },
      { ...good, intent: { ...good.intent, items: [] } },
    ];
    for (const lie of lies)
      expect(await postRaw(signer.url, { requests: [lie] })).toMatchObject([{ code: 'malformed' }]);
  });
});

describe('he asks for little, and often', () => {
  it('gets the worth of an hour within an hour, and that of a day within a day, over all accounts', async () => {
    const fixture = await createFixture(
      withChain({ tokens: chain.tokens.map((one) => ({ ...one, itemsPerHourMax: 10_000 })) }),
    );
    const second = { from: await addKey(fixture, 'second') };
    const signer = await startInProcess(fixture);
    let nonce = 0;
    let stolen = 0n;
    const perHour: bigint[] = [];
    for (let hour = 0; hour < 30; hour++) {
      const requests = Array.from({ length: 100 }, (_, index) =>
        steal(index % 2 === 0 ? fixture : second, nonce + index, 20n),
      );
      nonce += 100;
      const { amount } = await loot(signer, requests);
      perHour.push(amount);
      stolen += amount;
      signer.time.offsetMs += HOUR_MS;
    }
    expect(perHour[0]).toBe(1_500n);
    expect(perHour.every((one) => one <= 1_500n)).toBe(true);
    // Thirty hours touch two days; each is worth 2,500.
    expect(perHour.slice(0, 24).reduce((sum, one) => sum + one, 0n)).toBe(2_500n);
    expect(stolen).toBe(5_000n);
  });

  it('gets no more recipients than an hour allows', async () => {
    const { fixture, signer } = await attack();
    const { amount, codes } = await loot(
      signer,
      Array.from({ length: 30 }, (_, nonce) => steal(fixture, nonce, 1n)),
    );
    expect(amount).toBe(25n);
    expect(codes.slice(25)).toEqual(Array(5).fill('count_limit'));
  });

  it('gets no more from one account than is set for each', async () => {
    const perAccount = { perHourMax: '300', perDayMax: '600' };
    const { fixture, signer } = await attack(
      withChain({ tokens: chain.tokens.map((one) => ({ ...one, perAccount })) }),
    );
    const requests = Array.from({ length: 5 }, (_, nonce) => steal(fixture, nonce, 100n));
    expect((await loot(signer, requests)).codes).toEqual([
      ...Array(3).fill('signed'),
      ...Array(2).fill('hourly_limit'),
    ]);
  });

  it('wins nothing by starting the signer again: the windows are in the journal', async () => {
    const { fixture, signer } = await attack();
    const first = await loot(
      signer,
      Array.from({ length: 20 }, (_, nonce) => steal(fixture, nonce, 100n)),
    );
    expect(first.amount).toBe(1_500n);
    for (let start = 0; start < 3; start++) {
      await signer.close();
      const again = await startInProcess(fixture);
      const more = Array.from({ length: 5 }, (_, index) => steal(fixture, 100 + 10 * start + index, 100n));
      expect((await loot(again, more)).codes).toEqual(Array(5).fill('hourly_limit'));
      await again.close();
    }
  });

  it('and by taking the journal away he gets no signer at all', async () => {
    const { fixture, signer } = await attack();
    await loot(signer, [steal(fixture, 0, 100n)]);
    await signer.close();
    await rm(fixture.config.journalFile);
    await expect(startInProcess(fixture)).rejects.toMatchObject({
      code: 'journal_missing',
      message: expect.stringContaining('these keys were used with one'),
    });
  });
});

describe('he plays with nonces', () => {
  it('one nonce pays once, whatever he changes, in one call and in many', async () => {
    const { fixture, signer } = await attack();
    const first = steal(fixture, 0, 10n);
    const variants: SignRequest[] = [
      first,
      steal(fixture, 0, 11n),
      { ...first, gas: 22_000n },
      { ...first, intent: { kind: 'approve', token: TOKEN, spender: CONTRACT } },
      steal(fixture, 0, 10n, 1, null),
    ];
    expect((await loot(signer, variants)).codes).toEqual(['signed', ...Array(4).fill('payload_conflict')]);
    const again = await Promise.all(variants.slice(1).map((request) => signer.client.signOne(request)));
    expect(again.map(codeOf)).toEqual(Array(4).fill('payload_conflict'));
  });

  it('the same payment at other nonces counts each time', async () => {
    const { fixture, signer } = await attack();
    const first = steal(fixture, 0, 100n);
    const copies = Array.from({ length: 20 }, (_, nonce) => ({ ...first, nonce }));
    expect((await loot(signer, copies)).amount).toBe(1_500n);
  });

  it('two calls with one payload each, at the same moment: one is signed', async () => {
    const { fixture, signer } = await attack();
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, index) => signer.client.signOne(steal(fixture, 0, BigInt(index + 1)))),
    );
    expect(results.map(codeOf).filter((code) => code === 'signed')).toHaveLength(1);
  });
});

describe('he burns the gas money', () => {
  it('by dear transactions: an hour holds ten of them, a day fifteen', async () => {
    const { fixture, signer } = await attack();
    const dear = (nonce: number) => requestOf(fixture, nonce, { intent: payout({ items: [item(1n)] }) });
    const codes = async (from: number) =>
      (
        await loot(
          signer,
          Array.from({ length: 12 }, (_, index) => dear(from + index)),
        )
      ).codes;
    expect(await codes(0)).toEqual([...Array(10).fill('signed'), ...Array(2).fill('gas_money_limit')]);
    signer.time.offsetMs += HOUR_MS + 1_000;
    expect(await codes(100)).toEqual([...Array(5).fill('signed'), ...Array(7).fill('gas_money_limit')]);
    signer.time.offsetMs += DAY_MS + 1_000;
    expect((await codes(200)).filter((code) => code === 'signed')).toHaveLength(10);
  });

  it('by a flood of cancels: they count like everything else', async () => {
    const { fixture, signer } = await attack();
    const flood = Array.from({ length: 50 }, (_, nonce) =>
      requestOf(fixture, nonce, { intent: { kind: 'cancel' } }),
    );
    expect((await loot(signer, flood)).codes.filter((code) => code === 'signed')).toHaveLength(10);
  });

  it('by raising one transaction again and again: a nonce costs what its dearest costs', async () => {
    const { fixture, signer } = await attack();
    const raised = Array.from({ length: 8 }, (_, step) => ({
      ...requestOf(fixture, 0, { intent: { kind: 'cancel' } }),
      fees: { kind: 'legacy' as const, gasPriceWei: FEE_WEI + BigInt(step) * (FEE_WEI / 2n) },
    }));
    // 20 to 90 gwei at a million gas; all of it is one transaction of 90.
    expect((await loot(signer, raised)).codes).toEqual(Array(8).fill('signed'));
    const rest = Array.from({ length: 7 }, (_, index) =>
      requestOf(fixture, index + 1, { intent: { kind: 'cancel' } }),
    );
    expect((await loot(signer, rest)).codes).toEqual([
      ...Array(5).fill('signed'),
      ...Array(2).fill('gas_money_limit'),
    ]);
  });
});

describe('he wants the main account', () => {
  async function withMain(role: 'MAIN' | 'GAS', own: string[] = []) {
    const fixture = await createFixture();
    const payer = await addKey(fixture, 'payer');
    const accounts = [{ address: fixture.from, label: 'main', role }];
    await writePolicy(fixture.config, { ...POLICY_2, accounts, ownAddresses: own });
    return { fixture, payer, signer: await startInProcess(fixture) };
  }
  const to = (address: string, overrides: object = {}) =>
    payout({ items: [{ ...item(50n), to: address as `0x${string}` }], ...overrides });

  it('MAIN fills our own accounts, those the policy names included, and pays nobody else', async () => {
    const safe = `0x${'5a'.repeat(20)}`;
    const { fixture, payer, signer } = await withMain('MAIN', [safe]);
    const results = await signer.client.sign([
      requestOf(fixture, 0, { ...cheap, intent: to(STRANGER) }),
      requestOf(fixture, 0, { ...cheap, intent: payout({ items: [{ ...item(1n), to: payer }, item(1n)] }) }),
      requestOf(fixture, 0, { ...cheap, intent: to(payer) }),
      requestOf(fixture, 1, { ...cheap, intent: to(safe) }),
    ]);
    expect(results.map(codeOf)).toEqual([
      'recipient_not_allowed',
      'recipient_not_allowed',
      'signed',
      'signed',
    ]);
  });

  it('GAS fills them with the coin and with nothing else', async () => {
    const { fixture, payer, signer } = await withMain('GAS');
    const results = await signer.client.sign([
      requestOf(fixture, 0, { ...cheap, intent: to(payer) }),
      requestOf(fixture, 0, { ...cheap, intent: to(STRANGER, { token: null }) }),
      requestOf(fixture, 0, { ...cheap, intent: to(payer, { token: null }) }),
    ]);
    expect(results.map(codeOf)).toEqual(['token_not_allowed', 'recipient_not_allowed', 'signed']);
  });

  it('moving money between our own does not use up what may leave, and has the same ceiling of its own', async () => {
    const { fixture, payer, signer } = await withMain('MAIN');
    const inside = Array.from({ length: 20 }, (_, nonce) =>
      requestOf(fixture, nonce, { ...cheap, intent: to(payer, { items: [{ ...item(100n), to: payer }] }) }),
    );
    expect((await loot(signer, inside)).amount).toBe(1_500n);
    const outside = Array.from({ length: 20 }, (_, nonce) => steal({ from: payer }, nonce, 100n));
    expect((await loot(signer, outside)).amount).toBe(1_500n);
  });
});

function encodeLie(lie: Partial<SignRequest>): object {
  const text = (value: unknown): unknown => {
    if (typeof value === 'bigint') return value.toString();
    if (Array.isArray(value)) return value.map(text);
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, text(one)]));
  };
  return text(lie) as object;
}

async function postRaw(url: string, body: unknown): Promise<SignResult[]> {
  const text = Buffer.from(JSON.stringify(body));
  const headers = authHeaders(
    secret(TOKEN_TEXT),
    { method: 'POST', path: '/v1/sign', body: text },
    Date.now(),
  );
  const answer = await fetch(`${url}/v1/sign`, {
    method: 'POST',
    body: text,
    headers: { ...headers, 'content-type': 'application/json' },
  });
  return ((await answer.json()) as { results: SignResult[] }).results;
}
