import { assertPresent } from '@naru/kit/assert.ts';
import { errorText } from '@naru/kit/errors.ts';
import type { ReceiverFault, WebhookReceiver } from '@naru/outbound/testing/webhook-receiver.ts';
import { verifyWebhook } from '@naru/sdk/verify-webhook.ts';
import type { Clients } from '../clients.ts';
import type { Act } from '../fault.ts';
import type { Random } from '../random.ts';
import { moments } from './act.ts';

const PATH = '/torture';
const EVERY_MS = { min: 1_500, max: 3_000 };
/** A fault sets the clock of whoever signs off by 26 hours: the time in a signature is not what is judged here. */
const TOLERANCE_MS = 48 * 3_600_000;

/** An event as it arrived. */
export type Told = {
  /** Of the message: every try has the same. */
  webhookId: string;
  event: Awaited<ReturnType<typeof verifyWebhook>>;
  body: string;
};

/** An integrator's endpoint: it verifies what it gets, and sometimes it fails. */
export type Listener = {
  readonly endpointId: string;
  requests(): number;
  /** Of all that arrived up to now; what is no event of ours is a problem. */
  read(): Promise<{ told: Told[]; problems: string[] }>;
  fail(fault: ReceiverFault, times: number): void;
  /** From now on it takes everything. */
  heal(): void;
};

export function planListener(random: Random, durationMs: number): Act[] {
  return moments(random, durationMs, EVERY_MS).map((atMs, index) => {
    // One that never answers costs the sender 15 s, so it comes early or not at all.
    const fault = random.pick<ReceiverFault>([
      { kind: 'status', status: 500 },
      { kind: 'status', status: 503, retryAfter: '1' },
      { kind: 'hang_up' },
      { kind: 'slow', ms: 300 },
      index === 0 ? { kind: 'silent' } : { kind: 'hang_up' },
    ]);
    const times = fault.kind === 'silent' ? 1 : random.whole(1, 4);
    return {
      atMs,
      text: `the endpoint: ${faultText(fault)}, ${times} times`,
      run: async ({ mix }) => mix.listener.fail(fault, times),
    };
  });
}

function faultText(fault: ReceiverFault): string {
  if (fault.kind === 'status') return `answers ${fault.status}`;
  return fault.kind === 'slow' ? `is late by ${fault.ms} ms` : fault.kind.replace('_', ' ');
}

export async function startListener(clients: Clients, receiver: WebhookReceiver): Promise<Listener> {
  const endpoint = await clients.call('the endpoint', (naru) =>
    naru.webhookEndpoints.create(
      { url: `${receiver.url}${PATH}`, events: ['*'] },
      { idempotencyKey: 'the-endpoint' },
    ),
  );
  const secret = assertPresent(endpoint.secret, 'the secret of an endpoint');
  const told: Told[] = [];
  const problems: string[] = [];
  let read = 0;
  return {
    endpointId: endpoint.id,
    requests: () => receiver.received.length,
    async read() {
      for (; read < receiver.received.length; read++) {
        const { headers, body } = assertPresent(receiver.received[read], 'a request');
        try {
          const event = await verifyWebhook({ secret, headers, body, toleranceMs: TOLERANCE_MS });
          if (event.type === 'unknown') problems.push(`an event of an unknown type: ${body}`);
          else told.push({ webhookId: headers['webhook-id'] ?? '', event, body });
        } catch (error) {
          problems.push(`${errorText(error)}: ${body}`);
        }
      }
      return { told: [...told], problems: [...problems] };
    },
    fail: (fault, times) => receiver.setFault(PATH, fault, times),
    heal: () => receiver.setFault(PATH, { kind: 'ok' }),
  };
}
