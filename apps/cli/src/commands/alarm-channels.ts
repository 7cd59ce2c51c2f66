import { readFile } from 'node:fs/promises';
import { type AlertChannel, type Severity, severities } from '@naru/core/alert/alert.ts';
import { listChannels } from '@naru/core/alert/alert-channel.store.ts';
import { readMessage } from '@naru/core/alert/alert-message.store.ts';
import { channelSecret } from '@naru/core/alert/channel-secret.ts';
import {
  addChannel,
  type ChannelInput,
  findChannelProblems,
  takeChannelOut,
  testChannel,
} from '@naru/core/alert/manage-channels.ts';
import { setAuditContext } from '@naru/core/audit/audit.store.ts';
import { type Database, withTransaction } from '@naru/db/database.ts';
import { sleep } from '@naru/kit/clock.ts';
import { CodedError, errorText } from '@naru/kit/errors.ts';
import { newUuid, toPublicId } from '@naru/kit/ids.ts';
import { secret } from '@naru/kit/secret.ts';
import type { Command } from 'commander';
import { auditContextOf } from '../audit-context.ts';
import { withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { showText, showTime } from '../format.ts';
import { renderTable } from '../output.ts';

/** A test is made and sent within seconds; a receiver that answers slowly takes ten. */
const TEST_WAIT_MS = 20_000;
const TEST_POLL_MS = 200;

type Json = { json?: boolean };
type AddOptions = Json & { webhook?: string; mail?: string; severity: string; reason?: string };

export function registerAlarmChannels(alarms: Command, context: CliContext): void {
  const channels = alarms
    .command('channels')
    .summary('who is told of alarms')
    .description(
      'Lists who is told of alarms. The jobs role tells them: of a new alarm within seconds, of all that open in one minute at once, again every four hours while nobody has acknowledged it, and of its end. Mail needs NARU_SMTP_URL there, webhooks NARU_ALERT_KEY_FILE: docs/observability.md.',
    )
    .option('--json', 'print one JSON object')
    .action((_: unknown, self: Command) => runList(context, self.optsWithGlobals<Json>()));
  addExamples(channels, [['naru alarms channels', 'with what became of the last message to each']]);
  const add = channels
    .command('add')
    .summary('tell somebody of alarms')
    .argument('<name>', 'yours: a-z, 0-9 and -, as in on-call')
    .description('Tells somebody of alarms from now on: of those that are open as well.')
    .option('--webhook <url>', 'POST to this address, signed as Standard Webhooks asks for')
    .option('--mail <addresses>', 'mail to these addresses, separated by commas')
    .option('--severity <which>', 'warning: all of them; critical: those that cannot wait', 'warning')
    .option('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object')
    .action((name: string, _: unknown, self: Command) =>
      runAdd(context, name, self.optsWithGlobals<AddOptions>()),
    );
  addExamples(add, [
    ['naru alarms channels add team --mail payments@example.com,kim@example.com', 'all of them, by mail'],
    [
      'naru alarms channels add on-call --webhook https://hooks.example.com/naru --severity critical',
      'to a pager',
    ],
  ]);
  const test = channels
    .command('test')
    .summary('send a test and wait for its end')
    .argument('<name>', 'as  naru alarms channels  shows it')
    .description(
      'Sends a test message the way alarms go, and says whether it was taken. Exit code 1 when not.',
    )
    .option('--json', 'print one JSON object')
    .action((name: string, _: unknown, self: Command) =>
      runTest(context, name, self.optsWithGlobals<Json>()),
    );
  addExamples(test, [['naru alarms channels test team', 'does the mail arrive?']]);
  const remove = channels
    .command('remove')
    .summary('tell somebody no longer')
    .argument('<name>', 'as  naru alarms channels  shows it')
    .description('Ends a channel. What it has not been told yet, it will not be told.')
    .option('--reason <text>', 'why, for the audit log')
    .option('--json', 'print one JSON object')
    .action((name: string, _: unknown, self: Command) =>
      runRemove(context, name, self.optsWithGlobals<Json & { reason?: string }>()),
    );
  addExamples(remove, [
    ['naru alarms channels remove team --reason "ticket 123"', 'they have another list now'],
  ]);
}

async function runList(context: CliContext, options: Json): Promise<void> {
  const { output } = context;
  const channels = await withDatabase(context, (db) => listChannels(db));
  if (options.json === true) return output.json({ channels: channels.map(toJson) });
  if (channels.length === 0)
    return output.line(
      'Nobody is told of alarms. Tell somebody:  naru alarms channels add team --mail you@example.com',
    );
  const { colours } = output;
  const rows = channels.map(({ name, kind, severityMin, targets, lastMessage }) => [
    name,
    kind === 'EMAIL' ? 'mail' : 'webhook',
    severityMin === 'WARNING' ? 'all' : 'critical',
    showText(targets.join(', ')),
    lastMessage === null ? colours.dim('none yet') : showLast(colours, lastMessage),
  ]);
  const columns = ['NAME', 'BY', 'ALARMS', 'TO', 'LAST MESSAGE'].map((head) => ({ head }));
  output.line(renderTable(colours, columns, rows));
}

function showLast(
  colours: CliContext['output']['colours'],
  { state, at, attempts, lastError }: NonNullable<AlertChannel['lastMessage']>,
): string {
  const why = lastError === null ? '' : `: ${showText(lastError)}`;
  if (state === 'SENT') return `${colours.green('taken')} ${showTime(at)}${why}`;
  if (state === 'PENDING') return `${colours.yellow('waits')}, tried ${attempts} times${why}`;
  return `${colours.red('given up')} ${showTime(at)}${why}`;
}

function toJson(channel: AlertChannel) {
  return { ...channel, id: toPublicId('alertChannel', channel.id) };
}

async function runAdd(context: CliContext, name: string, options: AddOptions): Promise<void> {
  const input = inputOf(name, options);
  const problems = findChannelProblems(input);
  if (problems.length > 0) throw usageError(problems.map(({ message }) => message).join(' '));
  const id = newUuid();
  const audit = auditContextOf(context, options.reason ?? null);
  await withDatabase(context, (db) =>
    withTransaction(db, async (tx) => {
      await setAuditContext(tx, audit);
      const added = await addChannel(tx, id, input);
      if (added.kind === 'exists')
        throw new CodedError('channel_exists', `there is a channel ${name} already: nothing was changed`);
      if (added.kind === 'too_many')
        throw new CodedError('too_many_channels', 'there are as many channels as there may be');
    }),
  );
  const key = input.kind === 'WEBHOOK' ? await readKey(context) : null;
  const signing = key === null ? null : channelSecret(key, id).reveal();
  const { output } = context;
  if (options.json === true)
    return output.json({ id: toPublicId('alertChannel', id), ...input, secret: signing });
  output.line(
    `${name} is told of ${input.severityMin === 'WARNING' ? 'all alarms' : 'critical alarms'} from now on.`,
  );
  if (signing !== null) output.line(`Its webhooks are signed with  ${signing}`);
  else if (input.kind === 'WEBHOOK')
    output.line(
      'Set NARU_ALERT_KEY_FILE for the jobs role, or nothing is sent; with it set here as well, the secret of its signatures is shown.',
    );
  output.line(`Does it arrive?  naru alarms channels test ${name}`);
}

function inputOf(name: string, options: AddOptions): ChannelInput {
  const { webhook, mail } = options;
  const severityMin = options.severity.toUpperCase() as Severity;
  if (!severities.includes(severityMin))
    throw usageError(`--severity is warning or critical, not "${options.severity}"`);
  if ((webhook === undefined) === (mail === undefined))
    throw usageError('say how: either --webhook <url> or --mail <addresses>');
  if (webhook !== undefined) return { name, kind: 'WEBHOOK', targets: [webhook], severityMin };
  const targets = (mail ?? '').split(',').map((address) => address.trim());
  return { name, kind: 'EMAIL', targets, severityMin };
}

async function readKey(context: CliContext) {
  const file = context.config.environment['NARU_ALERT_KEY_FILE'] ?? '';
  if (file === '') return null;
  try {
    return secret((await readFile(file, 'utf8')).trim());
  } catch (error) {
    throw new CodedError('no_alert_key', `NARU_ALERT_KEY_FILE cannot be read: ${errorText(error)}`);
  }
}

async function channelNamed(db: Database, name: string): Promise<AlertChannel> {
  const channels = await listChannels(db);
  const found = channels.find((channel) => channel.name === name);
  if (found !== undefined) return found;
  const names = channels.map((channel) => channel.name).join(', ');
  throw new CodedError(
    'channel_unknown',
    `there is no channel ${name}; there ${names === '' ? 'are none' : `are: ${names}`}`,
  );
}

async function runTest(context: CliContext, name: string, options: Json): Promise<void> {
  const audit = auditContextOf(context, null);
  const result = await withDatabase(context, async (db) => {
    const channel = await channelNamed(db, name);
    const id = await testChannel({ db }, channel.id, audit);
    const deadlineMs = performance.now() + TEST_WAIT_MS;
    for (;;) {
      const message = id === null ? null : await readMessage(db, id);
      const isTried = message?.state !== 'PENDING' || message.lastError !== null;
      if (isTried || performance.now() > deadlineMs) return message;
      await sleep(TEST_POLL_MS);
    }
  });
  const { output } = context;
  if (result?.state !== 'SENT') context.fail();
  if (options.json === true) return output.json({ channel: name, ...result });
  if (result?.state === 'SENT')
    return output.line(
      `${output.colours.green('Taken')} by the ${result.lastError === null ? 'receiver' : `receiver, but ${showText(result.lastError)}`}.`,
    );
  output.line(
    `${output.colours.red('Not taken')}: ${showText(result?.lastError ?? `nobody has tried within ${TEST_WAIT_MS / 1_000} s; does a jobs role run?`)}`,
  );
  if (result?.state === 'PENDING') output.line('It waits, and is tried again.');
}

async function runRemove(
  context: CliContext,
  name: string,
  options: Json & { reason?: string },
): Promise<void> {
  const audit = auditContextOf(context, options.reason ?? null);
  const channel = await withDatabase(context, async (db) => {
    const found = await channelNamed(db, name);
    await takeChannelOut({ db }, found.id, audit);
    return found;
  });
  if (options.json === true)
    return context.output.json({ removed: toPublicId('alertChannel', channel.id), name });
  context.output.line(`${name} is told of nothing any more.`);
}
