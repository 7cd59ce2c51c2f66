import { z } from 'zod';
import { amount } from './amount.ts';
import { assetCode, chainName, organisationId, publicId } from './id.ts';
import { pageOf, pageQuery } from './page.ts';
import { timestamp } from './text.ts';

export const ledgerAccountId = publicId(
  'lac',
  'lac_01kjr3q8c6e7rvt0xx0n3m7d5k',
  'Names one account of the ledger.',
);
export const ledgerAccountKinds = [
  'CUSTOMER',
  'HOUSE',
  'HOT_WALLET',
  'GAS',
  'FEE',
  'DEPOSIT_WALLET',
  'SUSPENSE',
  'TREASURY',
] as const;

const kind = z.enum(ledgerAccountKinds, 'ledger_account_kind_unknown').meta({
  description:
    '`CUSTOMER` what we owe an organisation · `HOUSE` what is ours · `HOT_WALLET` what the sub-accounts hold · `GAS` gas burnt · `FEE` fees · `DEPOSIT_WALLET` what deposit addresses hold · `SUSPENSE` what arrived there and is nobody’s yet · `TREASURY` what the Safe holds.',
  examples: ['HOT_WALLET'],
});
const signed = z.string().meta({
  description:
    'Credits less debits, as a decimal number in whole units: what we owe is positive, what we own negative. Exact.',
  examples: ['-1250.5'],
});
const wholeNumber = z.string().regex(/^[0-9]+$/);
const pending = {
  reserved: amount.meta({ description: 'What open holds take away from it.' }),
  incoming: amount.meta({ description: 'What open holds will bring. It cannot be spent yet.' }),
};

export const ledgerAccount = z
  .object({
    id: ledgerAccountId,
    object: z.literal('ledger_account'),
    kind,
    organisationId: organisationId.nullable().meta({ description: 'Of `CUSTOMER`.' }),
    chain: chainName,
    asset: assetCode,
    balance: signed,
    ...pending,
    available: signed.meta({ description: 'The balance less what is reserved.', examples: ['-1250.5'] }),
    version: wholeNumber.meta({ description: 'Rows that had touched it.', examples: ['42'] }),
    asOf: timestamp.nullable().meta({ description: 'The moment that was asked for; null: now.' }),
  })
  .meta({ id: 'LedgerAccount', description: 'What is owed to, or owned by, one party in one asset.' });
export type LedgerAccountBody = z.output<typeof ledgerAccount>;
export const ledgerAccountPage = pageOf(ledgerAccount).meta({ id: 'LedgerAccountPage' });
export type LedgerAccountPageBody = z.output<typeof ledgerAccountPage>;

const at = z.iso
  .datetime({ offset: true, error: 'timestamp_malformed' })
  .optional()
  .meta({
    description: 'As it was before this moment. The further back, the longer it takes.',
    examples: ['2026-03-02T15:00:00Z'],
  });
export const ledgerAccountQuery = z.strictObject({
  kind: kind.optional(),
  chain: chainName.optional(),
  asset: assetCode.optional(),
  organisationId: organisationId.optional(),
  at,
  ...pageQuery,
});
export type LedgerAccountQueryInput = Omit<z.input<typeof ledgerAccountQuery>, 'limit' | 'cursor'>;
export const ledgerMomentQuery = z.strictObject({ at });
export const ledgerPostingQuery = z.strictObject({ at, ...pageQuery });

export const ledgerPosting = z
  .object({
    version: wholeNumber.meta({
      description: 'Its place in the history of the account. The order of versions is what counts.',
      examples: ['42'],
    }),
    transferId: z.uuid().meta({ examples: ['019cb03b-a186-71f1-bd03-bd00543a1cab'] }),
    kind: z.enum(['SINGLE', 'PENDING', 'POST', 'VOID']).meta({
      description:
        '`SINGLE` moved at once · `PENDING` a hold · `POST` paid what was held · `VOID` released it.',
      examples: ['POST'],
    }),
    side: z
      .enum(['DEBIT', 'CREDIT'])
      .meta({ description: 'The side of it that this account is on.', examples: ['DEBIT'] }),
    amount,
    balance: signed.meta({ description: 'Of the account, after it.', examples: ['-1250.5'] }),
    ...pending,
    other: z
      .object({ id: ledgerAccountId, kind, organisationId: organisationId.nullable() })
      .meta({ description: 'The account on the other side.' }),
    reason: z
      .string()
      .meta({ description: 'Why: packages/core/src/ledger/README.md.', examples: ['WITHDRAWAL'] }),
    reference: z
      .object({
        kind: z.enum(['withdrawal', 'chain_tx', 'deposit', 'deposit_address', 'treasury_proposal']),
        id: z.string().meta({ examples: ['wd_01kjr3q8c6e7rvt0xx0n3m7d5b'] }),
      })
      .nullable()
      .meta({ description: 'What caused it; null: a command, which the audit log has.' }),
    at: timestamp,
  })
  .meta({ id: 'LedgerPosting', description: 'One row of an account, with what the account was after it.' });
export type LedgerPostingBody = z.output<typeof ledgerPosting>;
export const ledgerPostingPage = pageOf(ledgerPosting).meta({
  id: 'LedgerPostingPage',
  description: 'Newest first.',
});
export type LedgerPostingPageBody = z.output<typeof ledgerPostingPage>;
