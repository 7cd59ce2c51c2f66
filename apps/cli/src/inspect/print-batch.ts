import type { ChainTxKind } from '@naru/core/chain-tx/chain-tx.kinds.ts';
import type { LetterAbout } from '@naru/core/lookup/people.ts';
import type { StoryChainTx, StoryItem } from '@naru/core/withdrawal/withdrawal.story.ts';
import { PAYOUT_OUTCOMES } from '@naru/evm/payout-log.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { plural, showAmount, showCount, showTime } from '../format.ts';
import { type Output, renderTable } from '../output.ts';
import type { ChainView } from './chain-view.ts';
import { printChainTx } from './print-chain-tx.ts';
import { printDeadLetters } from './print-people.ts';

/** More would push the rest off the screen; --json has them all. */
const ITEMS_SHOWN_MAX = 50;

const WHAT: Readonly<Record<ChainTxKind, string>> = {
  PAYOUT: 'Payout',
  TRANSFER: 'Move between our own accounts (naru accounts transfers)',
  DEPOSIT_SWEEP: 'Sweep of deposit addresses to the treasury account',
  SAFE: 'Proposal of the treasury, handed to its Safe (naru treasury list)',
  APPROVAL: 'Token approval for the payout contract',
};

/** A chain transaction that pays several withdrawals, or none (an approval). */
export function printBatch(
  output: Output,
  batch: {
    chainTx: StoryChainTx;
    items: readonly StoryItem[];
    deadLetters: readonly LetterAbout[];
    view: ChainView | null;
  },
): void {
  const { colours } = output;
  const { chainTx, items } = batch;
  const what = WHAT[chainTx.kind];
  output.line(
    `${colours.bold(toPublicId('chainTx', chainTx.id))}  ${what} on ${chainTx.chainId}, planned ${showTime(chainTx.createdAt)} UTC`,
  );
  printChainTx(output, chainTx, batch.view);
  if (batch.deadLetters.length > 0) printDeadLetters(output, batch.deadLetters);
  if (items.length === 0) {
    output.line('\nNo withdrawal depends on it now.');
    return;
  }
  output.line();
  const rows = items
    .slice(0, ITEMS_SHOWN_MAX)
    .map((item) => [
      String(item.position),
      toPublicId('withdrawal', item.withdrawalId),
      item.state,
      item.outcome === null ? '' : (PAYOUT_OUTCOMES[item.outcome] ?? ''),
      showAmount(item.amount, chainTx.decimals),
    ]);
  const right = { align: 'right' as const };
  const columns = [
    { head: '#', ...right },
    { head: 'WITHDRAWAL' },
    { head: 'STATE' },
    { head: 'RECORDED' },
    { head: 'AMOUNT', ...right },
  ];
  output.line(renderTable(colours, columns, rows, '  '));
  if (items.length > ITEMS_SHOWN_MAX)
    output.line(`  … and ${showCount(items.length - ITEMS_SHOWN_MAX)} more (--json)`);
  const states = [...new Set(items.map((item) => item.state))].map(
    (state) => `${showCount(items.filter((item) => item.state === state).length)} ${state}`,
  );
  output.line(
    `\n${plural(items.length, 'withdrawal')}: ${states.join(', ')}. For one of them:  naru inspect wd_…`,
  );
}
