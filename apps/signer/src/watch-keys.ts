import { stat } from 'node:fs/promises';

/**
 * Looks every `pollMs` whether the directory has changed and says so. Adding, replacing and removing a file all change its
 * time; a time that is read while a file is being made differs from the one after it, so nothing is missed for good.
 */
export function watchDirectory(
  directory: string,
  pollMs: number,
  onChange: () => Promise<void>,
): { close(): void } {
  let seenMs: number | null = null;
  let isLooking = false;

  async function look(): Promise<void> {
    if (isLooking) return;
    isLooking = true;
    try {
      // A directory that is gone is told by the refresh.
      const { mtimeMs } = await stat(directory).catch(() => ({ mtimeMs: 0 }));
      const isChanged = seenMs !== null && mtimeMs !== seenMs;
      seenMs = mtimeMs;
      if (isChanged) await onChange();
    } finally {
      isLooking = false;
    }
  }

  void look();
  const timer = setInterval(() => void look(), pollMs);
  timer.unref();
  return { close: () => clearInterval(timer) };
}
