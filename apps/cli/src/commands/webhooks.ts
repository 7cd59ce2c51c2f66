import {
  type WebhookDeliveryBody,
  type WebhookEndpointBody,
  webhookDeliveryStates,
} from '@naru/wire/webhook.ts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { requireApi } from '../connect.ts';
import type { CliContext } from '../context.ts';
import { addExamples } from '../examples.ts';
import { showText } from '../format.ts';
import { type Colours, renderFields, renderTable } from '../output.ts';
import { parseLimit } from './events.ts';

type Json = { json?: boolean };
type Verb = (id: string) => Promise<WebhookEndpointBody>;

const DELIVERIES_DEFAULT = 20;
const OVERLAP_HOURS_DEFAULT = 24;
const OVERLAP_HOURS_MAX = 168;

export function registerWebhooksCommand(program: Command, context: CliContext): void {
  const webhooks = program
    .command('webhooks')
    .description('Webhook endpoints of your API key: addresses that are told of events.');
  registerList(webhooks, context);
  registerCreate(webhooks, context);
  registerDeliveries(webhooks, context);
  registerAgain(webhooks, context);
  registerSecrets(webhooks, context);
  registerStates(webhooks, context);
}

function registerList(webhooks: Command, context: CliContext): void {
  const list = webhooks
    .command('list')
    .summary('endpoints, and how they do')
    .description('Shows the endpoints: what they ask for, their state, and how tries to reach them went.')
    .option('--json', 'print one JSON object')
    .action(async (options: Json) => {
      const { output } = context;
      const endpoints = await requireApi(context).webhookEndpoints.list();
      if (options.json === true) return output.json({ endpoints });
      if (endpoints.length === 0)
        return output.line('There are no webhook endpoints. Make one:  naru webhooks create <url>');
      const rows = endpoints.map((one) => [
        one.id,
        showState(output.colours, one),
        `${Math.round(one.health.successRate * 100)} %`,
        one.events.join(','),
        showText(one.url),
      ]);
      const columns = [
        { head: 'ENDPOINT' },
        { head: 'STATE' },
        { head: 'TAKEN', align: 'right' as const },
        { head: 'EVENTS' },
        { head: 'URL' },
      ];
      output.line(renderTable(output.colours, columns, rows));
      for (const { id, health } of endpoints)
        if (health.lastError !== null && health.failureCount > 0)
          output.line(
            `${id}: ${health.failureCount} failed tries running, the last one: ${showText(health.lastError)}`,
          );
    });
  addExamples(list, [['naru webhooks list', 'all of them']]);
}

function showState(colours: Colours, { state, stateReason }: WebhookEndpointBody): string {
  if (state === 'ACTIVE') return colours.green('ACTIVE');
  return colours.yellow(`${state} (${stateReason ?? ''})`);
}

function registerCreate(webhooks: Command, context: CliContext): void {
  const create = webhooks
    .command('create')
    .summary('tell an address of events')
    .argument('<url>', 'https, on the public internet')
    .description(
      'Makes an endpoint and prints the secret that verifies what is sent to it. It is shown once.',
    )
    .option('--events <list>', 'as in withdrawal.*,bulk.completed', (text) => text.split(','), ['*'])
    .option('--description <text>', 'for people')
    .option('--json', 'print one JSON object')
    .action(async (url: string, options: Json & { events: string[]; description?: string }) => {
      const { output } = context;
      const { events, description } = options;
      const input = { url, events, ...(description === undefined ? {} : { description }) };
      const made = await requireApi(context).webhookEndpoints.create(input);
      if (options.json === true) return output.json(made);
      output.line(
        renderFields(output.colours, [
          ['endpoint', made.id],
          ['url', made.url],
          ['events', made.events.join(', ')],
          ['secret', output.colours.bold(made.secret ?? '')],
        ]),
      );
      output.warn('Keep the secret now: it is shown this once and cannot be shown again.');
    });
  addExamples(create, [
    [
      'naru webhooks create https://example.com/hook --events withdrawal.confirmed,withdrawal.failed',
      'how withdrawals end',
    ],
  ]);
}

function registerDeliveries(webhooks: Command, context: CliContext): void {
  const deliveries = webhooks
    .command('deliveries')
    .summary('what was sent to an endpoint, or every try of one delivery')
    .argument('<id>', 'we_… of an endpoint, or msg_… of a delivery')
    .description(
      'Shows the newest deliveries of an endpoint; or one delivery with each try, request and answer.',
    )
    .addOption(new Option('--state <state>', 'only in this state').choices(webhookDeliveryStates))
    .option('--limit <count>', 'at most so many', parseLimit, DELIVERIES_DEFAULT)
    .option('--json', 'print one JSON object')
    .action(async (id: string, options: Json & { state?: WebhookDeliveryBody['state']; limit: number }) => {
      if (id.startsWith('msg_')) return await showDelivery(context, id, options);
      await listDeliveries(context, id, options);
    });
  addExamples(deliveries, [
    ['naru webhooks deliveries we_01kjr3q8c6e7rvt0xx0n3m7d5g --state FAILED', 'what never arrived'],
    ['naru webhooks deliveries msg_01kjr3q8c6e7rvt0xx0n3m7d5j', 'why'],
  ]);
}

async function listDeliveries(
  context: CliContext,
  id: string,
  options: Json & { state?: WebhookDeliveryBody['state']; limit: number },
): Promise<void> {
  const { output } = context;
  const filter = options.state === undefined ? {} : { state: options.state };
  const found: WebhookDeliveryBody[] = [];
  for await (const delivery of requireApi(context).webhookEndpoints.deliveries(id, filter)) {
    found.push(delivery);
    if (found.length === options.limit) break;
  }
  if (options.json === true) return output.json({ deliveries: found });
  if (found.length === 0) return output.line('There are no such deliveries.');
  const rows = found.map((one) => [
    one.eventAt.replace('T', ' ').replace('Z', ''),
    one.type,
    one.state,
    String(one.attemptCount),
    one.id,
    showText(one.lastError ?? ''),
  ]);
  const columns = [
    { head: 'AT (UTC)' },
    { head: 'EVENT' },
    { head: 'STATE' },
    { head: 'TRIES', align: 'right' as const },
    { head: 'DELIVERY' },
    { head: 'LAST ERROR' },
  ];
  output.line(renderTable(output.colours, columns, rows));
}

async function showDelivery(context: CliContext, id: string, options: Json): Promise<void> {
  const { output } = context;
  const found = await requireApi(context).webhookDeliveries.get(id);
  if (options.json === true) return output.json(found);
  const { colours } = output;
  output.line(
    renderFields(colours, [
      ['delivery', found.id],
      ['state', found.state],
      ['event', `${found.type} ${found.eventId}, of ${found.subject}`],
      ['endpoint', found.endpointId],
      found.nextAttemptAt === null ? null : ['next try', found.nextAttemptAt],
      ['body', showText(found.body)],
    ]),
  );
  for (const one of found.attempts) {
    output.line('');
    output.line(
      renderFields(colours, [
        [
          `try ${one.number}`,
          `${one.outcome} at ${one.at}${one.durationMs === null ? '' : `, ${one.durationMs} ms`}`,
        ],
        ['to', `${showText(one.url)}${one.address === null ? '' : ` (${one.address})`}`],
        one.response === null
          ? null
          : ['answer', `${one.response.status} ${showText(one.response.body ?? '')}`],
        one.error === null ? null : ['error', showText(one.error)],
      ]),
    );
  }
}

function registerAgain(webhooks: Command, context: CliContext): void {
  const test = webhooks
    .command('test')
    .summary('send a test event')
    .argument('<endpoint-id>', 'we_…')
    .description('Sends webhook.test, whatever the endpoint asks for.')
    .option('--json', 'print one JSON object')
    .action(async (id: string, options: Json) => {
      const delivery = await requireApi(context).webhookEndpoints.test(id);
      printQueued(context, delivery, options);
    });
  addExamples(test, [['naru webhooks test we_01kjr3q8c6e7rvt0xx0n3m7d5g', 'does it arrive?']]);
  const resend = webhooks
    .command('resend')
    .summary('send a delivery once more')
    .argument('<delivery-id>', 'msg_…')
    .description('Sends a delivery once more, now, under the same id and with the same body.')
    .option('--json', 'print one JSON object')
    .action(async (id: string, options: Json) => {
      const delivery = await requireApi(context).webhookDeliveries.resend(id);
      printQueued(context, delivery, options);
    });
  addExamples(resend, [['naru webhooks resend msg_01kjr3q8c6e7rvt0xx0n3m7d5j', 'after a repair']]);
  const replay = webhooks
    .command('replay')
    .summary('tell events of a time again')
    .argument('<endpoint-id>', 'we_…')
    .requiredOption('--from <moment>', 'as in 2026-03-01T00:00:00Z; 30 days back at most')
    .option('--to <moment>', 'before this; default: until now')
    .option('--events <list>', 'only these', (text) => text.split(','))
    .option('--redeliver', 'also what was taken already')
    .description('Sends what the endpoint was never told, or never took, of a time.')
    .option('--json', 'print one JSON object')
    .action(
      async (
        id: string,
        options: Json & { from: string; to?: string; events?: string[]; redeliver?: boolean },
      ) => {
        const { from, to, events, redeliver } = options;
        const input = {
          from,
          ...(to === undefined ? {} : { to }),
          ...(events === undefined ? {} : { events }),
          redeliver: redeliver === true,
        };
        const begun = await requireApi(context).webhookEndpoints.replay(id, input);
        if (options.json === true) return context.output.json(begun);
        context.output.line(
          `Begun: events from ${begun.from} to ${begun.to}.  naru webhooks deliveries ${id}  shows them.`,
        );
      },
    );
  addExamples(replay, [
    [
      'naru webhooks replay we_01kjr3q8c6e7rvt0xx0n3m7d5g --from 2026-03-01T00:00:00Z',
      'what was missed since then',
    ],
  ]);
}

function printQueued({ output }: CliContext, delivery: WebhookDeliveryBody, options: Json): void {
  if (options.json === true) output.json(delivery);
  else
    output.line(`On its way as ${delivery.id}.  naru webhooks deliveries ${delivery.id}  shows how it went.`);
}

function registerSecrets(webhooks: Command, context: CliContext): void {
  const rotate = webhooks
    .command('rotate')
    .summary('replace the secret of an endpoint')
    .argument('<endpoint-id>', 'we_…')
    .option(
      '--overlap-hours <hours>',
      'how long the present one stays valid; 0: not at all',
      parseHours,
      OVERLAP_HOURS_DEFAULT,
    )
    .description(
      'Gives an endpoint a new secret, and prints it once. Meanwhile what is sent is signed with both.',
    )
    .option('--json', 'print one JSON object')
    .action(async (id: string, options: Json & { overlapHours: number }) => {
      const { output } = context;
      const overlapSeconds = Math.round(options.overlapHours * 3_600);
      const rotated = await requireApi(context).webhookEndpoints.rotateSecret(id, { overlapSeconds });
      if (options.json === true) return output.json(rotated);
      const before = rotated.secrets.find(({ expiresAt }) => expiresAt !== null);
      output.line(
        renderFields(output.colours, [
          ['secret', output.colours.bold(rotated.secret ?? '')],
          [
            'the one before',
            before === undefined ? 'invalid from now on' : `valid until ${before.expiresAt}`,
          ],
        ]),
      );
      output.warn('Keep the secret now: it is shown this once and cannot be shown again.');
    });
  addExamples(rotate, [
    ['naru webhooks rotate we_01kjr3q8c6e7rvt0xx0n3m7d5g', 'a day to change over'],
    ['naru webhooks rotate we_01kjr3q8c6e7rvt0xx0n3m7d5g --overlap-hours 0', 'it was seen by somebody'],
  ]);
}

function parseHours(text: string): number {
  const hours = Number(text);
  if (!(hours >= 0 && hours <= OVERLAP_HOURS_MAX))
    throw new InvalidArgumentError(`It must be a number from 0 to ${OVERLAP_HOURS_MAX}.`);
  return hours;
}

function registerStates(webhooks: Command, context: CliContext): void {
  const act = (command: Command, verb: () => Verb, said: string) =>
    command.option('--json', 'print one JSON object').action(async (id: string, options: Json) => {
      const endpoint = await verb()(id);
      if (options.json === true) return context.output.json(endpoint);
      context.output.line(`${endpoint.id} is ${endpoint.state} now: ${said}.`);
    });
  const pause = webhooks
    .command('pause')
    .summary('send nothing to an endpoint for now')
    .argument('<endpoint-id>', 'we_…')
    .description('Sends nothing to an endpoint until it is resumed. Nothing is lost.');
  act(pause, () => (id) => requireApi(context).webhookEndpoints.pause(id), 'it is told nothing');
  addExamples(pause, [['naru webhooks pause we_01kjr3q8c6e7rvt0xx0n3m7d5g', 'while it is repaired']]);
  const resume = webhooks
    .command('resume')
    .summary('send to an endpoint again')
    .argument('<endpoint-id>', 'we_…')
    .description('Takes an endpoint into use again that was paused, or disabled by its own answer 410.')
    .option('--skip-missed', 'without what happened meanwhile; default: it is delivered now')
    .option('--json', 'print one JSON object')
    .action(async (id: string, options: Json & { skipMissed?: boolean }) => {
      const missed = options.skipMissed === true ? 'skip' : 'deliver';
      const endpoint = await requireApi(context).webhookEndpoints.resume(id, missed);
      if (options.json === true) return context.output.json(endpoint);
      const said = missed === 'skip' ? 'what it missed is skipped' : 'what it missed is on its way';
      context.output.line(`${endpoint.id} is ${endpoint.state} now: ${said}.`);
    });
  addExamples(resume, [['naru webhooks resume we_01kjr3q8c6e7rvt0xx0n3m7d5g', 'with all it missed']]);
  const remove = webhooks
    .command('delete')
    .summary('delete an endpoint')
    .argument('<endpoint-id>', 'we_…')
    .description('Deletes an endpoint and its secrets. What waited is skipped.')
    .option('--json', 'print one JSON object')
    .action(async (id: string, options: Json) => {
      await requireApi(context).webhookEndpoints.delete(id);
      if (options.json === true) return context.output.json({ id, deleted: true });
      context.output.line(`${id} is deleted.`);
    });
  addExamples(remove, [['naru webhooks delete we_01kjr3q8c6e7rvt0xx0n3m7d5g', 'for good']]);
}
