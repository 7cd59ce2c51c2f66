import { readConfig } from './config.ts';
import { explainError } from './explain-error.ts';
import { createOutput } from './output.ts';
import { createProgram } from './program.ts';

/** The whole command line in this process, as `main` does it, with what it would have written. */
export async function runProgram(
  env: Readonly<Record<string, string>>,
  args: readonly string[],
): Promise<{ code: number; out: string; err: string }> {
  const config = readConfig(env);
  const written = { out: '', err: '' };
  const stream = (to: 'out' | 'err') => {
    const write = (text: string) => {
      written[to] += text;
    };
    return { write, isTTY: false } as unknown as NodeJS.WriteStream;
  };
  const output = createOutput({ out: stream('out'), err: stream('err') }, false);
  const context = { config, output, announcePlace: () => undefined, fail: () => undefined };
  try {
    await createProgram(context).parseAsync(['node', 'naru', ...args]);
    return { code: 0, ...written };
  } catch (error) {
    const { text, exitCode } = explainError(error, config);
    return { code: exitCode, out: written.out, err: `${written.err}${text ?? ''}` };
  }
}
