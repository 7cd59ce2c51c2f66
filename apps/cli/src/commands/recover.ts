import { type RecoverReport, recoverFromChain } from '@naru/core/chain-tx/recover-from-chain.ts';
import type { Database } from '@naru/db/database.ts';
import { clearRestoreMark } from '@naru/db/restore-mark.ts';
import { PAYOUT_OUTCOMES } from '@naru/evm/payout-log.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { type Command, InvalidArgumentError } from 'commander';
import { type ConnectedChain, noRpc, withChains, withDatabase } from '../connect.ts';
import type { CliContext } from '../context.ts';
import { addExamples } from '../examples.ts';
import { plural, showAmount, showCount, showText } from '../format.ts';
import {
  findKnownWithdrawals,
  listConnectedRoles,
  listIncompleteRestored,
  readCursor,
} from '../operations.reader.ts';
import { renderTable, wrapText } from '../output.ts';
import { createProgress } from '../progress.ts';
import { connectSigner } from '../signer.ts';

const PAID = PAYOUT_OUTCOMES.indexOf('PAID');

type RecoverOptions = {
  reason?: string;
  chain?: string;
  fromBlock?: bigint;
  force?: boolean;
  json?: boolean;
};
type ChainRecovery = { fromBlock: bigint; report: RecoverReport; connected: ConnectedChain };

export function registerRecoverCommand(program: Command, context: CliContext): void {
  const command = program
    .command('recover')
    .summary('after restoring a backup: learn from the chain what was paid')
    .description(
      "After a backup was restored: reads the payout contract's own records from each enabled chain and writes into the database what it does not know, so that nothing that was paid is paid again. Every batch found is attached to its withdrawals; nonces are raised to the chain's. May be run again: what is known is left alone.\n\n" +
        'Stop every role first (api, processor, broadcaster, monitor, accounts), and start them only after this has ended without conflicts. The command refuses while it sees one of them connected.',
    )
    .option('--chain <chain>', 'only this chain')
    .option(
      '--from-block <number>',
      'first block to read; default: a safe distance before the last block that the database has seen',
      parseBlock,
    )
    .option('--force', 'go on although roles seem to run (never while a processor can run)')
    .option('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object; amounts in smallest units')
    .action((options: RecoverOptions) => runRecover(context, options));
  addExamples(command, [
    ['naru recover', 'every enabled chain, from where the backup ends'],
    ['naru recover --chain polygon --from-block 61000000', 'one chain, from a block before the first payout'],
  ]);
}

function parseBlock(text: string): bigint {
  if (!/^[0-9]{1,15}$/.test(text)) throw new InvalidArgumentError('It is not a block number.');
  return BigInt(text);
}

async function runRecover(context: CliContext, options: RecoverOptions): Promise<void> {
  const { output } = context;
  const reports = await withDatabase(
    context,
    (db) =>
      withChains(context, db, options.chain, async ({ connected, withoutRpc }) => {
        const [missing] = withoutRpc;
        // Half a recovery looks like a whole one: better none.
        if (missing !== undefined) throw noRpc(missing.id);
        if (connected.length === 0)
          throw new CodedError(
            'no_chain',
            'no chain is enabled: run  naru migrate  with the environment of the roles first',
          );
        await requireQuiet(context, db, connected, options.force === true);
        output.warn(
          'Keep every role stopped until this has ended: a processor that runs meanwhile can pay twice.',
        );
        if (connectSigner(context) === null)
          output.warn(
            'No signer is configured (NARU_SIGNER_URL with NARU_SIGNER_TOKEN or NARU_SIGNER_TOKEN_FILE): what it signed and no block holds stays unknown. It may still be mined, and accounts that have some stand still.',
          );
        const done: ChainRecovery[] = [];
        for (const chain of connected) done.push(await recoverChain(context, db, chain, options));
        const isWhole =
          options.chain === undefined && done.every(({ report }) => report.conflicts.length === 0);
        if (isWhole) await clearRestoreMark(db);
        return done;
      }),
    options.reason ?? null,
  );
  const needsPerson = reports.some(
    ({ report }) => report.conflicts.length + report.unknownPayments.length > 0,
  );
  if (needsPerson) context.fail();
  if (options.json === true)
    return output.json({
      chains: reports.map(({ connected, fromBlock, report }) => ({
        chain: connected.chain.id,
        fromBlock,
        ...report,
      })),
    });
  for (const recovery of reports) print(context, recovery);
  output.line(
    needsPerson
      ? output.colours.red('Before the roles start: a person must settle what is listed above.')
      : output.colours.green('Nothing is left to decide. Start the roles, then run  naru verify.'),
  );
}

/** Paid on chain in batches that were restored, by this run or an earlier one, and not a withdrawal of this database. */
async function listUnknownPayments(
  db: Database,
  { chain, port }: ConnectedChain,
): Promise<RecoverReport['unknownPayments']> {
  const payments: RecoverReport['unknownPayments'] = [];
  for (const batch of await listIncompleteRestored(db, chain.id)) {
    const block = { number: batch.blockNumber, hash: batch.blockHash };
    const [record = null] = await port.batchInBlock(block, batch.payer, batch.id);
    const call = record === null ? null : await port.payoutCall(record.transactionHash);
    if (record === null || call === null)
      throw new CodedError(
        'batch_not_found',
        `the batch ${batch.id} was restored from block ${batch.blockNumber} of ${chain.id}, and the node does not show it there now: ask another node, then run this again`,
      );
    const known = await findKnownWithdrawals(
      db,
      call.items.map((item) => item.id),
    );
    for (const [index, { id, to, amount }] of call.items.entries()) {
      if (known.has(id) || record.items[index]?.outcome !== PAID) continue;
      payments.push({ withdrawalId: id, hash: record.transactionHash, to, amount, assetId: batch.assetId });
    }
  }
  return payments;
}

/** Two signs of a running role: the lease of a monitor, and connections by name. */
async function requireQuiet(
  context: CliContext,
  db: Database,
  chains: readonly ConnectedChain[],
  force: boolean,
): Promise<void> {
  const signs: string[] = [];
  for (const { chain } of chains) {
    const cursor = await readCursor(db, chain.id);
    if (cursor?.liveOwner != null) signs.push(`the monitor ${cursor.liveOwner} holds ${chain.id}`);
  }
  for (const { role, connections } of await listConnectedRoles(db))
    signs.push(`${role} is connected (${plural(connections, 'connection')})`);
  if (signs.length === 0) return;
  const text = `roles seem to run: ${signs.join('; ')}`;
  if (!force) throw new CodedError('roles_running', `${text}. Stop them and try again; nothing was changed`);
  context.output.warn(`Going on by --force although ${text}.`);
}

async function recoverChain(
  context: CliContext,
  db: Database,
  connected: ConnectedChain,
  options: RecoverOptions,
): Promise<ChainRecovery> {
  const { chain, assets, port } = connected;
  const fromBlock = options.fromBlock ?? (await firstBlockOf(db, connected));
  const signer = connectSigner(context);
  const progress = createProgress(context.output, `${chain.id}: reading blocks`);
  try {
    const report = await recoverFromChain(
      { db, chainPort: port, signer, logger: silentLogger },
      { chain, assets },
      { fromBlock, onProgress: (done, total) => progress.show(Number(done), Number(total), '') },
    );
    // A batch that an earlier run restored is known by now; what it paid without our knowing must still be told.
    report.unknownPayments = await listUnknownPayments(db, connected);
    return { fromBlock, report, connected };
  } finally {
    progress.end();
  }
}

/**
 * What was mined up to the block that the monitor had read was planned, and so stored, before that: only later blocks can
 * hold what a backup of that moment lacks. Twice the depth on top, for blocks that were reorganised since.
 */
async function firstBlockOf(db: Database, { chain, port }: ConnectedChain): Promise<bigint> {
  const cursor = await readCursor(db, chain.id);
  if (cursor === null) {
    if (chain.network === 'local') return 0n;
    throw new CodedError(
      'usage',
      `the database has never read ${chain.id}: say  --chain ${chain.id} --from-block N, a block before the first payout`,
    );
  }
  const head = await port.head();
  if (head.number < cursor.scanned)
    throw new CodedError(
      'node_behind',
      `the node of ${chain.id} is at block ${head.number}, and the database has read up to ${cursor.scanned}: wait until it is in step, or use another node`,
    );
  const margin = 2n * BigInt(chain.confirmations);
  return cursor.scanned > margin ? cursor.scanned - margin : 0n;
}

function print(context: CliContext, recovery: ChainRecovery): void {
  const { output } = context;
  const { report, fromBlock } = recovery;
  const { colours } = output;
  const last = fromBlock + report.blocksRead - 1n;
  output.line(
    `${colours.bold(recovery.connected.chain.id)}  blocks ${showCount(fromBlock)} to ${showCount(last)}: ${plural(report.batchesOnChain, 'batch', 'batches')} of ours on chain`,
  );
  output.line(
    `  restored   ${plural(report.batchesRestored, 'batch', 'batches')}, ${plural(report.withdrawalsRestored, 'withdrawal')}${report.transfersRestored === 0 ? '' : `, ${plural(report.transfersRestored, 'move')} between our accounts`}${report.batchesRestored === 0 ? ' (the database knew all of them)' : ''}`,
  );
  const raised = report.accounts.filter((account) => account.nextNonce !== account.nextNonceBefore);
  for (const { address, nextNonceBefore, nextNonce } of raised)
    output.line(`  nonce      ${address}: ${nextNonceBefore} → ${nextNonce}`);
  if (report.noncesFreed > 0)
    output.line(
      `  freed      ${plural(report.noncesFreed, 'nonce')} that had been signed and that no block holds`,
    );
  if (raised.length === 0) output.line(`  nonces     right for ${plural(report.accounts.length, 'account')}`);
  printUnknown(context, recovery);
  if (report.conflicts.length > 0) {
    output.line(
      colours.red(`  ${plural(report.conflicts.length, 'batch', 'batches')} could not be restored:`),
    );
    for (const { batchId, hash, problem } of report.conflicts)
      output.line(`    ${batchId}  ${showText(problem)}\n      ${hash}`);
  }
  output.line();
}

function printUnknown({ output }: CliContext, { report, connected }: ChainRecovery): void {
  if (report.unknownPayments.length === 0) return;
  const { colours } = output;
  output.line(
    colours.yellow(
      `  ${plural(report.unknownPayments.length, 'payment')} on chain that the database never heard of:`,
    ),
  );
  const rows = report.unknownPayments.map((payment) => {
    const asset = connected.assets.find((one) => one.id === payment.assetId);
    return [
      toPublicId('withdrawal', payment.withdrawalId),
      payment.to,
      showAmount(payment.amount, asset?.decimals ?? 0),
      asset?.code ?? 'smallest units of an unknown asset',
    ];
  });
  const columns = [
    { head: 'WITHDRAWAL' },
    { head: 'TO' },
    { head: 'AMOUNT', align: 'right' as const },
    { head: '' },
  ];
  output.line(renderTable(colours, columns, rows, '    '));
  output.line(
    wrapText(
      'They were accepted after the backup was taken, and paid. Their owners must be charged for them by hand; do not submit them again.',
      output.width,
      '    ',
    ),
  );
}
