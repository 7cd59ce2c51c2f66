import type { Review } from '@naru/core/approval/approval.ts';
import type { LetterAbout, People } from '@naru/core/lookup/people.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { plural, showAmount, showDuration, showText, showTime } from '../format.ts';
import { type Output, renderFields, renderTable, wrapText } from '../output.ts';

/** Who was asked, why, until when, and what each person said. */
export function printReviews(output: Output, reviews: readonly Review[], now: Date): void {
  const { colours } = output;
  if (reviews.length === 0) {
    output.line();
    output.line(`${colours.bold('Review')}  ${colours.dim('none: nobody was asked')}`);
    return;
  }
  for (const review of reviews) {
    const approvals = new Set(
      review.votes.filter(({ decision }) => decision === 'APPROVE').map(({ holder }) => holder),
    ).size;
    output.line();
    output.line(
      `${colours.bold('Review')}  ${toPublicId('review', review.id)}  ${colourState(output, review.state)}, ${approvals} of ${review.quorum} approved`,
    );
    const holder = review.requesterHolder === null ? '' : `${showText(review.requesterHolder)}  `;
    output.line(
      renderFields(
        colours,
        [
          ['opened', `${showTime(review.openedAt)} UTC`],
          ...review.reasons.map(({ code, text }) => ['why', `${code}: ${showText(text)}`] as const),
          ['asked by', `${holder}${showText(review.requester)}`],
          [review.state === 'OPEN' ? 'expires' : 'time was', untilOf(review, now)],
          review.closedAt === null ? null : ['closed', `${showTime(review.closedAt)} UTC`],
          review.confirmation === 'NONE' ? null : ['second person', review.confirmation],
        ],
        '  ',
      ),
    );
    if (review.votes.length === 0) output.line(`  ${colours.dim('no votes')}`);
    else output.line(renderVotes(output, review));
  }
}

function untilOf({ state, expiresAt }: Review, now: Date): string {
  const at = `${showTime(expiresAt)} UTC`;
  return state === 'OPEN' ? `${at}, in ${showDuration(expiresAt.getTime() - now.getTime())}` : `until ${at}`;
}

function renderVotes({ colours }: Output, { votes }: Review): string {
  const columns = ['AT (UTC)', 'VOTE', 'BY', 'KEY', 'WHY'].map((head) => ({ head }));
  const rows = votes.map(({ at, decision, holder, apiKeyId, reason }) => [
    showTime(at),
    decision,
    showText(holder),
    toPublicId('apiKey', apiKeyId),
    showText(reason ?? ''),
  ]);
  return renderTable(colours, columns, rows, '  ');
}

/** What was found that a person must look at: what it means, what to do, and what became of it. */
export function printDeadLetters(output: Output, letters: readonly LetterAbout[]): void {
  const { colours } = output;
  if (letters.length === 0) {
    output.line();
    output.line(`${colours.bold('Dead letters')}  ${colours.dim('none')}`);
    return;
  }
  for (const letter of letters) {
    const { detail, means, action, amount, decimals } = letter;
    output.line();
    output.line(
      `${colours.bold('Dead letter')}  ${toPublicId('deadLetter', letter.id)}  ${colourState(output, letter.state)}  ${colours.bold(letter.cause)} (${letter.class})`,
    );
    output.line(
      renderFields(
        colours,
        [
          letter.kind === 'WITHDRAWAL' ? null : ['about', aboutOf(letter)],
          ['what', showText(detail)],
          ['means', means],
          ['to do', letter.state === 'OPEN' ? colours.yellow(action) : action],
          amount === null || decimals === null
            ? null
            : ['at stake', `${showAmount(amount, decimals, letter.asset ?? '')} on ${letter.chain}`],
          ['since', `${showTime(letter.firstSeenAt)} UTC, seen ${plural(letter.seenCount, 'time')}`],
          letter.closedAt === null
            ? null
            : [
                'closed',
                `${showTime(letter.closedAt)} UTC by ${showText(letter.closedByHolder ?? letter.closedBy ?? '')}: ${showText(letter.closeReason ?? '')}`,
              ],
          ...letter.notes.map(
            ({ by, holder, text, at }) =>
              ['note', `${showTime(at)} UTC by ${showText(holder ?? by)}: ${showText(text)}`] as const,
          ),
        ],
        '  ',
      ),
    );
  }
}

function aboutOf({ kind, subject }: LetterAbout): string {
  switch (kind) {
    case 'CHAIN_TX':
      return `its transaction ${toPublicId('chainTx', subject)}`;
    case 'REVIEW':
      return `its review ${toPublicId('review', subject)}`;
    case 'QUEUE':
      return `everything that waits with it: ${showText(subject)}`;
    case 'WITHDRAWAL':
    case 'JOB':
      return showText(subject);
  }
}

/** What people did about it and wrote down beside it, in one list. */
export function printOperators(output: Output, { verbs, notes, retriedAs }: People): void {
  const { colours } = output;
  output.line();
  if (verbs.length === 0 && notes.length === 0) {
    output.line(`${colours.bold('Operators')}  ${colours.dim('did nothing and noted nothing')}`);
    return;
  }
  const done = [
    ...verbs.map(({ verb, reason, ...rest }) => ({ ...rest, what: verb, text: reason ?? '' })),
    ...notes.map(({ text, ...rest }) => ({ ...rest, what: 'note', text })),
  ].toSorted((a, b) => a.at.getTime() - b.at.getTime());
  output.line(colours.bold('Operators'));
  for (const { at, what, by, holder, text } of done) {
    const made = what === 'retry' && retriedAs !== null ? ` → ${toPublicId('withdrawal', retriedAs)}` : '';
    const who = holder === null ? showText(by) : `${showText(holder)} (${showText(by)})`;
    output.line(`  ${colours.dim(`${showTime(at)} UTC`)}  ${colours.bold(what)}${made}  by ${who}`);
    output.line(wrapText(showText(text), output.width, '    '));
  }
}

function colourState({ colours }: Output, state: string): string {
  if (state === 'OPEN' || state === 'EXPIRED') return colours.yellow(state);
  return state === 'DENIED' ? colours.red(state) : state;
}
