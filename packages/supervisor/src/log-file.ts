import { closeSync, fstatSync, mkdirSync, openSync, renameSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { errorText } from '@naru/kit/errors.ts';

/** An append-only log of bounded size that remembers its last lines. */
export type LogFile = {
  write(chunk: Uint8Array): void;
  /** At most `count` lines, oldest first, of what was written through this object. */
  lastLines(count: number): string[];
  close(): void;
};

const LINES_KEPT_MAX = 200;
const LINE_LENGTH_MAX = 4_000; // characters of one line that are remembered; the file has them all

/**
 * Opens `file` for appending. Once it holds `bytesMax` it becomes `<file>.1`, what was `.1` becomes `.2` and so on
 * up to `rotatedFilesMax`; the oldest is lost. Writing is synchronous: what a process said last is there after a crash of ours.
 */
export function openLogFile(options: { file: string; bytesMax: number; rotatedFilesMax: number }): LogFile {
  const { file, bytesMax } = options;
  mkdirSync(path.dirname(file), { recursive: true });
  let fd = openSync(file, 'a');
  let sizeBytes = fstatSync(fd).size;
  const decoder = new TextDecoder();
  let lines: string[] = [];
  let rest = '';
  let isOpen = true;

  function rotate(): void {
    closeSync(fd);
    for (let index = options.rotatedFilesMax - 1; index >= 1; index--) {
      if (statSync(`${file}.${index}`, { throwIfNoEntry: false }) !== undefined) {
        renameSync(`${file}.${index}`, `${file}.${index + 1}`);
      }
    }
    renameSync(file, `${file}.1`);
    fd = openSync(file, 'a');
    sizeBytes = 0;
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
        if (sizeBytes >= bytesMax) rotate();
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
  };
}
