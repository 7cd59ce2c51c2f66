import { findGaps, type Lockfile } from '../repository/lockfile.ts';
import type { Finding } from './rule.ts';

/** `npm ci` must work from the lock file, on every system. */
export function checkLockfile(lockfile: Lockfile): Finding[] {
  const [first, ...others] = findGaps(lockfile);
  if (first === undefined) return [];
  const names = others.length === 0 ? first.place : `${first.place} and ${others.length} others`;
  const message = `has no entry for ${names}, so npm ci refuses it; run: node tools/complete-lockfile.ts`;
  return [{ rule: 'lockfile', file: 'package-lock.json', line: 1, message, isWarning: false }];
}
