import { isDeepStrictEqual } from 'node:util';
import { toPublicId } from '@naru/kit/ids.ts';
import type { StreamEventBody } from '@naru/wire/event.ts';
import type { Wrong } from '../judge.ts';
import type { Payout } from '../payouts.ts';
import type { Told } from './listener.ts';
import type { Mix } from './mix.ts';

const END_TYPES: ReadonlySet<string> = new Set([
  'withdrawal.confirmed',
  'withdrawal.failed',
  'withdrawal.canceled',
]);

/** Everything that the API lists. */
export async function listEvents({ clients }: Mix): Promise<StreamEventBody[]> {
  return await clients.call('events', async (naru) => {
    const found: StreamEventBody[] = [];
    for await (const one of naru.events.list()) found.push(one);
    return found;
  });
}

type Known = { webhookId: string; event: StreamEventBody; isBeforeRestore: boolean };

const keyOf = ({ data }: StreamEventBody) => `${data.id}/${data.sequence}`;

/** What arrived, message by message: of a message, every try has the same body. */
function byMessage(told: readonly Told[], requestsBeforeRestore: number, say: Say): Map<string, Known> {
  const bodies = new Map<string, string>();
  const messages = new Map<string, Known>();
  for (const [index, { webhookId, event, body }] of told.entries()) {
    if ((bodies.get(webhookId) ?? body) !== body) say(null, `${webhookId} came with two bodies: ${body}`);
    bodies.set(webhookId, body);
    // A test is told to the endpoint that asks for it, and stands in no log.
    if (event.type === 'webhook.test' || messages.has(webhookId)) continue;
    const isBeforeRestore = index < requestsBeforeRestore;
    messages.set(webhookId, { webhookId, event: event as StreamEventBody, isBeforeRestore });
  }
  return messages;
}

type Say = (id: string | null, text: string) => void;

/**
 * Each event of a withdrawal, a deposit or a file arrived under one id, as the API lists it, and nothing else did; each ended as
 * the chain says. What was told before the database went back in time may be forgotten, and is judged by the chain alone.
 */
export function judgeEvents(
  mix: Mix,
  facts: {
    told: readonly Told[];
    problems: readonly string[];
    listed: readonly StreamEventBody[];
    payouts: readonly Payout[];
    paid: ReadonlySet<string>;
    files: readonly string[];
  },
): Wrong[] {
  const wrong: Wrong[] = [];
  const say: Say = (id, text) => wrong.push({ kind: 'webhook', id, text });
  for (const problem of facts.problems) say(null, problem);
  const messages = byMessage(facts.told, mix.requestsBeforeRestore(), say);
  const listed = new Map(facts.listed.map((event) => [keyOf(event), event]));
  const arrived = new Map<string, Known>();
  for (const message of messages.values()) {
    const { event, isBeforeRestore, webhookId } = message;
    const there = listed.get(keyOf(event));
    // A restored database gives places in the log a second time, so that an id may be there with another moment.
    const isForgotten = isBeforeRestore && !isDeepStrictEqual(settled(event), there && settled(there));
    if (there?.id !== event.id || isForgotten) {
      if (!isBeforeRestore) say(event.data.id, `${webhookId} is not listed: ${JSON.stringify(event)}`);
      continue;
    }
    const before = arrived.get(keyOf(event));
    if (before !== undefined)
      say(event.data.id, `${keyOf(event)} came as ${before.webhookId} and ${webhookId}`);
    arrived.set(keyOf(event), message);
    if (!isDeepStrictEqual(settled(event), settled(there)))
      say(event.data.id, `told ${JSON.stringify(event)}, listed ${JSON.stringify(there)}`);
  }
  for (const [key, event] of listed)
    if (!arrived.has(key)) say(event.data.id, `${event.type} with sequence ${key} never arrived`);
  judgeEnds(
    [...arrived.values()].map(({ event }) => event),
    facts,
    say,
  );
  judgeFiles(facts.told, facts.files, say);
  return wrong;
}

/** The block of what is not final is that of the moment of reading. */
function settled(event: StreamEventBody): unknown {
  if (event.type !== 'withdrawal.confirming') return event;
  return { ...event, data: { ...event.data, transaction: { ...event.data.transaction, blockNumber: null } } };
}

function judgeEnds(
  arrived: readonly StreamEventBody[],
  { payouts, paid }: { payouts: readonly Payout[]; paid: ReadonlySet<string> },
  say: Say,
): void {
  const ends = new Map<string, string[]>();
  for (const { type, data } of arrived)
    if (END_TYPES.has(type)) ends.set(data.id, [...(ends.get(data.id) ?? []), type]);
  for (const { id } of payouts) {
    if (id === null) continue;
    const found = ends.get(toPublicId('withdrawal', id)) ?? [];
    const isTold = found.length === 1 && (found[0] === 'withdrawal.confirmed') === paid.has(id);
    if (!isTold)
      say(id, `${paid.has(id) ? 'paid' : 'not paid'} by the chain, and told as ${found.join(', ')}`);
  }
}

/** A restored database may find out once more that a file is done. */
function judgeFiles(told: readonly Told[], files: readonly string[], say: Say): void {
  const done = new Set(told.flatMap(({ event }) => (event.type === 'bulk.completed' ? [event.data.id] : [])));
  for (const file of files) if (!done.has(file)) say(file, 'nobody was told that the file is done');
}
