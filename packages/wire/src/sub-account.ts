import { z } from 'zod';
import { amount, amountInput } from './amount.ts';
import { NOTE_LENGTH_MAX } from './balance.ts';
import { address, addressInput, assetCode, chainName } from './id.ts';
import { pageOf, pageQuery } from './page.ts';
import { storableText, timestamp } from './text.ts';

const role = z.enum(['PAYOUT', 'MAIN', 'GAS']).meta({
  description:
    '`PAYOUT` pays withdrawals, `MAIN` holds the reserve that tops those up, `GAS` holds coin for gas money only.',
  examples: ['PAYOUT'],
});
const reason = storableText(NOTE_LENGTH_MAX).meta({
  description: 'Why, for the audit.',
  examples: ['ticket 123'],
});

export const subAccount = z
  .object({
    object: z.literal('sub_account'),
    chain: chainName,
    address,
    role,
    state: z.enum(['JOINING', 'ACTIVE', 'PAUSED', 'DRAINED', 'RETIRED']).meta({
      description:
        '`JOINING` until a processor has seen its key at the signer and its nonce on the chain; `ACTIVE` gives nonces; `DRAINED` holds nothing worth a transaction; `RETIRED` is out of use for good.',
      examples: ['ACTIVE'],
    }),
    reason: z
      .string()
      .nullable()
      .meta({ description: 'Why it is paused, or what it lacks to join.', examples: [null] }),
    draining: z.boolean().meta({
      description: 'It pays no more withdrawals, and what it holds goes to a main account.',
      examples: [false],
    }),
    nextNonce: z.string().meta({ description: 'A whole number.', examples: ['42'] }),
    inFlight: z
      .int()
      .min(0)
      .meta({ description: 'Transactions that are not final.', examples: [0] }),
    balances: z.array(
      z.object({
        asset: assetCode,
        amount: amount.meta({ description: 'As last read from the chain.', examples: ['50000'] }),
        readAt: timestamp,
      }),
    ),
  })
  .meta({ id: 'SubAccount', description: 'An address of ours on a chain.' });
export type SubAccountBody = z.output<typeof subAccount>;
export const subAccountList = z.object({ data: z.array(subAccount) }).meta({ id: 'SubAccountList' });

export const chainQuery = z.strictObject({ chain: chainName.optional() });
export const subAccountParams = z.object({ chain: chainName, address: addressInput });

export const addSubAccountRequest = z
  .strictObject({
    chain: chainName,
    address: addressInput.meta({ description: 'Its key must be at the signer.' }),
    role: role.default('PAYOUT'),
    reason,
  })
  .meta({ id: 'AddSubAccountRequest' });
export type AddSubAccountInput = z.input<typeof addSubAccountRequest>;

export const changeSubAccountRequest = z
  .strictObject({
    change: z.enum(['pause', 'resume', 'drain', 'retire']).meta({
      description:
        '`pause`: no new transactions for now. `resume`: new ones again; also takes back a drain. `drain`: no more withdrawals, and everything to a main account. `retire`: never again.',
      examples: ['drain'],
    }),
    reason,
  })
  .meta({ id: 'ChangeSubAccountRequest' });
export type ChangeSubAccountInput = z.input<typeof changeSubAccountRequest>;

export const changeRoleRequest = z.strictObject({ role, reason }).meta({ id: 'ChangeRoleRequest' });
export type ChangeRoleInput = z.input<typeof changeRoleRequest>;

export const topUpRequest = z
  .strictObject({
    asset: assetCode,
    amount: amountInput,
    gas: z
      .boolean()
      .default(false)
      .meta({
        description: "Gas money, from a gas account; the asset is the chain's coin.",
        examples: [false],
      }),
    reason,
  })
  .meta({ id: 'TopUpRequest' });
export type TopUpInput = z.input<typeof topUpRequest>;

export const accountTransfer = z
  .object({
    object: z.literal('account_transfer'),
    id: z.uuid().meta({ examples: ['019cb03b-a186-71f1-bd03-bd00543a1cab'] }),
    chain: chainName,
    asset: assetCode,
    from: address,
    to: address,
    amount,
    purpose: z.enum(['TOP_UP', 'SWEEP', 'GAS', 'DRAIN']).meta({ examples: ['TOP_UP'] }),
    state: z.enum(['PENDING', 'PLANNED', 'CONFIRMED', 'FAILED', 'CANCELED']).meta({
      description:
        '`PLANNED` is an item of a chain transaction until that is final. `FAILED` and `CANCELED` moved nothing; what is still needed is decided anew.',
      examples: ['CONFIRMED'],
    }),
    reason: z.string().meta({ examples: ['it is below low'] }),
    hash: z
      .string()
      .nullable()
      .meta({ examples: [null] }),
    failure: z
      .object({ code: z.string().meta({ examples: ['transfer_reverted'] }), message: z.string() })
      .nullable(),
    createdAt: timestamp,
    endedAt: timestamp.nullable(),
  })
  .meta({ id: 'AccountTransfer', description: 'A move of money between two of our own accounts.' });
export type AccountTransferBody = z.output<typeof accountTransfer>;
export const accountTransferList = pageOf(accountTransfer).meta({ id: 'AccountTransferList' });
export const accountTransferQuery = z.strictObject({
  chain: chainName.optional(),
  open: z
    .enum(['true', 'false'])
    .default('false')
    .meta({ description: 'Only those under way.', examples: ['false'] }),
  ...pageQuery,
});

const purpose = z.enum(['BALANCE', 'GAS']).meta({
  description: "`BALANCE`: of the asset, to pay with. `GAS`: of the chain's coin, for gas money only.",
  examples: ['BALANCE'],
});
const levels = {
  low: amountInput.meta({ description: 'Below this the account is topped up …', examples: ['10000'] }),
  target: amountInput.meta({ description: '… to this.', examples: ['50000'] }),
  high: amountInput
    .nullable()
    .meta({ description: 'Above this it is swept down to target; null: never.', examples: ['200000'] }),
};
export const accountThreshold = z
  .object({
    chain: chainName,
    asset: assetCode,
    purpose,
    role: role.nullable().meta({ description: 'Every account of this role; null: of one account.' }),
    address: address.nullable().meta({ description: 'This account alone; null: of a role.' }),
    low: amount,
    target: amount,
    high: amount.nullable(),
    updatedAt: timestamp,
  })
  .meta({ id: 'AccountThreshold', description: 'How much accounts should hold.' });
export type AccountThresholdBody = z.output<typeof accountThreshold>;
export const accountThresholdList = z
  .object({ data: z.array(accountThreshold) })
  .meta({ id: 'AccountThresholdList' });

const thresholdKey = {
  chain: chainName,
  asset: assetCode,
  purpose: purpose.default('BALANCE'),
  of: z
    .union([z.strictObject({ role }), z.strictObject({ address: addressInput })])
    .meta({ description: 'A role, or one account.', examples: [{ role: 'PAYOUT' }] }),
  reason,
};
export const setThresholdRequest = z
  .strictObject({ ...thresholdKey, ...levels, high: levels.high.default(null) })
  .meta({ id: 'SetThresholdRequest' });
export type SetThresholdInput = z.input<typeof setThresholdRequest>;
export const removeThresholdRequest = z.strictObject(thresholdKey).meta({ id: 'RemoveThresholdRequest' });
export type RemoveThresholdInput = z.input<typeof removeThresholdRequest>;

const seconds = z
  .int()
  .min(0)
  .nullable()
  .meta({ description: 'null: nothing left in that time.', examples: [86_400] });
export const reserveForecast = z
  .object({
    chain: chainName,
    asset: assetCode,
    role,
    holds: amount.meta({ description: 'Of all accounts of the role together.', examples: ['900000'] }),
    low: amount
      .nullable()
      .meta({ description: 'By its threshold; null: none is set.', examples: ['500000'] }),
    outflow: z.object({ hour: amount, day: amount, week: amount }),
    runwaySeconds: z
      .object({ hour: seconds, day: seconds, week: seconds, least: seconds })
      .meta({ description: 'Until it is below low, if it goes on as in the last hour, day or week.' }),
  })
  .meta({ id: 'ReserveForecast', description: 'How long main and gas accounts last.' });
export type ReserveForecastBody = z.output<typeof reserveForecast>;
export const reserveForecastList = z
  .object({ data: z.array(reserveForecast) })
  .meta({ id: 'ReserveForecastList' });
