import { readFile, writeFile } from 'node:fs/promises';
import { isErrno } from '@naru/keystore/private-file.ts';
import { CodedError, errorText } from '@naru/kit/errors.ts';
import type { Logger } from '@naru/kit/logger.ts';

/**
 * A file beside the keys that says which journal guards them. A journal that is gone would be begun anew without a word,
 * with every nonce free to be signed for a second time and every sum at nought: a container without its volume, a path
 * with a slip, somebody who wants just that. With the witness there, the signer says so and does not start.
 */

const FILE_MODE = 0o600;
/** Journals of the first version have no id. */
const UNNAMED = 'unnamed';

/**
 * Before the journal is opened.
 * @throws {CodedError} `journal_missing`
 */
export async function requireNoWitness(witnessFile: string, journalFile: string): Promise<void> {
  const named = await readWitness(witnessFile);
  if (named === null) return;
  throw new CodedError(
    'journal_missing',
    `there is no journal at ${journalFile}, and these keys were used with one (${named}, says ${witnessFile}): ` +
      'mount the disk or correct NARU_SIGNER_JOURNAL_FILE. If it is lost for good, read "When the journal is lost" in apps/signer/README.md, then remove that file',
  );
}

/**
 * After the journal was opened: it must be the one that the witness names; where there is no witness, one is written.
 * @throws {CodedError} `journal_foreign`
 */
export async function agreeWithWitness(
  log: Logger,
  witnessFile: string,
  journal: { file: string; id: string | null },
): Promise<void> {
  const id = journal.id ?? UNNAMED;
  const named = await readWitness(witnessFile);
  if (named === id) return;
  if (named !== null) {
    throw new CodedError(
      'journal_foreign',
      `journal ${journal.file} (${id}) is not the one that these keys were used with (${named}, says ${witnessFile}): ` +
        'name the right file in NARU_SIGNER_JOURNAL_FILE; see "When the journal is lost" in apps/signer/README.md',
    );
  }
  await writeFile(witnessFile, `${id}\n`, { mode: FILE_MODE, flag: 'wx' }).catch((error: unknown) =>
    log.warn(
      { file: witnessFile, reason: errorText(error) },
      'a lost journal will not be noticed: the file that remembers it cannot be written',
    ),
  );
}

async function readWitness(file: string): Promise<string | null> {
  try {
    return (await readFile(file, 'utf8')).trim();
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return null;
    throw error;
  }
}
