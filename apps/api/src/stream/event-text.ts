import type { LogEvent } from '@naru/core/withdrawal/event-log.reader.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import { type StreamEventBody, streamEventTypes, streamedStates } from '@naru/wire/stream.ts';

const typeOfState = new Map<string, StreamEventBody['type']>(
  streamedStates.map((state, index) => [state, assertPresent(streamEventTypes[index], `type of ${state}`)]),
);

/** Whether clients are told of it: steps between the states of the contract are ours alone. */
export function isStreamed({ to }: Pick<LogEvent, 'to'>): boolean {
  return typeOfState.has(to);
}

export function toStreamEvent(event: LogEvent): StreamEventBody {
  return {
    id: String(event.position),
    type: assertPresent(typeOfState.get(event.to), `type of ${event.to}`),
    timestamp: event.at.toISOString(),
    data: {
      id: toPublicId('withdrawal', event.withdrawalId),
      object: 'withdrawal',
      state: event.to,
      chain: event.chain,
      asset: event.asset,
      to: event.recipient,
      amount: formatAmount(event.amount, event.decimals),
      reference: event.reference,
      bulkId: event.bulkId === null ? null : toPublicId('bulk', event.bulkId),
    },
  };
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
