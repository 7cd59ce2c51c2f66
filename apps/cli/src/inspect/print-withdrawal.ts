import type { LedgerRow } from '@naru/core/ledger/ledger.store.ts';
import type { People } from '@naru/core/lookup/people.ts';
import type { WithdrawalState } from '@naru/core/withdrawal/withdrawal.machine.ts';
import type { WithdrawalStory } from '@naru/core/withdrawal/withdrawal.story.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { plural, shortHex, showAmount, showClock, showDuration, showText, showTime } from '../format.ts';
import { type Colours, type Output, renderFields, renderTable, wrapText } from '../output.ts';
import type { ChainView } from './chain-view.ts';
import { printChainTx } from './print-chain-tx.ts';
import { printDecision } from './print-decision.ts';
import { printDeadLetters, printOperators, printReviews } from './print-people.ts';

/** The whole story, from top to bottom: what, when, how on chain, what in the books, what to do. */
export function printWithdrawal(
  output: Output,
  found: {
    story: WithdrawalStory;
    people: People;
    view: ChainView | null;
    meaning: string;
    now: Date;
  },
): void {
  const { story, people, view, now } = found;
  const { colours } = output;
  printHeader(output, found);
  output.line();
  output.line(colours.bold('What happened'));
  printTimeline(output, story, now);
  printDecision(output, people.decision, story.withdrawal.state);
  printReviews(output, people.reviews, now);
  for (const [index, chainTx] of story.chainTxs.entries()) {
    output.line();
    const isPresent = story.withdrawal.transaction?.chainTxId === chainTx.id;
    const which = story.chainTxs.length === 1 ? '' : ` ${index + 1} of ${story.chainTxs.length}`;
    const past = isPresent ? '' : ', given up: it did not pay this withdrawal';
    output.line(`${colours.bold(`Chain transaction${which}`)}  ${toPublicId('chainTx', chainTx.id)}${past}`);
    printChainTx(output, chainTx, view);
  }
  output.line();
  output.line(colours.bold('Ledger'));
  output.line(renderLedger(colours, story));
  printDeadLetters(output, people.deadLetters);
  printOperators(output, people);
  output.line();
  output.line(colours.bold('What this means'));
  output.line(wrapText(found.meaning, output.width, '  '));
}

function printHeader(
  output: Output,
  found: { story: WithdrawalStory; people: People; view: ChainView | null; now: Date },
): void {
  const { story, people, view, now } = found;
  const { withdrawal } = story;
  const { colours } = output;
  const end = withdrawal.confirmedAt ?? (isFinal(withdrawal.state) ? withdrawal.updatedAt : now);
  const tookText = showDuration(end.getTime() - withdrawal.createdAt.getTime());
  const requester = story.events.map((event) => event.actor).find((actor) => actor.startsWith('api_key:'));
  const balance =
    view?.reached === true && view.recipientBalance !== null
      ? `  (holds ${showAmount(view.recipientBalance, withdrawal.decimals, withdrawal.asset)} now)`
      : '';
  output.line(
    `${colours.bold(toPublicId('withdrawal', withdrawal.id))}  ${colourState(colours, withdrawal.state)}  ${colours.bold(showAmount(withdrawal.amount, withdrawal.decimals, withdrawal.asset))} on ${withdrawal.chain}`,
  );
  output.line(
    renderFields(
      colours,
      [
        ['to', `${withdrawal.to}${balance}`],
        ['owner', `${showText(story.ownerName)}  ${toPublicId('organisation', withdrawal.organisationId)}`],
        requester === undefined ? null : ['by', `api key ${showText(requester.slice('api_key:'.length))}`],
        withdrawal.fee === 0n
          ? null
          : ['fee', `${showAmount(withdrawal.fee, withdrawal.decimals, withdrawal.asset)} on top`],
        ['uuid', withdrawal.id],
        withdrawal.reference === null ? null : ['reference', showText(withdrawal.reference)],
        withdrawal.priority === 'STANDARD' ? null : ['priority', withdrawal.priority],
        withdrawal.bulkId === null
          ? null
          : ['file', `${toPublicId('bulk', withdrawal.bulkId)}, row ${withdrawal.bulkRow ?? '?'}`],
        ...Object.entries(withdrawal.metadata).map(
          ([name, value]) => [showText(name), showText(value)] as const,
        ),
        withdrawal.failure === null
          ? null
          : ['failure', colours.red(`${withdrawal.failure.code}: ${showText(withdrawal.failure.message)}`)],
        people.retryOf === null
          ? null
          : ['in place of', `${toPublicId('withdrawal', people.retryOf)}, which failed`],
        people.retriedAs === null ? null : ['retried as', toPublicId('withdrawal', people.retriedAs)],
        [
          'created',
          `${showTime(withdrawal.createdAt)} UTC, ${isFinal(withdrawal.state) ? `final after ${tookText}` : `open for ${tookText}`}`,
        ],
        withdrawal.transaction?.explorerUrl == null ? null : ['explorer', withdrawal.transaction.explorerUrl],
      ],
      '  ',
    ),
  );
}

/** Each state with the moment it began and how long it lasted; the open one until now. */
function printTimeline(output: Output, story: WithdrawalStory, now: Date): void {
  const { colours } = output;
  const rows = story.events.map((event, index) => {
    const next = story.events[index + 1]?.at;
    const isLast = next === undefined;
    const lasted =
      isLast && isFinal(event.to) ? '' : showDuration((next ?? now).getTime() - event.at.getTime());
    return [
      showClock(event.at),
      isLast ? colourState(colours, event.to) : event.to,
      isLast && lasted !== '' ? `${lasted} so far` : lasted,
      nameActor(event.actor),
      // A whole hash would break the line; it stands with its transaction below.
      showText(event.reason).replace(/0x[0-9a-f]{64}/g, shortHex),
    ];
  });
  const columns = [
    { head: 'AT (UTC)' },
    { head: 'STATE' },
    { head: 'FOR', align: 'right' as const },
    { head: 'BY' },
    { head: 'WHY' },
  ];
  output.line(renderTable(colours, columns, rows, '  '));
}

/** `system:monitor` → `monitor`; an API key's id stands in the header. */
function nameActor(actor: string): string {
  if (actor.startsWith('api_key:')) return 'api key';
  return showText(actor.replace(/^system:/, ''));
}

function renderLedger(colours: Colours, { ledger, withdrawal }: WithdrawalStory): string {
  if (ledger.length === 0) return '  no rows';
  const rows = ledger.map((row) => [
    showClock(row.at),
    nameOf(row),
    showAmount(row.amount, withdrawal.decimals, withdrawal.asset),
    `${row.debit} → ${row.credit}`,
  ]);
  const columns = [
    { head: 'AT (UTC)' },
    { head: 'WHAT' },
    { head: 'AMOUNT', align: 'right' as const },
    { head: 'FROM → TO' },
  ];
  const open = ledger.filter((row) => row.kind === 'PENDING').length - ledger.filter(isResolution).length;
  const rest = open > 0 ? `\n  ${colours.dim(`${plural(open, 'hold')} still open`)}` : '';
  return renderTable(colours, columns, rows, '  ') + rest;
}

function isResolution(row: LedgerRow): boolean {
  return row.kind === 'POST' || row.kind === 'VOID';
}

function nameOf(row: LedgerRow): string {
  const names: Record<string, string> = {
    PENDING: 'hold (reserved)',
    POST: 'post (paid)',
    VOID: 'void (released)',
    SINGLE: 'transfer',
  };
  return names[row.kind] ?? row.kind;
}

function isFinal(state: WithdrawalState): boolean {
  return state === 'CONFIRMED' || state === 'FAILED' || state === 'CANCELED';
}

function colourState(colours: Colours, state: WithdrawalState): string {
  if (state === 'CONFIRMED') return colours.green(state);
  if (state === 'FAILED' || state === 'CANCELED') return colours.red(state);
  return colours.yellow(state);
}
