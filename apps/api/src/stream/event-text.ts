import { toEvent } from '@naru/core/webhook/event-body.ts';
import type { LogEntry } from '@naru/core/withdrawal/event-log.reader.ts';

/** The same text as the body of a webhook. Source: WHATWG HTML, 9.2.5 (event stream format); JSON has no line breaks. */
export function toEventText(event: LogEntry): string {
  const body = toEvent(event);
  return `id: ${body.id}\nevent: ${body.type}\ndata: ${JSON.stringify(body)}\n\n`;
}

/** Moves the client's place without telling it anything; also what keeps proxies from closing a quiet stream. */
export function toPlaceText(position: bigint): string {
  return `id: ${position}\n\n`;
}
