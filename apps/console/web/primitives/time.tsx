import { Tooltip } from '@naru/ui/tooltip.tsx';
import { formatTime, formatUtc } from '../format/time.ts';

/** A moment in Korea's time; in UTC on hover and focus. */
export function Time({ at, isFocusable = false }: { at: string | Date; isFocusable?: boolean }) {
  const utc = formatUtc(at);
  const time = (
    <time dateTime={new Date(at).toISOString()} title={utc} className="tabular whitespace-nowrap">
      {formatTime(at)}
    </time>
  );
  return isFocusable ? <Tooltip text={utc}>{time}</Tooltip> : time;
}
