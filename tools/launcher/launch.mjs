import path from 'node:path';
import { ensureInstalled } from './install.mjs';
import { LaunchProblem } from './launch-problem.mjs';
import { findNode24 } from './node-24.mjs';
import { exitAs, runToEnd } from './run-to-end.mjs';

const HELP = `Usage: node start.mjs <command> [arguments]

  start [arguments]         Start Naru on this machine: database, local chain, every role, the console.
                            Prints where everything is. Ctrl-C stops it. The same as: npm start
  test [arguments]          Run the tests. The same as: npm test
  run <script> [arguments]  Run one of the repository's TypeScript files, such as bench/src/main.ts

Each installs the packages first when they do not match package-lock.json: about a minute the first time.
Needs Node 20 or later, npm, and Linux or macOS. Nothing else has to be installed; tests that need
more (redis-server, softhsm2, prometheus, python3) are left out where it is missing, and named.
Arguments go to the command; \`npm start -- --help\` shows those of start.
`;

/**
 * Does what the command line says and ends this process with the exit code or signal of what it ran.
 * @param {string} root the repository
 * @param {string[]} args after `node start.mjs`
 */
export async function launch(root, args) {
  const [command, ...rest] = args;
  if (command === undefined || command === '--help' || command === '-h' || command === 'help') {
    process.stdout.write(HELP);
    return;
  }
  const target = findTarget(root, command, rest);
  if (target === null) {
    process.stderr.write(`start.mjs does not understand: ${args.join(' ')}\n\n${HELP}`);
    process.exitCode = 2;
    return;
  }
  try {
    await ensureInstalled(root);
    const node = findNode24(root);
    exitAs(await runToEnd(node, target.args, { root, cwd: target.cwd }));
  } catch (error) {
    if (!(error instanceof LaunchProblem)) throw error;
    process.stderr.write(`\n${error.message}\n`);
    process.exitCode = 1;
  }
}

/**
 * @param {string} root
 * @param {string} command
 * @param {string[]} rest
 * @returns {{ args: string[], cwd: string } | null} null for a command line without sense
 */
function findTarget(root, command, rest) {
  if (command === 'start') {
    return { args: [path.join(root, 'apps/cli/src/main.ts'), 'dev', ...rest], cwd: root };
  }
  if (command === 'test') return { args: [path.join(root, 'tools/test.ts'), ...rest], cwd: root };
  const script = rest[0];
  if (command !== 'run' || script === undefined) return null;
  return { args: [path.resolve(script), ...rest.slice(1)], cwd: process.cwd() };
}
