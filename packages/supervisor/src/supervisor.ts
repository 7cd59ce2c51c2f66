import { assert, assertPresent } from '@naru/kit/assert.ts';
import { type Clock, sleep, systemClock } from '@naru/kit/clock.ts';
import { backoffMs } from '@naru/kit/retry.ts';
import { isPortFree } from '@naru/local-servers/ports.ts';
import { type ChildExit, type ChildRun, startChild } from './child-run.ts';
import type { LogLimits } from './log-archive.ts';
import { type LogFile, openLogFile } from './log-file.ts';
import { probeReadiness, type ReadinessProbe } from './readiness.ts';

export type ProcessSpec = {
  /** Unique; used in every message. */
  name: string;
  command: string;
  args: readonly string[];
  cwd: string;
  /** The whole environment of the program; nothing is inherited. */
  env: Record<string, string>;
  /** Standard output and error, appended. */
  logFile: string;
  ready?: ReadinessProbe;
  /** On 127.0.0.1. Given: a start is refused, with a clear text, while something else listens there. */
  port?: number;
  /** Between SIGTERM and SIGKILL. */
  stopTimeoutMs?: number;
};

export type StartedEvent = { name: string; pid: number; restarts: number };
export type EndedEvent = ChildExit & {
  name: string;
  pid: number | null;
  uptimeMs: number;
  /** Null when it was stopped on purpose and will not be started again. */
  nextTryInMs: number | null;
};

export type SupervisorOptions = {
  processes: readonly ProcessSpec[];
  /** `stableAfterMs`: a process that ran this long starts again from the shortest delay. */
  backoff?: { baseMs: number; maxMs: number; stableAfterMs: number };
  logLimits?: LogLimits;
  onStarted?: (event: StartedEvent) => void;
  onEnded?: (event: EndedEvent) => void;
  clock?: Clock;
  random?: () => number;
};

export type Supervisor = {
  /** Starts a process and keeps it running from now on. Rejects when its port is taken. */
  start(name: string): Promise<void>;
  /** Rejects with what is wrong and the last log lines when the process is not ready in time or keeps dying. */
  waitReady(name: string, timeoutMs: number): Promise<void>;
  /** Stops one process for good. */
  stop(name: string): Promise<void>;
  /** Stops every process, the last started first, each before the next. Nothing can be started afterwards. */
  stopAll(): Promise<void>;
  /** The process ids of what runs now. */
  pids(): Record<string, number>;
  lastLines(name: string, count: number): string[];
};

type Managed = {
  spec: ProcessSpec;
  log: LogFile;
  wanted: boolean;
  run: ChildRun | null;
  restartTimer: NodeJS.Timeout | null;
  /** Deaths since it was last stable: the exponent of the delay. */
  failures: number;
  deaths: number;
  lastExit: ChildExit | null;
  stopping: Promise<void> | null;
};

const DEFAULT_BACKOFF = { baseMs: 250, maxMs: 15_000, stableAfterMs: 30_000 };
/** A week to read as they are, ninety days more compressed; two gigabytes a process at most. */
const LOG_LIMITS: LogLimits = {
  bytesMax: 20_000_000,
  liveDays: 7,
  keptDays: 97,
  archiveBytesMax: 2_000_000_000,
};
const STOP_TIMEOUT_MS = 10_000;
const READY_POLL_MS = 100;
const DEATHS_MAX_WHILE_WAITING = 3; // a process that died this often while we wait has a problem that waiting does not solve
const LOG_LINES_SHOWN = 15;

/**
 * Runs programs and starts again what dies. Programs that call `exitWhenSupervisorDies` end with the supervisor,
 * however it ends; the others are killed when this process exits in any way but SIGKILL.
 */
export function createSupervisor(options: SupervisorOptions): Supervisor {
  const clock = options.clock ?? systemClock;
  const specs = new Map(options.processes.map((spec) => [spec.name, spec]));
  assert(specs.size === options.processes.length, 'two supervised processes have the same name');
  const managed = new Map<string, Managed>(); // in order of start
  let isStopping = false;

  process.on('exit', killAll);
  function killAll(): void {
    for (const item of managed.values()) item.run?.killGroup();
  }

  function launch(item: Managed): void {
    item.restartTimer = null;
    const { spec } = item;
    const startedAtMs = clock.monotonicMs();
    const run = startChild({ ...spec, onOutput: (chunk) => item.log.write(chunk) });
    item.run = run;
    if (run.pid !== null) options.onStarted?.({ name: spec.name, pid: run.pid, restarts: item.deaths });
    void run.ended.then((exit) => handleEnd(item, run, exit, clock.monotonicMs() - startedAtMs));
  }

  function handleEnd(item: Managed, run: ChildRun, exit: ChildExit, uptimeMs: number): void {
    const backoff = options.backoff ?? DEFAULT_BACKOFF;
    item.run = null;
    item.lastExit = exit;
    if (exit.problem !== null) item.log.write(Buffer.from(`cannot be started: ${exit.problem}\n`));
    let nextTryInMs: number | null = null;
    if (item.wanted) {
      item.deaths++;
      item.failures = uptimeMs >= backoff.stableAfterMs ? 1 : item.failures + 1;
      nextTryInMs = backoffMs(item.failures, { ...backoff, random: options.random ?? Math.random });
      item.restartTimer = setTimeout(() => launch(item), nextTryInMs);
    }
    options.onEnded?.({ name: item.spec.name, pid: run.pid, uptimeMs, nextTryInMs, ...exit });
  }

  function find(name: string): Managed {
    return assertPresent(managed.get(name), `the started process ${name}`);
  }

  async function start(name: string): Promise<void> {
    const spec = assertPresent(specs.get(name), `the process ${name}`);
    assert(!managed.has(name), `${name} was started already`);
    if (spec.port !== undefined && !(await isPortFree(spec.port))) {
      throw new Error(
        `port ${spec.port} of 127.0.0.1, meant for ${name}, is in use. Stop what listens there, or configure another port.`,
      );
    }
    assert(!managed.has(name), `${name} was started twice at once`);
    if (isStopping) throw new Error(`${name} is not started: everything is being stopped`);
    const log = openLogFile({
      file: spec.logFile,
      limits: options.logLimits ?? LOG_LIMITS,
    });
    const item: Managed = {
      spec,
      log,
      wanted: true,
      run: null,
      restartTimer: null,
      failures: 0,
      deaths: 0,
      lastExit: null,
      stopping: null,
    };
    managed.set(name, item);
    launch(item);
  }

  function stop(name: string): Promise<void> {
    const item = managed.get(name);
    if (item === undefined) return Promise.resolve();
    item.stopping ??= end(item).then(() => {
      managed.delete(name);
      item.log.close();
    });
    return item.stopping;
  }

  async function stopAll(): Promise<void> {
    isStopping = true;
    for (const item of managed.values()) giveUp(item); // so that nothing comes back while the others stop
    for (const name of [...managed.keys()].reverse()) await stop(name);
    process.off('exit', killAll);
  }

  return {
    start,
    stop,
    stopAll,
    waitReady: (name, timeoutMs) => waitReady(find(name), timeoutMs, clock),
    pids: () => {
      const pids: Record<string, number> = {};
      for (const [name, { run }] of managed) if (run !== null && run.pid !== null) pids[name] = run.pid;
      return pids;
    },
    lastLines: (name, count) => find(name).log.lastLines(count),
  };
}

function giveUp(item: Managed): void {
  item.wanted = false;
  if (item.restartTimer !== null) clearTimeout(item.restartTimer);
}

async function end(item: Managed): Promise<void> {
  giveUp(item);
  await item.run?.stop(item.spec.stopTimeoutMs ?? STOP_TIMEOUT_MS);
}

async function waitReady(item: Managed, timeoutMs: number, clock: Clock): Promise<void> {
  const { name, ready } = item.spec;
  const probe = assertPresent(ready, `the readiness probe of ${name}`);
  const deathsBefore = item.deaths;
  const deadlineMs = clock.monotonicMs() + timeoutMs;
  let problem = 'it was not asked yet';
  while (item.wanted) {
    const readiness = item.run === null ? { ok: false as const, problem } : await probeReadiness(probe);
    if (readiness.ok) return;
    problem = readiness.problem;
    const deaths = item.deaths - deathsBefore;
    if (deaths >= DEATHS_MAX_WHILE_WAITING) {
      throw notReady(item, `${name} died ${deaths} times instead of becoming ready`, problem);
    }
    if (clock.monotonicMs() >= deadlineMs) {
      throw notReady(item, `${name} is not ready after ${timeoutMs} ms`, problem);
    }
    await sleep(READY_POLL_MS);
  }
  throw new Error(`${name} was stopped while something waited for it to be ready`);
}

function notReady(item: Managed, what: string, problem: string): Error {
  const exit = item.lastExit;
  const lines = item.log.lastLines(LOG_LINES_SHOWN);
  return new Error(
    [
      `${what}. Readiness: ${problem}`,
      ...(exit === null ? [] : [`It last ended with ${describeExit(exit)}.`]),
      lines.length === 0
        ? `Its log ${item.spec.logFile} is empty.`
        : `The last lines of ${item.spec.logFile}:\n${lines.map((line) => `  ${line}`).join('\n')}`,
    ].join('\n'),
  );
}

/** `exit code 1`, `signal SIGKILL`, or why it could not be started. */
export function describeExit(exit: ChildExit): string {
  if (exit.problem !== null) return exit.problem;
  return exit.signal === null ? `exit code ${exit.code}` : `signal ${exit.signal}`;
}
