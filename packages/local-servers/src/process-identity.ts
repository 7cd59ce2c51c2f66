import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { hasCode } from './files.ts';

/**
 * A process id alone does not name a process: the system gives it out again. `mark` is what the system says of
 * the process's start, compared as text only.
 */
export type ProcessIdentity = { pid: number; mark: string };

const PROC_STATE = 0; // field 3 of /proc/<pid>/stat, the first after the command name
const PROC_START_TIME = 19; // field 22, in clock ticks since boot
const PS_TIMEOUT_MS = 5_000; // ps reads the process table once; longer means a machine in trouble

/** Who has this process id now, or null when nobody has it (a process that ended and awaits its parent counts as nobody). */
export function identifyProcess(pid: number): ProcessIdentity | null {
  const mark = process.platform === 'linux' ? markFromProc(pid) : markFromPs(pid);
  return mark === null ? null : { pid, mark };
}

/** Whether the very process that was identified is still running. */
export function isStillRunning(identity: ProcessIdentity): boolean {
  return identifyProcess(identity.pid)?.mark === identity.mark;
}

function markFromProc(pid: number): string | null {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return null;
    throw error;
  }
  // The command name stands in parentheses and can hold any character, so count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[PROC_STATE];
  if (state === 'Z' || state === 'X') return null;
  return `${readBootId()}:${fields[PROC_START_TIME]}`;
}

function readBootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'boot'; // some containers hide it; the start time still tells processes of one boot apart
  }
}

function markFromPs(pid: number): string | null {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      timeout: PS_TIMEOUT_MS,
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
    const [state = '', ...start] = line.split(/\s+/);
    return line === '' || state.startsWith('Z') ? null : start.join(' ');
  } catch {
    return null; // ps answers 1 for an unknown process
  }
}
