import { Button } from '@naru/ui/button.tsx';
import { Select, TextField } from '@naru/ui/fields.tsx';
import { KST_OFFSET_MS, startOfDay } from '../format/time.ts';
import { defineTexts, useTexts } from '../i18n/locale.ts';

/** As it stands in the URL: a preset that moves with time, or two moments. */
export type TimeRange = { preset?: Preset; from?: string; to?: string };

export const presets = ['30m', '1h', 'today', '7d', 'all', 'custom'] as const;
export type Preset = (typeof presets)[number];

const texts = defineTexts({
  ko: {
    label: '기간',
    '30m': '최근 30분',
    '1h': '최근 1시간',
    today: '오늘 (KST)',
    '7d': '최근 7일',
    all: '전체 기간',
    custom: '직접 고르기',
    from: '부터 (KST)',
    to: '까지 (KST)',
  },
  en: {
    label: 'Time',
    '30m': 'Last 30 minutes',
    '1h': 'Last hour',
    today: 'Today (KST)',
    '7d': 'Last 7 days',
    all: 'All time',
    custom: 'Custom',
    from: 'From (KST)',
    to: 'To (KST)',
  },
});

/** The moments that a range means now, ISO 8601 in UTC, as the API takes them. */
export function momentsOf(range: TimeRange, now: Date): { from?: string; to?: string } {
  const before = (ms: number) => ({ from: new Date(now.getTime() - ms).toISOString() });
  switch (range.preset ?? 'all') {
    case '30m':
      return before(30 * 60_000);
    case '1h':
      return before(3_600_000);
    case 'today':
      return { from: startOfDay(now).toISOString() };
    case '7d':
      return before(7 * 86_400_000);
    case 'custom':
      return {
        ...(range.from === undefined ? {} : { from: range.from }),
        ...(range.to === undefined ? {} : { to: range.to }),
      };
    default:
      return {};
  }
}

export function TimeRangeControl({
  range,
  onChange,
}: {
  range: TimeRange;
  onChange: (range: TimeRange) => void;
}) {
  const words = useTexts(texts);
  const preset = range.preset ?? 'all';
  return (
    <div className="flex flex-wrap items-end gap-2">
      <Select
        label={words.label}
        value={preset}
        choices={presets.map((value) => ({ value, label: words[value] }))}
        onChange={(value) =>
          onChange(
            value === 'custom'
              ? { preset: value, from: startOfDay(new Date()).toISOString() }
              : { preset: value },
          )
        }
        className="w-44"
      />
      {preset === 'custom' ? (
        <>
          <TextField
            label={words.from}
            type="datetime-local"
            value={toLocalInput(range.from)}
            onChange={(text) => onChange({ ...range, ...fromLocalInput('from', text) })}
          />
          <TextField
            label={words.to}
            type="datetime-local"
            value={toLocalInput(range.to)}
            onChange={(text) => onChange({ ...range, ...fromLocalInput('to', text) })}
          />
          <Button variant="ghost" onPress={() => onChange({ preset: 'all' })}>
            ×
          </Button>
        </>
      ) : null}
    </div>
  );
}

/** A `datetime-local` knows no zone: what stands in it is the time in Korea, wherever the browser is. */
function toLocalInput(at: string | undefined): string {
  if (at === undefined) return '';
  return new Date(new Date(at).getTime() + KST_OFFSET_MS).toISOString().slice(0, 16);
}

function fromLocalInput(name: 'from' | 'to', text: string): { from?: string; to?: string } {
  const at = new Date(`${text}:00.000Z`);
  return Number.isNaN(at.getTime()) ? {} : { [name]: new Date(at.getTime() - KST_OFFSET_MS).toISOString() };
}
