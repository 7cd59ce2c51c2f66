import { Button } from '@naru/ui/button.tsx';
import { Select } from '@naru/ui/select.tsx';
import { TextField } from '@naru/ui/text-field.tsx';
import { fromLocalInput, startOfDay, toLocalInput } from '../format/time.ts';
import { defineTexts, useTexts } from '../i18n/locale.ts';
import { presets, type TimeRange } from './time-range.ts';

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
