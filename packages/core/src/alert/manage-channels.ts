import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { recordAudit, setAuditContext } from '../audit/audit.store.ts';
import type { AuditContext } from '../audit/audit.ts';
import type { FieldProblem } from '../withdrawal/withdrawal.errors.ts';
import { ADDRESSES_PER_CHANNEL_MAX, CHANNELS_MAX, URL_CHARACTERS_MAX } from './alert.limits.ts';
import type { AlertChannel } from './alert.ts';
import { insertChannel, listChannels, lockChannels, removeChannel } from './alert-channel.store.ts';
import { insertMessage } from './alert-message.store.ts';

export type ChannelInput = Pick<AlertChannel, 'name' | 'kind' | 'targets' | 'severityMin'>;

const NAME = /^[a-z0-9][a-z0-9-]{0,39}$/;
/** What SMTP takes for sure; who has a stranger address has another one besides. Source: RFC 5321, 4.1.2. */
const ADDRESS = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])$/;

/** What is wrong with a channel that somebody wants, each by its field; none: it can be made. */
export function findChannelProblems(input: ChannelInput): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const say = (pointer: string, code: string, message: string) => problems.push({ pointer, code, message });
  if (!NAME.test(input.name))
    say('/name', 'name_malformed', 'A name is 1 to 40 of a-z, 0-9 and -, and begins with a letter or digit.');
  if (input.kind === 'WEBHOOK') {
    const [url = ''] = input.targets;
    if (input.targets.length !== 1 || !isWebAddress(url))
      say(
        '/url',
        'url_malformed',
        'A webhook has one address that begins with https:// or http://, without a name or password in it.',
      );
  } else {
    if (input.targets.length < 1 || input.targets.length > ADDRESSES_PER_CHANNEL_MAX)
      say('/to', 'addresses_count', `Mail goes to 1 to ${ADDRESSES_PER_CHANNEL_MAX} addresses.`);
    for (const address of input.targets)
      if (!ADDRESS.test(address)) say('/to', 'address_malformed', `"${address}" is no address of mail.`);
  }
  return problems;
}

/** A password in a URL would stand in every list of channels. */
function isWebAddress(text: string): boolean {
  if (text.length > URL_CHARACTERS_MAX || !URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

export type AddedChannel = { kind: 'added'; id: string } | { kind: 'exists' } | { kind: 'too_many' };

/** In the caller's transaction, which has claimed the key of the command. The input has no problems. */
export async function addChannel(tx: Tx, id: string, input: ChannelInput): Promise<AddedChannel> {
  await lockChannels(tx);
  const channels = await listChannels(tx);
  if (channels.some(({ name }) => name === input.name)) return { kind: 'exists' };
  if (channels.length >= CHANNELS_MAX) return { kind: 'too_many' };
  await insertChannel(tx, { id, ...input });
  return { kind: 'added', id };
}

export async function takeChannelOut(
  deps: { db: Database },
  id: string,
  audit: AuditContext,
): Promise<boolean> {
  return await withTransaction(deps.db, async (tx) => {
    await setAuditContext(tx, audit);
    return await removeChannel(tx, id);
  });
}

/** Puts a test message into the channel's queue and returns its id; null: there is no such channel in use. */
export async function testChannel(
  deps: { db: Database },
  id: string,
  audit: AuditContext,
): Promise<string | null> {
  return await withTransaction(deps.db, async (tx) => await putTest(tx, newUuid(), id, audit));
}

/** In the caller's transaction. */
export async function putTest(
  tx: Tx,
  messageId: string,
  channelId: string,
  audit: AuditContext,
): Promise<string | null> {
  const [channel] = await listChannels(tx, channelId);
  if (channel === undefined) return null;
  await setAuditContext(tx, audit);
  await insertMessage(tx, { id: messageId, channelId, content: { kind: 'TEST', by: audit.actor } });
  await recordAudit(tx, { action: 'alert_channel.test', subject: `alert_channel ${channelId}` });
  return messageId;
}
