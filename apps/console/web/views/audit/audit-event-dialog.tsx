import { Dialog } from '@naru/ui/dialog.tsx';
import { JsonView } from '@naru/ui/json-view.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import type { AuditEventBody } from '@naru/wire/audit.ts';
import { Link } from '@tanstack/react-router';
import { common } from '../../i18n/common.ts';
import { useTexts } from '../../i18n/locale.ts';
import { Actor } from '../../primitives/actor.tsx';
import { ChangeDiff } from '../../primitives/change-diff.tsx';
import { ShortId } from '../../primitives/short-id.tsx';
import { Time } from '../../primitives/time.tsx';
import { auditTexts } from './audit.texts.ts';
import { changesOf } from './changes-of.ts';
import { placeOf, referenceOf } from './subject-place.ts';

/** One entry: who, what, why, and each value before and after. */
export function AuditEventDialog({ event, onClose }: { event: AuditEventBody | null; onClose: () => void }) {
  const shared = useTexts(common);
  return (
    <Dialog
      isOpen={event !== null}
      onClose={onClose}
      title={event?.action ?? ''}
      closeLabel={shared.close}
      size="lg"
    >
      {event === null ? null : <Entry event={event} onLeave={onClose} />}
    </Dialog>
  );
}

function Entry({ event, onLeave }: { event: AuditEventBody; onLeave: () => void }) {
  const words = useTexts(auditTexts);
  const changes = changesOf(event);
  const { kind, id, to } = placeOf(event.subject);
  return (
    <>
      <KeyValues
        rows={[
          [words.at, <Time key="at" at={event.at} />],
          [words.actor, <Actor key="actor" {...event.actor} />],
          [
            words.subject,
            <span key="subject" className="inline-flex flex-wrap items-center gap-x-2">
              {kind} <ShortId text={id} />
            </span>,
          ],
          [words.reason, event.reason ?? '—'],
          [words.origin, `${event.origin ?? '—'} · ${event.application}`],
          [
            words.requestId,
            event.requestId === null ? '—' : <ShortId key="request" text={event.requestId} />,
          ],
          [words.position, event.id],
        ]}
      />
      {changes.length === 0 ? (
        <p className="text-sm text-muted">{words.noValues}</p>
      ) : (
        <ChangeDiff changes={changes} draw={(field, value) => <Value field={field} value={value} />} />
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: a link that is followed by key is clicked, too */}
      <p className="flex flex-wrap gap-x-4 gap-y-1 text-sm" onClick={onLeave}>
        {to === null ? null : (
          <Link to={to} className="text-link underline">
            {words.open}
          </Link>
        )}
        <Narrow name="actor" value={event.actor.id} label={words.sameActor} />
        <Narrow name="subject" value={event.subject} label={words.sameSubject} />
        {event.requestId === null ? null : (
          <Narrow name="requestId" value={event.requestId} label={words.sameRequest} />
        )}
      </p>
      <details>
        <summary className="cursor-pointer text-sm text-muted">{words.raw}</summary>
        <JsonView label={words.raw} value={event} />
      </details>
    </>
  );
}

function Narrow({
  name,
  value,
  label,
}: {
  name: 'actor' | 'subject' | 'requestId';
  value: string;
  label: string;
}) {
  return (
    <Link to="/audit" search={{ [name]: value }} className="text-link underline">
      {label}
    </Link>
  );
}

function Value({ field, value }: { field: string; value: string }) {
  const place = referenceOf(field, value);
  if (place === null) return value;
  if (place.to === null) return place.id;
  return (
    <Link to={place.to} className="underline">
      {place.id}
    </Link>
  );
}
