import { assert } from '@naru/kit/assert.ts';
import type { ReportPeriod } from './report.ts';

/** Korea has had the same distance from UTC since 1988, and no summer time. */
const SEOUL_AHEAD_MS = 9 * 3_600_000;
export const DAY_MS = 86_400_000;

/** The day in Korea at a moment: `2026-03-02`. */
export function dayAt(at: Date): string {
  return new Date(at.getTime() + SEOUL_AHEAD_MS).toISOString().slice(0, 10);
}

/** The midnight in Korea with which a day begins. */
export function startOf(day: string): Date {
  const ms = Date.parse(`${day}T00:00:00+09:00`);
  assert(!Number.isNaN(ms), `not a day: ${day}`);
  return new Date(ms);
}

export function addDays(day: string, days: number): string {
  return dayAt(new Date(startOf(day).getTime() + days * DAY_MS));
}

/** The first day of the period that a day is in. Weeks begin on Monday. */
export function firstDayOf(period: ReportPeriod, day: string): string {
  switch (period) {
    case 'daily':
      return day;
    case 'weekly': {
      const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
      return addDays(day, -((weekday + 6) % 7));
    }
    case 'monthly':
      return `${day.slice(0, 7)}-01`;
  }
}

/** The day after the last one of the period that begins with a day. */
export function endOf(period: ReportPeriod, firstDay: string): string {
  switch (period) {
    case 'daily':
      return addDays(firstDay, 1);
    case 'weekly':
      return addDays(firstDay, 7);
    case 'monthly':
      return firstDayOf('monthly', addDays(firstDay, 31));
  }
}

/** The days from one to another, without the latter. */
export function daysBetween(from: string, to: string): string[] {
  const days: string[] = [];
  for (let day = from; day < to; day = addDays(day, 1)) days.push(day);
  return days;
}
