import { z } from 'zod';
import { amount, amountInput } from './amount.ts';
import { assetCode, chainName, organisationId } from './id.ts';
import { storableText } from './text.ts';

export const balance = z
  .object({
    chain: chainName,
    asset: assetCode,
    available: amount.meta({ description: 'What can be withdrawn now.', examples: ['9987.5'] }),
    reserved: amount.meta({
      description: 'Held for withdrawals that are not final yet.',
      examples: ['12.5'],
    }),
  })
  .meta({ id: 'Balance', description: 'What the caller owns of one asset.' });
export type BalanceBody = z.output<typeof balance>;

export const balanceList = z.object({ data: z.array(balance) }).meta({ id: 'BalanceList' });

/** Characters of an operator's note. */
export const NOTE_LENGTH_MAX = 500;

export const createCreditRequest = z
  .strictObject({
    organisationId: organisationId.meta({ description: 'Whose balance grows.' }),
    chain: chainName,
    asset: assetCode,
    amount: amountInput,
    note: storableText(NOTE_LENGTH_MAX)
      .nullish()
      .meta({ description: 'Why, for the audit.', examples: ['Deposit 2026-03-02, bank reference 88120'] }),
  })
  .meta({ id: 'CreateCreditRequest', description: 'A credit to the balance of an organisation.' });
export type CreateCreditInput = z.input<typeof createCreditRequest>;

export const credit = z
  .object({
    object: z.literal('credit'),
    transferId: z
      .uuid()
      .meta({ description: "The ledger's transfer.", examples: ['019cb03b-a186-71f1-bd03-bd00543a1cab'] }),
    organisationId,
    chain: chainName,
    asset: assetCode,
    amount,
    available: amount.meta({
      description: "The organisation's available balance at the time of this answer.",
      examples: ['10000'],
    }),
  })
  .meta({ id: 'Credit', description: 'A credit that was booked.' });
export type CreditBody = z.output<typeof credit>;
