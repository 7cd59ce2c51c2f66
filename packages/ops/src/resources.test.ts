import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type CgroupFigures, readCgroup } from './cgroup.ts';
import { createResourceReader } from './resources.ts';

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'naru-cgroup-'));
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function groupFiles(name: string, files: Record<string, string>): Promise<string> {
  const root = path.join(dir, name);
  for (const [file, text] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, file)), { recursive: true });
    await writeFile(path.join(root, file), text);
  }
  return root;
}

test('a limit of version 2 that stands in a group above ours is found; its file cache is not used memory', async () => {
  const root = await groupFiles('v2', {
    own: '0::/naru/worker\n',
    'naru/worker/memory.max': 'max\n',
    'naru/worker/cpu.max': '150000 100000\n',
    'naru/worker/cpu.stat': 'usage_usec 2500000\nuser_usec 1\n',
    'naru/memory.max': '1000\n',
    'naru/memory.current': '900\n',
    'naru/memory.stat': 'anon 5\ninactive_file 300\n',
  });
  expect(await readCgroup(root, path.join(root, 'own'))).toEqual({
    memory: { used: 600, max: 1000 },
    cpu: { usedSeconds: 2.5, processors: 1.5 },
  });
});

test('limits of version 1 are read where a container shows its own group as the root', async () => {
  const root = await groupFiles('v1', {
    own: '4:memory:/docker/abc\n3:cpu,cpuacct:/docker/abc\n',
    'memory/memory.limit_in_bytes': '2000\n',
    'memory/memory.usage_in_bytes': '500\n',
    'memory/memory.stat': 'total_inactive_file 100\n',
    'cpu/cpu.cfs_quota_us': '50000\n',
    'cpu/cpu.cfs_period_us': '100000\n',
    'cpu/cpuacct.usage': '3000000000\n',
  });
  expect(await readCgroup(root, path.join(root, 'own'))).toEqual({
    memory: { used: 400, max: 2000 },
    cpu: { usedSeconds: 3, processors: 0.5 },
  });
});

test('no limit, an unlimited one and files that cannot be read are all no limit', async () => {
  const unlimited = await groupFiles('unlimited', {
    own: '4:memory:/\n3:cpu:/\n0::/\n',
    'memory/memory.limit_in_bytes': '9223372036854771712\n',
    'memory/memory.usage_in_bytes': '500\n',
    'cpu/cpu.cfs_quota_us': '-1\n',
  });
  const none = { memory: null, cpu: null };
  expect(await readCgroup(unlimited, path.join(unlimited, 'own'))).toEqual(none);
  expect(await readCgroup(path.join(dir, 'absent'), path.join(dir, 'absent', 'own'))).toEqual(none);
});

test('without limits the machine is the measure, and every share is one', async () => {
  const read = createResourceReader([dir], async () => ({ memory: null, cpu: null }));
  await read();
  const until = performance.now() + 120;
  while (performance.now() < until); // keeps a processor and the event loop busy: both must be seen
  const use = await read();
  expect(Object.keys(use).sort()).toEqual(['cpu', 'disk', 'event_loop', 'heap', 'memory']);
  for (const share of Object.values(use)) expect(share).toBeGreaterThan(0);
  for (const share of [use.memory, use.heap, use.disk, use.event_loop]) expect(share).toBeLessThanOrEqual(1);
});

test('with a limit the group is the measure; a directory that is not there is left out', async () => {
  const figures: CgroupFigures = {
    memory: { used: 95, max: 100 },
    cpu: { usedSeconds: 1, processors: 2 },
  };
  const read = createResourceReader([path.join(dir, 'absent')], async () => figures);
  const use = await read();
  expect(use.memory).toBe(0.95);
  expect('disk' in use).toBe(false);
});
