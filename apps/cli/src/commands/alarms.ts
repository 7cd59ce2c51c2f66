import { recordAudit, setAuditContext } from '@naru/core/audit/audit.store.ts';
import { acknowledgeAlarm, listAlarms } from '@naru/core/reconciliation/alarm.store.ts';
import type { Alarm } from '@naru/core/reconciliation/invariants.ts';
import { withTransaction } from '@naru/db/database.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { fromPublicId, toPublicId } from '@naru/kit/ids.ts';
import type { Command } from 'commander';
import { auditContextOf } from '../audit-context.ts';
import { withDatabase } from '../connect.ts';
import { type CliContext, usageError } from '../context.ts';
import { addExamples } from '../examples.ts';
import { plural, showText, showTime } from '../format.ts';
import { type Output, renderTable, wrapText } from '../output.ts';
import { UUID_PATTERN } from '../patterns.ts';
import { registerAlarmChannels } from './alarm-channels.ts';

/** Closed ones are kept for a year; more than these are for a query. */
const SHOWN_MAX = 500;

export function registerAlarmsCommand(program: Command, context: CliContext): void {
  const alarms = program
    .command('alarms')
    .summary('what does not hold now')
    .description(
      'Lists alarms: invariants that the jobs role found broken. An alarm opens once for an invariant and a subject, and closes by itself when the invariant is found to hold again. What each means and what to do: docs/runbooks/alarm.md.\n\n' +
        'Exit code 1 while an alarm is open.',
    )
    .option('--all', 'closed ones as well')
    .option('--json', 'print one JSON object')
    .action((options: { all?: boolean; json?: boolean }) => runList(context, options));
  addExamples(alarms, [
    ['naru alarms', 'open ones; for a cron job, look at the exit code'],
    ['naru alarms --all --json', 'with those that are closed, for a program'],
  ]);
  const ack = alarms
    .command('ack')
    .summary('say that you look after an alarm')
    .argument('<id>', 'alarm_…, as  naru alarms  shows it')
    .description(
      'Notes with an alarm who looks after it, and what is known. It stays open until its invariant holds again.',
    )
    .requiredOption('--note <text>', 'what is known, or where it is worked on')
    .option('--json', 'print one JSON object')
    .action((id: string, _: unknown, self: Command) =>
      // The list takes --json as well, and commander gives it to whichever of the two comes first.
      runAck(context, id, self.optsWithGlobals<{ note: string; json?: boolean }>()),
    );
  registerAlarmChannels(alarms, context);
  addExamples(ack, [['naru alarms ack alarm_01kjr3q8c6e7rvt0xx0n3m7d5b --note "ticket 123"', 'yours']]);
}

async function runList(context: CliContext, options: { all?: boolean; json?: boolean }): Promise<void> {
  const alarms = await withDatabase(context, (db) =>
    listAlarms(db, { onlyOpen: options.all !== true, limit: SHOWN_MAX }),
  );
  const open = alarms.filter((alarm) => alarm.closedAt === null);
  if (open.length > 0) context.fail();
  if (options.json === true) return context.output.json({ open: open.length, alarms: alarms.map(toJson) });
  const { output } = context;
  if (alarms.length === 0) return output.line(output.colours.green('No alarm is open.'));
  for (const alarm of alarms) printAlarm(output, alarm);
  output.line(
    open.length === 0
      ? output.colours.green('No alarm is open.')
      : output.colours.red(`${plural(open.length, 'alarm')} open. What to do: docs/runbooks/alarm.md`),
  );
}

function toJson(alarm: Alarm) {
  return { ...alarm, id: toPublicId('alarm', alarm.id) };
}

function printAlarm(output: Output, alarm: Alarm): void {
  const { colours } = output;
  const state = alarm.closedAt === null ? colours.red('OPEN') : colours.green('closed');
  const severity = alarm.severity === 'CRITICAL' ? 'critical' : 'warning';
  output.line(`${state}  ${severity}  ${colours.bold(alarm.invariant)}  ${showText(alarm.subject)}`);
  output.line(wrapText(showText(alarm.detail), output.width, '  '));
  const rows = [
    ['opened', showTime(alarm.openedAt)],
    ['last seen', showTime(alarm.lastSeenAt)],
    ...(alarm.closedAt === null ? [] : [['closed', showTime(alarm.closedAt)]]),
    ...(alarm.acknowledgedAt === null
      ? []
      : [['looked after by', `${alarm.acknowledgedBy}: ${showText(alarm.note ?? '')}`]]),
    ['id', toPublicId('alarm', alarm.id)],
  ];
  output.line(
    renderTable(colours, [{ head: '' }, { head: '' }], rows, '  ')
      .split('\n')
      .slice(1)
      .join('\n'),
  );
  output.line();
}

async function runAck(
  context: CliContext,
  text: string,
  options: { note: string; json?: boolean },
): Promise<void> {
  const id = UUID_PATTERN.test(text) ? text.toLowerCase() : fromPublicId('alarm', text);
  if (id === null) throw usageError(`"${text}" is not the id of an alarm, which looks like alarm_01kjr…`);
  if (options.note.trim() === '') throw usageError('the note is empty: say what is known');
  const audit = auditContextOf(context, options.note.trim());
  const alarm = await withDatabase(context, (db) =>
    withTransaction(db, async (tx) => {
      await setAuditContext(tx, audit);
      const found = await acknowledgeAlarm(tx, id, { actor: audit.actor, note: options.note.trim() });
      if (found === null)
        throw new CodedError('alarm_unknown', `there is no alarm ${text}: see  naru alarms --all`);
      const after = { invariant: found.invariant, subject: found.subject };
      await recordAudit(tx, { action: 'alarm.acknowledge', subject: `alarm ${id}`, after });
      return found;
    }),
  );
  if (options.json === true) return context.output.json(toJson(alarm));
  context.output.line(`Noted: ${audit.actor} looks after ${alarm.invariant} ${showText(alarm.subject)}.`);
}
