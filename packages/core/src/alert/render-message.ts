import { toPublicId } from '@naru/kit/ids.ts';
import type { AlertMessage } from './alert.ts';

export const RUNBOOK = 'docs/runbooks/alarm.md';

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
