import { execFile } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { promisify } from 'node:util';
import { sleep } from '@naru/kit/clock.ts';
import { hasCode, readLastLines, sizeOf } from './files.ts';
import { findFreePort } from './ports.ts';
import { describeExit, endProcess, type ServerProcess, spawnServer } from './server-process.ts';

export type LocalPrometheus = {
  /** `http://127.0.0.1:…` */
  readonly url: string;
  stop(): Promise<void>;
};

const HOST = '127.0.0.1';
const START_TIMEOUT_MS = 20_000;
const STOP_WAIT_MS = 5_000;
const POLL_MS = 50;
const OUTPUT_BYTES_MAX = 10_000_000;
const INSTALL = 'is not installed: apt-get install --no-install-recommends prometheus';

/**
 * Runs the system's promtool (Debian: in the package `prometheus`) and returns what it printed. Throws with its output
 * when it finds something wrong.
 */
export async function runPromtool(args: readonly string[], options: { cwd?: string } = {}): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('promtool', [...args], {
      maxBuffer: OUTPUT_BYTES_MAX,
      ...options,
    });
    return stdout;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) throw new Error(`promtool ${INSTALL}`, { cause: error });
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    throw new Error(`promtool ${args.join(' ')}:\n${stdout}${stderr}`, { cause: error });
  }
}

/** Starts the system's prometheus with a configuration file, its data below `dir`, and returns when it is ready. */
export async function startPrometheus(options: {
  configFile: string;
  dir: string;
}): Promise<LocalPrometheus> {
  const logFile = path.join(options.dir, 'prometheus.log');
  const dataDir = path.join(options.dir, 'data');
  await mkdir(dataDir, { recursive: true });
  const port = await findFreePort();
  const logStartByte = sizeOf(logFile);
  const server = await launch(port, { ...options, dataDir, logFile });
  const target = { pid: server.pid, isRunning: () => server.exit() === null };
  const stop = () =>
    endProcess(target, [
      { signal: 'SIGTERM', waitMs: STOP_WAIT_MS },
      { signal: 'SIGKILL', waitMs: STOP_WAIT_MS },
    ]);
  const problem = await waitUntilReady(server, port);
  if (problem === null) return { url: `http://${HOST}:${port}`, stop: async () => void (await stop()) };
  await stop();
  throw new Error(`prometheus ${problem}:\n${readLastLines(logFile, 10, logStartByte).join('\n')}`);
}

async function launch(
  port: number,
  options: { configFile: string; dir: string; dataDir: string; logFile: string },
): Promise<ServerProcess> {
  try {
    return await spawnServer({
      command: 'prometheus',
      args: [
        `--config.file=${options.configFile}`,
        `--storage.tsdb.path=${options.dataDir}`,
        `--web.listen-address=${HOST}:${port}`,
      ],
      cwd: options.dir,
      logFile: options.logFile,
      signalOnExit: 'SIGTERM',
    });
  } catch (error) {
    if (!hasCode(error, 'ENOENT')) throw error;
    throw new Error(`prometheus ${INSTALL}`, { cause: error });
  }
}

async function waitUntilReady(server: ServerProcess, port: number): Promise<string | null> {
  const deadlineMs = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadlineMs) {
    const exit = server.exit();
    if (exit !== null) return `ended with ${describeExit(exit)}`;
    const answer = await fetch(`http://${HOST}:${port}/-/ready`).catch(() => null);
    if (answer?.ok === true) return null;
    await sleep(POLL_MS);
  }
  return 'was not ready in time';
}
