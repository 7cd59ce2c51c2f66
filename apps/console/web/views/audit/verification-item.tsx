import { Progress } from '@naru/ui/meter.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { AuditVerificationBody } from '@naru/wire/audit.ts';
import { formatCount } from '../../format/number.ts';
import { formatDuration } from '../../format/time.ts';
import { useFindingText } from '../../i18n/finding-texts.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { Actor } from '../../primitives/actor.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { auditTexts } from './audit.texts.ts';

const tones = { REQUESTED: 'idle', RUNNING: 'info', DONE: 'good', FAILED: 'bad' } as const;

export function VerificationItem({ verification }: { verification: AuditVerificationBody }) {
  const words = useTexts(auditTexts);
  const say = useFindingText();
  const locale = useLocale();
  const { state, ok, problems, sealsDone, sealsTotal, rowsDone, startedAt, endedAt, head } = verification;
  const text = words.progress(formatCount(BigInt(sealsDone)), formatCount(BigInt(sealsTotal)));
  return (
    <li className="flex flex-col gap-2 px-4 py-3 text-sm">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <StatusChip tone={ok === false ? 'bad' : tones[state]}>{words[state]}</StatusChip>
        {ok === null ? null : (
          <span className={`font-medium ${ok ? 'text-good-text' : 'text-bad-text'}`}>
            {ok ? words.ok : words.notOk(formatCount(problems.length))}
          </span>
        )}
        <span className="ms-auto text-xs text-muted">
          <Time at={verification.requestedAt} />
        </span>
      </div>
      {state === 'RUNNING' || state === 'REQUESTED' ? (
        <Progress
          done={Number(sealsDone)}
          total={Number(sealsTotal)}
          label={words.progressLabel}
          text={text}
        />
      ) : null}
      <p className="tabular flex flex-wrap gap-x-3 text-xs text-muted">
        <span>{text}</span>
        {state === 'DONE' ? <span>{words.rows(formatCount(BigInt(rowsDone)))}</span> : null}
        {startedAt !== null && endedAt !== null ? (
          <span>{words.took(formatDuration(Date.parse(endedAt) - Date.parse(startedAt), locale))}</span>
        ) : null}
        <span>
          {words.requestedBy} <Actor id={verification.requestedBy} />
        </span>
        {head === null ? null : (
          <span>
            {words.head} <ShortId text={head} />
          </span>
        )}
      </p>
      {verification.error === null ? null : <p className="text-bad-text">{verification.error}</p>}
      {problems.length === 0 ? null : (
        <ul className="flex flex-col gap-1">
          {problems.map((one) => (
            <li
              key={`${one.kind} ${one.subject} ${one.detail}`}
              className="rounded bg-bad-soft px-2 py-1 text-bad-text"
            >
              <code>{one.kind}</code> {one.subject}: {say(one.detail)}
            </li>
          ))}
        </ul>
      )}
    </li>
  );
}
