import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { Tone } from '@naru/ui/tone.ts';
import type { ReconciliationBody } from '@naru/wire/reconciliation.ts';
import { Link } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { formatCount } from '../../format/number.ts';
import { formatDuration } from '../../format/time.ts';
import { useFindingText } from '../../i18n/finding-texts.ts';
import { useInvariants } from '../../i18n/invariants.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { Time } from '../../primitives/time.tsx';
import { reconciliationTexts } from './reconciliation.texts.ts';

export type Check = ReconciliationBody['checks'][number];

const tones = {
  OK: 'good',
  NOT_OK: 'bad',
  UNKNOWN: 'warn',
  NEVER_RUN: 'idle',
} as const satisfies Record<Check['status'], Tone>;

/** One check; opened, what it found, what that means and what to do. Open by itself when it is not OK. */
export function CheckItem({ check }: { check: Check }) {
  const words = useTexts(reconciliationTexts);
  const describe = useInvariants();
  const { name, means, action } = describe(check.invariant, check);
  return (
    <li>
      <details className="group" open={check.status === 'NOT_OK'}>
        <summary className="flex min-h-11 cursor-pointer list-none flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2 outline-offset-[-2px] hover:bg-surface-secondary focus-visible:outline-2 focus-visible:outline-focus">
          <ChevronRight
            className="size-4 shrink-0 text-muted transition-transform group-open:rotate-90"
            aria-hidden
          />
          <span className="text-sm font-medium">{name}</span>
          <StatusChip tone={tones[check.status]}>{words[check.status]}</StatusChip>
          {check.openAlarms === 0 ? null : (
            <StatusChip tone="bad">{words.openAlarms(formatCount(check.openAlarms))}</StatusChip>
          )}
          <span className="ms-auto text-xs text-muted">
            {words.lastOk} {check.lastOkAt === null ? words.never : <Time at={check.lastOkAt} />}
          </span>
        </summary>
        <div className="flex flex-col gap-4 px-4 pt-1 pb-4 ps-11">
          <dl className="grid grid-cols-1 gap-3 sm:grid-cols-2">
            <div>
              <dt className="text-xs text-muted">{words.means}</dt>
              <dd className="text-sm">{means}</dd>
            </div>
            <div>
              <dt className="text-xs text-muted">{words.action}</dt>
              <dd className="text-sm">{action}</dd>
            </div>
          </dl>
          <Findings check={check} />
          <Runs check={check} />
          {check.openAlarms > 0 ? (
            <Link to="/alarms" search={{ state: 'OPEN' }} className="text-sm text-link underline">
              {words.seeAlarms}
            </Link>
          ) : null}
          {check.invariant === 'history_seals' ? (
            <Link to="/audit/verification" className="text-sm text-link underline">
              {words.seeVerification}
            </Link>
          ) : null}
        </div>
      </details>
    </li>
  );
}

function Findings({ check: { findings, runs } }: { check: Check }) {
  const words = useTexts(reconciliationTexts);
  const say = useFindingText();
  if (runs.length === 0 && findings.length === 0) return null;
  return (
    <section aria-label={words.findings}>
      <h3 className="text-xs text-muted">{words.findings}</h3>
      {findings.length === 0 ? (
        <p className="text-sm">{words.noFindings}</p>
      ) : (
        <ul className="mt-1 flex flex-col gap-1">
          {findings.map((one) => (
            <li
              key={`${one.subject} ${one.detail}`}
              className={`rounded px-2 py-1 text-sm ${one.severity === 'CRITICAL' ? 'bg-bad-soft text-bad-text' : 'bg-warn-soft text-warn-text'}`}
            >
              <code className="font-semibold">{one.subject}</code> {say(one.detail)}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Runs({ check: { runs } }: { check: Check }) {
  const words = useTexts(reconciliationTexts);
  const say = useFindingText();
  const locale = useLocale();
  return (
    <section aria-label={words.runs}>
      <h3 className="text-xs text-muted">{words.runs}</h3>
      {runs.length === 0 ? (
        <p className="text-sm">{words.noRuns}</p>
      ) : (
        <ul className="mt-1 flex flex-col gap-1">
          {runs.map((run) => (
            <li key={run.at} className="flex flex-wrap items-center gap-x-3 text-sm">
              <Time at={run.at} />
              <StatusChip tone={run.ok === null ? 'warn' : run.ok ? 'good' : 'bad'}>
                {run.ok === null
                  ? words.runUnknown
                  : run.ok
                    ? words.runOk
                    : words.runNotOk(formatCount(run.findings))}
              </StatusChip>
              <span className="tabular text-xs text-muted">
                {words.took(formatDuration(run.durationMs, locale))}
                {run.note === null ? '' : ` · ${say(run.note)}`}
              </span>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
