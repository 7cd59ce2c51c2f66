import { expect, test } from 'vitest';
import { parseOptions } from './command-line.ts';
import { benchNames } from './names.ts';

test('without options everything is measured, at full size', () => {
  expect(parseOptions([])).toEqual({
    kind: 'run',
    options: { only: benchNames, isQuick: false, jsonFile: null, profileDir: null },
  });
});

test('--only keeps the order in which things are measured', () => {
  const command = parseOptions(['--only', 'gas, intake', '--quick', '--json', 'figures.json']);
  expect(command).toEqual({
    kind: 'run',
    options: { only: ['intake', 'gas'], isQuick: true, jsonFile: 'figures.json', profileDir: null },
  });
});

test('a name or an option that does not exist is said, and nothing runs', () => {
  expect(parseOptions(['--only', 'intake,speed'])).toMatchObject({
    kind: 'wrong',
    problem: expect.stringContaining('speed'),
  });
  expect(parseOptions(['--fast']).kind).toBe('wrong');
  expect(parseOptions(['intake']).kind).toBe('wrong');
});

test('--help wins', () => {
  expect(parseOptions(['--quick', '--help'])).toEqual({ kind: 'help' });
});
