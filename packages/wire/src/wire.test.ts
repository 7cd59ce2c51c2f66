import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amountInput } from './amount.ts';
import { fieldProblems, fieldProblemText, toFieldProblems } from './field-problem.ts';
import { addressInput } from './id.ts';
import { describeProblem, problem } from './problem.ts';
import { problemCatalogue, problemCodes } from './problem-catalogue.ts';
import { languages } from './problem-entry.ts';
import { createWithdrawalRequest, withdrawalListQuery } from './withdrawal.ts';

describe('amounts', () => {
  test.each([
    '0',
    '1',
    '12.5',
    '0.000001',
    '115792089237316195423570985008687907853269984665640564039457584007913129639935',
  ])('%s has the right shape', (text) => expect(amountInput.safeParse(text).success).toBe(true));
  test.each([
    '',
    '.5',
    '5.',
    '01',
    '+1',
    '-1',
    '1e3',
    '1,000',
    ' 1',
    '1 ',
    '0x10',
    '１',
    'NaN',
    '9'.repeat(101),
  ])('%j has not', (text) => expect(amountInput.safeParse(text).success).toBe(false));
  test('what is accepted is digits and at most one point', () => {
    fc.assert(
      fc.property(
        fc.string(),
        (text) => !amountInput.safeParse(text).success || /^[0-9]+(\.[0-9]+)?$/.test(text),
      ),
      { verbose: true },
    );
  });
});

test('an address has 40 digits of either case; its checksum is not judged here', () => {
  expect(addressInput.safeParse(`0x${'aB'.repeat(20)}`).success).toBe(true);
  for (const text of [`0X${'ab'.repeat(20)}`, `0x${'ab'.repeat(19)}`, `0x${'ag'.repeat(20)}`])
    expect(addressInput.safeParse(text).success).toBe(false);
});

test('defaults are filled in: priority and metadata', () => {
  const request = { chain: 'localhost', asset: 'USDC', to: `0x${'ab'.repeat(20)}`, amount: '1' };
  expect(createWithdrawalRequest.parse(request)).toEqual({ ...request, priority: 'STANDARD', metadata: {} });
});

test('a pointer escapes what JSON pointers need escaped', () => {
  const input = { 'a/b~c': 1 };
  const result = createWithdrawalRequest.safeParse(input);
  expect(toFieldProblems(result.error?.issues ?? [], input).map(({ pointer }) => pointer)).toContain(
    '/a~1b~0c',
  );
});

test('states come as one text, several texts, or both', () => {
  const read = (state: string | string[]) => withdrawalListQuery.parse({ state }).state;
  expect(read('PENDING,FAILED')).toEqual(['PENDING', 'FAILED']);
  expect(read(['PENDING,REVIEW', 'FAILED'])).toEqual(['PENDING', 'REVIEW', 'FAILED']);
});

describe.each(languages)('in %s', (language) => {
  test.each(problemCodes)('%s is a problem that fits the schema', (code) => {
    const body = describeProblem(code, language, 'req_1');
    expect(problem.parse(body)).toEqual(body);
    expect(body.detail).toContain(problemCatalogue[code].next[language]);
  });
});

test('Korean texts are in Korean, and polite in one way', () => {
  for (const [code, { title, what, next }] of Object.entries(problemCatalogue))
    for (const text of [title.ko, what.ko, next.ko]) {
      expect(text, code).toMatch(/[가-힣]/);
      expect(text, code).not.toMatch(/(습니다|십시오|하세요\?)/);
    }
  for (const { ko } of Object.values(fieldProblems)) expect(ko).toMatch(/[가-힣].*요\.$/);
});

test("an exact English sentence is kept; other languages have the code's own", () => {
  expect(fieldProblemText('amount_decimals', 'en', 'USDC has 6 decimals at most.')).toBe(
    'USDC has 6 decimals at most.',
  );
  expect(fieldProblemText('amount_decimals', 'ko', 'USDC has 6 decimals at most.')).toBe(
    fieldProblems.amount_decimals.ko,
  );
  expect(fieldProblemText('of_tomorrow', 'ko', 'New.')).toBe('New.');
});
