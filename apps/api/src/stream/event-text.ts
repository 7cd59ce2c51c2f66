import { isTold, toEvent } from '@naru/core/webhook/event-body.ts';
import type { LogEvent } from '@naru/core/withdrawal/event-log.reader.ts';
import type { StreamEventBody } from '@naru/wire/event.ts';

/** Whether clients are told of it: steps between the states of the contract are ours alone. */
export function isStreamed({ to }: Pick<LogEvent, 'to'>): boolean {
  return isTold(to);
}

/** The same text as the body of a webhook. */
export function toStreamEvent(event: LogEvent): StreamEventBody {
  return toEvent(event);
}

/** Source: WHATWG HTML, 9.2.5 (event stream format). JSON has no line breaks of its own. */
export function toEventText(event: LogEvent): string {
  const body = toStreamEvent(event);
  return `id: ${body.id}\nevent: ${body.type}\ndata: ${JSON.stringify(body)}\n\n`;
}

/** Moves the client's place without telling it anything; also what keeps proxies from closing a quiet stream. */
export function toPlaceText(position: bigint): string {
  return `id: ${position}\n\n`;
}
