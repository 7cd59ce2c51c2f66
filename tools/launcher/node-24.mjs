import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { LaunchProblem } from './launch-problem.mjs';

const NODE_MAJOR_MIN = 24;
const VERSION_TIMEOUT_MS = 20_000; // the first run reads 100 MB of program from a cold disk

/**
 * The Node that runs Naru: the one among the packages, or the one that runs us if it is new enough.
 * @param {string} root
 * @returns {string} path of the program
 */
export function findNode24(root) {
  const own = path.join(root, 'node_modules', '.bin', 'node');
  const probe = spawnSync(own, ['--version'], { encoding: 'utf8', timeout: VERSION_TIMEOUT_MS });
  const version = probe.status === 0 ? probe.stdout.trim() : null;
  if (version !== null && majorOf(version) >= NODE_MAJOR_MIN) return own;
  if (majorOf(process.version) >= NODE_MAJOR_MIN) return process.execPath;
  const reason = version === null ? (probe.error?.message ?? probe.stderr.trim()) : `it is ${version}`;
  throw new LaunchProblem(
    `The packages are installed, but the Node ${NODE_MAJOR_MIN} among them cannot be used:\n  ${own}: ${reason}\n\n` +
      'The package "node" fetches it in an install script. If npm was told to skip those\n' +
      '(`npm config get ignore-scripts` says true), allow them and run:  npm rebuild node\n' +
      `Or install Node ${NODE_MAJOR_MIN} or later yourself; then that one is used.`,
  );
}

/** @param {string} version such as `v24.1.0` */
function majorOf(version) {
  return Number.parseInt(version.replace(/^v/, ''), 10);
}
