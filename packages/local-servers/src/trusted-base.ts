import { lstat, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { errorText } from '@naru/kit/errors.ts';

const WRITABLE_BY_OTHERS = 0o022;

/**
 * A directory that every user can enter and only root can write to, made when missing. Used when we are root and
 * PostgreSQL's user cannot reach our own folders. The temporary folder is the second choice: some systems empty it at boot.
 */
export async function openTrustedBase(): Promise<string> {
  const problems: string[] = [];
  for (const base of ['/var/lib/naru', path.join(tmpdir(), 'naru-local')]) {
    try {
      await mkdir(base, { recursive: true, mode: 0o755 });
      const info = await lstat(base);
      // Anyone can make a name in the temporary folder before us, so look at what is really there.
      if (info.isDirectory() && info.uid === 0 && (info.mode & WRITABLE_BY_OTHERS) === 0) return base;
      problems.push(`${base} is not a directory that only root can write to`);
    } catch (error) {
      problems.push(errorText(error));
    }
  }
  throw new Error(
    `found no place that PostgreSQL's user can reach: ${problems.join('; ')}. ` +
      'Move the clone out of the home directory of root, start as an ordinary user, or set DATABASE_URL.',
  );
}
