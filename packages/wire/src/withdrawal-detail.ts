import { z } from 'zod';
import { amount } from './amount.ts';
import { deadLetter } from './dead-letter.ts';
import { address, assetCode, chainName, publicId, withdrawalId } from './id.ts';
import { operatedWithdrawal } from './operated-withdrawal.ts';
import { fullDecision } from './policy.ts';
import { review } from './review.ts';
import { timestamp } from './text.ts';
import { webhookDelivery } from './webhook.ts';
import { withdrawalEvent, withdrawalState } from './withdrawal.ts';

export const chainTxId = publicId('ctx', 'ctx_01kjr3q8c6e7rvt0xx0n3m7d5j', 'Names one chain transaction.');

const nullableTimestamp = timestamp.nullable().meta({ examples: [null] });
const wei = z
  .string()
  .regex(/^[0-9]+$/)
  .meta({ description: 'Wei, as decimal text.', examples: ['1000000007'] });
const holder = z
  .string()
  .nullable()
  .meta({ description: 'The person or system behind the key, where it names one.', examples: ['kim'] });

const attempt = z
  .object({
    number: z.int().min(1),
    purpose: z
      .enum(['PAY', 'CANCEL'])
      .meta({ description: '`CANCEL`: a self-transfer that frees the nonce.' }),
    hash: z.string(),
    explorerUrl: z.string().nullable(),
    feePerGasWeiMax: wei,
    tipPerGasWei: wei,
    sendCount: z.int().min(0),
    lastSentAt: nullableTimestamp,
    lastOutcome: z.string().nullable().meta({ description: 'What the node said to the last send.' }),
    createdAt: timestamp,
  })
  .meta({ id: 'ChainTxAttempt', description: 'Signed bytes, and what nodes said to them.' });

export const chainTx = z
  .object({
    id: chainTxId,
    object: z.literal('chain_tx'),
    chain: chainName,
    kind: z.string().meta({ examples: ['PAYOUT'] }),
    state: z.string().meta({
      description:
        '`PLANNED`, `SIGNED`, `BROADCASTING`, `BROADCASTED`, `MINED`; at the end `EXECUTED`, `REVERTED`, `CANCELED` or `DISPLACED`.',
      examples: ['BROADCASTED'],
    }),
    subAccount: address,
    subAccountState: z.string().meta({ examples: ['ACTIVE'] }),
    pauseReason: z.string().nullable(),
    nonce: z.int().min(0),
    itemCount: z.int().min(0).meta({ description: 'Withdrawals that it pays, or other items.' }),
    asset: assetCode,
    amount,
    wanted: z
      .enum(['BUMP', 'CANCEL'])
      .nullable()
      .meta({ description: 'What an operator or the machinery asked for.' }),
    gasLimit: z.string().meta({ examples: ['1000000'] }),
    gasUsed: z.string().nullable(),
    gasPriceWei: wei.nullable(),
    failureCount: z.int().min(0),
    lastError: z.string().nullable(),
    notBefore: timestamp.meta({ description: 'Not tried before.' }),
    blockNumber: z.int().min(0).nullable(),
    minedAttempt: z.int().nullable(),
    createdAt: timestamp,
    broadcastedAt: nullableTimestamp,
    minedAt: nullableTimestamp,
    finalAt: nullableTimestamp,
    attempts: z.array(attempt),
  })
  .meta({ id: 'ChainTx', description: 'One nonce of one sub-account, with every attempt ever signed.' });
export type ChainTxBody = z.output<typeof chainTx>;

export const chainTxDetail = chainTx
  .extend({
    items: z.array(
      z
        .object({
          withdrawalId,
          position: z.int().min(0),
          state: withdrawalState,
          to: address,
          amount,
          outcome: z
            .enum(['NOT_ATTEMPTED', 'PAID', 'REVERTED', 'RETURNED_FALSE'])
            .nullable()
            .meta({ description: 'What the payout contract recorded, once it is final.' }),
        })
        .meta({ id: 'ChainTxItem' }),
    ),
    deadLetters: z.array(deadLetter),
  })
  .meta({ id: 'ChainTxDetail', description: 'A chain transaction with what it pays.' });
export type ChainTxDetailBody = z.output<typeof chainTxDetail>;

const ledgerRow = z
  .object({
    id: z.string().meta({ description: 'UUID.' }),
    kind: z
      .string()
      .meta({ description: '`PENDING` a hold · `POST` paid · `VOID` released · `POSTED` at once.' }),
    asset: assetCode,
    amount,
    debit: z.string().meta({ description: 'Kind of the account.', examples: ['CUSTOMER'] }),
    credit: z.string().meta({ examples: ['CLEARING'] }),
    at: timestamp,
  })
  .meta({ id: 'LedgerRow', description: 'One transfer of the ledger about this withdrawal.' });

const action = z
  .object({
    verb: z.enum(['approve', 'deny', 'cancel', 'retry', 'bump', 'release', 'close', 'note']),
    allowed: z.boolean(),
    code: z
      .string()
      .nullable()
      .meta({
        description: 'The problem that it would be answered with.',
        examples: ['operation_not_possible'],
      }),
    why: z
      .object({ en: z.string(), ko: z.string() })
      .nullable()
      .meta({ description: 'What stands against it, or what must be agreed to; null where nothing does.' }),
  })
  .meta({
    id: 'WithdrawalAction',
    description: 'What the caller may do now, by the rules that the verb itself asks again when it is done.',
  });
export type WithdrawalActionBody = z.output<typeof action>;

export const withdrawalDetail = operatedWithdrawal
  .extend({
    planCount: z.int().min(0).meta({ description: 'Transactions that were planned for it.' }),
    notBefore: timestamp.meta({ description: 'Nothing is done about it before.' }),
    failureCause: z
      .enum(['ours', 'recipient', 'decision'])
      .nullable()
      .meta({ description: 'Of one that failed: whose doing it was.' }),
    events: z.array(withdrawalEvent.extend({ holder, chainTxId: chainTxId.nullable() })),
    chainTxs: z.array(chainTx).meta({ description: 'Oldest first.' }),
    ledger: z.array(ledgerRow),
    decision: fullDecision.nullable(),
    reviews: z.array(review).meta({ description: 'Oldest first.' }),
    deadLetters: z.array(deadLetter),
    notes: z.array(z.object({ author: z.string(), holder, text: z.string(), at: timestamp })),
    verbs: z
      .array(
        z.object({
          verb: z.enum(['retry', 'release', 'bump', 'try_now']),
          actor: z.string(),
          holder,
          reason: z.string().nullable(),
          at: timestamp,
        }),
      )
      .meta({ description: 'What people did about it, oldest first.' }),
    retryOf: withdrawalId.nullable().meta({ description: 'The failed one that this was made in place of.' }),
    retriedAs: withdrawalId.nullable().meta({ description: 'What was made in place of this one.' }),
    deliveries: z
      .array(webhookDelivery.extend({ url: z.string() }))
      .meta({ description: 'What endpoints were told of it, newest first, 50 at the most.' }),
    actions: z.array(action),
  })
  .meta({ id: 'WithdrawalDetail', description: 'The whole story of one withdrawal, for operators.' });
export type WithdrawalDetailBody = z.output<typeof withdrawalDetail>;
