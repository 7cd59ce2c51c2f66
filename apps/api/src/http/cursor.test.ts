import { newUuid } from '@naru/kit/ids.ts';
import { expect, test } from 'vitest';
import { encodeCursor, encodePosition, readCursor, readPosition } from './cursor.ts';

test('a cursor is of a row and of a filter, whatever names the row', () => {
  const id = newUuid();
  const filter = { state: ['PENDING', 'SIGNED'], chain: undefined };
  expect(readCursor(encodeCursor(id, filter), { state: ['SIGNED', 'PENDING'] })).toBe(id);
  for (const position of [1n, 4_711n, 2n ** 62n])
    expect(readPosition(encodePosition(position, filter), filter)).toBe(position);
});

test.each([
  ['of another filter', encodePosition(5n, { open: 'false' })],
  ['cut off', encodePosition(5n, { open: 'true' }).slice(0, 20)],
  ['made up', 'x'.repeat(32)],
])('one that is %s is refused', (_, cursor) => {
  expect(() => readPosition(cursor, { open: 'true' })).toThrow(
    expect.objectContaining({ code: 'validation_failed' }),
  );
});
