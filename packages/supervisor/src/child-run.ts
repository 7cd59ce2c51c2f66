import { spawn } from 'node:child_process';
import { sleep } from '@naru/kit/clock.ts';
import { errorText } from '@naru/kit/errors.ts';

/** How a process ended. `problem` is set when it could not even be started. */
export type ChildExit = { code: number | null; signal: NodeJS.Signals | null; problem: string | null };

/** One run of one program. */
export type ChildRun = {
  /** Null when the system could not start it. */
  readonly pid: number | null;
  /** Resolves once the program has ended and its output is read. Never rejects. */
  readonly ended: Promise<ChildExit>;
  /** SIGTERM to the program, after `timeoutMs` SIGKILL to it and all it started. Resolves once it has ended. */
  stop(timeoutMs: number): Promise<ChildExit>;
  /** SIGKILL to the program and all it started, at once. */
  killGroup(): void;
};

const DRAIN_TIMEOUT_MS = 1_000; // output still in the pipe arrives at once; a stray grandchild may hold it open for ever

/**
 * Starts a program in a process group of its own, so that a Ctrl-C in the terminal reaches only us, with an IPC channel
 * that `exitWhenSupervisorDies` watches. When it ends, what it left in its group is killed.
 */
export function startChild(options: {
  command: string;
  args: readonly string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
  onOutput: (chunk: Uint8Array) => void;
}): ChildRun {
  const child = spawn(options.command, options.args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const pid = child.pid ?? null;
  child.stdout?.on('data', options.onOutput);
  child.stderr?.on('data', options.onOutput);

  const drained = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let hasEnded = false;
  const ended = new Promise<ChildExit>((resolve) => {
    child.on('error', (error) => {
      // Also raised by a failed IPC message, which ends nothing.
      if (pid === null) resolve({ code: null, signal: null, problem: errorText(error) });
    });
    child.once('exit', (code, signal) => {
      hasEnded = true;
      signalGroup(pid, 'SIGKILL');
      void Promise.race([drained, sleep(DRAIN_TIMEOUT_MS)]).then(() =>
        resolve({ code, signal, problem: null }),
      );
    });
  });
  return {
    pid,
    ended,
    stop: async (timeoutMs) => {
      if (!hasEnded) child.kill('SIGTERM');
      const limit = new AbortController();
      const isLate = await Promise.race([
        ended.then(() => false),
        sleep(timeoutMs, limit.signal).then(() => true),
      ]);
      limit.abort();
      if (isLate) signalGroup(pid, 'SIGKILL');
      return await ended;
    },
    killGroup: () => {
      if (!hasEnded) signalGroup(pid, 'SIGKILL');
    },
  };
}

function signalGroup(pid: number | null, signal: NodeJS.Signals): void {
  if (pid === null) return;
  try {
    process.kill(-pid, signal);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : null;
    // ESRCH: nobody is left in the group. EPERM: macOS answers so for a group of processes that have ended.
    if (code !== 'ESRCH' && code !== 'EPERM') throw error;
  }
}
