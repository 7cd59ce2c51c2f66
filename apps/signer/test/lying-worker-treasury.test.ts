import type { SafeIntent, SignResult } from '@naru/signer-protocol/schema.ts';
import { describe, expect, it } from 'vitest';
import {
  addKey,
  CHAIN_ID,
  createFixture,
  POLICY_2,
  requestOf,
  STRANGER,
  startInProcess,
  TOKEN,
} from './signer-fixture.ts';

/* As in `lying-worker.test.ts`: somebody has taken over the worker. Now he has signatures of the owners of a Safe, too. */

const cheap = { gas: 21_000n, fees: { kind: 'legacy', gasPriceWei: 1n } } as const;
const codeOf = (result: SignResult) => (result.kind === 'refused' ? result.code : result.kind);
const withChain = (change: object) => ({
  ...POLICY_2,
  chains: { [CHAIN_ID]: { ...POLICY_2.chains[CHAIN_ID], ...change } },
});

describe('he wants the treasury', () => {
  const safe = `0x${'5a'.repeat(20)}` as const;
  const hand = (change: Partial<SafeIntent>): SafeIntent => ({
    kind: 'safe',
    safe,
    token: TOKEN,
    to: STRANGER,
    amount: 10n ** 18n,
    safeNonce: 3n,
    signatures: `0x${'11'.repeat(65)}`,
    ...change,
  });
  const named = { functions: ['pay', 'approve', 'execTransaction', 'cancel'], safes: [safe] };

  it('hands a Safe only what pays one of our accounts, or nothing to itself, whatever its owners were talked into', async () => {
    const fixture = await createFixture(withChain(named));
    const payer = await addKey(fixture, 'payer');
    const signer = await startInProcess(fixture);
    const asked = [
      hand({}),
      hand({ token: null }),
      hand({ to: TOKEN, token: null, amount: 0n }),
      hand({ to: safe }),
      hand({ to: safe, token: null }),
      hand({ safe: STRANGER, to: payer }),
      hand({ to: payer }),
      hand({ to: safe, token: null, amount: 0n }),
    ];
    const results: string[] = [];
    let nonce = 0;
    for (const intent of asked) {
      const code = codeOf(await signer.client.signOne(requestOf(fixture, nonce, { ...cheap, intent })));
      results.push(code);
      if (code === 'signed') nonce += 1;
    }
    expect(results).toEqual([
      ...Array(5).fill('recipient_not_allowed'),
      'contract_not_allowed',
      'signed',
      'signed',
    ]);
  });

  it('no Safe, or no such function, without the policy’s word', async () => {
    const ask = async (change: object) => {
      const fixture = await createFixture(withChain(change));
      const signer = await startInProcess(fixture);
      const intent = hand({ to: fixture.from });
      return codeOf(await signer.client.signOne(requestOf(fixture, 0, { ...cheap, intent })));
    };
    expect(await ask({ ...named, safes: [] })).toBe('contract_not_allowed');
    expect(await ask({ ...named, functions: ['pay'] })).toBe('function_not_allowed');
    expect(await ask({})).toBe('function_not_allowed');
    expect(await ask(named)).toBe('signed');
  });
});
