import { Button } from '@naru/ui/button.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import { Pause, Play } from 'lucide-react';
import { useLive } from '../app/live.tsx';
import { formatClock } from '../format/time.ts';
import { defineTexts, useTexts } from '../i18n/locale.ts';

const texts = defineTexts({
  ko: {
    connecting: '연결하는 중',
    live: '실시간',
    lost: '다시 연결하는 중',
    paused: '멈춤',
    pause: '실시간 갱신 멈추기',
    resume: '실시간 갱신 이어가기',
    asOf: (time: string) => `${time} 기준`,
  },
  en: {
    connecting: 'Connecting',
    live: 'Live',
    lost: 'Reconnecting',
    paused: 'Paused',
    pause: 'Pause live updates',
    resume: 'Resume live updates',
    asOf: (time) => `as of ${time}`,
  },
});

const tones = { connecting: 'idle', live: 'good', lost: 'warn', paused: 'idle' } as const;

/** Whether what one sees is of now, and since when it may not be. */
export function LiveBadge() {
  const words = useTexts(texts);
  const { connection, isPaused, setPaused, heardAt } = useLive();
  return (
    <span className="inline-flex items-center gap-1.5">
      <StatusChip tone={tones[connection]}>{words[connection]}</StatusChip>
      {connection !== 'live' && heardAt !== null ? (
        <span className="tabular text-xs text-muted">{words.asOf(formatClock(heardAt))}</span>
      ) : null}
      <Button
        variant="ghost"
        isIconOnly
        aria-label={isPaused ? words.resume : words.pause}
        onPress={() => setPaused(!isPaused)}
      >
        {isPaused ? <Play className="size-4" aria-hidden /> : <Pause className="size-4" aria-hidden />}
      </Button>
    </span>
  );
}
