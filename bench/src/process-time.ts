import { readdir, readFile } from 'node:fs/promises';

/** Of Linux for every program, whatever the kernel's own clock is. Source: proc_pid_stat(5), sysconf(3) _SC_CLK_TCK */
const TICKS_PER_SECOND = 100;

type Stat = { parent: number; ownTicks: number; reapedTicks: number };

/**
 * Processor time that a program and everything that it started have used, in milliseconds, to 10 ms for each process;
 * null where the system does not tell (macOS).
 */
export async function readProcessorMs(pid: number): Promise<number | null> {
  const stats = new Map<number, Stat>();
  for (const name of await readdir('/proc').catch(() => [])) {
    const stat = /^\d+$/.test(name) ? await readStat(name) : null;
    if (stat !== null) stats.set(Number(name), stat);
  }
  if (!stats.has(pid)) return null;
  const family = new Set([pid]);
  for (let grown = true; grown; ) {
    grown = false;
    for (const [child, { parent }] of stats) {
      if (!family.has(parent) || family.has(child)) continue;
      family.add(child);
      grown = true;
    }
  }
  const ticks = [...family].reduce((sum, one) => {
    const stat = stats.get(one);
    return sum + (stat === undefined ? 0 : stat.ownTicks + stat.reapedTicks);
  }, 0);
  return (ticks * 1_000) / TICKS_PER_SECOND;
}

async function readStat(pid: string): Promise<Stat | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null);
  if (text === null) return null;
  // The name, in parentheses, may hold anything; what follows it are numbers from field 3 on.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3] ?? 0);
  return { parent: field(4), ownTicks: field(14) + field(15), reapedTicks: field(16) + field(17) };
}
