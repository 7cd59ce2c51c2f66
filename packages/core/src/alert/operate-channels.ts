import type { Database, Tx } from '@naru/db/database.ts';
import type { Secret } from '@naru/kit/secret.ts';
import type { Caller } from '../access/access.ts';
import { setAuditContext } from '../audit/audit.store.ts';
import { runCommand } from '../command/run-command.ts';
import type { Refusal } from '../withdrawal/withdrawal.errors.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import type { AlertChannel } from './alert.ts';
import { listChannels } from './alert-channel.store.ts';
import { channelSecret } from './channel-secret.ts';
import {
  addChannel,
  type ChannelInput,
  findChannelProblems,
  putTest,
  takeChannelOut,
} from './manage-channels.ts';

/** Where a call came from, for the audit log. */
export type Origin = { origin: string | null; requestId: string | null };
/** `secret`: of its webhooks; null for mail, and where there is no key. */
export type CreatedChannel = { channel: AlertChannel; secret: Secret | null };

/** Channels of alarms as an operator manages them over the API: each command once for its key, and audited. */
export type AlertChannels = {
  list(): Promise<AlertChannel[]>;
  create(
    caller: Caller,
    key: string,
    input: ChannelInput,
    from: Origin,
  ): Promise<CommandResult<CreatedChannel>>;
  /** Puts a test into the channel's queue. Its end is the channel's `lastMessage`. */
  test(caller: Caller, key: string, id: string, from: Origin): Promise<CommandResult<AlertChannel>>;
  /** Harmless when repeated: what is gone is not found. */
  remove(caller: Caller, id: string, from: Origin): Promise<CommandResult<AlertChannel>>;
};

export function createAlertChannels(deps: { db: Database; alertKey: Secret | null }): AlertChannels {
  const { db, alertKey } = deps;
  const auditOf = (caller: Caller, from: Origin) => ({
    actor: `api_key:${caller.apiKeyId}`,
    reason: null,
    ...from,
  });
  return {
    list: () => listChannels(db),
    async create(caller, key, input, from) {
      const errors = findChannelProblems(input);
      if (errors.length > 0)
        return {
          ...refused('validation_failed', 'The channel cannot be made like this.', errors),
          replayed: false,
        };
      const made = await once(db, caller, { key, command: 'create-alert-channel', input }, async (tx, id) => {
        await setAuditContext(tx, auditOf(caller, from));
        const added = await addChannel(tx, id, input);
        if (added.kind === 'exists')
          return refused('alert_channel_exists', 'There is a channel of this name already.').refusal;
        if (added.kind === 'too_many')
          return refused('alert_channels_too_many', 'There are as many channels as there may be.').refusal;
        return null;
      });
      if (made.kind === 'refused') return made;
      const [channel] = await listChannels(db, made.value);
      if (channel === undefined) return { ...unknownChannel(), replayed: made.replayed }; // removed since
      const secret =
        channel.kind === 'WEBHOOK' && alertKey !== null ? channelSecret(alertKey, channel.id) : null;
      return { kind: 'done', replayed: made.replayed, value: { channel, secret } };
    },
    async test(caller, key, id, from) {
      const made = await once(
        db,
        caller,
        { key, command: 'test-alert-channel', input: id },
        async (tx, messageId) =>
          (await putTest(tx, messageId, id, auditOf(caller, from))) === null
            ? unknownChannel().refusal
            : null,
      );
      if (made.kind === 'refused') return made;
      const [channel] = await listChannels(db, id);
      if (channel === undefined) return { ...unknownChannel(), replayed: made.replayed };
      return { kind: 'done', replayed: made.replayed, value: channel };
    },
    async remove(caller, id, from) {
      const [channel] = await listChannels(db, id);
      const isRemoved = channel !== undefined && (await takeChannelOut({ db }, id, auditOf(caller, from)));
      if (!isRemoved) return { ...unknownChannel(), replayed: false };
      return { kind: 'done', replayed: false, value: channel };
    },
  };
}

type Refused = { kind: 'refused'; refusal: Refusal };

function refused(code: Refusal['code'], message: string, errors?: Refusal['errors']): Refused {
  const refusal = { code, message, retryable: false };
  return { kind: 'refused', refusal: errors === undefined ? refusal : { ...refusal, errors } };
}

function unknownChannel(): Refused {
  return refused('alert_channel_not_found', 'There is no such channel in use.');
}

/** Runs `effect` once for its key, with the id of what it makes; a repeated call gets that id, or the refusal, again. */
async function once(
  db: Database,
  caller: Caller,
  command: { key: string; command: string; input: unknown },
  effect: (tx: Tx, id: string) => Promise<Refusal | null>,
): Promise<CommandResult<string>> {
  const { organisationId } = caller;
  const { key: idempotencyKey, ...named } = command;
  return await runCommand(
    { db },
    { organisationId, idempotencyKey, ...named },
    { work: effect, read: async (id) => id },
  );
}
