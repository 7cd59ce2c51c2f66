import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { errorText } from '@naru/kit/errors.ts';
import type { Wrong } from './judge.ts';
import { anvilCall } from './miner.ts';
import {
  listPaused,
  readCursors,
  readEvidence,
  readNewestFinal,
  readOpenChainTxs,
  type SettledNonce,
} from './torture.store.ts';
import type { TortureStack } from './torture-stack.ts';

const IDS_MAX = 100;
const FINAL_MAX = 300;

/** Writes down what database and chain know of what went wrong, beside the logs of the processes. Returns the folder. */
export async function keepEvidence(stack: TortureStack, wrong: readonly Wrong[]): Promise<string> {
  const ids = [...new Set(wrong.flatMap(({ id }) => (id === null ? [] : [id])))].slice(0, IDS_MAX);
  const file = path.join(stack.dir, 'evidence.json');
  try {
    const db = stack.db();
    const histories = await readEvidence(db, ids);
    const openChainTxs = await readOpenChainTxs(db);
    const paused = await listPaused(db);
    const cursors = await readCursors(db);
    const chain = await readChain(stack, await readNewestFinal(db, FINAL_MAX));
    const evidence = { wrong, histories, openChainTxs, paused, cursors, chain };
    await writeFile(file, `${JSON.stringify(evidence, texts, 2)}\n`);
  } catch (error) {
    await writeFile(file, `${JSON.stringify({ wrong, problem: errorText(error) }, null, 2)}\n`);
  }
  return stack.dir;
}

/** The chain by itself: what it would mine next, what waits, and what the database calls final and it has not. */
async function readChain({ devnet, accounts: own }: TortureStack, final: readonly SettledNonce[]) {
  const { client } = devnet;
  const head = await client.getBlock();
  const accounts = await Promise.all(
    own.map(async (address) => ({
      address,
      nonce: await client.getTransactionCount({ address }),
      pending: await client.getTransactionCount({ address, blockTag: 'pending' }),
      balance: await client.getBalance({ address }),
    })),
  );
  const receipts = await Promise.all(
    final.map(async (one) => ({
      ...one,
      onChain: await client.getTransactionReceipt({ hash: one.hash }).then(
        ({ blockNumber }) => blockNumber,
        () => null,
      ),
    })),
  );
  return {
    head: { number: head.number, baseFeePerGas: head.baseFeePerGas, timestamp: head.timestamp },
    accounts,
    pool: await anvilCall(devnet, 'txpool_inspect'),
    finalAndGone: receipts.filter(({ block, onChain }) => onChain !== block),
  };
}

const texts = (_key: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
