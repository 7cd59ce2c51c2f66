#!/usr/bin/env node
/**
 * `naru` on any Node from 20: the program is TypeScript, which Node 24 runs as it is. An older Node hands over to the
 * Node 24 among the packages.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import { fileURLToPath } from 'node:url';

const NODE_MAJOR_MIN = 24;
const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR_MIN) {
  // Half of the time to start goes into stripping types. Kept beside the packages, where only who could change the
  // program itself can write; where nothing can be written, it is done each time.
  nodeModule.enableCompileCache?.(
    fileURLToPath(new URL('../../../node_modules/.cache/naru', import.meta.url)),
  );
  await import(main);
} else handOver();

function handOver() {
  const node = fileURLToPath(new URL('../../../node_modules/.bin/node', import.meta.url));
  if (!existsSync(node)) {
    console.error(
      `error: naru needs Node ${NODE_MAJOR_MIN}, and ${node} is not there: run \`npm ci\` in the repository first.`,
    );
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  const isOnTerminal = process.stdin.isTTY || process.stdout.isTTY;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => {
      // A Ctrl-C in a terminal has reached the child already: it is in our process group.
      if (signal !== 'SIGINT' || !isOnTerminal) child.kill(signal);
    });
  child.once('error', (error) => {
    console.error(`error: ${node} cannot be run: ${error.message}`);
    process.exit(1);
  });
  child.once('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    // Ends the way the child ended, so that a shell sees the signal.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
