import { newUuid } from '@naru/kit/ids.ts';
import { secret } from '@naru/kit/secret.ts';
import { Webhook } from 'standardwebhooks';
import { expect, test } from 'vitest';
import { channelSecret, signWebhook } from './channel-secret.ts';

const key = secret('a'.repeat(64));
const message = { id: 'almsg_1', body: '{"type":"alert.test"}' };

test('what is signed is verified by the public library; another body, id or secret is not', () => {
  const own = channelSecret(key, newUuid());
  const headers = signWebhook(own, message, new Date());
  const webhook = new Webhook(own.reveal());
  expect(webhook.verify(message.body, headers)).toEqual({ type: 'alert.test' });
  expect(() => webhook.verify('{"type":"alert.other"}', headers)).toThrow();
  expect(() => webhook.verify(message.body, { ...headers, 'webhook-id': 'almsg_2' })).toThrow();
  const other = new Webhook(channelSecret(key, newUuid()).reveal());
  expect(() => other.verify(message.body, headers)).toThrow();
});

test('a secret is the same in every process, and another one with another key', () => {
  const id = newUuid();
  expect(channelSecret(key, id).reveal()).toBe(channelSecret(secret('a'.repeat(64)), id).reveal());
  expect(channelSecret(secret('b'.repeat(64)), id).reveal()).not.toBe(channelSecret(key, id).reveal());
});
