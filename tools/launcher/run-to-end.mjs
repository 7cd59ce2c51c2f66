import { spawn } from 'node:child_process';
import { environmentForUs } from './environment.mjs';
import { LaunchProblem } from './launch-problem.mjs';

/** @typedef {{ code: number | null, signal: NodeJS.Signals | null }} Exit */

/** Ctrl-C reaches us from the terminal and once more from npm, which passes it on within some milliseconds. */
const SAME_SIGNAL_WINDOW_MS = 300;
/** Sent to the child as they come; a terminal that closes asks it to end. @type {[NodeJS.Signals, NodeJS.Signals][]} */
const PASSED_ON = [
  ['SIGINT', 'SIGINT'],
  ['SIGTERM', 'SIGTERM'],
  ['SIGHUP', 'SIGTERM'],
];

/**
 * Runs a program with our terminal until it ends. It has a process group of its own, so each signal reaches it through
 * us, and only once; and an IPC channel, whose closing tells it that we were killed.
 * @param {string} command
 * @param {string[]} args
 * @param {{ root: string, cwd: string }} options
 * @returns {Promise<Exit>}
 */
export function runToEnd(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: options.cwd,
      env: environmentForUs(options.root),
      detached: true,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    const handlers = PASSED_ON.map(([received, sent]) => {
      let lastMs = Number.NEGATIVE_INFINITY;
      const handler = () => {
        const nowMs = performance.now();
        if (nowMs - lastMs < SAME_SIGNAL_WINDOW_MS) return;
        lastMs = nowMs;
        child.kill(sent);
      };
      process.on(received, handler);
      return () => process.off(received, handler);
    });
    const finish = () => {
      for (const remove of handlers) remove();
    };
    child.once('error', (error) => {
      finish();
      reject(new LaunchProblem(`${command} cannot be run: ${error.message}`));
    });
    child.once('exit', (code, signal) => {
      finish();
      resolve({ code, signal });
    });
  });
}

/**
 * Ends this process the way the other one ended.
 * @param {Exit} exit
 */
export function exitAs(exit) {
  if (exit.signal === null) process.exitCode = exit.code ?? 1;
  else process.kill(process.pid, exit.signal);
}
