import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { fileSteps } from '@naru/keystore/private-file.ts';
import { assert } from '@naru/kit/assert.ts';
import { CodedError, errorText } from '@naru/kit/errors.ts';
import { z } from 'zod';
import { type HeadEntry, type JournalEntry, journalEntrySchema } from './journal-entry.ts';

/**
 * An append-only file of entries, durable before `flush` resolves. Entries that arrive while the disk is busy share
 * the next write and flush. Each write is one line, `<crc32 as 8 hex digits> <JSON array>`, so that a write cut short
 * by a crash is a line without an end: it was never answered for, and is dropped when the file is opened again.
 *
 * Any failure is for good: after a failed write or flush nobody knows what the disk holds, so every later `flush`
 * fails too and the process must start anew.
 */
export type JournalFile = {
  append(entry: JournalEntry): void;
  /** Resolves when all that was appended before is on the disk. */
  flush(): Promise<void>;
  sizeBytes(): number;
  /** Resolves, never rejects, when the file has failed. */
  readonly failed: Promise<JournalError>;
  close(): Promise<void>;
};

/** `journal_failed`: the disk failed or another process writes the file. `journal_damaged`: its content is not ours. */
export type JournalError = CodedError<
  'journal_failed' | 'journal_damaged' | 'journal_missing' | 'journal_foreign'
>;

export type JournalFileOptions = {
  file: string;
  /** Called for each entry found, in order, before `openJournalFile` resolves. */
  onEntry: (entry: JournalEntry) => void;
  /** The first line of a new file, and of one that is rewritten. */
  head: () => HeadEntry;
  /** A file larger than this, and than twice its size after the last time, is replaced by `snapshot()`. */
  compactAboveBytes: number;
  /** Entries that say all that must be kept. */
  snapshot: () => JournalEntry[];
};

const FILE_MODE = 0o600;
const LINE_FEED = 0x0a;
const CRC_CHARS = 8;
const SNAPSHOT_ENTRIES_PER_LINE = 1_000; // about 250 kB of text at a time

/** @throws {JournalError} `journal_damaged` */
export async function openJournalFile(options: JournalFileOptions): Promise<JournalFile> {
  const { file } = options;
  await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
  let handle = await open(file, 'a+', FILE_MODE);
  let sizeBytes = await replay(handle, options).catch(async (error: unknown) => {
    await handle.close();
    throw error;
  });
  await handle.truncate(sizeBytes);
  await fileSteps.syncDirectory(path.dirname(file));

  let rewriteAboveBytes = options.compactAboveBytes;
  let pending: JournalEntry[] = [];
  let inFlight: Promise<void> = Promise.resolve();
  let queued: Promise<void> | null = null;
  const failure = Promise.withResolvers<JournalError>();

  async function commit(): Promise<void> {
    assert(queued !== null, 'a commit runs that was not queued');
    inFlight = queued;
    queued = null;
    const group = pending;
    pending = [];
    try {
      await write(encodeLine(group));
      if (sizeBytes > rewriteAboveBytes) await rewrite();
    } catch (error) {
      const failed = toJournalError(file, error);
      failure.resolve(failed);
      throw failed;
    }
  }

  async function write(line: Buffer): Promise<void> {
    await checkAlone(handle, sizeBytes);
    await handle.appendFile(line);
    await handle.datasync();
    sizeBytes += line.length;
    await checkAlone(handle, sizeBytes);
  }

  /** The new file takes the name only when it is complete on disk; until then the old one counts. */
  async function rewrite(): Promise<void> {
    const temporary = `${file}.new`;
    await rm(temporary, { force: true });
    const next = await open(temporary, 'ax+', FILE_MODE);
    let written = 0;
    const entries = [options.head(), ...options.snapshot()];
    for (let at = 0; at < entries.length; at += SNAPSHOT_ENTRIES_PER_LINE) {
      const line = encodeLine(entries.slice(at, at + SNAPSHOT_ENTRIES_PER_LINE));
      await next.appendFile(line);
      written += line.length;
    }
    await next.sync();
    await checkAlone(handle, sizeBytes);
    await rename(temporary, file);
    await fileSteps.syncDirectory(path.dirname(file));
    await handle.close();
    handle = next;
    sizeBytes = written;
    rewriteAboveBytes = Math.max(options.compactAboveBytes, 2 * written);
  }

  function flush(): Promise<void> {
    // Nothing waits: what was appended is in the write under way, or on disk.
    if (pending.length === 0) return queued ?? inFlight;
    queued ??= inFlight.then(commit);
    return queued;
  }

  if (sizeBytes === 0) {
    pending.push(options.head());
    await flush();
  }
  return {
    append: (entry) => void pending.push(entry),
    flush,
    sizeBytes: () => sizeBytes,
    failed: failure.promise,
    async close() {
      await flush().catch(() => {}); // a failure has been reported through `failed`
      await handle.close();
    },
  };
}

/**
 * Two signers with one journal would each miss what the other signs. Each checks that nobody else has written: before
 * it writes, so that the one that is behind stops and leaves the other alone; and after its entry is on disk, before
 * it signs, because of two that write at once at least one then sees the other.
 */
async function checkAlone(handle: FileHandle, expectedBytes: number): Promise<void> {
  const { size, nlink } = await handle.stat();
  if (size === expectedBytes && nlink > 0) return;
  throw new CodedError(
    'journal_failed',
    'another process writes the journal: run one signer for each NARU_SIGNER_JOURNAL_FILE, then start this one again',
  );
}

/** Feeds every entry to `onEntry`; returns how many bytes are whole lines. */
async function replay(handle: FileHandle, options: JournalFileOptions): Promise<number> {
  let offset = 0;
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of handle.createReadStream({ start: 0, autoClose: false, highWaterMark: 1 << 20 })) {
    rest = Buffer.concat([rest, chunk]);
    let start = 0;
    for (let end = rest.indexOf(LINE_FEED); end >= 0; end = rest.indexOf(LINE_FEED, start)) {
      const entries = decodeLine(rest.subarray(start, end));
      if (entries === null || (offset === 0 && entries[0]?.kind !== 'head')) {
        throw damaged(options.file, offset);
      }
      for (const entry of entries) options.onEntry(entry);
      offset += end + 1 - start;
      start = end + 1;
    }
    rest = rest.subarray(start);
  }
  return offset;
}

function encodeLine(entries: readonly JournalEntry[]): Buffer {
  const json = JSON.stringify(entries.map((entry) => z.encode(journalEntrySchema, entry)));
  return Buffer.from(`${crcOf(json)} ${json}\n`);
}

function decodeLine(line: Buffer): JournalEntry[] | null {
  const text = line.toString('utf8');
  const json = text.slice(CRC_CHARS + 1);
  if (text.slice(0, CRC_CHARS + 1) !== `${crcOf(json)} `) return null;
  const parsed = z.array(journalEntrySchema).safeParse(JSON.parse(json));
  return parsed.success ? parsed.data : null;
}

function crcOf(json: string): string {
  return crc32(json).toString(16).padStart(CRC_CHARS, '0');
}

function damaged(file: string, offset: number): JournalError {
  return new CodedError(
    'journal_damaged',
    `journal ${file} is damaged at byte ${offset}: restore it from the disk's snapshot. Starting without it would forget which nonces were signed; see "When the journal is lost" in apps/signer/README.md`,
  );
}

function toJournalError(file: string, error: unknown): JournalError {
  if (error instanceof CodedError && error.code === 'journal_failed') return error;
  return new CodedError(
    'journal_failed',
    `journal ${file} cannot be written (${errorText(error)}): check the disk, then start the signer again`,
    { retryable: true, cause: error },
  );
}
