import { closeSync, fstatSync, mkdirSync, openSync, renameSync, writeSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '@naru/kit/errors.ts';
import { type LogLimits, nameAside, tidyArchive } from './log-archive.ts';

/** An append-only log that remembers its last lines and puts itself aside by size and day. */
export type LogFile = {
  write(chunk: Uint8Array): void;
  /** At most `count` lines, oldest first, of what was written through this object. */
  lastLines(count: number): string[];
  close(): void;
  /** Resolves when no file is being compressed any more. */
  readonly tidied: Promise<void>;
};

const LINES_KEPT_MAX = 200;
const LINE_LENGTH_MAX = 4_000; // characters of one line that are remembered; the file has them all

/**
 * Opens `file` for appending. What is there of another day, or too large, is put aside under the moment when that
 * happened (see log-archive.ts for what then becomes of it). Writing is synchronous: what a process said last is there
 * after a crash of ours.
 */
export function openLogFile(options: { file: string; limits: LogLimits; now?: () => Date }): LogFile {
  const { file, limits } = options;
  const now = options.now ?? (() => new Date());
  mkdirSync(path.dirname(file), { recursive: true });
  let fd = openSync(file, 'a');
  let { sizeBytes, day } = look();
  const decoder = new TextDecoder();
  let lines: string[] = [];
  let rest = '';
  let isOpen = true;
  let tidying = tidy(Promise.resolve());

  /** An empty file is of the day on which something is written to it. */
  function look(): { sizeBytes: number; day: string } {
    const { size, mtime } = fstatSync(fd);
    return { sizeBytes: size, day: dayOf(size === 0 ? now() : mtime) };
  }

  function rotate(): void {
    closeSync(fd);
    renameSync(file, nameAside(file, now()));
    fd = openSync(file, 'a');
    ({ sizeBytes, day } = look());
    tidying = tidy(tidying);
  }

  /** One after the other; a full disk or a file that somebody took away must not end the supervisor. */
  function tidy(before: Promise<void>): Promise<void> {
    return before
      .then(() => tidyArchive(file, limits, now().getTime()))
      .catch((error: unknown) => remember(Buffer.from(`(old logs of ${file}: ${errorText(error)})\n`)));
  }

  function remember(chunk: Uint8Array): void {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = (parts.pop() ?? '').slice(0, LINE_LENGTH_MAX);
    lines = [...lines, ...parts.map((line) => line.slice(0, LINE_LENGTH_MAX))].slice(-LINES_KEPT_MAX);
  }

  return {
    write: (chunk) => {
      if (!isOpen) return; // the last words of a stray grandchild
      remember(chunk);
      try {
        if (sizeBytes > 0 && (sizeBytes >= limits.bytesMax || day !== dayOf(now()))) rotate();
        writeSync(fd, chunk);
        sizeBytes += chunk.byteLength;
      } catch (error) {
        // A full disk must not end the supervisor, and with it everything it runs.
        remember(Buffer.from(`(${file} could not be written: ${errorText(error)})\n`));
      }
    },
    lastLines: (count) => [...lines, ...(rest === '' ? [] : [rest])].slice(-count),
    close: () => {
      if (isOpen) closeSync(fd);
      isOpen = false;
    },
    get tidied() {
      return tidying;
    },
  };
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}
