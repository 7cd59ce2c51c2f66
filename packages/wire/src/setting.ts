import { z } from 'zod';
import { storableText, timestamp } from './text.ts';

/** Characters of an operator's reason. */
export const REASON_LENGTH_MAX = 500;

export const reasonInput = storableText(REASON_LENGTH_MAX).meta({
  description: 'Why, in your own words; it is kept with the change and in the audit log.',
  examples: ['ticket 4711: gas is expensive today'],
});

/** Digits, or a switch: never a JSON number, which would lose wei. */
const settingValue = z.string().regex(/^([0-9]{1,78}|true|false)$/, 'setting_malformed');

export const settingKey = z
  .string()
  .regex(/^[a-z]+(\.[a-z0-9_]+)+$/)
  .max(100)
  .meta({ description: 'Names a setting.', examples: ['batch.items_max'] });

const target = z
  .string()
  .max(60)
  .meta({
    description:
      'What it belongs to: `` of the installation, else a chain (`polygon`) or an asset (`polygon:USDC`).',
    examples: ['polygon'],
  });

export const settingParams = z.object({ key: settingKey });
export const settingQuery = z.strictObject({ target: target.optional() });
export const settingListQuery = z.strictObject({
  scope: z.enum(['installation', 'chain', 'asset'], 'value_not_allowed').optional(),
  target: target.optional(),
});

export const setting = z
  .object({
    key: settingKey,
    scope: z.enum(['installation', 'chain', 'asset']).meta({ examples: ['chain'] }),
    target,
    kind: z.enum(['number', 'switch']).meta({ examples: ['number'] }),
    unit: z.string().meta({ examples: ['withdrawals'] }),
    summary: z.string().meta({ examples: ['Withdrawals that one transaction carries at most.'] }),
    effect: z.string().meta({
      description: 'What happens when it changes, to what is new and to what is under way.',
      examples: ['From the next plan on. Transactions that are planned keep their items.'],
    }),
    readers: z
      .array(z.string())
      .meta({ description: 'The roles that act on it.', examples: [['processor']] }),
    min: settingValue.nullable().meta({ description: 'Inclusive; null of a switch.', examples: ['1'] }),
    max: settingValue.nullable().meta({ description: 'Inclusive; null of a switch.', examples: ['1500'] }),
    default: settingValue.nullable().meta({
      description: 'In force where nobody has decided: what ships, or what the environment says. Null: none.',
      examples: ['400'],
    }),
    current: settingValue.nullable().meta({ description: 'In force now.', examples: ['200'] }),
    version: z
      .int()
      .min(0)
      .meta({ description: 'Of what is in force; 0 where nobody has decided.', examples: [3] }),
    changed: z
      .object({ actor: z.string(), reason: z.string(), at: timestamp })
      .nullable()
      .meta({ description: 'By whom, why and when it was last decided.', examples: [null] }),
  })
  .meta({ id: 'Setting', description: 'Something that an operator can turn while everything runs.' });
export type SettingBody = z.output<typeof setting>;

export const settingList = z.object({ data: z.array(setting) }).meta({ id: 'SettingList' });

export const settingVersion = z
  .object({
    key: settingKey,
    target,
    version: z
      .int()
      .min(1)
      .meta({ examples: [3] }),
    value: settingValue.nullable().meta({ description: 'Null: what ships.', examples: ['200'] }),
    previous: settingValue.nullable().meta({ description: 'Of the version before.', examples: ['400'] }),
    actor: z.string().meta({ examples: ['operator:kim'] }),
    reason: z.string().meta({ examples: ['ticket 4711: gas is expensive today'] }),
    at: timestamp,
  })
  .meta({ id: 'SettingVersion', description: 'One decision about a setting. Kept for ever.' });
export type SettingVersionBody = z.output<typeof settingVersion>;

export const settingWithHistory = z
  .object({
    setting,
    history: z.array(settingVersion).meta({ description: 'The newest 100, newest first.' }),
  })
  .meta({ id: 'SettingWithHistory' });
export type SettingWithHistoryBody = z.output<typeof settingWithHistory>;

const decision = {
  target,
  seenVersion: z
    .int('wrong_type')
    .min(0, 'version_unknown')
    .meta({
      description: 'The `version` that you looked at. Refused with 409 where another one is in force.',
      examples: [2],
    }),
  acknowledge: z
    .boolean()
    .default(false)
    .meta({ description: 'Say true of a change that takes away a protection.', examples: [false] }),
  reason: reasonInput,
};

export const changeSettingRequest = z
  .strictObject({
    ...decision,
    value: settingValue.nullable().meta({ description: 'Null: back to what ships.', examples: ['200'] }),
  })
  .meta({ id: 'ChangeSettingRequest' });
export type ChangeSettingInput = z.input<typeof changeSettingRequest>;

export const revertSettingRequest = z
  .strictObject({
    ...decision,
    toVersion: z
      .int('wrong_type')
      .min(0, 'version_unknown')
      .meta({ description: 'The version whose value comes back; 0: what ships.', examples: [1] }),
  })
  .meta({ id: 'RevertSettingRequest' });
export type RevertSettingInput = z.input<typeof revertSettingRequest>;
