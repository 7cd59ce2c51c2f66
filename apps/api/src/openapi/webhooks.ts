import type { DepositBody } from '@naru/wire/deposit.ts';
import {
  type DepositEventType,
  depositEventTypes,
  streamedStates,
  type WebhookEventBody,
  type WithdrawalEventType,
  withdrawalEventTypes,
} from '@naru/wire/event.ts';
import type { WithdrawalBody } from '@naru/wire/withdrawal.ts';

type Json = Record<string, unknown>;
type EventType = WebhookEventBody['type'];

const AT = '2026-03-02T09:15:53.008Z';
const ENDPOINT = 'we_01kjr3q8c6e7rvt0xx0n3m7d5g';

const summaries: Readonly<Record<EventType, string>> = {
  'withdrawal.pending': 'A withdrawal was accepted; its amount is reserved',
  'withdrawal.review': 'A withdrawal waits for a person',
  'withdrawal.signed': 'The transaction that pays a withdrawal is signed; it can no longer be canceled',
  'withdrawal.broadcasted': 'A node took the transaction; also when a block that held it vanished',
  'withdrawal.confirming': 'A block holds the transaction, not deep enough to be final',
  'withdrawal.confirmed': 'A withdrawal is paid, final',
  'withdrawal.failed': 'A withdrawal will not be paid, final; `failure` says why',
  'withdrawal.canceled': 'A withdrawal was called back, final',
  'deposit.detected':
    'A payment to one of your addresses is in a block that is not final; also when it comes again',
  'deposit.credited': 'A payment to one of your addresses is final, and in your balance',
  'deposit.uncredited': 'A payment is final and not credited by itself; an operator decides',
  'deposit.orphaned': 'The block that held a payment vanished; nothing was credited',
  'bulk.completed': 'Every withdrawal of a file is at its end',
  'webhook_endpoint.paused': 'One of your endpoints failed for long, and is paused',
  'webhook_endpoint.disabled': 'One of your endpoints answered 410, and is disabled',
  'webhook.test': 'A test that you asked for',
};

const schemaOf: Readonly<Record<EventType, string>> = {
  ...ofEach(withdrawalEventTypes, () => 'WithdrawalStateEvent'),
  ...ofEach(depositEventTypes, () => 'DepositStateEvent'),
  'bulk.completed': 'BulkCompletedEvent',
  'webhook_endpoint.paused': 'EndpointOutOfUseEvent',
  'webhook_endpoint.disabled': 'EndpointOutOfUseEvent',
  'webhook.test': 'TestEvent',
};

/** A sample of each event, as an endpoint gets it. */
export const eventExamples: Readonly<Record<EventType, WebhookEventBody>> = {
  ...ofEach(withdrawalEventTypes, (type, index) =>
    withdrawalExample(type, streamedStates[index] ?? 'PENDING', index),
  ),
  ...ofEach(depositEventTypes, depositExample),
  'bulk.completed': {
    id: '48231',
    type: 'bulk.completed',
    timestamp: AT,
    data: {
      id: 'bulk_01kjr3q8c6e7rvt0xx0n3m7d5c',
      object: 'bulk_withdrawal',
      sequence: 1,
      total: 1000,
      counts: { CONFIRMED: 998, FAILED: 2 },
      createdAt: '2026-03-02T09:15:27.431Z',
      completedAt: AT,
    },
  },
  'webhook_endpoint.paused': outOfUse('webhook_endpoint.paused', 'PAUSED', 'failing'),
  'webhook_endpoint.disabled': outOfUse('webhook_endpoint.disabled', 'DISABLED', 'gone'),
  'webhook.test': {
    id: 'evt_01kjr3q8c6e7rvt0xx0n3m7d5m',
    type: 'webhook.test',
    timestamp: AT,
    data: {
      id: ENDPOINT,
      object: 'webhook_endpoint',
      message: 'This is a test. Nothing happened, and no money moved.',
    },
  },
};

function outOfUse(
  type: 'webhook_endpoint.paused' | 'webhook_endpoint.disabled',
  state: 'PAUSED' | 'DISABLED',
  stateReason: string,
): WebhookEventBody {
  const data = {
    id: ENDPOINT,
    object: 'webhook_endpoint',
    sequence: 1,
    url: 'https://example.com/naru/webhooks',
    state,
    stateReason,
  } as const;
  return { id: '48240', type, timestamp: AT, data };
}

function ofEach<Type extends string, Value>(
  types: readonly Type[],
  make: (type: Type, index: number) => Value,
): Record<Type, Value> {
  return Object.fromEntries(types.map((type, index) => [type, make(type, index)])) as Record<Type, Value>;
}

function depositExample(type: DepositEventType): WebhookEventBody {
  const state = type.split('.')[1]?.toUpperCase() as DepositBody['state'];
  const isFinal = state === 'CREDITED' || state === 'UNCREDITED';
  return {
    id: String(48_212 + depositEventTypes.indexOf(type)),
    type,
    timestamp: AT,
    data: {
      id: 'dep_5y8kq3q8c6e7rvt0xx0n3m7d5e',
      object: 'deposit',
      sequence: state === 'DETECTED' ? 1 : 2,
      state,
      chain: 'localhost',
      asset: 'USDC',
      token: '0x5FbDB2315678afecb367f032d93F642f64180aa3',
      amount: state === 'UNCREDITED' ? '0.000001' : '12.5',
      addressId: 'daddr_01kjr3q8c6e7rvt0xx0n3m7d5f',
      address: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
      from: '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
      transactionHash: '0x8f0c9f0d7c2a4f0e9f1b3a5c7d9e1f20314253647586970a1b2c3d4e5f607182',
      logIndex: 3,
      blockNumber: 1_204_518,
      depth: isFinal ? 12 : null,
      requiredDepth: 12,
      uncreditedReason: state === 'UNCREDITED' ? 'below_minimum' : null,
      detectedAt: '2026-03-02T09:15:27.431Z',
      creditedAt: state === 'CREDITED' ? AT : null,
    },
  };
}

function withdrawalExample(
  type: WithdrawalEventType,
  state: WithdrawalBody['state'],
  index: number,
): WebhookEventBody {
  const isPlanned = ['SIGNED', 'BROADCASTED', 'CONFIRMING', 'CONFIRMED'].includes(state);
  const isInBlock = ['CONFIRMING', 'CONFIRMED'].includes(state);
  return {
    id: String(48_204 + index),
    type,
    timestamp: AT,
    data: {
      id: 'wd_01kjr3q8c6e7rvt0xx0n3m7d5b',
      object: 'withdrawal',
      sequence: state === 'CANCELED' ? 2 : index + 1,
      state,
      chain: 'localhost',
      asset: 'USDC',
      to: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
      amount: '12.5',
      fee: '0',
      reference: 'order-981',
      priority: 'STANDARD',
      metadata: { orderId: '981' },
      bulkId: null,
      transaction: isPlanned
        ? {
            hash: '0x8f0c9f0d7c2a4f0e9f1b3a5c7d9e1f20314253647586970a1b2c3d4e5f607182',
            subAccount: '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
            nonce: 42,
            blockNumber: isInBlock ? 1_204_518 : null,
            confirmations: state === 'CONFIRMED' ? 12 : state === 'CONFIRMING' ? 1 : 0,
            requiredConfirmations: 12,
            explorerUrl: null,
          }
        : null,
      failure:
        state === 'FAILED'
          ? {
              code: 'transfer_rejected',
              message: 'The token refused the transfer to this recipient.',
              retryable: false,
            }
          : null,
      createdAt: '2026-03-02T09:15:27.431Z',
      updatedAt: AT,
      confirmedAt: state === 'CONFIRMED' ? AT : null,
    },
  };
}

const signature = (name: string, description: string, example: string): Json => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
  example,
});

/** The catalogue of events, for the document. Source: OpenAPI 3.1.0, 4.8.1 (`webhooks`). */
export function describeWebhooks(): Json {
  return Object.fromEntries(
    Object.entries(eventExamples).map(([type, example]) => [
      type,
      {
        post: {
          operationId: `on ${type}`,
          summary: summaries[type as EventType],
          tags: ['Webhooks'],
          parameters: [
            signature(
              'webhook-id',
              'The same at every try: deal with each once.',
              'msg_01kjr3q8c6e7rvt0xx0n3m7d5j',
            ),
            signature('webhook-timestamp', 'Seconds since 1970, of this try.', '1772442953'),
            signature(
              'webhook-signature',
              '`v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`; one for each valid secret, separated by blanks.',
              'v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=',
            ),
          ],
          requestBody: {
            required: true,
            content: {
              'application/json': {
                schema: { $ref: `#/components/schemas/${schemaOf[type as EventType]}` },
                example,
              },
            },
          },
          responses: {
            '2XX': {
              description: 'Taken. Anything else is tried again, but for 410, which disables the endpoint.',
            },
          },
        },
      },
    ]),
  );
}
