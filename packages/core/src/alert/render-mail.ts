import { toPublicId } from '@naru/kit/ids.ts';
import type { AlertMessage, Mail, MessageContent, Notice } from './alert.ts';
import {
  headings,
  type MailLanguage,
  mailLanguages,
  meanings,
  phrases,
  severityNames,
} from './mail-texts.ts';
import { messageName, RUNBOOK } from './render-message.ts';

/** Whoever is woken reads one of them, and a channel is often a list of several people: every mail says it in both. */
const BETWEEN_LANGUAGES = `\n\n${'-'.repeat(60)}\n\n`;

export function renderMail(message: AlertMessage): Mail {
  const { content } = message;
  return {
    messageId: `<${messageName(message)}@naru>`,
    to: message.channel.targets,
    subject: oneLine(subjectOf(content)),
    text: `${mailLanguages.map((language) => textOf(content, language)).join(BETWEEN_LANGUAGES)}\n`,
  };
}

/** The worst first: it is what a telephone shows. */
function subjectOf(content: MessageContent): string {
  if (content.kind === 'TEST') return '[Naru] 테스트 Test: 알람을 받을 수 있어요, alarms reach you';
  const open = content.notices.filter(({ kind }) => kind !== 'RESOLVED');
  const [first] = open.length > 0 ? open : content.notices;
  if (first === undefined) return '[Naru] 알람 alarms';
  const others = content.notices.length + content.more - 1;
  return `[Naru] ${statusOf(open)}: ${first.invariant} ${first.subject}${others > 0 ? ` (+${others})` : ''}`;
}

function statusOf(open: readonly Notice[]): string {
  if (open.length === 0) return '해결 Resolved';
  const isCritical = open.some(({ severity }) => severity === 'CRITICAL');
  const { ko, en } = severityNames[isCritical ? 'CRITICAL' : 'WARNING'];
  return `${ko} ${en}`;
}

function textOf(content: MessageContent, language: MailLanguage): string {
  if (content.kind === 'TEST') return oneLine(phrases.test[language](content.by));
  const parts = (['RAISED', 'REMINDER', 'RESOLVED'] as const).flatMap((kind) => {
    const notices = content.notices.filter((notice) => notice.kind === kind);
    const told = notices.map((notice) => paragraph(notice, language));
    return told.length === 0 ? [] : [`${headings[kind][language]}:\n\n${told.join('\n\n')}`];
  });
  if (content.more > 0) parts.push(phrases.more[language](content.more));
  return [...parts, phrases.footer[language](RUNBOOK)].join('\n\n');
}

/** The detail is a sentence with figures as the check has written it, and the same in both. */
function paragraph(notice: Notice, language: MailLanguage): string {
  const { severity, invariant, subject, detail, alarmId, openedAt, closedAt } = notice;
  const times =
    closedAt === null ? phrases.opened[language](openedAt) : phrases.closed[language](openedAt, closedAt);
  return [
    `${severityNames[severity][language]}  ${invariant}  ${subject}`,
    `  ${meanings[invariant][language]}`,
    `  ${detail}`,
    `  ${times}, ${toPublicId('alarm', alarmId)}`,
  ]
    .map(oneLine)
    .join('\n');
}

/** Subjects and details can hold names that others chose: a line stays one line, and a header one header. */
function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trimEnd();
}
