import { readFile, stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { sleep } from '@naru/kit/clock.ts';
import { secret } from '@naru/kit/secret.ts';
import { authHeaders } from '@naru/signer-protocol/auth.ts';
import { createPublicClient, http } from 'viem';
import { describe, expect, it } from 'vitest';
import {
  CONTRACT,
  createFixture,
  item,
  POLICY,
  payout,
  requestOf,
  spawnSigner,
  startAnvil,
  TOKEN,
  TOKEN_TEXT,
} from './signer-fixture.ts';

/** Everything here is real: the program as its own process, its files, signals, and the node that judges signatures. */

describe('the signer on a chain', () => {
  it('signs transactions of both kinds that a node accepts and mines', async () => {
    const rpcUrl = await startAnvil();
    const fixture = await createFixture();
    const signer = await spawnSigner(fixture);
    const chain = createPublicClient({ transport: http(rpcUrl) });
    const setBalance = { method: 'anvil_setBalance', params: [fixture.from, '0x56bc75e2d63100000'] };
    await chain.request(setBalance as never);
    const native = payout({ token: null, items: [item(3n)] });
    const legacy = { kind: 'legacy', gasPriceWei: 20_000_000_000n } as const;
    const requests = [
      requestOf(fixture, 0, { intent: native }),
      requestOf(fixture, 1, { intent: { kind: 'approve', token: TOKEN, spender: CONTRACT }, fees: legacy }),
      requestOf(fixture, 2, { intent: { kind: 'cancel' } }),
      requestOf(fixture, 3, { intent: { kind: 'cancel' }, fees: legacy }),
    ];
    for (const result of await signer.client.sign(requests)) {
      if (result.kind !== 'signed') throw new Error(`refused: ${result.message}`);
      const hash = await chain.sendRawTransaction({ serializedTransaction: result.raw });
      expect(hash).toBe(result.hash);
      const receipt = await chain.waitForTransactionReceipt({ hash, pollingInterval: 50 });
      expect([receipt.status, receipt.from]).toEqual(['success', fixture.from]);
    }
    expect(await chain.getBalance({ address: CONTRACT })).toBe(3n);
  });
});

describe('the signer as a process', () => {
  it('remembers across kill -9 what it has answered, nonces and daily sums', async () => {
    const fixture = await createFixture();
    const first = await spawnSigner(fixture);
    const original = requestOf(fixture, 0);
    expect((await first.client.signOne(original)).kind).toBe('signed');
    const answered: number[] = [];
    const load = Array.from({ length: 40 }, (_, index) => {
      const request = requestOf(fixture, index + 1, { intent: payout({ items: [item(10n)] }) });
      return first.client.signOne(request).then(
        (result) => {
          if (result.kind === 'signed') answered.push(request.nonce);
          if (answered.length === 5) first.child.kill('SIGKILL');
        },
        () => {}, // the answer was lost with the process
      );
    });
    await Promise.all(load);
    expect(await first.ended()).toEqual({ code: null, signal: 'SIGKILL' });
    expect(answered.length).toBeGreaterThanOrEqual(5);

    const second = await spawnSigner(fixture);
    for (const nonce of [0, ...answered]) {
      expect(await second.client.signOne(requestOf(fixture, nonce))).toMatchObject({
        code: 'payload_conflict',
      });
    }
    expect((await second.client.signOne(original)).kind).toBe('signed');
    // 100 and at least 10 for each answered one are spent: the rest of the day cannot hold 2,400 more.
    const large = (nonce: number) =>
      requestOf(fixture, nonce, { intent: payout({ items: Array.from({ length: 10 }, () => item(100n)) }) });
    const results = await second.client.sign([large(100), large(101), large(102)]);
    expect(results.map((result) => result.kind)).toEqual(['signed', 'signed', 'refused']);
  });

  it('finishes the call under way on SIGTERM, refuses new ones, and ends with 0', async () => {
    const fixture = await createFixture({
      ...POLICY,
      chains: {
        31337: {
          ...POLICY.chains[31337],
          tokens: [{ token: TOKEN, perItemMax: '100', perTransactionMax: '1000000', perDayMax: '100000000' }],
        },
      },
    });
    const signer = await spawnSigner(fixture);
    // A connection that nobody uses must not hold up the stop.
    const idle = connect(Number(new URL(signer.url).port), '127.0.0.1');
    idle.on('error', () => {});
    const items = Array.from({ length: 1_200 }, () => item(1n));
    const requests = Array.from({ length: 20 }, (_, nonce) =>
      requestOf(fixture, nonce, { intent: payout({ items }) }),
    );
    const signing = signer.client.sign(requests);
    await untilMetric(signer.url, /naru_signer_calls_under_way\{role="signer"\} 1/);
    signer.child.kill('SIGTERM');
    const results = await signing;
    expect(results.every((result) => result.kind === 'signed')).toBe(true);
    expect(await signer.ended()).toEqual({ code: 0, signal: null });
    await expect(signer.client.listKeys()).rejects.toMatchObject({ code: 'signer_unavailable' });
    expect(signer.output.at(-1)).toContain('stopped');
  });

  it('stops with 1, having signed nothing, when a second signer has written its journal', async () => {
    const fixture = await createFixture();
    const [one, two] = [await spawnSigner(fixture), await spawnSigner(fixture)];
    expect((await one.client.signOne(requestOf(fixture, 0))).kind).toBe('signed');
    await expect(two.client.signOne(requestOf(fixture, 0))).rejects.toMatchObject({
      code: 'signer_unavailable',
    });
    expect(await two.ended()).toEqual({ code: 1, signal: null });
    expect(two.output.join('\n')).toContain('another process writes the journal');
    expect((await one.client.signOne(requestOf(fixture, 1))).kind).toBe('signed');
  });

  it('writes no secret to its output, at the most talkative level', async () => {
    const fixture = await createFixture();
    fixture.env['NARU_LOG_LEVEL'] = 'trace';
    const signer = await spawnSigner(fixture);
    const result = await signer.client.signOne(requestOf(fixture, 0));
    await signer.client.signOne(requestOf(fixture, 0, { gas: 0xffffffffn }));
    const body = Buffer.from('{"requests":');
    const headers = authHeaders(secret(TOKEN_TEXT), { method: 'POST', path: '/v1/sign', body }, Date.now());
    await fetch(`${signer.url}/v1/sign`, {
      method: 'POST',
      body,
      headers: { ...headers, 'content-type': 'application/json' },
    });
    await fetch(`${signer.url}/v1/sign`, {
      method: 'POST',
      body,
      headers: { ...headers, 'content-type': 'application/json', 'x-naru-timestamp': '1' },
    });
    signer.child.kill('SIGTERM');
    await signer.ended();
    const output = signer.output.join('\n');
    const masterKey = (await readFile(fixture.masterKeyFile, 'utf8')).trim();
    const signature = headers['x-naru-signature'] ?? '';
    if (result.kind !== 'signed') throw new Error('refused');
    expect(output).toContain(result.hash);
    for (const hidden of [TOKEN_TEXT, masterKey, signature, result.raw.slice(2, 66), result.raw.slice(-64)]) {
      expect(output).not.toContain(hidden);
    }
  });

  it('keeps its journal for its owner only', async () => {
    const fixture = await createFixture();
    await spawnSigner(fixture);
    expect((await stat(fixture.config.journalFile)).mode & 0o777).toBe(0o600);
  });

  it('names everything that is missing at once, and ends with 1', async () => {
    const fixture = await createFixture();
    const env = { PATH: fixture.env['PATH'], NARU_SIGNER_TOKEN: 'short', NARU_PORT: 'http' };
    const failure: unknown = await spawnSigner({ ...fixture, env }).catch((error: unknown) => error);
    const message = String(failure);
    expect(message).toContain('ended with 1');
    for (const name of [
      'NARU_KEYSTORE_DIR',
      'NARU_MASTER_KEY_FILE',
      'NARU_SIGNER_POLICY_FILE',
      'NARU_SIGNER_JOURNAL_FILE',
      'NARU_PORT',
    ]) {
      expect(message).toContain(`- ${name} is not`);
    }
    expect(message).toContain('NARU_SIGNER_TOKEN is shorter than 32 bytes');
  });
});

async function untilMetric(url: string, pattern: RegExp): Promise<void> {
  for (let attempt = 0; attempt < 2_000; attempt++) {
    if (pattern.test(await (await fetch(`${url}/metrics`)).text())) return;
    await sleep(5);
  }
  throw new Error(`no metric matches ${pattern}`);
}
