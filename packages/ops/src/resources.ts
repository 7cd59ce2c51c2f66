import { statfs } from 'node:fs/promises';
import { cpus, freemem, totalmem } from 'node:os';
import { performance } from 'node:perf_hooks';
import { getHeapStatistics } from 'node:v8';
import type { Registry } from 'prom-client';
import { type CgroupFigures, readCgroup } from './cgroup.ts';
import { registerGaugeGroup } from './gauge-group.ts';

/** What a process can run out of by itself. */
export type Resource = 'cpu' | 'memory' | 'heap' | 'disk' | 'event_loop';
/** Used share of each, from 0 to 1 (a little above for a processor: clocks are not read at one moment). */
export type ResourceUse = Partial<Record<Resource, number>>;
export type ResourceReader = () => Promise<ResourceUse>;

/** Clocks that are read closer together than this say nothing. */
const SAMPLE_MS_MIN = 50;

type ProcessorTime = { busySeconds: number; processors: number };

/**
 * Reads how much of each resource is used: of the limits of this process's control group where it has any, else of the
 * machine. Processor and event loop are the average since the reading before, so each user makes a reader of its own.
 * `dirs`: where this process keeps data; the fullest of their disks counts. A directory that cannot be asked is left out.
 */
export function createResourceReader(
  dirs: readonly string[] = [],
  cgroup: () => Promise<CgroupFigures> = readCgroup,
): ResourceReader {
  let lastMs = performance.now();
  let lastLoop = performance.eventLoopUtilization();
  let lastCpu: ProcessorTime | null = null;
  let last: Pick<ResourceUse, 'cpu' | 'event_loop'> = {};
  const began = cgroup().then((figures) => {
    lastCpu = processorTime(figures);
  });
  return async () => {
    await began;
    const figures = await cgroup();
    const nowMs = performance.now();
    const now = processorTime(figures);
    if (nowMs - lastMs >= SAMPLE_MS_MIN) {
      const cpu = lastCpu === null ? null : shareOf(lastCpu, now, (nowMs - lastMs) / 1_000);
      const loop = performance.eventLoopUtilization(lastLoop).utilization;
      last = { ...(cpu === null ? {} : { cpu }), event_loop: loop };
      lastMs = nowMs;
      lastCpu = now;
      lastLoop = performance.eventLoopUtilization();
    }
    const heap = getHeapStatistics();
    const disk = await fullestDisk(dirs);
    return {
      ...last,
      memory: figures.memory === null ? 1 - freemem() / totalmem() : figures.memory.used / figures.memory.max,
      heap: heap.used_heap_size / heap.heap_size_limit,
      ...(disk === null ? {} : { disk }),
    };
  };
}

export type ResourceOptions = {
  /** Where this process keeps files that must not run out of disk. */
  dirs?: readonly string[];
  /** Shares of what else it can run out of, by name. */
  others?: () => Promise<Readonly<Record<string, number>>>;
};

/** `naru_resource_used_ratio{resource}`, read at each scrape. */
export function registerResourceMetrics(registry: Registry, options: ResourceOptions = {}): void {
  const read = createResourceReader(options.dirs);
  registerGaugeGroup(
    registry,
    [
      {
        name: 'naru_resource_used_ratio',
        help: 'Used share of what this process may use: of its control group, else of the machine; 1 is all of it',
        labelNames: ['resource'],
      },
    ],
    async () => ({
      naru_resource_used_ratio: Object.entries({ ...(await read()), ...(await options.others?.()) }).map(
        ([resource, value]) => ({ labels: { resource }, value }),
      ),
    }),
  );
}

/** Of the group when its processor time is limited, else of all processors of the machine. */
function processorTime({ cpu }: CgroupFigures): ProcessorTime {
  if (cpu !== null) return { busySeconds: cpu.usedSeconds, processors: cpu.processors };
  const all = cpus();
  const busyMs = all.reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
  return { busySeconds: busyMs / 1_000, processors: Math.max(1, all.length) };
}

function shareOf(before: ProcessorTime, now: ProcessorTime, seconds: number): number | null {
  if (before.processors !== now.processors) return null; // the limit was changed in between
  return Math.max(0, (now.busySeconds - before.busySeconds) / (seconds * now.processors));
}

/** As an ordinary user sees it: what is kept for root is not free. */
async function fullestDisk(dirs: readonly string[]): Promise<number | null> {
  const shares = await Promise.all(
    dirs.map(async (dir) => {
      const found = await statfs(dir).catch(() => null);
      if (found === null || found.blocks === 0) return null;
      const used = found.blocks - found.bfree;
      return used / (used + found.bavail);
    }),
  );
  const known = shares.filter((share) => share !== null);
  return known.length === 0 ? null : Math.max(...known);
}
