import { randomBytes } from 'node:crypto';
import { withTransaction } from '@naru/db/database.ts';
import { assert } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { type Secret, secret } from '@naru/kit/secret.ts';
import { createOutbound, type Outbound } from '@naru/outbound/create-outbound.ts';
import { startWebhookReceiver, type WebhookReceiver } from '@naru/outbound/testing/webhook-receiver.ts';
import { findUrlProblem } from '@naru/outbound/url-rules.ts';
import { sql } from 'kysely';
import type { Caller } from '../access/access.ts';
import { createWorld, doneValue, requestOf, type World } from '../withdrawal/withdrawal.fixture.ts';
import type { WithdrawalState } from '../withdrawal/withdrawal.machine.ts';
import { advanceByIds } from '../withdrawal/withdrawal.store.ts';
import { createDispatcher, type Dispatcher } from './dispatcher.ts';
import { handOnEvents } from './hand-on-events.ts';
import { replayEvents } from './replay-events.ts';
import { createSecretBox } from './secret-box.ts';
import type { WebhookResult } from './webhook.errors.ts';
import type { Delivery, Endpoint } from './webhook.ts';
import { createWebhooks, type Webhooks } from './webhooks.ts';

export const NOBODY = { origin: null, requestId: null };
export const secretBox = createSecretBox([secret(randomBytes(32).toString('base64'))]);

/** A database with owners and withdrawals, a receiver with switches, and all that is between them. */
export type WebhookWorld = World & {
  webhooks: Webhooks;
  receiver: WebhookReceiver;
  outbound: Outbound;
  dispatcher(options?: { pauseAfterMs?: number }): Dispatcher;
  endpoint(owner: Caller, path: string, events?: string[]): Promise<{ endpoint: Endpoint; secret: Secret }>;
  /** A new withdrawal of the owner, as its id. */
  submit(owner: Caller): Promise<string>;
  step(id: string, from: WithdrawalState, to: WithdrawalState): Promise<void>;
  /** Hands on and replays until nothing is left. */
  handOn(): Promise<number>;
  /** Hands on, and tries what is due until nothing is due and nothing is under way. */
  settle(dispatcher?: Dispatcher): Promise<void>;
  /** Makes what waits for its next try due now. */
  hurry(): Promise<void>;
  deliveries(owner: Caller, endpoint: Endpoint): Promise<Delivery[]>;
};

export async function createWebhookWorld(): Promise<WebhookWorld> {
  const world = await createWorld();
  const receiver = await startWebhookReceiver();
  const outbound = createOutbound({ allowLocal: true });
  const { db } = world;
  const webhooks = createWebhooks({
    db,
    secretBox,
    findUrlProblem: (url) => findUrlProblem(url, { allowLocal: true }),
  });
  const dispatchers: Dispatcher[] = [];
  const handOn = async () => {
    let messages = 0;
    for (;;) {
      const handed = await handOnEvents({ db });
      messages += handed.messages;
      const replayed = await replayEvents({ db });
      if (!handed.more && !replayed && handed.messages === 0) return messages;
    }
  };
  const made: WebhookWorld = {
    ...world,
    webhooks,
    receiver,
    outbound,
    dispatcher(options = {}) {
      const dispatcher = createDispatcher({
        db,
        logger: silentLogger,
        send: (message) => outbound.post(message),
        secretBox,
        ...options,
      });
      dispatchers.push(dispatcher);
      return dispatcher;
    },
    async endpoint(owner, path, events = ['*']) {
      const input = { url: `${receiver.url}${path}`, events, description: null };
      const { endpoint, secret: first } = settled(await webhooks.create(owner, newUuid(), input, NOBODY));
      assert(first !== null, 'a new endpoint has a secret');
      return { endpoint, secret: first };
    },
    submit: async (owner) => doneValue(await world.withdrawals.request(owner, newUuid(), requestOf())).id,
    async step(id, from, to) {
      const how = { from, to, actor: 'system:test', reason: 'moved by a test' };
      await withTransaction(db, (tx) => advanceByIds(tx, [id], how));
    },
    handOn,
    async settle(dispatcher) {
      await handOn();
      const own = dispatcher ?? made.dispatcher();
      for (let idle = 0; idle < 3; ) {
        const more = await own.step();
        await new Promise((resolve) => setTimeout(resolve, 5));
        idle = more || (await isUnderWay(world)) ? 0 : idle + 1;
      }
      if (dispatcher === undefined) await own.stop();
    },
    async hurry() {
      await sql`UPDATE webhook_message SET not_before = now() WHERE state = 'PENDING' AND claim IS NULL`.execute(
        db,
      );
      await sql`UPDATE webhook_endpoint_health SET hold_until = NULL`.execute(db);
    },
    async deliveries(owner, { id }) {
      const page = await webhooks.deliveries(owner, id, {}, { limit: 100, after: null });
      return page?.data ?? [];
    },
    async close() {
      await Promise.all(dispatchers.map((one) => one.stop()));
      await outbound.close();
      await receiver.close();
      await world.close();
    },
  };
  return made;
}

async function isUnderWay({ db }: World): Promise<boolean> {
  const { rows } = await sql`
    SELECT 1 FROM webhook_message m JOIN webhook_endpoint p ON p.id = m.endpoint_id AND p.state = 'ACTIVE'
      LEFT JOIN webhook_endpoint_health h ON h.endpoint_id = p.id
     WHERE m.state = 'PENDING' AND (m.claim IS NOT NULL OR m.not_before <= now())
       AND (h.hold_until IS NULL OR h.hold_until <= now()) LIMIT 1`.execute(db);
  return rows.length > 0;
}

/** The value of a command that must have been done. */
export function settled<T>(result: WebhookResult<T>): T {
  assert(result.kind === 'done', `not done: ${result.kind === 'refused' ? result.refusal.message : ''}`);
  return result.value;
}
