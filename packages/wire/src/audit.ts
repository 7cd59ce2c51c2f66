import { z } from 'zod';
import { pageOf, pageQuery } from './page.ts';
import { timestamp } from './text.ts';

/** Characters of a filter. */
const FILTER_LENGTH_MAX = 200;

const wholeNumber = z
  .string()
  .regex(/^[0-9]+$/)
  .meta({ examples: ['10421'] });
const values = z
  .record(z.string(), z.string().nullable())
  .nullable()
  .meta({ examples: [{ state: 'ACTIVE' }] });

export const auditEvent = z
  .object({
    id: wholeNumber.meta({ description: 'Its position in the log.' }),
    object: z.literal('audit_event'),
    at: timestamp,
    actor: z.object({
      id: z.string().meta({
        description: '`api_key:key_…`, `operator:name@host`, `system:role`',
        examples: ['api_key:key_01kjr3q8c6e7rvt0xx0n3m7d5e'],
      }),
      name: z
        .string()
        .nullable()
        .meta({ description: 'Of the key.', examples: ['desk'] }),
      holder: z
        .string()
        .nullable()
        .meta({ description: 'The person who holds the key.', examples: ['kim'] }),
    }),
    action: z.string().meta({ examples: ['sub_account.update'] }),
    subject: z.string().meta({ description: '`<table> <id>`', examples: ['asset localhost:USDC'] }),
    before: values,
    after: values,
    reason: z
      .string()
      .nullable()
      .meta({ examples: ['ticket 123'] }),
    origin: z
      .string()
      .nullable()
      .meta({ description: 'Address or host.', examples: ['10.0.0.1'] }),
    application: z.string().meta({ examples: ['naru-api'] }),
    requestId: z
      .string()
      .nullable()
      .meta({ examples: ['req_01kjr3q8c6e7rvt0xx0n3m7d5e'] }),
  })
  .meta({ id: 'AuditEvent', description: 'What somebody changed or decided; kept as it is.' });
export type AuditEventBody = z.output<typeof auditEvent>;
export const auditPage = pageOf(auditEvent).meta({ id: 'AuditPage', description: 'Newest first.' });
export type AuditPageBody = z.output<typeof auditPage>;

const filter = z.string().min(1, 'too_short').max(FILTER_LENGTH_MAX, 'too_long').optional();
const moment = z.iso.datetime({ offset: true, error: 'timestamp_malformed' }).optional();
export const auditQuery = z.strictObject({
  actor: filter.meta({ description: 'As `actor.id` names it.', examples: ['operator:kim@desk'] }),
  action: filter.meta({ description: 'The beginning of it.', examples: ['sub_account'] }),
  subject: filter.meta({ description: 'The whole of it.', examples: ['asset localhost:USDC'] }),
  requestId: filter.meta({ examples: ['req_01kjr3q8c6e7rvt0xx0n3m7d5e'] }),
  origin: filter.meta({ examples: ['10.0.0.1'] }),
  since: moment.meta({ examples: ['2026-03-01T00:00:00Z'] }),
  until: moment.meta({ description: 'Before this.', examples: ['2026-03-02T00:00:00Z'] }),
  ...pageQuery,
  cursor: z
    .string()
    .regex(/^[0-9]{1,18}$/, 'cursor_malformed')
    .optional()
    .meta({ description: '`nextCursor` of the page before.' }),
});
export type AuditFilterInput = Omit<z.input<typeof auditQuery>, 'limit' | 'cursor'>;

export const auditVerification = z
  .object({
    id: z.uuid().meta({ examples: ['019cb03b-a186-71f1-bd03-bd00543a1cab'] }),
    object: z.literal('audit_verification'),
    requestedBy: z.string().meta({ examples: ['api_key:key_01kjr3q8c6e7rvt0xx0n3m7d5e'] }),
    requestedAt: timestamp,
    state: z.enum(['REQUESTED', 'RUNNING', 'DONE', 'FAILED']).meta({ examples: ['RUNNING'] }),
    startedAt: timestamp.nullable(),
    endedAt: timestamp.nullable(),
    sealsDone: wholeNumber,
    sealsTotal: wholeNumber,
    rowsDone: wholeNumber.meta({ description: 'Known when it is done.' }),
    ok: z
      .boolean()
      .nullable()
      .meta({ description: 'null until it is done.', examples: [true] }),
    head: z
      .string()
      .nullable()
      .meta({ description: 'Hash of the last seal that it found.', examples: ['ab'.repeat(32)] }),
    problems: z.array(
      z.object({
        kind: z.string().meta({ examples: ['row_edited'] }),
        subject: z.string().meta({ examples: ['audit_event 12'] }),
        detail: z.string().meta({ examples: ['is not what was sealed'] }),
      }),
    ),
    error: z
      .string()
      .nullable()
      .meta({ examples: [null] }),
  })
  .meta({ id: 'AuditVerification', description: 'All seals and rows computed anew, on request.' });
export type AuditVerificationBody = z.output<typeof auditVerification>;

export const auditState = z
  .object({
    object: z.literal('audit_state'),
    lastSeal: z
      .object({
        number: wholeNumber,
        hash: z.string().meta({ examples: ['ab'.repeat(32)] }),
        sealedAt: timestamp,
      })
      .nullable(),
    unsealed: z.array(
      z.object({
        stream: z.string().meta({ examples: ['audit_event'] }),
        oldestSeconds: z
          .number()
          .min(0)
          .nullable()
          .meta({
            description: 'Age of its oldest row without a seal; null: all are sealed.',
            examples: [3.2],
          }),
      }),
    ),
    checks: z
      .array(
        z.object({
          invariant: z.string().meta({ examples: ['history_seals'] }),
          openAlarms: z
            .int()
            .min(0)
            .meta({ examples: [0] }),
          lastCheckAt: timestamp.nullable(),
          lastOkAt: timestamp.nullable(),
        }),
      )
      .meta({ description: 'What the jobs role looks at by itself.' }),
    verifications: z.array(auditVerification),
  })
  .meta({ id: 'AuditState', description: 'Whether history is as it was sealed.' });
export type AuditStateBody = z.output<typeof auditState>;
