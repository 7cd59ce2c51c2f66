import { systemClock } from '@naru/kit/clock.ts';
import type { DeadLetterBody } from '@naru/wire/dead-letter.ts';
import type { Command } from 'commander';
import { requireApi } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { showDuration, showText, showTime } from '../format.ts';
import { renderFields, renderTable } from '../output.ts';

const LETTER = 'dl_01kjr3q8c6e7rvt0xx0n3m7d5g';
const WITHDRAWAL = 'wd_01kjr3q8c6e7rvt0xx0n3m7d5b';
/** What one screen holds; the API has the rest. */
const SHOWN_MAX = 100;

type Json = { json?: boolean };
type Reasoned = Json & { reason: string };

/** Works over the API with an operator's own key: the key says who it was. */
export function registerDeadLettersCommand(program: Command, context: CliContext): void {
  const letters = program
    .command('dead-letters')
    .description(
      'What a person must look at, and what can be done about it. No verb here can pay a withdrawal twice, in whatever order they are given. Works over the API with a key that has the scope admin (NARU_API_KEY). Causes: docs/errors.md.',
    );
  const list = letters
    .command('list')
    .summary('what is open')
    .description('Lists dead letters, the open ones unless you say --all.')
    .option('--all', 'closed ones as well')
    .option('--cause <code>', 'only of this cause, as in docs/errors.md')
    .option('--json', 'print one JSON object')
    .action((options: Json & { all?: boolean; cause?: string }) => runList(context, options));
  addExamples(list, [['naru dead-letters list --cause fee_ceiling', 'of one cause']]);
  const show = letters
    .command('show')
    .summary('one dead letter: cause, what to do, notes')
    .argument('<id>', 'dl_…')
    .description('Shows what it means, what to do, what is at stake, and what people noted.')
    .option('--json', 'print one JSON object')
    .action(async (id: string, options: Json) => {
      const found = await requireApi(context).admin.deadLetters.get(id);
      printLetter(context, found, options);
    });
  addExamples(show, [[`naru dead-letters show ${LETTER}`, 'all of it']]);
  const close = withReason(letters.command('close').argument('<id>', 'dl_…'))
    .summary('say that it is dealt with, and how')
    .description('Closes a dead letter. It changes nothing else.')
    .action(async (id: string, options: Reasoned) => {
      const { deadLetters } = requireApi(context).admin;
      printLetter(context, await deadLetters.close(id, { reason: reasonOf(options) }), options);
    });
  addExamples(close, [[`naru dead-letters close ${LETTER} --reason "paid by bank"`, 'done']]);
  const note = withReason(letters.command('note').argument('<id>', 'dl_… or wd_…'))
    .summary('write something down for the next operator')
    .description(
      'Keeps a note with a dead letter or a withdrawal; it cannot be changed. --reason is the note.',
    )
    .action(async (id: string, options: Reasoned) => {
      const { deadLetters, withdrawals } = requireApi(context).admin;
      const text = reasonOf(options);
      if (!id.startsWith('wd_')) return printLetter(context, await deadLetters.note(id, { text }), options);
      const notes = await withdrawals.note(id, { text });
      if (options.json === true) return context.output.json(notes);
      context.output.line(`Noted with ${id}; it has ${notes.data.length} now.`);
    });
  addExamples(note, [[`naru dead-letters note ${WITHDRAWAL} --reason "the desk has called"`, 'kept']]);
  registerVerbs(letters, context);
}

function registerVerbs(letters: Command, context: CliContext): void {
  const retry = withReason(letters.command('retry').argument('<withdrawal>', 'wd_…'))
    .summary('pay a failed withdrawal as a new one, or try a waiting one now')
    .description(
      'Of a FAILED withdrawal that is proved unpaid: asks for a new one in its place, once. Of one that still waits: ends the wait.',
    )
    .option('--accept-duplicate', 'although something just like it was asked for since it failed')
    .action(async (id: string, options: Reasoned & { acceptDuplicate?: boolean }) => {
      const input = { reason: reasonOf(options), acceptDuplicate: options.acceptDuplicate === true };
      const done = await requireApi(context).admin.withdrawals.retry(id, input);
      if (options.json === true) return context.output.json(done);
      context.output.line(
        done.id === id ? `${id} is tried now (${done.state}).` : `Asked for ${done.id} in place of ${id}.`,
      );
    });
  addExamples(retry, [[`naru dead-letters retry ${WITHDRAWAL} --reason "token goes on"`, 'once']]);
  const release = withReason(letters.command('release').argument('<withdrawal>', 'wd_…'))
    .summary('take a withdrawal back that is not paid yet')
    .description(
      'Before it has a nonce it is canceled at once. With one, the nonce is freed by a self-transfer, and only if the chain proves that nothing was paid does it end; until then its amount stays reserved.',
    )
    .option('--whole-batch', 'although its transaction pays others as well, who are planned again')
    .action(async (id: string, options: Reasoned & { wholeBatch?: boolean }) => {
      const input = { reason: reasonOf(options), wholeBatch: options.wholeBatch === true };
      const done = await requireApi(context).admin.withdrawals.release(id, input);
      if (options.json === true) return context.output.json(done);
      context.output.line(
        done.state === 'CANCELED'
          ? `${id} is CANCELED; ${done.amount} ${done.asset} is available again.`
          : `Asked for: ${id} is ${done.state}, and the chain decides whether it is paid or taken back.`,
      );
    });
  addExamples(release, [
    [`naru dead-letters release ${WITHDRAWAL} --reason "wrong address"`, 'if it can be'],
  ]);
  const bump = withReason(letters.command('bump').argument('<withdrawal>', 'wd_…'))
    .summary('ask for a higher fee')
    .description('One more attempt of its transaction, with the same nonce and the same payload.')
    .action(async (id: string, options: Reasoned) => {
      const done = await requireApi(context).admin.withdrawals.bump(id, { reason: reasonOf(options) });
      if (options.json === true) return context.output.json(done);
      context.output.line(`Asked for a higher fee for the transaction of ${id}.`);
    });
  addExamples(bump, [[`naru dead-letters bump ${WITHDRAWAL} --reason "customer waits"`, 'now']]);
}

function withReason(command: Command): Command {
  return command
    .requiredOption('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object');
}

function reasonOf({ reason }: Reasoned): string {
  if (reason.trim() === '') throw usageError('the reason is empty: say why');
  return reason.trim();
}

async function runList(
  context: CliContext,
  options: Json & { all?: boolean; cause?: string },
): Promise<void> {
  const filter = {
    ...(options.all === true ? {} : { state: 'OPEN' as const }),
    ...(options.cause === undefined ? {} : { cause: options.cause }),
  };
  const page = await requireApi(context).admin.deadLetters.listPage({ ...filter, limit: SHOWN_MAX });
  const { output } = context;
  if (options.json === true) return output.json({ deadLetters: page.data, more: page.nextCursor !== null });
  if (page.data.length === 0) return output.line(output.colours.green('No dead letter is open.'));
  const now = systemClock.now().getTime();
  const rows = page.data.map((letter) => [
    letter.id,
    letter.cause,
    letter.amount === null ? '' : `${letter.amount} ${letter.asset ?? ''}`,
    showDuration(now - Date.parse(letter.firstSeenAt)),
    letter.state,
    showText(letter.subject),
  ]);
  const columns = [
    { head: 'DEAD LETTER' },
    { head: 'CAUSE' },
    { head: 'AT STAKE', align: 'right' as const },
    { head: 'SINCE', align: 'right' as const },
    { head: 'STATE' },
    { head: 'ABOUT' },
  ];
  output.line(renderTable(output.colours, columns, rows));
  if (page.nextCursor !== null) output.line('There are more; these are the newest.');
}

function printLetter(context: CliContext, letter: DeadLetterBody, options: Json): void {
  const { output } = context;
  if (options.json === true) {
    output.json(letter);
    return;
  }
  const { colours } = output;
  output.line(
    `${colours.bold(letter.id)}  ${letter.state}  ${colours.bold(letter.cause)}  (${letter.class})`,
  );
  output.line(
    renderFields(
      colours,
      [
        ['about', showText(letter.subject)],
        ['what', showText(letter.detail)],
        ['means', letter.means],
        ['to do', letter.action],
        letter.amount === null
          ? null
          : ['at stake', `${letter.amount} ${letter.asset ?? ''} on ${letter.chain}`],
        ['since', `${showTime(new Date(letter.firstSeenAt))} UTC, seen ${letter.seenCount} times`],
        letter.closedBy === null
          ? null
          : ['closed', `${showText(letter.closedBy)}: ${showText(letter.closeReason ?? '')}`],
        ...letter.notes.map(
          ({ author, text, at }) =>
            ['note', `${showTime(new Date(at))} ${showText(author)}: ${showText(text)}`] as const,
        ),
      ],
      '  ',
    ),
  );
}
