import { z } from 'zod';
import { amount, amountInput } from './amount.ts';
import { NOTE_LENGTH_MAX } from './balance.ts';
import { address, addressInput, assetCode, chainName, treasuryProposalId } from './id.ts';
import { pageOf, pageQuery } from './page.ts';
import { storableText, timestamp } from './text.ts';

const hash = z.string().regex(/^0x[0-9a-f]{64}$/);
const EXAMPLE_HASH = '0x1e5f3a1d9b6c2f7a8e4d3c2b1a0f9e8d7c6b5a49382716054f3e2d1c0b9a8f7e';
const wholeNumber = z.string().regex(/^(0|[1-9][0-9]*)$/);
const reason = storableText(NOTE_LENGTH_MAX).meta({
  description: 'Why: shown to the owners, and in the audit log.',
  examples: ['weekly top-up'],
});

export const treasury = z
  .object({
    object: z.literal('treasury'),
    chain: chainName,
    safe: address.meta({ description: 'The Safe.' }),
    owners: z.array(address).meta({ description: 'Who may sign, as the Safe itself says.' }),
    threshold: z
      .int()
      .min(1)
      .meta({ description: 'How many of them it takes.', examples: [2] }),
    nonce: wholeNumber.meta({ description: "The Safe's next transaction.", examples: ['7'] }),
    readAt: timestamp.meta({ description: 'When the chain was asked.' }),
    balances: z.array(
      z.object({
        asset: assetCode,
        amount: amount.meta({ description: 'By the books.', examples: ['1000000'] }),
        leaving: amount.meta({ description: 'Of it, what open proposals pay.', examples: ['250000'] }),
      }),
    ),
  })
  .meta({ id: 'Treasury', description: 'The reserve of a chain: a Safe whose owners sign each payment.' });
export type TreasuryBody = z.output<typeof treasury>;
export const treasuryList = z.object({ data: z.array(treasury) }).meta({ id: 'TreasuryList' });

export const treasuryProposal = z
  .object({
    object: z.literal('treasury_proposal'),
    id: treasuryProposalId,
    chain: chainName,
    safe: address.meta({ description: 'The Safe that pays.' }),
    purpose: z.enum(['TOP_UP', 'REJECTION']).meta({
      description:
        '`TOP_UP` pays an account of ours. `REJECTION` pays nothing and uses up the nonce of another proposal, which can then never be executed.',
      examples: ['TOP_UP'],
    }),
    asset: assetCode.nullable().meta({ description: 'Null: a rejection.' }),
    amount: amount.nullable().meta({ description: 'Null: a rejection.', examples: ['250000'] }),
    to: address.meta({ description: 'An account of ours; the Safe itself for a rejection.' }),
    nonce: wholeNumber.meta({ description: "The Safe's transaction that it is.", examples: ['7'] }),
    hash: hash.meta({ description: 'What owners sign.', examples: [EXAMPLE_HASH] }),
    typedData: z.string().meta({
      description:
        'The same as JSON text for `eth_signTypedData_v4`: what a wallet shows and signs. Check it there.',
      examples: ['{"primaryType":"SafeTx"}'],
    }),
    reason: z.string().meta({ examples: ['weekly top-up'] }),
    proposedBy: z.string().meta({ examples: ['api_key:key_01kjr3q8c6e7rvt0xx0n3m7d5e'] }),
    state: z.enum(['OPEN', 'EXECUTED', 'SUPERSEDED', 'CANCELED']).meta({
      description:
        '`OPEN` may be signed and executed; `EXECUTED` the Safe has paid, at final depth; `SUPERSEDED` its nonce was used by something else; `CANCELED` taken back before anybody signed.',
      examples: ['OPEN'],
    }),
    waitsFor: z
      .object({
        signatures: z
          .int()
          .min(0)
          .meta({ examples: [1] }),
        earlierTransactions: wholeNumber.meta({
          description: 'Transactions of the Safe with lower nonces.',
          examples: ['0'],
        }),
      })
      .meta({ description: 'Nothing of either: it is executed by itself.' }),
    problem: z
      .string()
      .nullable()
      .meta({ description: 'Why it is not executed though it is signed.', examples: [null] }),
    signatures: z.array(
      z.object({
        owner: address,
        addedBy: z.string().meta({ examples: ['api_key:key_01kjr3q8c6e7rvt0xx0n3m7d5e'] }),
        addedAt: timestamp,
      }),
    ),
    transactionHash: hash.nullable().meta({
      description: 'In which it was executed, by us or by anybody.',
      examples: [null],
    }),
    createdAt: timestamp,
    endedAt: timestamp.nullable().meta({ examples: [null] }),
  })
  .meta({ id: 'TreasuryProposal', description: 'What the owners of a treasury are asked to sign.' });
export type TreasuryProposalBody = z.output<typeof treasuryProposal>;

export const treasuryProposalPage = pageOf(treasuryProposal).meta({
  id: 'TreasuryProposalPage',
  description: 'Proposals, newest first.',
});
export type TreasuryProposalPageBody = z.output<typeof treasuryProposalPage>;

export const treasuryProposalQuery = z.strictObject({
  chain: chainName.optional(),
  state: z
    .enum(['OPEN', 'EXECUTED', 'SUPERSEDED', 'CANCELED'], 'state_unknown')
    .optional()
    .meta({ examples: ['OPEN'] }),
  ...pageQuery,
});

export const proposeRequest = z
  .strictObject({
    chain: chainName,
    asset: assetCode,
    amount: amountInput,
    to: addressInput.meta({ description: 'An account of ours on that chain.' }),
    reason,
  })
  .meta({ id: 'ProposeTopUpRequest' });
export type ProposeTopUpInput = z.input<typeof proposeRequest>;

export const proposalReasonRequest = z.strictObject({ reason }).meta({ id: 'ProposalReasonRequest' });
export type ProposalReasonInput = z.input<typeof proposalReasonRequest>;

/** Any text: what is wrong with it is told by what reads it. */
const SIGNATURE_LENGTH_MAX = 2_000;
export const ownerSignatureRequest = z
  .strictObject({
    signature: z
      .string()
      .max(SIGNATURE_LENGTH_MAX, 'too_long')
      .meta({
        description: "What the owner's wallet returned: 0x and 130 hexadecimal digits.",
        examples: [`0x${'3f'.repeat(64)}1b`],
      }),
  })
  .meta({ id: 'OwnerSignatureRequest' });
export type OwnerSignatureInput = z.input<typeof ownerSignatureRequest>;
