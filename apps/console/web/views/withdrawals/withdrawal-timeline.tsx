import { shorten } from '@naru/ui/copy-text.tsx';
import { Timeline, type TimelineEntry } from '@naru/ui/timeline.tsx';
import type { WithdrawalDetailBody } from '@naru/wire/withdrawal-detail.ts';
import { Link } from '@tanstack/react-router';
import { formatDuration } from '../../format/time.ts';
import { useLocale, useTexts } from '../../i18n/locale.ts';
import { sayMachineText } from '../../i18n/machine-texts.ts';
import { withdrawalStateTexts, withdrawalTones } from '../../i18n/withdrawal-states.ts';
import { Time } from '../../primitives/time.tsx';
import { detailTexts } from './detail.texts.ts';

/** Every change of state and what people did about it, newest first. */
export function WithdrawalTimeline({ detail }: { detail: WithdrawalDetailBody }) {
  const words = useTexts(detailTexts);
  const states = useTexts(withdrawalStateTexts);
  const locale = useLocale();
  const changes = detail.events.map((event, index): TimelineEntry & { at: string } => {
    const before = detail.events[index - 1];
    const took = before === undefined ? null : Date.parse(event.at) - Date.parse(before.at);
    return {
      key: `event-${index}`,
      at: event.at,
      tone: withdrawalTones[event.to],
      title: states[event.to],
      time: (
        <>
          <Time at={event.at} />
          {took === null ? null : ` (+${formatDuration(took, locale)})`}
        </>
      ),
      detail: (
        <>
          <span title={event.reason}>{sayMachineText(event.reason, locale)}</span> ·{' '}
          <span title={event.actor}>{event.holder ?? shortActor(event.actor)}</span>
          {event.chainTxId === null ? null : (
            <>
              {' · '}
              <Link to="/chain-txs/$id" params={{ id: event.chainTxId }} className="text-link underline">
                {words.plan} {shorten(event.chainTxId)}
              </Link>
            </>
          )}
        </>
      ),
    };
  });
  const deeds = detail.verbs.map((deed, index): TimelineEntry & { at: string } => ({
    key: `verb-${index}`,
    at: deed.at,
    tone: 'idle',
    title: words[deed.verb],
    time: <Time at={deed.at} />,
    detail: `${deed.reason ?? ''} · ${deed.holder ?? shortActor(deed.actor)}`,
  }));
  // Of one moment, the later change comes first: they are listed oldest first.
  const entries = [...changes, ...deeds].reverse().sort((one, other) => other.at.localeCompare(one.at));
  return <Timeline label={words.timeline} entries={entries} />;
}

/** `api_key:key_01…` as `key_01kj…m7d5e`; systems as they are. */
export function shortActor(actor: string): string {
  return actor.startsWith('api_key:') ? shorten(actor.slice('api_key:'.length)) : actor;
}
