import { toPublicId } from '@naru/kit/ids.ts';
import type { AlertMessage, Mail, MessageContent, Notice, Severity } from './alert.ts';

const RUNBOOK = 'docs/runbooks/alarm.md';
const HEADING_OF: Readonly<Record<Notice['kind'], string>> = {
  RAISED: 'New',
  REMINDER: 'Still open, and acknowledged by nobody',
  RESOLVED: 'Resolved',
};

/** The name of a message, the same in every try, for receivers that drop repetitions. */
export function messageName(message: Pick<AlertMessage, 'id'>): string {
  return toPublicId('alertMessage', message.id);
}

/** The body of a webhook. Written from the frozen content alone, so every try has the same bytes. */
export function renderWebhook(message: Pick<AlertMessage, 'content' | 'createdAt'>): string {
  const timestamp = message.createdAt.toISOString();
  const { content } = message;
  if (content.kind === 'TEST')
    return JSON.stringify({
      type: 'alert.test',
      timestamp,
      data: { message: `A test, asked for by ${content.by}. Nothing is wrong.` },
    });
  const alarms = content.notices.map(({ kind, alarmId, invariant, ...rest }) => ({
    status: kind.toLowerCase(),
    id: toPublicId('alarm', alarmId),
    name: invariant,
    ...rest,
    severity: rest.severity.toLowerCase(),
    runbook: `${RUNBOOK}#${invariant}`,
  }));
  return JSON.stringify({ type: 'alert.alarms', timestamp, data: { alarms, more: content.more } });
}

export function renderMail(message: AlertMessage): Mail {
  return {
    messageId: `<${messageName(message)}@naru>`,
    to: message.channel.targets,
    subject: oneLine(subjectOf(message.content)),
    text: textOf(message.content),
  };
}

/** The worst first: it is what a telephone shows. */
function subjectOf(content: MessageContent): string {
  if (content.kind === 'TEST') return '[Naru] Test: alarms reach you';
  const open = content.notices.filter(({ kind }) => kind !== 'RESOLVED');
  const [first] = open.length > 0 ? open : content.notices;
  if (first === undefined) return '[Naru] alarms';
  const others = content.notices.length + content.more - 1;
  const status = open.length === 0 ? 'Resolved' : worst(open) === 'CRITICAL' ? 'CRITICAL' : 'Warning';
  return `[Naru] ${status}: ${first.invariant} ${first.subject}${others > 0 ? ` and ${others} more` : ''}`;
}

function worst(notices: readonly Notice[]): Severity {
  return notices.some(({ severity }) => severity === 'CRITICAL') ? 'CRITICAL' : 'WARNING';
}

function textOf(content: MessageContent): string {
  if (content.kind === 'TEST')
    return `This is a test, asked for by ${content.by}. Nothing is wrong: alarms of this installation reach you.\n`;
  const parts = (['RAISED', 'REMINDER', 'RESOLVED'] as const).flatMap((kind) => {
    const notices = content.notices.filter((notice) => notice.kind === kind);
    return notices.length === 0 ? [] : [`${HEADING_OF[kind]}:\n\n${notices.map(paragraph).join('\n\n')}`];
  });
  const more = content.more === 0 ? '' : `\n\nAnd ${content.more} more: naru alarms`;
  return `${parts.join('\n\n')}${more}\n\nWhat each means and what to do: ${RUNBOOK}\nWho looks after one: naru alarms ack <id> --note …\n`;
}

function paragraph({ severity, invariant, subject, detail, alarmId, openedAt, closedAt }: Notice): string {
  const lines = [
    `${severity}  ${invariant}  ${subject}`,
    `  ${detail}`,
    `  opened ${openedAt}${closedAt === null ? '' : `, closed ${closedAt}`}, ${toPublicId('alarm', alarmId)}`,
  ];
  return lines.map(oneLine).join('\n');
}

/** Subjects and details can hold names that others chose: a line stays one line, and a header one header. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trimEnd();
}
