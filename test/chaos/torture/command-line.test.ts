import { expect, test } from 'vitest';
import { parseOptions, replayCommand } from './command-line.ts';
import { faultNames } from './names.ts';

const parse = (...args: string[]) => parseOptions(args, () => 42);

test('without options all faults strike, by a seed that is drawn', () => {
  expect(parse()).toEqual({
    kind: 'run',
    options: { seed: 42, payouts: 2_000, minutes: null, only: faultNames, jsonFile: null, reportFile: null },
  });
});

test('--only keeps the order of the faults, and the command to replay says everything', () => {
  const command = parse('--only', 'reorg, kill', '--seed', '7', '--payouts', '50', '--minutes', '3');
  if (command.kind !== 'run') throw new Error(command.kind);
  expect(command.options.only).toEqual(['kill', 'reorg']);
  expect(replayCommand(command.options)).toBe(
    'npm run torture -- --seed 7 --payouts 50 --minutes 3 --only kill,reorg',
  );
});

test('what cannot be meant is said, and nothing runs', () => {
  expect(parse('--only', 'kill,earthquake')).toMatchObject({
    kind: 'wrong',
    problem: expect.stringContaining('earthquake'),
  });
  expect(parse('--seed', '0')).toMatchObject({ kind: 'wrong', problem: expect.stringContaining('--seed') });
  expect(parse('--payouts', 'many').kind).toBe('wrong');
  expect(parse('--fast').kind).toBe('wrong');
});
