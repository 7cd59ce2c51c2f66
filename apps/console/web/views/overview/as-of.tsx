import { Button } from '@naru/ui/button.tsx';
import { StatusChip } from '@naru/ui/status-chip.tsx';
import { Pause, Play } from 'lucide-react';
import { type Connection, useLive } from '../../app/live.tsx';
import { formatClock, formatTime } from '../../format/time.ts';
import { useTexts } from '../../i18n/locale.ts';
import { overviewTexts } from './overview.texts.ts';

const tones = { connecting: 'idle', live: 'good', lost: 'warn', paused: 'idle' } as const;

/** Of when the figures are, and whether newer ones come. */
export function AsOf({ connection, asOf }: { connection: Connection; asOf: string | null }) {
  const words = useTexts(overviewTexts);
  const { isPaused, setPaused } = useLive();
  return (
    <span className="inline-flex items-center gap-2">
      {/* The bar above says so, too, where it has room. */}
      <span className={connection === 'live' ? 'sm:hidden' : ''}>
        <StatusChip tone={tones[connection]}>{words[connection]}</StatusChip>
      </span>
      <span
        className="tabular text-end text-xs text-muted"
        {...(asOf === null ? {} : { title: `${formatTime(asOf)} KST` })}
      >
        {asOf === null ? '' : words.asOf(formatClock(asOf))}
      </span>
      <span className="sm:hidden">
        <Button
          variant="ghost"
          isIconOnly
          aria-label={isPaused ? words.resume : words.pause}
          onPress={() => setPaused(!isPaused)}
        >
          {isPaused ? <Play className="size-4" aria-hidden /> : <Pause className="size-4" aria-hidden />}
        </Button>
      </span>
    </span>
  );
}
