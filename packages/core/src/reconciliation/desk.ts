import { type Database, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { Caller } from '../access/access.ts';
import { recordAudit, setAuditContext } from '../audit/audit.store.ts';
import { runOnce } from '../command/run-once.ts';
import type { Operation } from '../dead-letter/operate.ts';
import type { Refusal } from '../withdrawal/withdrawal.errors.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import { acknowledgeAlarm, type InvariantState, readInvariantStates } from './alarm.store.ts';
import {
  type AlarmPage,
  findUnfit,
  insertSignOff,
  isDayOver,
  listAlarmPage,
  listRuns,
  listSignOffs,
  lockAlarm,
  type Run,
  readAlarm,
  readSignOff,
  type SignOff,
  snoozeAlarm,
} from './desk.store.ts';
import { type Alarm, booksInvariants } from './invariants.ts';
import { SNOOZE_HOURS_MAX } from './reconciliation.limits.ts';

export type Reconciliation = {
  checks: (InvariantState & { runs: Run[] })[];
  signOffs: SignOff[];
};

/** What operators see and say of checks and alarms. No verb closes an alarm: it closes when its invariant holds again. */
export type ReconciliationDesk = {
  read(): Promise<Reconciliation>;
  alarms(
    filter: { state?: 'OPEN' | 'CLOSED' },
    page: { limit: number; after: string | null },
  ): Promise<AlarmPage>;
  /** Says who looks after it: nobody is reminded of it any more. */
  acknowledge(id: string, operation: Operation): Promise<CommandResult<Alarm>>;
  /** Nobody is reminded of it for so many hours. */
  snooze(id: string, operation: Operation, hours: number): Promise<CommandResult<Alarm>>;
  /** A person says that the books of a day in Korea were looked at; refused while a check of the books does not hold. */
  signOff(day: string, operation: Operation): Promise<CommandResult<SignOff>>;
};

export function createReconciliationDesk(deps: { db: Database }): ReconciliationDesk {
  const { db } = deps;

  async function onAlarm(
    verb: 'acknowledge' | 'snooze',
    id: string,
    operation: Operation,
    hours: number | null,
  ): Promise<CommandResult<Alarm>> {
    const { caller, idempotencyKey: key, reason, from } = operation;
    const actor = actorOf(caller);
    const answer = await withTransaction(db, async (tx) => {
      await setAuditContext(tx, { actor, reason, ...from });
      const { organisationId } = caller;
      const command = `${verb}-alarm`;
      return await runOnce(
        tx,
        { organisationId, key, command, input: [id, reason, hours], resourceId: id },
        async () => {
          const found = await lockAlarm(tx, id);
          if (found === null) return alarmNotFound;
          if (found.closedAt !== null) return alarmClosed(found);
          const until = hours === null ? null : new Date(Date.now() + hours * 3_600_000);
          if (until === null) await acknowledgeAlarm(tx, id, { actor, note: reason });
          else await snoozeAlarm(tx, id, until);
          const after = {
            invariant: found.invariant,
            subject: found.subject,
            ...(until === null ? {} : { until: until.toISOString() }),
          };
          await recordAudit(tx, { action: `alarm.${verb}`, subject: `alarm ${id}`, after });
          return null;
        },
      );
    });
    if (answer.kind === 'refused') return answer;
    return {
      kind: 'done',
      value: assertPresent(await readAlarm(db, id), `alarm ${id}`),
      replayed: answer.replayed,
    };
  }

  return {
    async read() {
      const [states, runs, signOffs] = await Promise.all([
        readInvariantStates(db),
        listRuns(db),
        listSignOffs(db),
      ]);
      return { checks: states.map((one) => ({ ...one, runs: runs.get(one.invariant) ?? [] })), signOffs };
    },
    alarms: (filter, page) => listAlarmPage(db, filter, page),
    acknowledge: (id, operation) => onAlarm('acknowledge', id, operation, null),
    snooze: (id, operation, hours) => onAlarm('snooze', id, operation, Math.min(hours, SNOOZE_HOURS_MAX)),
    signOff: (day, operation) => signOff(db, day, operation),
  };
}

async function signOff(
  db: Database,
  day: string,
  { caller, idempotencyKey: key, reason: note, from }: Operation,
): Promise<CommandResult<SignOff>> {
  const actor = actorOf(caller);
  const answer = await withTransaction(db, async (tx) => {
    await setAuditContext(tx, { actor, reason: note, ...from });
    const command = {
      organisationId: caller.organisationId,
      key,
      command: 'sign-off-day',
      input: [day, note],
      // A day is named by itself; the record of a key holds a UUID.
      resourceId: `00000000-0000-8000-8000-0000${day.replaceAll('-', '')}`,
    };
    return await runOnce(tx, command, async () => {
      if (!(await isDayOver(tx, day)))
        return notPossible(
          `${day} is not over in Korea yet.`,
          `한국 시각으로 ${day}이 아직 끝나지 않았어요.`,
        );
      const unfit = await findUnfit(tx, booksInvariants);
      const names = unfit.map(({ invariant }) => invariant).join(', ');
      if (unfit.length > 0)
        return notPossible(
          `A check of the books does not hold, or was not made: ${names}.`,
          `맞지 않거나 아직 확인하지 못한 대사 항목이 있어요: ${names}`,
        );
      const checks = booksInvariants.map((invariant) => ({ invariant, ok: true }));
      if (await insertSignOff(tx, { day, signedBy: actor, note, checks })) return null;
      return notPossible(`${day} is signed off already.`, `${day}은 이미 마감 확인이 끝났어요.`);
    });
  });
  if (answer.kind === 'refused') return answer;
  const value = assertPresent(await readSignOff(db, day), `sign-off of ${day}`);
  return { kind: 'done', value, replayed: answer.replayed };
}

function actorOf(caller: Caller): string {
  return `api_key:${caller.apiKeyId}`;
}

const alarmNotFound: Refusal = {
  code: 'alarm_not_found',
  message: 'There is no such alarm.',
  retryable: false,
};

function alarmClosed({ closedAt }: Alarm): Refusal {
  const at = closedAt?.toISOString() ?? '';
  return notPossible(`It closed by itself at ${at}.`, `이 알람은 ${at}에 저절로 해제됐어요.`);
}

function notPossible(message: string, messageKo: string): Refusal {
  return { code: 'operation_not_possible', message, messageKo, retryable: false };
}
