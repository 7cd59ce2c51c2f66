import { mkdir } from 'node:fs/promises';
import { connect } from 'node:net';
import path from 'node:path';
import { sleep } from '@naru/kit/clock.ts';
import { hasCode, readLastLines, sizeOf } from './files.ts';
import { findFreePort } from './ports.ts';
import {
  describeExit,
  endProcess,
  type ProcessExit,
  type ServerProcess,
  sendSignal,
  spawnServer,
} from './server-process.ts';

export type LocalRedis = {
  /** `redis://127.0.0.1:…` */
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  stop(): Promise<void>;
  /** SIGKILL, as a crash would. */
  kill(): Promise<void>;
  /** SIGSTOP: it keeps its connections and answers nothing, until `resume`. */
  pause(): void;
  resume(): void;
};

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 10_000;
const STOP_WAIT_MS = 5_000;
const POLL_MS = 20;
const TRIES_MAX = 5;

/**
 * Starts the system's redis-server (Debian: `apt-get install redis-server`) as a child process that keeps nothing on
 * disk, and returns when it answers. With a port: that one, for a Redis that comes back where it was.
 */
export async function startRedis(options: { logFile: string; port?: number }): Promise<LocalRedis> {
  const dir = path.dirname(options.logFile);
  await mkdir(dir, { recursive: true });
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await findFreePort());
    const logStartByte = sizeOf(options.logFile);
    const server = await launch(port, dir, options.logFile);
    const problem = await waitForAnswer(server, port);
    if (problem === null) return handle(server, port);
    const lines = readLastLines(options.logFile, 5, logStartByte).join('\n');
    await endProcess(targetOf(server), [{ signal: 'SIGKILL', waitMs: STOP_WAIT_MS }]);
    // Somebody else may have taken the free port meanwhile.
    if (options.port !== undefined || attempt === TRIES_MAX)
      throw new Error(`redis-server ${problem}. The last lines of ${options.logFile}:\n${lines}`);
  }
}

async function launch(port: number, dir: string, logFile: string): Promise<ServerProcess> {
  const settings = { port, bind: HOST, save: '', appendonly: 'no', dir, daemonize: 'no' };
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]);
  try {
    return await spawnServer({ command: 'redis-server', args, cwd: dir, logFile, signalOnExit: 'SIGTERM' });
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    throw new Error('redis-server is not installed: apt-get install redis-server', { cause: error });
  }
}

async function waitForAnswer(server: ServerProcess, port: number): Promise<string | null> {
  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadlineMs) {
    const exit = server.exit();
    if (exit !== null) return `ended with ${describeExit(exit)}`;
    if (await answersPing(port)) return null;
    await sleep(POLL_MS);
  }
  return 'did not answer in time';
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: HOST, port, timeout: 1_000 });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (data) => end(data.toString().startsWith('+PONG')));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

function handle(server: ServerProcess, port: number): LocalRedis {
  return {
    url: `redis://${HOST}:${port}`,
    port,
    pid: server.pid,
    exited: server.exited,
    async stop() {
      // One that was paused would not hear it.
      sendSignal(server.pid, 'SIGCONT');
      await endProcess(targetOf(server), [
        { signal: 'SIGTERM', waitMs: STOP_WAIT_MS },
        { signal: 'SIGKILL', waitMs: STOP_WAIT_MS },
      ]);
    },
    async kill() {
      await endProcess(targetOf(server), [{ signal: 'SIGKILL', waitMs: STOP_WAIT_MS }]);
    },
    pause: () => sendSignal(server.pid, 'SIGSTOP'),
    resume: () => sendSignal(server.pid, 'SIGCONT'),
  };
}

function targetOf(server: ServerProcess): { pid: number; isRunning(): boolean } {
  return { pid: server.pid, isRunning: () => server.exit() === null };
}
