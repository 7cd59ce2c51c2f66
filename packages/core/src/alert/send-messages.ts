import type { Database } from '@naru/db/database.ts';
import type { Clock } from '@naru/kit/clock.ts';
import { errorText } from '@naru/kit/errors.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { backoffMs } from '@naru/kit/retry.ts';
import type { Secret } from '@naru/kit/secret.ts';
import {
  ERROR_CHARACTERS_MAX,
  SEND_AT_ONCE_MAX,
  SEND_BACKOFF,
  SEND_FOR_MS_MAX,
  SEND_LEASE_MS,
} from './alert.limits.ts';
import type { AlertMessage, AlertSender, SendResult } from './alert.ts';
import { claimMessages, recordTry } from './alert-message.store.ts';
import { channelSecret, signWebhook } from './channel-secret.ts';
import { renderMail } from './render-mail.ts';
import { messageName, renderWebhook } from './render-message.ts';

export type SendDeps = {
  db: Database;
  clock: Clock;
  logger: Logger;
  sender: AlertSender;
  /** Of the installation; null: webhooks cannot be signed here, so none is sent. */
  alertKey: Secret | null;
};

/**
 * Sends what waits, the oldest message of each channel. At least once: a try whose end is not known is made again with the
 * same id, by which a receiver can tell. Returns whether something was sent, so that more may be to do.
 */
export async function sendMessages(deps: SendDeps): Promise<boolean> {
  const messages = await claimMessages(deps.db, { limit: SEND_AT_ONCE_MAX, leaseMs: SEND_LEASE_MS });
  await Promise.all(messages.map((message) => sendOne(deps, message)));
  return messages.length > 0;
}

async function sendOne(deps: SendDeps, message: AlertMessage): Promise<void> {
  const result = await trySend(deps, message).catch(
    (error: unknown): SendResult => ({ kind: 'failed', permanent: false, reason: errorText(error) }),
  );
  const fields = { channel: message.channel.name, messageId: message.id, attempts: message.attempts };
  if (result.kind === 'delivered') {
    await recordTry(deps.db, message, { state: 'SENT', error: result.note, againInMs: 0 });
    if (result.note === null) deps.logger.info(fields, 'a channel was told of alarms');
    else
      deps.logger.warn({ ...fields, note: result.note }, 'a channel was told of alarms, but not all of it');
    return;
  }
  const ageMs = deps.clock.now().getTime() - message.createdAt.getTime();
  const isOver = result.permanent || ageMs > SEND_FOR_MS_MAX;
  const againInMs = backoffMs(message.attempts, SEND_BACKOFF);
  const error = result.reason.slice(0, ERROR_CHARACTERS_MAX);
  await recordTry(deps.db, message, { state: isOver ? 'GIVEN_UP' : 'PENDING', error, againInMs });
  if (isOver) deps.logger.error({ ...fields, error }, 'a channel could not be told of alarms: given up');
  else deps.logger.warn({ ...fields, error, againInMs }, 'a channel could not be told of alarms yet');
}

async function trySend(deps: SendDeps, message: AlertMessage): Promise<SendResult> {
  switch (message.channel.kind) {
    case 'EMAIL':
      return await deps.sender.mail(renderMail(message));
    case 'WEBHOOK': {
      const [url] = message.channel.targets;
      if (deps.alertKey === null || url === undefined)
        return {
          kind: 'failed',
          permanent: false,
          reason: 'NARU_ALERT_KEY_FILE is not set for the jobs role',
        };
      const body = renderWebhook(message);
      const secret = channelSecret(deps.alertKey, message.channel.id);
      const headers = signWebhook(secret, { id: messageName(message), body }, deps.clock.now());
      return await deps.sender.post({ url, headers, body });
    }
  }
}
