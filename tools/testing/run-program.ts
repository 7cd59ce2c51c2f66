import { spawn } from 'node:child_process';
import path from 'node:path';
import { REPOSITORY } from '../repository/files.ts';

export type ProgramEnd = {
  /** Null when a signal ended it. */
  exitCode: number | null;
  /** All of its standard output; empty unless it was asked for. */
  output: string;
  /** Somebody asked this process to stop meanwhile. */
  isInterrupted: boolean;
};

/** Asked of us by a terminal or by whoever started us; each lets a test runner stop its servers. */
const STOP_SIGNALS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM'];

/**
 * Runs a Node program to its end in the repository, with our terminal. Signals, and the end of the launcher that started us,
 * are passed on as SIGINT.
 */
export function runProgram(args: readonly string[], options: { isCaptured: boolean }): Promise<ProgramEnd> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: REPOSITORY,
      // Each file of tests is a process that reads the same libraries: V8 keeps there what it has compiled.
      env: {
        NODE_COMPILE_CACHE: path.join(REPOSITORY, 'node_modules', '.cache', 'naru', 'compiled'),
        ...process.env,
      },
      stdio: ['ignore', options.isCaptured ? 'pipe' : 'inherit', 'inherit'],
    });
    let output = '';
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
      process.stdout.write(text);
    });
    let isInterrupted = false;
    const stop = () => {
      isInterrupted = true;
      child.kill('SIGINT');
    };
    for (const signal of STOP_SIGNALS) process.on(signal, stop);
    process.on('disconnect', stop);
    process.channel?.unref(); // the listener must not keep us alive
    const finish = () => {
      for (const signal of STOP_SIGNALS) process.off(signal, stop);
      process.off('disconnect', stop);
    };
    child.once('error', (error) => {
      finish();
      reject(error);
    });
    child.once('close', (exitCode) => {
      finish();
      resolve({ exitCode, output, isInterrupted });
    });
  });
}
