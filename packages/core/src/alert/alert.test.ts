import { withTransaction } from '@naru/db/database.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { secret } from '@naru/kit/secret.ts';
import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { acknowledgeAlarm, listAlarms } from '../reconciliation/alarm.store.ts';
import { checkInvariant } from '../reconciliation/check-invariants.ts';
import type { Finding, Invariant } from '../reconciliation/invariants.ts';
import type { ChannelKind, Mail, SendResult, Severity, Webhook } from './alert.ts';
import { listChannels } from './alert-channel.store.ts';
import { readMessage } from './alert-message.store.ts';
import { meanings } from './mail-texts.ts';
import { addChannel, takeChannelOut, testChannel } from './manage-channels.ts';
import { sendMessages } from './send-messages.ts';
import { type TellLimits, tellAlarms } from './tell-alarms.ts';

/** Channels, messages and what is told, on a real database; the ways out are recorded. */
let database: TestDatabase;
let mails: Mail[];
let posts: Webhook[];
let answer: (to: Mail | Webhook) => SendResult;
beforeEach(async () => {
  database = await createTestDatabase();
  mails = [];
  posts = [];
  answer = () => ({ kind: 'delivered', note: null });
});
afterEach(() => database.drop());

const AUDIT = { actor: 'operator:kim', origin: null, requestId: null, reason: null };
const AT_ONCE: TellLimits = { groupWaitMs: 0, messageGapMs: 0, reminderMs: 3_600_000 };

async function addOne(name: string, kind: ChannelKind = 'EMAIL', severityMin: Severity = 'WARNING') {
  const targets = kind === 'EMAIL' ? [`${name}@example.com`] : [`https://example.com/${name}`];
  const id = newUuid();
  const added = await withTransaction(database.db, (tx) =>
    addChannel(tx, id, { name, kind, targets, severityMin }),
  );
  expect(added.kind).toBe('added');
  return id;
}
const look = (invariant: Invariant, findings: Finding[]) =>
  checkInvariant({ db: database.db, logger: silentLogger }, invariant, async () => ({
    kind: 'checked',
    findings,
  }));
const tell = (limits: Partial<TellLimits> = {}) => tellAlarms({ db: database.db }, { ...AT_ONCE, ...limits });
const send = () =>
  sendMessages({
    db: database.db,
    clock: systemClock,
    logger: silentLogger,
    alertKey: secret('k'.repeat(64)),
    sender: {
      mail: async (mail) => {
        mails.push(mail);
        return answer(mail);
      },
      post: async (webhook) => {
        posts.push(webhook);
        return answer(webhook);
      },
    },
  });
/** As time does it. */
const letTimeCome = () =>
  sql`UPDATE alert_message SET next_attempt_at = clock_timestamp() WHERE state = 'PENDING'`.execute(
    database.db,
  );
const tenFindings = Array.from({ length: 10 }, (_, n) => ({
  subject: `account ${n}`,
  detail: `off by ${n}`,
}));

describe('what is told', () => {
  test('ten alarms of one moment are one mail, told once, and their ends another one', async () => {
    await addOne('team');
    await look('reserves', tenFindings);
    expect(await tell()).toBe(1);
    expect(await tell()).toBe(0);
    await send();
    expect(mails).toHaveLength(1);
    expect(mails[0]?.to).toEqual(['team@example.com']);
    expect(mails[0]?.subject).toBe('[Naru] 긴급 CRITICAL: reserves account 0 (+9)');
    for (const { subject, detail } of tenFindings)
      for (const meaning of [meanings.reserves.ko, meanings.reserves.en])
        expect(mails[0]?.text).toContain(`${subject}\n  ${meaning}\n  ${detail}`);
    await look('reserves', []);
    expect(await tell()).toBe(1);
    await send();
    expect(mails[1]?.subject).toBe('[Naru] 해결 Resolved: reserves account 0 (+9)');
    expect(await tell()).toBe(0);
  });

  test('a new alarm waits for those that belong to it, and a second message for its minute', async () => {
    await addOne('team');
    await look('reserves', [{ subject: 'a', detail: 'x' }]);
    expect(await tell({ groupWaitMs: 60_000 })).toBe(0);
    expect(await tell()).toBe(1);
    await look('sealing', [{ subject: 'b', detail: 'y' }]);
    expect(await tell({ messageGapMs: 60_000 })).toBe(0);
    expect(await tell()).toBe(1);
  });

  test('an alarm that closed before anybody was told is not told; one that opens again is a new one', async () => {
    await addOne('team');
    await look('reserves', [{ subject: 'a', detail: 'x' }]);
    await look('reserves', []);
    expect(await tell()).toBe(0);
    await look('reserves', [{ subject: 'a', detail: 'x' }]);
    expect(await tell()).toBe(1);
  });

  test('it is told again while nobody looks after it, and not afterwards', async () => {
    await addOne('team');
    await look('reserves', [{ subject: 'a', detail: 'x' }]);
    await tell();
    expect(await tell({ reminderMs: 0 })).toBe(1);
    const [alarm] = await listAlarms(database.db, { onlyOpen: true, limit: 1 });
    await withTransaction(database.db, (tx) =>
      acknowledgeAlarm(tx, alarm?.id ?? '', { actor: 'kim', note: 'mine' }),
    );
    expect(await tell({ reminderMs: 0 })).toBe(0);
    await letTimeCome();
    while (await send());
    const headingsOf = ({ text }: Mail) => text.split('\n').filter((line) => /^\S.*:$/.test(line));
    expect(mails.map(headingsOf)).toEqual([
      ['새 알람이 열렸어요:', 'New:'],
      ['아직 열려 있고, 맡은 사람이 없어요:', 'Still open, and acknowledged by nobody:'],
    ]);
  });

  test('a channel for critical ones is told of no warning, and a warning is left out beside its critical one', async () => {
    await addOne('team');
    await addOne('on-call', 'WEBHOOK', 'CRITICAL');
    await look('queue', [{ subject: 'withdrawals: above 500', detail: 'x', severity: 'WARNING' }]);
    expect(await tell()).toBe(1);
    await look('dead_letters', [
      { subject: 'dead letters: above 50', detail: 'y', severity: 'WARNING' },
      { subject: 'dead letters: above 100', detail: 'y', severity: 'CRITICAL' },
    ]);
    expect(await tell()).toBe(2);
    while (await send());
    expect(mails.map(({ subject }) => subject)).toEqual([
      '[Naru] 주의 WARNING: queue withdrawals: above 500',
      '[Naru] 긴급 CRITICAL: dead_letters dead letters: above 100',
    ]);
    expect(JSON.parse(posts[0]?.body ?? '')).toMatchObject({
      type: 'alert.alarms',
      data: { alarms: [{ status: 'raised', name: 'dead_letters', severity: 'critical' }], more: 0 },
    });
  });

  test('two dispatchers at once tell it once', async () => {
    await addOne('team');
    await look('reserves', tenFindings);
    const made = await Promise.all(Array.from({ length: 8 }, () => tell()));
    expect(made.reduce((sum, one) => sum + one, 0)).toBe(1);
    await Promise.all(Array.from({ length: 8 }, send));
    expect(mails).toHaveLength(1);
  });

  test('a name that others chose cannot forge a line or a header', async () => {
    await addOne('team');
    await look('reserves', [{ subject: 'a\r\nBcc: x@example.com', detail: 'one\ntwo' }]);
    await tell();
    await send();
    expect(mails[0]?.subject).toBe('[Naru] 긴급 CRITICAL: reserves a Bcc: x@example.com');
    expect(mails[0]?.text).toContain('\n  one two\n');
  });
});

describe('how it is sent', () => {
  test('what failed is sent again with the same id and the same bytes, the first one first', async () => {
    await addOne('hook', 'WEBHOOK');
    answer = () => ({ kind: 'failed', permanent: false, reason: 'the connection was lost' });
    await look('reserves', [{ subject: 'a', detail: 'x' }]);
    await tell();
    await send();
    await look('reserves', []);
    await tell();
    expect(await send()).toBe(false); // its time has not come, and nobody is told of an end before the beginning
    const [channel] = await listChannels(database.db);
    expect(channel?.lastMessage?.state).toBe('PENDING');
    answer = () => ({ kind: 'delivered', note: null });
    await letTimeCome();
    while (await send());
    expect(posts.map(({ body }) => JSON.parse(body).data.alarms[0].status)).toEqual([
      'raised',
      'raised',
      'resolved',
    ]);
    expect(posts[1]?.body).toBe(posts[0]?.body);
    expect(posts[1]?.headers['webhook-id']).toBe(posts[0]?.headers['webhook-id']);
    expect(posts[2]?.headers['webhook-id']).not.toBe(posts[0]?.headers['webhook-id']);
  });

  test('a try that died with its process is made again; what it says later changes nothing', async () => {
    const id = await addOne('team');
    const messageId = await testChannel({ db: database.db }, id, AUDIT);
    answer = () => {
      throw new Error('as if the process had died before it wrote the end');
    };
    await send();
    await letTimeCome();
    answer = () => ({ kind: 'delivered', note: null });
    await send();
    expect(await readMessage(database.db, messageId ?? '')).toEqual({
      state: 'SENT',
      attempts: 2,
      lastError: null,
    });
    expect(new Set(mails.map((mail) => mail.messageId)).size).toBe(1);
    await expect(
      sql`UPDATE alert_message SET state = 'PENDING', ended_at = NULL`.execute(database.db),
    ).rejects.toThrow(/a message that has ended stays as it is/);
  });

  test('what is refused for good is given up; what a channel still waits for ends with it', async () => {
    const id = await addOne('team');
    answer = () => ({ kind: 'failed', permanent: true, reason: '550 no such user' });
    const first = await testChannel({ db: database.db }, id, AUDIT);
    await send();
    expect(await readMessage(database.db, first ?? '')).toMatchObject({
      state: 'GIVEN_UP',
      lastError: '550 no such user',
    });
    const second = await testChannel({ db: database.db }, id, AUDIT);
    expect(await takeChannelOut({ db: database.db }, id, AUDIT)).toBe(true);
    expect(await takeChannelOut({ db: database.db }, id, AUDIT)).toBe(false);
    expect(await readMessage(database.db, second ?? '')).toMatchObject({ state: 'GIVEN_UP' });
    expect(await testChannel({ db: database.db }, id, AUDIT)).toBeNull();
    expect(await send()).toBe(false);
    expect(await listChannels(database.db)).toEqual([]);
  });

  test('without a key no webhook goes out unsigned', async () => {
    const id = await addOne('hook', 'WEBHOOK');
    await testChannel({ db: database.db }, id, AUDIT);
    const never = async (): Promise<SendResult> => {
      throw new Error('nothing may be sent');
    };
    await sendMessages({
      db: database.db,
      clock: systemClock,
      logger: silentLogger,
      alertKey: null,
      sender: { mail: never, post: never },
    });
    const [channel] = await listChannels(database.db);
    expect(channel?.lastMessage).toMatchObject({
      state: 'PENDING',
      lastError: 'NARU_ALERT_KEY_FILE is not set for the jobs role',
    });
  });
});
