import { systemClock } from '@naru/kit/clock.ts';
import type { ReviewBody } from '@naru/wire/review.ts';
import { type Command, Option } from 'commander';
import { requireApi } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { plural, showDuration, showText, showTime } from '../format.ts';
import { type Output, renderFields, renderTable } from '../output.ts';

const EXAMPLE = 'rev_01kjr3q8c6e7rvt0xx0n3m7d5f';
/** What one screen holds; the API has the rest. */
const SHOWN_MAX = 100;

type ListOptions = { state?: string; due?: boolean; json?: boolean };
type VoteOptions = { amount?: string; to?: string; reason?: string; alone?: boolean; json?: boolean };

/** Votes are given with the person's own API key: it says who they are. */
export function registerReviewsCommand(program: Command, context: CliContext): void {
  const reviews = program
    .command('reviews')
    .description(
      'Withdrawals that wait for people: see them, approve or deny them. Works over the API with your own key (NARU_API_KEY): the key says who you are.',
    );
  const list = reviews
    .command('list')
    .summary('what waits for a decision')
    .description('Lists withdrawals in review, those that wait unless you say otherwise.')
    .addOption(
      new Option('--state <state>', 'those in this state').choices([
        'OPEN',
        'APPROVED',
        'DENIED',
        'EXPIRED',
        'CANCELED',
        'OVERTAKEN',
      ]),
    )
    .option('--due', 'emergency approvals by one person that a second one must confirm')
    .option('--json', 'print one JSON object')
    .action((options: ListOptions) => runList(context, options));
  addExamples(list, [
    ['naru reviews list', 'to decide now'],
    ['naru reviews list --due', 'to look at afterwards'],
  ]);
  const show = reviews
    .command('show')
    .summary('one review, with why and who has voted')
    .argument('<id>', 'rev_…')
    .description('Shows what is asked, why, by whom, until when, and every vote so far.')
    .option('--json', 'print one JSON object')
    .action(async (id: string, options: { json?: boolean }) => {
      const found = await requireApi(context).reviews.get(id);
      if (options.json === true) return context.output.json(found);
      printReview(context.output, found);
    });
  addExamples(show, [[`naru reviews show ${EXAMPLE}`, 'all of it']]);
  registerReleasing(reviews, context);
  registerRefusing(reviews, context);
}

function registerReleasing(reviews: Command, context: CliContext): void {
  const withFacts = (command: Command) =>
    command
      .argument('<id>', 'rev_…')
      .requiredOption('--amount <amount>', 'the amount that you agree to, as  naru reviews show  has it')
      .requiredOption('--to <address>', 'the destination that you agree to')
      .option('--json', 'print one JSON object');
  const approve = withFacts(reviews.command('approve'))
    .summary('approve a withdrawal, for exactly this amount and destination')
    .description(
      'Approves a withdrawal. Say the amount and the destination that you agree to: your approval carries a hash over them, and counts only if the withdrawal pays just that.\n\n' +
        '--alone, in an emergency, releases an EMERGENCY withdrawal by this one approval. It needs the scope approvals:emergency and a reason, raises an alarm, and a second person must confirm it afterwards.',
    )
    .option('--reason <text>', 'for the record; needed with --alone')
    .option('--alone', 'emergency: without waiting for others')
    .action(async (id: string, options: VoteOptions) => {
      if (options.alone === true && (options.reason ?? '').trim() === '')
        throw usageError('--alone needs --reason: say what the emergency is');
      const naru = requireApi(context);
      const shown = agreed(await naru.reviews.get(id), options);
      const { reason, alone } = options;
      const input = { ...(reason === undefined ? {} : { reason }), ...(alone === true ? { alone } : {}) };
      printVote(context, await naru.reviews.approve(shown, input), options);
    });
  addExamples(approve, [
    [
      `naru reviews approve ${EXAMPLE} --amount 25000 \\\n      --to 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed`,
      'one approval',
    ],
  ]);
  const confirm = withFacts(reviews.command('confirm'))
    .summary('confirm what one person approved alone in an emergency')
    .description('Says, as a second person, that an emergency approval was right. The alarm of it closes.')
    .option('--reason <text>', 'for the record')
    .action(async (id: string, options: VoteOptions) => {
      const naru = requireApi(context);
      const shown = agreed(await naru.reviews.get(id), options);
      const { reason } = options;
      const done = await naru.reviews.confirm(shown, reason === undefined ? {} : { reason });
      printVote(context, done, options);
    });
  addExamples(confirm, [
    [
      `naru reviews confirm ${EXAMPLE} --amount 25000 \\\n      --to 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed`,
      'after you have looked',
    ],
  ]);
}

function registerRefusing(reviews: Command, context: CliContext): void {
  for (const { name, summary, description } of [
    {
      name: 'deny',
      summary: 'end a withdrawal in review; its amount is released',
      description:
        'Denies a withdrawal: it fails at once, whoever has approved it, and its owner reads the reason.',
    },
    {
      name: 'object',
      summary: 'say that an emergency approval was wrong',
      description:
        'Says, as a second person, that what one person approved alone was wrong. It calls no payment back. The objection becomes a dead letter, which a person closes with what was done.',
    },
  ] as const) {
    const command = reviews
      .command(name)
      .summary(summary)
      .argument('<id>', 'rev_…')
      .description(description)
      .requiredOption('--reason <text>', 'why')
      .option('--json', 'print one JSON object')
      .action(async (id: string, options: { reason: string; json?: boolean }) => {
        if (options.reason.trim() === '') throw usageError('the reason is empty: say why');
        const client = requireApi(context).reviews;
        const input = { reason: options.reason.trim() };
        const done = name === 'deny' ? await client.deny(id, input) : await client.object(id, input);
        printVote(context, done, options);
      });
    addExamples(command, [[`naru reviews ${name} ${EXAMPLE} --reason "not our supplier"`, 'at once']]);
  }
}

/** The review with what the person has typed in place of what the server says: the hash is made of that. */
function agreed(found: ReviewBody, { amount = '', to = '' }: VoteOptions): ReviewBody {
  if (amount !== found.amount || to.toLowerCase() !== found.to.toLowerCase())
    throw usageError(
      `this withdrawal pays ${found.amount} ${found.asset} to ${found.to}, and you agree to ${amount} to ${to}: nothing was approved`,
    );
  return { ...found, amount, to: found.to };
}

async function runList(context: CliContext, options: ListOptions): Promise<void> {
  const filter =
    options.due === true
      ? { confirmation: 'DUE' as const }
      : { state: (options.state ?? 'OPEN') as ReviewBody['state'] };
  const page = await requireApi(context).reviews.listPage({ ...filter, limit: SHOWN_MAX });
  const { output } = context;
  if (options.json === true) return output.json({ reviews: page.data, more: page.nextCursor !== null });
  if (page.data.length === 0)
    return output.line(
      options.due === true
        ? output.colours.green('No emergency approval waits for a second person.')
        : `No withdrawal is in review (${options.state ?? 'OPEN'}).`,
    );
  const now = systemClock.now().getTime();
  const rows = page.data.map((review) => [
    review.id,
    `${review.amount} ${review.asset}`,
    review.to,
    `${review.approvals} of ${review.quorum}`,
    review.state === 'OPEN' ? showDuration(Date.parse(review.expiresAt) - now) : review.state,
    showText(review.reasons[0]?.code ?? ''),
  ]);
  const columns = [
    { head: 'REVIEW' },
    { head: 'AMOUNT', align: 'right' as const },
    { head: 'TO' },
    { head: 'APPROVED' },
    { head: 'TIME LEFT' },
    { head: 'WHY' },
  ];
  output.line(renderTable(output.colours, columns, rows));
  if (page.nextCursor !== null)
    output.line(`These are the newest ${plural(SHOWN_MAX, 'review')}; there are more.`);
}

function printReview(output: Output, review: ReviewBody): void {
  const { colours } = output;
  output.line(
    `${colours.bold(review.id)}  ${review.state === 'OPEN' ? colours.yellow(review.state) : review.state}  ${colours.bold(`${review.amount} ${review.asset}`)} on ${review.chain}`,
  );
  const holder = review.requesterHolder === null ? 'a key without a holder' : review.requesterHolder;
  output.line(
    renderFields(
      colours,
      [
        ['to', review.to],
        ['withdrawal', `${review.withdrawalId}, ${review.priority}`],
        ['asked by', `${showText(holder)}  ${review.requester}`],
        ['approved by', `${review.approvals} of ${review.quorum}`],
        ['until', `${showTime(new Date(review.expiresAt))} UTC`],
        review.confirmation === 'NONE' ? null : ['second person', review.confirmation],
        ...review.reasons.map(({ code, text }) => ['why', `${showText(code)}: ${showText(text)}`] as const),
        ...review.votes.map(
          ({ holder: voter, decision, reason, at }) =>
            [
              decision.toLowerCase(),
              `${showText(voter)}, ${showTime(new Date(at))}${reason === null ? '' : `: ${showText(reason)}`}`,
            ] as const,
        ),
      ],
      '  ',
    ),
  );
}

function printVote(context: CliContext, review: ReviewBody, options: { json?: boolean }): void {
  if (options.json === true) {
    context.output.json(review);
    return;
  }
  const rest = Math.max(0, review.quorum - review.approvals);
  const left = review.state === 'OPEN' ? `; ${plural(rest, 'approval')} more until it is paid` : '';
  const second = review.confirmation === 'NONE' ? '' : `; second person: ${review.confirmation}`;
  context.output.line(
    `Your vote counts. ${review.amount} ${review.asset} to ${review.to} is ${review.state}${left}${second}.`,
  );
}
