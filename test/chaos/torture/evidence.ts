import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorText } from '@naru/kit/errors.ts';
import type { Wrong } from './judge.ts';
import { listPaused, readEvidence, readOpenChainTxs } from './torture.store.ts';
import type { TortureStack } from './torture-stack.ts';

const IDS_MAX = 100;

/** Writes down what the database knows of what went wrong, beside the logs of the processes. Returns the folder. */
export async function keepEvidence(stack: TortureStack, wrong: readonly Wrong[]): Promise<string> {
  const ids = [...new Set(wrong.flatMap(({ id }) => (id === null ? [] : [id])))].slice(0, IDS_MAX);
  const file = path.join(stack.dir, 'evidence.json');
  try {
    const db = stack.db();
    const histories = await readEvidence(db, ids);
    const openChainTxs = await readOpenChainTxs(db);
    const paused = await listPaused(db);
    await writeFile(file, `${JSON.stringify({ wrong, histories, openChainTxs, paused }, null, 2)}\n`);
  } catch (error) {
    await writeFile(file, `${JSON.stringify({ wrong, problem: errorText(error) }, null, 2)}\n`);
  }
  return stack.dir;
}
