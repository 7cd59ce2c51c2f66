import { stripVTControlCharacters } from 'node:util';
import pc from 'picocolors';
import { describe, expect, it } from 'vitest';
import { showAmount, showDuration, showGwei, showText } from './format.ts';
import { renderTable, wrapText } from './output.ts';

describe('what people read', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [59_940, '59.9 s'],
    [60_000, '1 min'],
    [200_000, '3 min 20 s'],
    [7_500_000, '2 h 5 min'],
    [273_600_000, '3 d 4 h'],
  ])('%d ms is %s', (ms, text) => expect(showDuration(ms)).toBe(text));

  it('groups amounts without changing them', () => {
    expect(showAmount(1_234_567_500_000n, 6, 'USDC')).toBe('1,234,567.5 USDC');
    expect(showAmount(-1n, 18)).toBe('-0.000000000000000001');
    expect(showAmount(123n, 0)).toBe('123');
    expect(showGwei(1_413_888_138n)).toBe('1.4138 gwei');
  });

  it('prints nothing of others that moves the cursor', () => {
    expect(showText('a\u001b[2Jb\u202ec\n')).toBe('a·[2Jb·c·');
  });

  it('aligns coloured cells by what is seen of them', () => {
    const colours = pc.createColors(true);
    const table = renderTable(
      colours,
      [{ head: 'A' }, { head: 'N', align: 'right' }],
      [
        [colours.green('ok'), '1'],
        ['long', '22'],
      ],
    );
    expect(table.split('\n').map((line) => stripVTControlCharacters(line))).toEqual([
      'A      N',
      'ok     1',
      'long  22',
    ]);
  });

  it('wraps at blanks', () => {
    expect(wrapText('one two three', 9, '  ')).toBe('  one two\n  three');
  });
});
