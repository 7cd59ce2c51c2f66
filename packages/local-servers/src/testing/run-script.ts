import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { assertPresent } from '@naru/kit/assert.ts';

/** Runs one of the scripts of this folder and returns with its first line of output. */
export async function runScript(
  name: string,
  args: readonly string[],
): Promise<{ child: ChildProcess; firstLine: string }> {
  const script = path.join(import.meta.dirname, name);
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const lines = createInterface({ input: assertPresent(child.stdout, 'output of the script') });
  const [firstLine] = await Promise.race([
    once(lines, 'line'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`${name} ended early with code ${code}`))),
  ]);
  return { child, firstLine: String(firstLine) };
}

/** Ends the script without giving it a chance to clean up. */
export async function killScript(child: ChildProcess): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGKILL');
  await exited;
}
