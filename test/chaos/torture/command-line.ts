import { parseArgs } from 'node:util';
import { errorText } from '@naru/kit/errors.ts';
import { type FaultName, faultNames } from './names.ts';

export const HELP = `Usage: npm run torture -- [options]

Runs the real platform, several processes of each role, against a real PostgreSQL and a chain, breaks it in every way
that it knows while payouts are submitted, and judges by the chain's own logs. Starts and stops all it needs by itself.

Options:
  --seed N                decides what happens when; default: drawn, and printed
  --payouts N             how many are submitted, over all faults; default 2000
  --minutes M             about how long it may take; default: as long as the payouts need (2,000: about 6)
  --only FAULT[,FAULT]    only these; see --list
  --list                  show the faults
  --schedule              show what the seed decides, and run nothing
  --json FILE             write the result to FILE, too
  --report FILE.md        write the result into FILE.md, between its marks for it
  --help                  show this

Exit code 0: nothing was paid twice, lost or wrong. 1: something was; the evidence is kept and said where.
2: the command line is wrong.
`;

export type Options = {
  seed: number;
  payouts: number;
  minutes: number | null;
  only: readonly FaultName[];
  jsonFile: string | null;
  reportFile: string | null;
};

export type CommandLine =
  | { kind: 'help' }
  | { kind: 'list' }
  | { kind: 'wrong'; problem: string }
  | { kind: 'schedule'; options: Options }
  | { kind: 'run'; options: Options };

const PAYOUTS_DEFAULT = 2_000;
const SEED_MAX = 2 ** 31 - 1;

export function parseOptions(args: readonly string[], drawSeed: () => number): CommandLine {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        seed: { type: 'string' },
        payouts: { type: 'string' },
        minutes: { type: 'string' },
        only: { type: 'string' },
        list: { type: 'boolean', default: false },
        schedule: { type: 'boolean', default: false },
        json: { type: 'string' },
        report: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return { kind: 'help' };
    if (values.list) return { kind: 'list' };
    const wanted = values.only?.split(',').map((name) => name.trim()) ?? faultNames;
    const unknown = wanted.filter((name) => !faultNames.some((known) => known === name));
    if (unknown.length > 0)
      return {
        kind: 'wrong',
        problem: `--only does not know: ${unknown.join(', ')}. It knows: ${faultNames.join(', ')}`,
      };
    return {
      kind: values.schedule ? 'schedule' : 'run',
      options: {
        seed: wholeNumber('--seed', values.seed, 1, SEED_MAX) ?? drawSeed(),
        payouts: wholeNumber('--payouts', values.payouts, 1, 1_000_000) ?? PAYOUTS_DEFAULT,
        minutes: wholeNumber('--minutes', values.minutes, 1, 24 * 60),
        only: faultNames.filter((name) => wanted.includes(name)),
        jsonFile: values.json ?? null,
        reportFile: values.report ?? null,
      },
    };
  } catch (error) {
    return { kind: 'wrong', problem: errorText(error) };
  }
}

function wholeNumber(name: string, text: string | undefined, min: number, max: number): number | null {
  if (text === undefined) return null;
  const value = /^[0-9]{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= min && value <= max))
    throw new Error(`${name} is a whole number from ${min} to ${max}, not ${text}`);
  return value;
}

/** The command that does the same again. */
export function replayCommand(options: Options): string {
  const parts = [`npm run torture -- --seed ${options.seed} --payouts ${options.payouts}`];
  if (options.minutes !== null) parts.push(`--minutes ${options.minutes}`);
  if (options.only.length < faultNames.length) parts.push(`--only ${options.only.join(',')}`);
  return parts.join(' ');
}
