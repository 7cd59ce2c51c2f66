import { describe, expect, test } from 'vitest';
import { judgeToken, type TokenFacts } from './judge-token.ts';

const payment = {
  asked: 1_000_000n,
  succeeded: true,
  answer: 'true',
  taken: 1_000_000n,
  received: 1_000_000n,
  gasUsed: 31_100n,
} as const;
const plain: TokenFacts = { codeBytes: 900, symbol: 'USDC', decimals: 6, balancesChangeBy: [], payment };

describe('judgeToken', () => {
  test('a plain token is fine, with the gas that was measured and room to spare', () => {
    expect(judgeToken(plain)).toEqual({
      refusals: [],
      warnings: [],
      gasPerItem: 35_500n,
      transferGasMax: 100_000n,
    });
    expect(judgeToken({ ...plain, payment: { ...payment, answer: 'nothing' } }).refusals).toEqual([]);
    expect(judgeToken({ ...plain, payment: { ...payment, gasUsed: 90_000n } })).toMatchObject({
      gasPerItem: 94_000n,
      transferGasMax: 180_000n,
    });
  });

  test.each<[string, Partial<TokenFacts>, RegExp]>([
    ['no contract', { codeBytes: 0, decimals: null, payment: null }, /no contract/],
    ['no token', { decimals: null, payment: null }, /no ERC-20 token/],
    ['decimals beyond what is kept', { decimals: 31 }, /31 decimals/],
    ['a transfer that reverts', { payment: { ...payment, succeeded: false, taken: 0n } }, /reverts/],
    ['a transfer that answers false', { payment: { ...payment, answer: 'other' } }, /neither true nor/],
    ['a fee on top', { payment: { ...payment, taken: 1_010_000n } }, /takes 1010000 where 1000000 is paid/],
    ['shares rounded down', { payment: { ...payment, taken: 999_999n } }, /books would differ/],
    ['too much gas', { payment: { ...payment, gasUsed: 400_001n } }, /400001 gas/],
  ])('refuses %s', (_, facts, text) => {
    const { refusals, warnings } = judgeToken({ ...plain, ...facts });
    expect(refusals).toEqual([expect.stringMatching(text)]);
    expect(warnings).toEqual([]);
  });

  test('warns of a fee, of balances that change by themselves, and of what could not be tried', () => {
    const warningsOf = (facts: Partial<TokenFacts>) => {
      const verdict = judgeToken({ ...plain, ...facts });
      expect(verdict.refusals).toEqual([]);
      return verdict.warnings;
    };
    expect(warningsOf({ payment: { ...payment, received: 990_000n } })).toEqual([
      expect.stringMatching(/of 1000000 that are paid, 990000 arrive/),
    ]);
    expect(warningsOf({ balancesChangeBy: ['sharesOf(address)'] })).toEqual([
      expect.stringMatching(/sharesOf\(address\)/),
    ]);
    expect(warningsOf({ payment: null })).toEqual([expect.stringMatching(/--holder/)]);
  });
});
