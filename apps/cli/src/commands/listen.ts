import { createHmac, randomBytes } from 'node:crypto';
import { errorText } from '@naru/kit/errors.ts';
import { newId } from '@naru/kit/ids.ts';
import type { StreamEventBody } from '@naru/wire/event.ts';
import type { Command } from 'commander';
import { requireApi } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { showDuration } from '../format.ts';
import { amountOf } from './events.ts';

type ListenOptions = { forwardTo?: string; events: string[]; after?: string; count?: string; json?: boolean };

/** As the real thing waits. */
const TIMEOUT_MS = 15_000;

export function registerListenCommand(program: Command, context: CliContext): void {
  const command = program
    .command('listen')
    .summary('forward events to a URL on this machine, as webhooks')
    .description(
      'Shows events as they happen, and forwards each to a URL of yours as a webhook: the same body and headers, signed with a secret that is made for this run and printed. So a receiver can be written and tried without an address on the internet.\n\n' +
        'Events come over the event stream; a lost connection is made again and goes on where it was. An event is forwarded once, whatever the answer. Ctrl-C ends it.',
    )
    .option('--forward-to <url>', 'as in http://localhost:8080/hook; without, events are only shown')
    .option('--events <list>', 'only these, as in withdrawal.confirmed or withdrawal.*', parseList, ['*'])
    .option('--after <id>', 'begin after this event; 0: with the first there is')
    .option('--count <number>', 'end after so many events')
    .option('--json', 'print one JSON object a line')
    .action((options: ListenOptions) => runListen(context, options));
  addExamples(command, [
    ['naru listen --forward-to http://localhost:8080/hook', 'everything'],
    ['naru listen --events withdrawal.confirmed,withdrawal.failed', 'only show how withdrawals end'],
  ]);
}

function parseList(text: string): string[] {
  return text.split(',').map((one) => one.trim());
}

async function runListen(context: CliContext, options: ListenOptions): Promise<void> {
  const { output } = context;
  const target = options.forwardTo === undefined ? null : checkUrl(options.forwardTo);
  const countMax = options.count === undefined ? Number.POSITIVE_INFINITY : Number(options.count);
  if (!(countMax >= 1)) throw usageError(`"${options.count}" is no number of events: 1 or more`);
  const naru = requireApi(context);
  const key = randomBytes(32);
  const stop = new AbortController();
  const end = () => stop.abort();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
  if (target !== null) output.note(`Forwarding to ${target}`);
  // On standard output as well as the events: a receiver needs it, and so does a script that starts one.
  if (options.json === true) output.jsonLine({ secret: secretOf(key), forwardTo: target });
  else if (target !== null) output.line(`Signed with this secret, valid for this run:  ${secretOf(key)}`);
  output.note('Waiting for events; Ctrl-C ends.');
  let count = 0;
  const from = options.after === undefined ? {} : { after: options.after };
  try {
    for await (const event of naru.events.stream({ ...from, signal: stop.signal })) {
      if (!options.events.some((filter) => isWanted(filter, event.type))) continue;
      const answer = target === null ? null : await forward(target, event, key, stop.signal);
      print(context, event, answer, options.json === true);
      count += 1;
      if (count >= countMax) break;
    }
  } finally {
    process.removeListener('SIGINT', end);
    process.removeListener('SIGTERM', end);
  }
}

function checkUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol))
    throw usageError(`"${text}" is no address: as in http://localhost:8080/hook`);
  return url.href;
}

function secretOf(key: Buffer): string {
  return `whsec_${key.toString('base64')}`;
}

function isWanted(filter: string, type: string): boolean {
  return filter === '*' || filter === type || (filter.endsWith('.*') && type.startsWith(filter.slice(0, -1)));
}

type Answer = { status: number | null; durationMs: number; error: string | null };

/** Source: Standard Webhooks 1.0.0. */
async function forward(
  url: string,
  event: StreamEventBody,
  key: Buffer,
  signal: AbortSignal,
): Promise<Answer> {
  const id = newId('webhookMessage');
  const body = JSON.stringify(event);
  const seconds = Math.floor(Date.now() / 1_000);
  const signature = createHmac('sha256', key).update(`${id}.${seconds}.${body}`).digest('base64');
  const startedMs = performance.now();
  const since = () => Math.round(performance.now() - startedMs);
  try {
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'user-agent': 'Naru-Webhooks/1 (naru listen)',
        'webhook-id': id,
        'webhook-timestamp': String(seconds),
        'webhook-signature': `v1,${signature}`,
      },
      body,
      redirect: 'manual',
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
    });
    await answer.body?.cancel();
    return { status: answer.status, durationMs: since(), error: null };
  } catch (error) {
    return { status: null, durationMs: since(), error: errorText(error) };
  }
}

function print(context: CliContext, event: StreamEventBody, answer: Answer | null, asJson: boolean): void {
  const { output } = context;
  if (asJson) {
    output.jsonLine({ event, answer });
    return;
  }
  const { colours } = output;
  const { data } = event;
  const at = event.timestamp.slice(11, 23);
  const what = `${colours.dim(at)}  ${event.type.padEnd(24)} ${data.id}  ${amountOf(data)}`;
  output.line(answer === null ? what : `${what}  ${showAnswer(context, answer)}`);
}

function showAnswer({ output }: CliContext, { status, durationMs, error }: Answer): string {
  const { colours } = output;
  const took = colours.dim(showDuration(durationMs));
  if (status === null) return `${colours.red('no answer')}  ${error ?? ''}`;
  const isTaken = status >= 200 && status < 300;
  const shown = `[${status}]`;
  return `${isTaken ? colours.green(shown) : colours.red(shown)}  ${took}`;
}
