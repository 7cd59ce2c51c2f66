import { parseArgs } from 'node:util';
import { errorText } from '@naru/kit/errors.ts';
import { type BenchName, benchNames } from './names.ts';

export const HELP = `Usage: node bench/src/main.ts [options]

Measures what is promised about speed and prints one table. Starts and stops all it needs by itself;
nothing else should run on the machine meanwhile. About fifteen minutes.

Options:
  --only NAME[,NAME]  only these: ${benchNames.join(', ')}
  --quick             small sizes, to see that everything works; about five minutes
  --json FILE         write machine and figures to FILE, too
  --profile DIR       write a CPU profile of each role to DIR (slows it down by some percent)
  --help              show this

Exit code 0 whatever the figures are; 2 when the command line is wrong; 1 when nothing could be started at all.
`;

export type Options = {
  only: readonly BenchName[];
  isQuick: boolean;
  jsonFile: string | null;
  profileDir: string | null;
};

export type CommandLine =
  | { kind: 'help' }
  | { kind: 'wrong'; problem: string }
  | { kind: 'run'; options: Options };

export function parseOptions(args: readonly string[]): CommandLine {
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        quick: { type: 'boolean', default: false },
        json: { type: 'string' },
        profile: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    if (values.help) return { kind: 'help' };
    const wanted = values.only?.split(',').map((name) => name.trim()) ?? benchNames;
    const unknown = wanted.filter((name) => !benchNames.some((known) => known === name));
    if (unknown.length > 0)
      return {
        kind: 'wrong',
        problem: `--only does not know: ${unknown.join(', ')}. It knows: ${benchNames.join(', ')}`,
      };
    return {
      kind: 'run',
      options: {
        only: benchNames.filter((name) => wanted.includes(name)),
        isQuick: values.quick,
        jsonFile: values.json ?? null,
        profileDir: values.profile ?? null,
      },
    };
  } catch (error) {
    return { kind: 'wrong', problem: errorText(error) };
  }
}
