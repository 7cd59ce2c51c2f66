import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { COMPILED, cliProgram } from './programs.ts';

const TIMEOUT_MS = 120_000;

export type NaruRun = { code: number | null; out: string; err: string };

/** Runs the real command line as a process, without a terminal, with this environment and no other. */
export async function runNaru(
  args: readonly string[],
  env: Record<string, string>,
  options: {
    cwd?: string;
    onOutput?: (text: string, kill: (signal: NodeJS.Signals) => void) => unknown;
  } = {},
): Promise<NaruRun> {
  const main = await cliProgram();
  return await new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [main, ...args], {
      cwd: options.cwd ?? tmpdir(),
      env: { PATH: process.env['PATH'] ?? '', ...COMPILED, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let isKilled = false;
    // Once: what is printed on the way out must not call it again.
    const kill = (signal: NodeJS.Signals) => {
      if (!isKilled) child.kill(signal);
      isKilled = true;
    };
    const run: NaruRun = { code: null, out: '', err: '' };
    const limit = setTimeout(() => child.kill('SIGKILL'), TIMEOUT_MS);
    child.stdout.on('data', (chunk: Buffer) => {
      run.out += chunk.toString();
      options.onOutput?.(run.out + run.err, kill);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      run.err += chunk.toString();
      options.onOutput?.(run.out + run.err, kill);
    });
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(limit);
      resolve({ ...run, code });
    });
  });
}
