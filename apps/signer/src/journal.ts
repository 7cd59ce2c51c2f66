import { randomUUID } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { isErrno } from '@naru/keystore/private-file.ts';
import type { Clock } from '@naru/kit/clock.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { Address } from 'viem';
import type { HeadEntry, PolicyEntry } from './journal-entry.ts';
import { type JournalError, openJournalFile } from './journal-file.ts';
import { agreeWithWitness, requireNoWitness } from './journal-witness.ts';
import { type Candidate, createSignedBook, type HighestNonce, type Verdict } from './signed-book.ts';
import { JOURNAL_COMPACT_ABOVE_BYTES } from './signer.limits.ts';
import type { SpentTotals } from './spend-window.ts';

type Totals = { hour: SpentTotals; day: SpentTotals };

/** The signer's memory: what was signed at each nonce and how much in an hour and a day, on disk before anything is signed. */
export type Journal = {
  /**
   * Judges a candidate and, when it is new, enters it at once, so that no other call can take its place or its part
   * of a limit. It may be signed only after `durable` has resolved.
   */
  enter(candidate: Candidate): Verdict;
  /** Records that another policy comes into force. It may be applied only after `durable` has resolved. */
  enterPolicy(change: Omit<PolicyEntry, 'kind' | 'atMs'>): PolicyEntry;
  /** Changes of the policy, oldest first. */
  policies(): readonly PolicyEntry[];
  /** @throws {JournalError} `journal_failed`: then nothing may be signed. */
  durable(): Promise<void>;
  highestNonces(): HighestNonce[];
  /** What left our accounts within an hour and a day, and what all transactions may cost. */
  spentOf(chainId: number, token: Address | null): Totals;
  feesOf(chainId: number): Totals;
  /** Resolves, never rejects, when the journal has failed for good. */
  readonly failed: Promise<JournalError>;
  close(): Promise<void>;
};

export type JournalOptions = {
  file: string;
  /** The file beside the keys that remembers which journal is theirs; null: a lost journal is not noticed. */
  witnessFile: string | null;
  compactAboveBytes?: number;
};

/** @throws {JournalError} `journal_damaged`, `journal_missing`, `journal_foreign` */
export async function openJournal(
  deps: { clock: Clock; log: Logger },
  options: JournalOptions,
): Promise<Journal> {
  const book = createSignedBook();
  let lastMs = 0;
  let entriesRead = 0;
  let head: HeadEntry = { kind: 'head', version: 2, id: randomUUID() };
  const { witnessFile } = options;
  if (witnessFile !== null && (await isAbsent(options.file)))
    await requireNoWitness(witnessFile, options.file);

  /** Never before what has been recorded, so that a clock set back neither reorders history nor widens a day. */
  const nowMs = () => {
    lastMs = Math.max(lastMs, deps.clock.now().getTime());
    return lastMs;
  };

  const file = await openJournalFile({
    file: options.file,
    onEntry(entry) {
      entriesRead += 1;
      if (entry.kind === 'head') head = entry;
      if ('atMs' in entry) lastMs = Math.max(lastMs, entry.atMs);
      book.apply(entry);
    },
    head: () => head,
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
  if (witnessFile !== null) {
    await agreeWithWitness(deps.log, witnessFile, { file: options.file, id: head.id ?? null }).catch(
      async (error: unknown) => {
        await file.close();
        throw error;
      },
    );
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
    enterPolicy(change) {
      const entry: PolicyEntry = { kind: 'policy', ...change, atMs: nowMs() };
      book.apply(entry);
      file.append(entry);
      return entry;
    },
    policies: book.policies,
    durable: () => file.flush(),
    highestNonces: book.highestNonces,
    spentOf: (chainId, token) => book.spent.spentOf(chainId, token, nowMs()),
    feesOf: (chainId) => book.spent.feesOf(chainId, nowMs()),
    failed: file.failed,
    close: () => file.close(),
  };
}

/** A file that a crash left empty before its first line is as good as none. */
async function isAbsent(file: string): Promise<boolean> {
  try {
    return (await stat(file)).size === 0;
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return true;
    throw error;
  }
}
