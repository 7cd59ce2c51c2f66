import type { SignOff } from '@naru/core/reconciliation/desk.store.ts';
import type { Reconciliation } from '@naru/core/reconciliation/desk.ts';
import { explanations } from '@naru/core/reconciliation/explain.ts';
import { type Alarm, booksInvariants, type Figure } from '@naru/core/reconciliation/invariants.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import type { AlarmBody, ReconciliationBody, SignOffBody } from '@naru/wire/reconciliation.ts';

type CheckBody = ReconciliationBody['checks'][number];

/** An actor of the database as the API names it. */
export function toActor(actor: string): string {
  const [kind, id] = actor.split(':');
  const isKey = kind === 'api_key' && id !== undefined && /^[0-9a-f-]{36}$/.test(id);
  return isKey ? `api_key:${toPublicId('apiKey', id)}` : actor;
}

export function toAlarmBody(alarm: Alarm): AlarmBody {
  const { invariant, closedAt, acknowledgedAt, acknowledgedBy, snoozedUntil } = alarm;
  return {
    id: toPublicId('alarm', alarm.id),
    object: 'alarm',
    invariant,
    subject: alarm.subject,
    detail: alarm.detail,
    severity: alarm.severity,
    ...explanations[invariant],
    state: closedAt === null ? 'OPEN' : 'CLOSED',
    openedAt: alarm.openedAt.toISOString(),
    lastSeenAt: alarm.lastSeenAt.toISOString(),
    closedAt: closedAt?.toISOString() ?? null,
    acknowledgedAt: acknowledgedAt?.toISOString() ?? null,
    acknowledgedBy: acknowledgedBy === null ? null : toActor(acknowledgedBy),
    note: alarm.note,
    snoozedUntil: snoozedUntil?.toISOString() ?? null,
  };
}

export function toSignOffBody({ day, signedBy, note, signedAt }: SignOff): SignOffBody {
  return { day, signedBy: toActor(signedBy), note, signedAt: signedAt.toISOString() };
}

export function toReconciliationBody({ checks, signOffs }: Reconciliation): ReconciliationBody {
  const bodies = checks.map(toCheck);
  const isOk = bodies.every(({ books, status }) => !books || status === 'OK');
  return {
    object: 'reconciliation',
    status: isOk ? 'OK' : 'NOT_OK',
    checks: bodies,
    signOffs: signOffs.map(toSignOffBody),
  };
}

function toCheck({ invariant, open, lastOkSeconds, runs }: Reconciliation['checks'][number]): CheckBody {
  const [last] = runs;
  return {
    invariant,
    books: booksInvariants.includes(invariant),
    status: statusOf(open, last?.ok),
    ...explanations[invariant],
    openAlarms: open,
    lastOkAt: lastOkSeconds === null ? null : new Date(lastOkSeconds * 1_000).toISOString(),
    findings: (last?.findings ?? []).map(({ subject, detail, severity = 'CRITICAL' }) => ({
      subject,
      detail,
      severity,
    })),
    drift: last?.figures?.map(toDrift) ?? null,
    runs: runs.map(({ at, ok, findingCount, durationMs, note }) => ({
      at: at.toISOString(),
      ok,
      findings: findingCount,
      durationMs,
      note,
    })),
  };
}

function statusOf(open: number, ok: boolean | null | undefined): CheckBody['status'] {
  if (open > 0 || ok === false) return 'NOT_OK';
  if (ok === undefined) return 'NEVER_RUN';
  return ok === null ? 'UNKNOWN' : 'OK';
}

function toDrift(figure: Figure): NonNullable<CheckBody['drift']>[number] {
  const [chain = '', asset = ''] = figure.assetId.split(':');
  const show = (units: bigint) => formatAmount(units, figure.decimals);
  return {
    chain,
    asset,
    holder: figure.holder === 'TREASURY' ? 'TREASURY' : 'HOT_WALLET',
    ledger: show(BigInt(figure.ledger)),
    onChain: show(BigInt(figure.onChain)),
    inFlight: show(BigInt(figure.inFlight)),
    drift: show(BigInt(figure.onChain) - BigInt(figure.ledger)),
    agrees: figure.agrees,
  };
}
