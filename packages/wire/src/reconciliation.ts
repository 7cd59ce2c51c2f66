import { z } from 'zod';
import { amount } from './amount.ts';
import { OPERATION_REASON_LENGTH_MAX } from './dead-letter.ts';
import { alarmId, assetCode, chainName } from './id.ts';
import { pageOf, pageQuery } from './page.ts';
import { storableText, timestamp } from './text.ts';

/** Hours that an alarm may be quiet for. */
export const SNOOZE_HOURS_MAX = 72;

const severity = z.enum(['WARNING', 'CRITICAL']).meta({ examples: ['CRITICAL'] });
const invariant = z
  .string()
  .meta({ description: 'What must hold: docs/runbooks/alarm.md has each.', examples: ['chain_balance'] });
const means = z.string().meta({ examples: ['Our accounts hold something else than the ledger says.'] });
const action = z.string().meta({ description: 'What to do first.', examples: ['Pause the accounts.'] });
const day = z.iso.date('date_malformed').meta({ description: 'A day in Korea.', examples: ['2026-03-02'] });

export const alarm = z
  .object({
    id: alarmId,
    object: z.literal('alarm'),
    invariant,
    subject: z.string().meta({ examples: ['localhost:USDC'] }),
    detail: z.string().meta({ examples: ['the ledger has 100, the chain 90, in flight 0'] }),
    severity,
    means,
    action,
    state: z.enum(['OPEN', 'CLOSED']).meta({ examples: ['OPEN'] }),
    openedAt: timestamp,
    lastSeenAt: timestamp,
    closedAt: timestamp.nullable().meta({ examples: [null] }),
    acknowledgedAt: timestamp.nullable().meta({ examples: [null] }),
    acknowledgedBy: z
      .string()
      .nullable()
      .meta({ examples: [null] }),
    note: z
      .string()
      .nullable()
      .meta({ description: 'Of who looks after it.', examples: [null] }),
    snoozedUntil: timestamp.nullable().meta({ description: 'Nobody is reminded before.', examples: [null] }),
  })
  .meta({ id: 'Alarm', description: 'Something that does not hold, found by a check.' });
export type AlarmBody = z.output<typeof alarm>;
export const alarmPage = pageOf(alarm).meta({ id: 'AlarmPage', description: 'Alarms, newest first.' });
export type AlarmPageBody = z.output<typeof alarmPage>;
export const alarmListQuery = z.strictObject({
  state: z
    .enum(['OPEN', 'CLOSED'], 'state_unknown')
    .optional()
    .meta({ examples: ['OPEN'] }),
  ...pageQuery,
});

const reason = storableText(OPERATION_REASON_LENGTH_MAX).meta({
  description: 'Why, for the audit log.',
  examples: ['the top-up is on its way'],
});
export const snoozeRequest = z
  .strictObject({
    reason,
    hours: z
      .int()
      .min(1, 'number_out_of_range')
      .max(SNOOZE_HOURS_MAX, 'number_out_of_range')
      .meta({ description: `For how long, 1 to ${SNOOZE_HOURS_MAX}.`, examples: [4] }),
  })
  .meta({ id: 'SnoozeRequest' });
export type SnoozeInput = z.input<typeof snoozeRequest>;

const checkRun = z.object({
  at: timestamp,
  ok: z
    .boolean()
    .nullable()
    .meta({ description: 'null: it could not be found out.', examples: [true] }),
  findings: z
    .int()
    .min(0)
    .meta({ examples: [0] }),
  durationMs: z
    .int()
    .min(0)
    .meta({ examples: [12] }),
  note: z
    .string()
    .nullable()
    .meta({ examples: [null] }),
});

const check = z.object({
  invariant,
  books: z.boolean().meta({
    description: 'It says whether the books fit: a day is signed off only while it is OK.',
    examples: [true],
  }),
  status: z
    .enum(['OK', 'NOT_OK', 'UNKNOWN', 'NEVER_RUN'])
    .meta({ description: '`NOT_OK` also while an alarm of it is open.', examples: ['OK'] }),
  means,
  action,
  openAlarms: z
    .int()
    .min(0)
    .meta({ examples: [0] }),
  lastOkAt: timestamp.nullable(),
  findings: z
    .array(
      z.object({
        subject: z.string().meta({ examples: ['localhost:USDC'] }),
        detail: z.string().meta({ examples: ['the ledger has 100, the chain 90, in flight 0'] }),
        severity,
      }),
    )
    .meta({ description: 'Of the last look, a hundred at most.' }),
  drift: z
    .array(
      z.object({
        chain: chainName,
        asset: assetCode,
        holder: z.enum(['HOT_WALLET', 'TREASURY']).meta({ examples: ['HOT_WALLET'] }),
        ledger: amount,
        onChain: amount,
        inFlight: amount.meta({ description: 'The two may differ by this much while it moves.' }),
        drift: z.string().meta({ description: 'On chain less ledger; may be negative.', examples: ['-10'] }),
        agrees: z.boolean().meta({ examples: [true] }),
      }),
    )
    .nullable()
    .meta({
      description: 'What the last look compared, also where it agreed; null: it compares no amounts.',
    }),
  runs: z.array(checkRun).meta({ description: 'The last ones, newest first.' }),
});

export const signOff = z
  .object({
    day,
    signedBy: z.string().meta({ examples: ['api_key:key_01kjr3q8c6e7rvt0xx0n3m7d5e'] }),
    note: z.string().meta({ examples: ['Compared with the bank.'] }),
    signedAt: timestamp,
  })
  .meta({ id: 'SignOff', description: 'A person says that the books of a day were looked at.' });
export type SignOffBody = z.output<typeof signOff>;

export const reconciliation = z
  .object({
    object: z.literal('reconciliation'),
    status: z.enum(['OK', 'NOT_OK']).meta({ description: 'Of the checks of the books.', examples: ['OK'] }),
    checks: z.array(check),
    signOffs: z.array(signOff).meta({ description: 'Newest days first.' }),
  })
  .meta({
    id: 'Reconciliation',
    description: 'Whether the books fit themselves, what is open, and the chains.',
  });
export type ReconciliationBody = z.output<typeof reconciliation>;

export const signOffRequest = z
  .strictObject({ day, note: reason.meta({ examples: ['Compared with the bank.'] }) })
  .meta({ id: 'SignOffRequest' });
export type SignOffInput = z.input<typeof signOffRequest>;
