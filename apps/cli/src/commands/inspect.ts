import { readLettersAbout, readPeople } from '@naru/core/lookup/people.ts';
import {
  findChainTxByHash,
  listStoryItems,
  readChainTxStories,
  readWithdrawalStory,
} from '@naru/core/withdrawal/withdrawal.story.ts';
import type { Database } from '@naru/db/database.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { fromPublicId } from '@naru/kit/ids.ts';
import type { Command } from 'commander';
import { type ConnectedChain, withChains, withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { type ChainView, readChainView } from '../inspect/chain-view.ts';
import { explainWithdrawal } from '../inspect/explain-withdrawal.ts';
import { printBatch } from '../inspect/print-batch.ts';
import { printWithdrawal } from '../inspect/print-withdrawal.ts';
import { TRANSACTION_HASH_PATTERN, UUID_PATTERN } from '../patterns.ts';

type InspectOptions = { json?: boolean; offline?: boolean };
/** What an id leads to. */
type Subject = { kind: 'withdrawal'; id: string } | { kind: 'chainTx'; id: string };

export function registerInspectCommand(program: Command, context: CliContext): void {
  const command = program
    .command('inspect')
    .summary('the whole story of one withdrawal or transaction, and what to do now')
    .argument(
      '<id>',
      'withdrawal (wd_… or its UUID), chain transaction (ctx_… or its UUID), or transaction hash',
    )
    .description(
      'Tells the whole story of one withdrawal: its states with times, what the rules said, who was asked and voted, its chain transactions with every attempt ever signed and what nodes said, the ledger rows, what the chain itself says now, dead letters and what was done about them, what operators noted, and what to do. Changes nothing.\n\n' +
        'A transaction that pays several withdrawals is shown with all of them.',
    )
    .option('--offline', 'do not ask the chain')
    .option('--json', 'print one JSON object; amounts in smallest units')
    .action((id: string, options: InspectOptions) => runInspect(context, id, options));
  addExamples(command, [
    ['naru inspect wd_01kjr3q8c6e7rvt0xx0n3m7d5b', 'a withdrawal, as the API names it'],
    [
      'naru inspect 0x8f0c9f0d7c2a4f0e9f1b3a5c7d9e1f20314253647586970a1b2c3d4e5f607182',
      'who was paid by a transaction',
    ],
  ]);
}

async function runInspect(context: CliContext, id: string, options: InspectOptions): Promise<void> {
  const asked = parseId(id);
  await withDatabase(context, (db) =>
    withChains(context, db, undefined, async ({ connected }) => {
      const chains = options.offline === true ? [] : connected;
      const subject = await findSubject(db, chains, asked);
      if (subject.kind === 'withdrawal')
        return await showWithdrawal(context, db, chains, subject.id, id, options);
      const items = await listStoryItems(db, subject.id);
      const [only, ...more] = items;
      if (only !== undefined && more.length === 0)
        return await showWithdrawal(context, db, chains, only.withdrawalId, id, options);
      const [chainTx] = await readChainTxStories(db, [subject.id]);
      if (chainTx === undefined) throw notFound(id);
      const view = await viewOf(chains, chainTx.chainId, (chain) => readChainView(chain, [chainTx], null));
      const deadLetters = await readLettersAbout(db, [chainTx.id]);
      if (options.json === true) return context.output.json({ chainTx, items, deadLetters, chain: view });
      printBatch(context.output, { chainTx, items, deadLetters, view });
    }),
  );
}

async function showWithdrawal(
  context: CliContext,
  db: Database,
  chains: readonly ConnectedChain[],
  id: string,
  asked: string,
  options: InspectOptions,
): Promise<void> {
  const story = await readWithdrawalStory(db, id);
  if (story === null) throw notFound(asked);
  const view = await viewOf(chains, story.withdrawal.chain, (chain) =>
    readChainView(chain, story.chainTxs, story.withdrawal),
  );
  const now = systemClock.now();
  const people = await readPeople(db, story);
  const meaning = explainWithdrawal(story, view, now, people.retriedAs);
  if (options.json === true) return context.output.json({ ...story, ...people, chain: view, meaning });
  printWithdrawal(context.output, { story, people, view, meaning, now });
}

async function viewOf(
  chains: readonly ConnectedChain[],
  chainId: string,
  read: (chain: ConnectedChain) => Promise<ChainView>,
): Promise<ChainView | null> {
  const connected = chains.find(({ chain }) => chain.id === chainId);
  return connected === undefined ? null : await read(connected);
}

type Asked = { kind: 'hash'; hash: string } | { kind: 'uuid'; id: string } | Subject;

function parseId(text: string): Asked {
  if (TRANSACTION_HASH_PATTERN.test(text)) return { kind: 'hash', hash: text.toLowerCase() };
  if (UUID_PATTERN.test(text)) return { kind: 'uuid', id: text.toLowerCase() };
  const withdrawalId = fromPublicId('withdrawal', text);
  if (withdrawalId !== null) return { kind: 'withdrawal', id: withdrawalId };
  const chainTxId = fromPublicId('chainTx', text);
  if (chainTxId !== null) return { kind: 'chainTx', id: chainTxId };
  throw usageError(
    `"${text}" is not an id: give wd_… or a UUID, or a transaction hash (0x and 64 hexadecimal digits)`,
  );
}

async function findSubject(db: Database, chains: readonly ConnectedChain[], asked: Asked): Promise<Subject> {
  if (asked.kind === 'hash') return await findByHash(db, chains, asked.hash);
  if (asked.kind !== 'uuid') return asked;
  const isChainTx = (await readChainTxStories(db, [asked.id])).length > 0;
  return { kind: isChainTx ? 'chainTx' : 'withdrawal', id: asked.id };
}

/** Batches that `naru recover` restored have no attempts here: the chain knows which batch a hash is. */
async function findByHash(db: Database, chains: readonly ConnectedChain[], hash: string): Promise<Subject> {
  const known = await findChainTxByHash(db, hash);
  if (known !== null) return { kind: 'chainTx', id: known };
  for (const { port } of chains) {
    const call = await port.payoutCall(`0x${hash.slice(2)}`).catch(() => null);
    if (call !== null && (await readChainTxStories(db, [call.batchId])).length > 0)
      return { kind: 'chainTx', id: call.batchId };
  }
  throw notFound(hash);
}

function notFound(id: string): CodedError {
  return new CodedError(
    'not_found',
    `this database knows nothing of ${id}: is it the right database, and the id complete?`,
  );
}
