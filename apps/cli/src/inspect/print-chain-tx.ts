import { isRecorded } from '@naru/core/chain-tx/chain-tx.kinds.ts';
import type { StoryAttempt, StoryChainTx } from '@naru/core/withdrawal/withdrawal.story.ts';
import { plural, showAmount, showClock, showCount, showGwei, showText } from '../format.ts';
import { type Colours, type Output, renderFields } from '../output.ts';
import type { ChainView } from './chain-view.ts';

const COIN_DECIMALS = 18;

/** One chain transaction: payload, state, each attempt ever signed, and what the chain says of it now. */
export function printChainTx(output: Output, chainTx: StoryChainTx, view: ChainView | null): void {
  const { colours } = output;
  output.line(
    renderFields(
      colours,
      [
        ['state', stateOf(chainTx)],
        ['from', `${chainTx.subAccount}  nonce ${chainTx.nonce}${pauseOf(chainTx)}`],
        [
          'pays',
          `${plural(chainTx.itemCount, chainTx.kind === 'TRANSFER' ? 'move' : 'withdrawal')}, ${showAmount(chainTx.amount, chainTx.decimals)} ${chainTx.assetId.split(':')[1] ?? ''} in all`,
        ],
        ['gas', gasOf(chainTx)],
        chainTx.blockNumber === null ? null : ['block', showCount(chainTx.blockNumber)],
        chainTx.wanted === null
          ? null
          : [
              'wanted',
              chainTx.wanted === 'BUMP'
                ? 'one more attempt with higher fees'
                : 'its nonce freed by a self-transfer',
            ],
        chainTx.lastError === null
          ? null
          : [
              'trouble',
              colours.yellow(
                `${showText(chainTx.lastError)} (${plural(chainTx.failureCount, 'time')} in a row)`,
              ),
            ],
      ],
      '  ',
    ),
  );
  for (const attempt of chainTx.attempts) printAttempt(output, chainTx, attempt);
  if (chainTx.attempts.length === 0)
    output.line(
      `  ${colours.dim(chainTx.state === 'PLANNED' ? 'not signed yet' : 'no attempt is stored here: it was restored from the chain')}`,
    );
  printView(output, chainTx, view);
}

function stateOf(chainTx: StoryChainTx): string {
  const meaning: Record<StoryChainTx['state'], string> = {
    PLANNED: 'nonce taken, to be signed',
    SIGNED: 'to be sent',
    BROADCASTING: 'being sent',
    BROADCASTED: 'a node took it',
    MINED: 'in a block, not final',
    EXECUTED: 'final, as the contract recorded',
    REVERTED: 'final, paid nothing',
    CANCELED: 'final, nonce freed, paid nothing',
    DISPLACED: 'final, nonce used by a foreign transaction',
  };
  return `${chainTx.state} (${meaning[chainTx.state]})`;
}

function pauseOf({ subAccountState, pauseReason }: StoryChainTx): string {
  if (subAccountState === 'ACTIVE') return '';
  return `  [${subAccountState}${pauseReason === null ? '' : `: ${showText(pauseReason)}`}]`;
}

function gasOf({ gas, gasUsed, gasPriceWei, nativeSymbol }: StoryChainTx): string {
  const limit = `limit ${showCount(gas)}`;
  if (gasUsed === null || gasPriceWei === null) return limit;
  return `used ${showCount(gasUsed)} at ${showGwei(gasPriceWei)} = ${showAmount(gasUsed * gasPriceWei, COIN_DECIMALS, nativeSymbol)}, ${limit}`;
}

function printAttempt({ line, colours }: Output, chainTx: StoryChainTx, attempt: StoryAttempt): void {
  const isMined = attempt.number === chainTx.minedAttempt;
  const purpose = attempt.purpose === 'PAY' ? 'pays' : 'frees the nonce';
  line(`  ${colours.dim(`attempt ${attempt.number}`)}  ${attempt.hash}`);
  line(
    `    ${purpose}; fee up to ${showGwei(attempt.feePerGasWeiMax)}, tip ${showGwei(attempt.tipPerGasWei)}${isMined ? colours.green('; in the block') : ''}`,
  );
  const sent =
    attempt.lastSentAt === null
      ? 'never sent'
      : `sent ${plural(attempt.sendCount, 'time')}, last ${showClock(attempt.lastSentAt)}`;
  line(
    `    signed ${showClock(attempt.createdAt)}; ${sent}${attempt.lastOutcome === null ? '' : `; answer: ${showText(attempt.lastOutcome)}`}`,
  );
}

function printView(output: Output, chainTx: StoryChainTx, view: ChainView | null): void {
  const label = 'the chain now';
  for (const [index, text] of viewLines(output.colours, chainTx, view).entries())
    output.line(`  ${index === 0 ? output.colours.dim(label) : ' '.repeat(label.length)}  ${text}`);
}

function viewLines(colours: Colours, chainTx: StoryChainTx, view: ChainView | null): string[] {
  if (view === null) return [`not asked: no RPC URL of ${chainTx.chainId} is at hand`];
  if (!view.reached) return [`could not be asked: ${showText(view.problem)}`];
  const seen = view.transactions.find((one) => one.chainTxId === chainTx.id);
  if (seen === undefined) return [];
  const { receipt } = seen;
  if (receipt === null) {
    const nonce = seen.nonceUsed ? 'its nonce is used by another transaction' : 'its nonce is not used';
    return [`in no block; ${nonce} (head ${showCount(view.head)})`];
  }
  const how = receipt.succeeded ? 'succeeded' : colours.red('reverted');
  const line = `${how} in block ${showCount(receipt.blockNumber)}, ${showCount(seen.confirmations)} deep (${showCount(view.requiredConfirmations)} needed)`;
  const isOurs = chainTx.attempts.some((attempt) => attempt.hash === receipt.hash);
  const lines = isOurs ? [line] : [line, `as ${receipt.hash}`];
  if (!isRecorded(chainTx.kind)) return lines;
  const record =
    seen.recordedItems === null
      ? colours.red('has no record of it')
      : `recorded ${plural(seen.recordedItems, 'item')}`;
  const own =
    seen.outcome === null
      ? ''
      : `; this one: ${seen.outcome === 'PAID' ? colours.green('PAID') : colours.red(seen.outcome)}`;
  return [...lines, `the payout contract ${record}${own}`];
}
