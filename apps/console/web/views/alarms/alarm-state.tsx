import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { AlarmBody } from '@naru/wire/reconciliation.ts';
import { useTexts } from '../../i18n/locale.ts';
import { alarmTexts } from './alarm.texts.ts';

export function AlarmState({ alarm }: { alarm: AlarmBody }) {
  const words = useTexts(alarmTexts);
  if (alarm.state === 'CLOSED') return <StatusChip tone="good">{words.CLOSED}</StatusChip>;
  if (alarm.acknowledgedAt !== null) return <StatusChip tone="info">{words.ACKNOWLEDGED}</StatusChip>;
  const isSnoozed = alarm.snoozedUntil !== null && Date.parse(alarm.snoozedUntil) > Date.now();
  if (isSnoozed) return <StatusChip tone="idle">{words.SNOOZED}</StatusChip>;
  return <StatusChip tone="bad">{words.OPEN}</StatusChip>;
}
