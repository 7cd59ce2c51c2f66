import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** What a control group allows and has used; null where it sets no limit. Bytes, and seconds of one processor. */
export type CgroupFigures = {
  memory: { used: number; max: number } | null;
  cpu: { usedSeconds: number; processors: number } | null;
};

/** Without a limit, version 1 says a number near 2^63. */
const NO_LIMIT_BYTES = 2 ** 60;
const NONE: CgroupFigures = { memory: null, cpu: null };

/**
 * The limits of this process's control group: version 2, else version 1. A limit can stand in the group itself or in one
 * above it, so the groups from ours up to the root are asked in turn. What cannot be read sets no limit.
 * Source: https://docs.kernel.org/admin-guide/cgroup-v2.html and cgroup-v1/memory.html
 */
export async function readCgroup(root = '/sys/fs/cgroup', own = '/proc/self/cgroup'): Promise<CgroupFigures> {
  const lines = ((await readText(own)) ?? '0::/').trim().split('\n');
  const places = lines.map((line) => line.split(':'));
  const version2 = places.find(([number, controllers]) => number === '0' && controllers === '');
  if (version2 !== undefined) {
    const found = await readUpward(root, version2[2] ?? '/', readVersion2);
    if (found.memory !== null || found.cpu !== null) return found;
  }
  const groupOf = (controller: string) =>
    places.find(([, controllers]) => controllers?.split(',').includes(controller))?.[2];
  const memoryGroup = groupOf('memory');
  const cpuGroup = groupOf('cpu');
  const memory =
    memoryGroup === undefined
      ? NONE
      : await readUpward(path.join(root, 'memory'), memoryGroup, readVersion1Memory);
  const cpu =
    cpuGroup === undefined ? NONE : await readUpward(path.join(root, 'cpu'), cpuGroup, readVersion1Cpu);
  return { memory: memory.memory, cpu: cpu.cpu };
}

/** In a container the path of our group may be that of the host: the root is then our group. */
async function readUpward(
  root: string,
  group: string,
  read: (dir: string) => Promise<CgroupFigures>,
): Promise<CgroupFigures> {
  let found = NONE;
  const parts = group.split('/').filter((part) => part !== '' && part !== '..');
  for (let depth = parts.length; depth >= 0; depth--) {
    const here = await read(path.join(root, ...parts.slice(0, depth)));
    found = { memory: found.memory ?? here.memory, cpu: found.cpu ?? here.cpu };
  }
  return found;
}

async function readVersion2(dir: string): Promise<CgroupFigures> {
  const [max, current, stat, quota, cpuStat] = await Promise.all(
    ['memory.max', 'memory.current', 'memory.stat', 'cpu.max', 'cpu.stat'].map((name) =>
      readText(path.join(dir, name)),
    ),
  );
  const [allowed, period] = (quota ?? 'max').trim().split(' ');
  const usedMicros = field(cpuStat, 'usage_usec');
  return {
    memory: memoryOf(max, current, field(stat, 'inactive_file')),
    cpu:
      usedMicros === null || !isCount(allowed) || !isCount(period)
        ? null
        : { usedSeconds: usedMicros / 1e6, processors: Number(allowed) / Number(period) },
  };
}

async function readVersion1Memory(dir: string): Promise<CgroupFigures> {
  const [max, current, stat] = await Promise.all(
    ['memory.limit_in_bytes', 'memory.usage_in_bytes', 'memory.stat'].map((name) =>
      readText(path.join(dir, name)),
    ),
  );
  return { memory: memoryOf(max, current, field(stat, 'total_inactive_file')), cpu: null };
}

async function readVersion1Cpu(dir: string): Promise<CgroupFigures> {
  const [allowed, period, used] = await Promise.all([
    readText(path.join(dir, 'cpu.cfs_quota_us')),
    readText(path.join(dir, 'cpu.cfs_period_us')),
    readText(path.join(dir, '..', 'cpuacct', 'cpuacct.usage')).then(
      async (text) => text ?? (await readText(path.join(dir, 'cpuacct.usage'))),
    ),
  ]);
  if (!isCount(allowed) || !isCount(period) || !isCount(used)) return NONE;
  return {
    memory: null,
    cpu: { usedSeconds: Number(used) / 1e9, processors: Number(allowed) / Number(period) },
  };
}

/** The cache of files that nobody needs is given back before anything is refused, so it does not count. */
function memoryOf(
  max: string | undefined | null,
  current: string | undefined | null,
  reclaimable: number | null,
): CgroupFigures['memory'] {
  if (!isCount(max) || !isCount(current) || Number(max) >= NO_LIMIT_BYTES) return null;
  return { used: Math.max(0, Number(current) - (reclaimable ?? 0)), max: Number(max) };
}

function isCount(text: string | undefined | null): text is string {
  return text !== undefined && text !== null && /^\s*[1-9][0-9]*\s*$/.test(text);
}

function field(text: string | undefined | null, name: string): number | null {
  const found = new RegExp(`^${name} ([0-9]+)$`, 'm').exec(text ?? '');
  return found === null ? null : Number(found[1]);
}

async function readText(file: string): Promise<string | null> {
  return await readFile(file, 'utf8').catch(() => null);
}
