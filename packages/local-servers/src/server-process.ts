import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { assertPresent } from '@naru/kit/assert.ts';
import { type Clock, sleep, systemClock } from '@naru/kit/clock.ts';
import { hasCode } from './files.ts';

export type ProcessExit = { code: number | null; signal: NodeJS.Signals | null };

/** A server that runs in a process group of its own and writes its output straight to its log file. */
export type ServerProcess = {
  readonly pid: number;
  /** Resolves when the process has ended. Never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** How it ended, or null while it runs. */
  exit(): ProcessExit | null;
};

export type SignalStep = { signal: NodeJS.Signals; waitMs: number };

const LOG_BYTES_MAX = 20_000_000; // a log larger than this at start becomes `<name>.1`
const EXIT_POLL_MS = 10;

const signalAtExit = new Map<number, NodeJS.Signals>();
let exitHookInstalled = false;

/**
 * Starts a server detached: a Ctrl-C in the terminal reaches us and not the server, so that its clients can end first.
 * The output goes to the file by descriptor, not through us, so the server outlives us without a broken pipe.
 * When this process ends without stopping the server, `signalOnExit` is sent to it; after SIGKILL of this process
 * nobody can, and the next start finds the leftover.
 */
export async function spawnServer(options: {
  command: string;
  args: readonly string[];
  cwd: string;
  logFile: string;
  signalOnExit: NodeJS.Signals;
  env?: NodeJS.ProcessEnv;
  account?: { uid: number; gid: number } | undefined;
}): Promise<ServerProcess> {
  const fd = openLogFile(options.logFile);
  try {
    const child = spawn(options.command, options.args, {
      cwd: options.cwd,
      detached: true,
      stdio: ['ignore', fd, fd],
      ...(options.env === undefined ? {} : { env: options.env }),
      ...(options.account === undefined ? {} : { uid: options.account.uid, gid: options.account.gid }),
    });
    let exit: ProcessExit | null = null;
    const exited = new Promise<ProcessExit>((resolve) => {
      child.once('exit', (code, signal) => {
        exit = { code, signal };
        if (child.pid !== undefined) signalAtExit.delete(child.pid);
        resolve(exit);
      });
    });
    await once(child, 'spawn'); // rejects with the system's error when the program cannot be run
    const pid = assertPresent(child.pid, 'process id');
    child.unref();
    installExitHook();
    if (exit === null) signalAtExit.set(pid, options.signalOnExit);
    return { pid, exited, exit: () => exit };
  } finally {
    closeSync(fd);
  }
}

/** Sends the signals in order, each followed by a wait, until the process is gone. False when it outlived them all. */
export async function endProcess(
  target: { pid: number; isRunning(): boolean },
  steps: readonly SignalStep[],
  clock: Clock = systemClock,
): Promise<boolean> {
  for (const step of steps) {
    if (!target.isRunning()) return true;
    sendSignal(target.pid, step.signal);
    const deadlineMs = clock.monotonicMs() + step.waitMs;
    while (target.isRunning() && clock.monotonicMs() < deadlineMs) await sleep(EXIT_POLL_MS);
  }
  return !target.isRunning();
}

/** Sends a signal; a process that is gone already is no error. */
export function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!hasCode(error, 'ESRCH')) throw error;
  }
}

export function describeExit(exit: ProcessExit): string {
  return exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`;
}

function openLogFile(file: string): number {
  mkdirSync(path.dirname(file), { recursive: true });
  try {
    if (statSync(file).size > LOG_BYTES_MAX) renameSync(file, `${file}.1`);
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
  }
  return openSync(file, 'a');
}

function installExitHook(): void {
  if (exitHookInstalled) return;
  exitHookInstalled = true;
  process.on('exit', () => {
    for (const [pid, signal] of signalAtExit) sendSignal(pid, signal);
  });
}
