import type { Clock } from '@naru/kit/clock.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { type JournalError, openJournalFile } from './journal-file.ts';
import { type Candidate, createSignedBook, type HighestNonce, type Verdict } from './signed-book.ts';
import { JOURNAL_COMPACT_ABOVE_BYTES } from './signer.limits.ts';

/** The signer's memory: what was signed at each nonce and how much in a day, on disk before anything is signed. */
export type Journal = {
  /**
   * Judges a candidate and, when it is new, enters it at once, so that no other call can take its place or its part
   * of the daily limit. It may be signed only after `durable` has resolved.
   */
  enter(candidate: Candidate): Verdict;
  /** @throws {JournalError} `journal_failed`: then nothing may be signed. */
  durable(): Promise<void>;
  highestNonces(): HighestNonce[];
  /** Resolves, never rejects, when the journal has failed for good. */
  readonly failed: Promise<JournalError>;
  close(): Promise<void>;
};

/** @throws {JournalError} `journal_damaged` */
export async function openJournal(
  deps: { clock: Clock; log: Logger },
  options: { file: string; compactAboveBytes?: number },
): Promise<Journal> {
  const book = createSignedBook();
  let lastMs = 0;
  let entriesRead = 0;

  /** Never before what has been recorded, so that a clock set back neither reorders history nor widens a day. */
  const nowMs = () => {
    lastMs = Math.max(lastMs, deps.clock.now().getTime());
    return lastMs;
  };

  const file = await openJournalFile({
    file: options.file,
    onEntry(entry) {
      entriesRead += 1;
      if ('atMs' in entry) lastMs = Math.max(lastMs, entry.atMs);
      book.apply(entry);
    },
    compactAboveBytes: options.compactAboveBytes ?? JOURNAL_COMPACT_ABOVE_BYTES,
    snapshot() {
      book.forget(nowMs());
      const entries = book.entries();
      deps.log.info({ entries: entries.length }, 'compacting the journal');
      return entries;
    },
  });
  if (entriesRead === 0) {
    deps.log.warn({ file: options.file }, 'new journal: nonces signed earlier are not known');
  }

  return {
    enter(candidate) {
      const verdict = book.judge(candidate, nowMs());
      if (verdict.kind === 'new') {
        book.apply(verdict.entry);
        file.append(verdict.entry);
      }
      return verdict;
    },
    durable: () => file.flush(),
    highestNonces: book.highestNonces,
    failed: file.failed,
    close: () => file.close(),
  };
}
