import { Button } from '@naru/ui/button.tsx';
import { Select, TextField } from '@naru/ui/fields.tsx';
import { fromLocalInput, startOfDay, toLocalInput } from '../format/time.ts';
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
  // While a moment is half typed, the last whole one counts.
  const change = (end: 'from' | 'to', text: string) => {
    const at = fromLocalInput(text);
    if (at !== null) onChange({ ...range, [end]: at });
  };
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
            onChange={(text) => change('from', text)}
          />
          <TextField
            label={words.to}
            type="datetime-local"
            value={toLocalInput(range.to)}
            onChange={(text) => change('to', text)}
          />
          <Button variant="ghost" onPress={() => onChange({ preset: 'all' })}>
            ×
          </Button>
        </>
      ) : null}
    </div>
  );
}
