import { startOfDay } from '../format/time.ts';

/** As it stands in the URL: a preset that moves with time, or two moments. */
export type TimeRange = { preset?: Preset; from?: string; to?: string };

export const presets = ['30m', '1h', 'today', '7d', 'all', 'custom'] as const;
export type Preset = (typeof presets)[number];

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
