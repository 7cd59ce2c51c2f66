import { readFile } from 'node:fs/promises';

/**
 * The largest resident memory that a process has had, in MiB; null where the system does not tell (macOS).
 * Source: proc_pid_status(5), VmHWM
 */
export async function readPeakMemoryMib(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => null);
  const kib = status === null ? undefined : /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kib === undefined ? null : Number(kib) / 1_024;
}
