import { Button } from '@naru/ui/button.tsx';
import { Dialog } from '@naru/ui/dialog.tsx';
import { KeyValues } from '@naru/ui/key-values.tsx';
import { Select } from '@naru/ui/select.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { AlarmBody } from '@naru/wire/reconciliation.ts';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { naru } from '../../app/client.ts';
import { useMe } from '../../app/me.ts';
import { common } from '../../i18n/common.ts';
import { useFindingText } from '../../i18n/finding-texts.ts';
import { useInvariants } from '../../i18n/invariants.ts';
import { useTexts } from '../../i18n/locale.ts';
import { Actor } from '../../primitives/actor.tsx';
import { CommandDialog } from '../../primitives/command-dialog.tsx';
import { Time } from '../../primitives/time.tsx';
import { alarmTexts } from './alarm.texts.ts';
import { AlarmState } from './alarm-state.tsx';

const HOURS = ['1', '4', '12', '24', '72'] as const;

/** Where what an alarm is about is looked at. */
const places: Readonly<Record<string, string>> = {
  account_reserves: '/accounts',
  account_transfers: '/accounts',
  emergency_approvals: '/approvals',
  queue: '/withdrawals',
  dead_letters: '/dead-letters',
  failure_rate: '/withdrawals?state=FAILED',
  history_seals: '/audit/verification',
  sealing: '/audit/verification',
  resources: '/',
  alert_delivery: '/alarms/channels',
};

/** One alarm: what it means, what to do, and who looks after it. */
export function AlarmDialog({ alarm, onClose }: { alarm: AlarmBody | null; onClose: () => void }) {
  const words = useTexts(alarmTexts);
  const shared = useTexts(common);
  const describe = useInvariants();
  const me = useMe();
  const [verb, setVerb] = useState<'acknowledge' | 'snooze' | null>(null);
  if (alarm === null) return null;
  const may = me.can('operations:write');
  const isOpen = alarm.state === 'OPEN';
  return (
    <>
      <Dialog
        isOpen={verb === null}
        onClose={onClose}
        title={describe(alarm.invariant, alarm).name}
        closeLabel={shared.close}
        size="lg"
        footer={
          isOpen && may ? (
            <>
              <Button size="md" variant="outline" onPress={() => setVerb('snooze')}>
                {words.snooze}
              </Button>
              {alarm.acknowledgedAt === null ? (
                <Button size="md" variant="primary" onPress={() => setVerb('acknowledge')}>
                  {words.acknowledge}
                </Button>
              ) : null}
            </>
          ) : isOpen ? (
            <p className="text-sm text-muted">{words.noScope}</p>
          ) : undefined
        }
      >
        <Facts alarm={alarm} />
      </Dialog>
      <Verbs alarm={alarm} verb={verb} onClose={() => setVerb(null)} />
    </>
  );
}

function Facts({ alarm }: { alarm: AlarmBody }) {
  const words = useTexts(alarmTexts);
  const say = useFindingText();
  const { means, action } = useInvariants()(alarm.invariant, alarm);
  const [path, query] = (places[alarm.invariant] ?? '/reconciliation').split('?');
  return (
    <>
      <p className="rounded-md bg-surface-secondary p-3 text-sm break-words">
        <code className="font-semibold">{alarm.subject}</code> {say(alarm.detail)}
      </p>
      <KeyValues
        rows={[
          [
            words.state,
            <span key="state" className="inline-flex gap-2">
              <AlarmState alarm={alarm} />
              <StatusChip tone={alarm.severity === 'CRITICAL' ? 'bad' : 'warn'}>
                {words[alarm.severity]}
              </StatusChip>
            </span>,
          ],
          [words.means, means],
          [words.action, action],
          [words.openedAt, <Time key="opened" at={alarm.openedAt} />],
          [words.lastSeenAt, <Time key="seen" at={alarm.lastSeenAt} />],
          ...(alarm.closedAt === null
            ? []
            : [[words.closedAt, <Time key="closed" at={alarm.closedAt} />] as const]),
          ...(alarm.acknowledgedBy === null
            ? []
            : [[words.lookedAfterBy, <Actor key="by" id={alarm.acknowledgedBy} />] as const]),
          ...(alarm.note === null ? [] : [[words.note, alarm.note] as const]),
          ...(alarm.snoozedUntil === null
            ? []
            : [[words.snoozedUntil, <Time key="quiet" at={alarm.snoozedUntil} />] as const]),
        ]}
      />
      <Link
        to={path ?? '/'}
        search={Object.fromEntries(new URLSearchParams(query))}
        className="text-sm text-link underline"
      >
        {words.place}
      </Link>
    </>
  );
}

function Verbs({
  alarm: { id },
  verb,
  onClose,
}: {
  alarm: AlarmBody;
  verb: 'acknowledge' | 'snooze' | null;
  onClose: () => void;
}) {
  const words = useTexts(alarmTexts);
  const client = useQueryClient();
  const [hours, setHours] = useState<(typeof HOURS)[number]>('4');
  const onDone = () => void client.invalidateQueries({ queryKey: ['alarms'] });
  return (
    <>
      <CommandDialog
        isOpen={verb === 'acknowledge'}
        onClose={onClose}
        title={words.acknowledgeTitle}
        consequence={words.acknowledgeWhat}
        confirmLabel={words.acknowledge}
        reason="required"
        run={({ reason, idempotencyKey }) =>
          naru.admin.alarms.acknowledge(id, { reason }, { idempotencyKey })
        }
        doneText={words.acknowledged}
        onDone={onDone}
      />
      <CommandDialog
        isOpen={verb === 'snooze'}
        onClose={onClose}
        title={words.snoozeTitle}
        consequence={words.snoozeWhat}
        confirmLabel={words.snooze}
        reason="required"
        fields={
          <Select
            label={words.snoozeHours}
            value={hours}
            choices={HOURS.map((value) => ({ value, label: words.hours(value) }))}
            onChange={setHours}
          />
        }
        run={({ reason, idempotencyKey }) =>
          naru.admin.alarms.snooze(id, { reason, hours: Number(hours) }, { idempotencyKey })
        }
        doneText={words.snoozed}
        onDone={onDone}
      />
    </>
  );
}
