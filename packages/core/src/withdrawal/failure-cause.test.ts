import { expect, test } from 'vitest';
import { failureCauseOf } from './failure-cause.ts';

test('what the recipient caused and what was decided are not ours; every other failure is', () => {
  expect(failureCauseOf('CONFIRMING', 'transfer_rejected')).toBe('recipient');
  expect(failureCauseOf('REVIEW', 'refused')).toBe('decision');
  expect(failureCauseOf('VALIDATING', 'transfer_rejected')).toBe('decision');
  expect(failureCauseOf('CONFIRMING', 'attempts_exhausted')).toBe('ours');
  expect(failureCauseOf('CONFIRMING', 'a code of tomorrow')).toBe('ours');
});
