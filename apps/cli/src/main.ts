import { errorText } from '@naru/kit/errors.ts';
import { type CliConfig, readConfig } from './config.ts';
import type { CliContext } from './context.ts';
import { EXIT_FAILED, explainError } from './explain-error.ts';
import { createOutput, type Output } from './output.ts';
import { createProgram } from './program.ts';

// What reads our output may close it early, as `head` does: that ends the command, and is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
  process.exit(0);
});
process.exitCode = await main(process.argv);

async function main(argv: readonly string[]): Promise<number> {
  let config: CliConfig;
  try {
    config = readConfig();
  } catch (error) {
    process.stderr.write(`error: ${errorText(error)}\n`);
    return EXIT_FAILED;
  }
  const output = createOutput({ out: process.stdout, err: process.stderr }, config.wantsColour);
  const { context, exitCode } = createContext(config, output);
  try {
    await createProgram(context).parseAsync([...argv]);
    return exitCode();
  } catch (error) {
    const explained = explainError(error, config);
    if (explained.text !== null) process.stderr.write(`error: ${explained.text}\n`);
    if (argv.includes('--debug') && explained.text !== null)
      process.stderr.write(`${error instanceof Error ? (error.stack ?? '') : ''}\n`);
    return explained.exitCode;
  }
}

function createContext(config: CliConfig, output: Output): { context: CliContext; exitCode: () => number } {
  let announced = false;
  let exitCode = 0;
  const context: CliContext = {
    config,
    output,
    announcePlace() {
      if (announced || config.localStackFile === null) return;
      announced = true;
      output.note(`using the local stack in ${config.localStackFile}`);
    },
    fail(code = EXIT_FAILED) {
      exitCode = code;
    },
  };
  return { context, exitCode: () => exitCode };
}
