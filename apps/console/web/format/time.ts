import type { Locale } from '../i18n/locale.ts';

/** Korea has one zone and no summer time. Every time is shown in it, and says so where it could be taken for another. */
export const ZONE = 'Asia/Seoul';
export const KST_OFFSET_MS = 9 * 3_600_000;

function formatterOf(options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  // `hour12: false` would write midnight as 24:05.
  return new Intl.DateTimeFormat('sv-SE', { timeZone: ZONE, hourCycle: 'h23', ...options });
}

const date = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;
const full = formatterOf({ ...date, hour: '2-digit', minute: '2-digit', second: '2-digit' });
const clock = formatterOf({ hour: '2-digit', minute: '2-digit', second: '2-digit' });
const minuteClock = formatterOf({ hour: '2-digit', minute: '2-digit' });
const dayOnly = formatterOf(date);

/** `2026-11-28 20:05:09` */
export function formatTime(at: string | Date): string {
  return full.format(new Date(at));
}

/** `20:05:09` */
export function formatClock(at: string | number | Date): string {
  return clock.format(new Date(at));
}

/** `20:05` */
export function formatMinute(at: string | number | Date): string {
  return minuteClock.format(new Date(at));
}

/** `2026-11-28`, the day in Korea. */
export function formatDay(at: string | number | Date): string {
  return dayOnly.format(new Date(at));
}

/** `2026-11-28T11:05:09.123Z (UTC)` */
export function formatUtc(at: string | Date): string {
  return `${new Date(at).toISOString()} (UTC)`;
}

/** `3분 전`, `3 min ago`: beside an exact time, never instead of it. */
export function formatAgo(at: string | Date, now: Date, locale: Locale): string {
  const seconds = Math.max(0, Math.round((now.getTime() - new Date(at).getTime()) / 1_000));
  const ko = locale === 'ko';
  if (seconds < 60) return ko ? `${seconds}초 전` : `${seconds} s ago`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return ko ? `${minutes}분 전` : `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return ko ? `${hours}시간 전` : `${hours} h ago`;
  const days = Math.floor(hours / 24);
  return ko ? `${days}일 전` : `${days} d ago`;
}

/** `1.2초`, `3분 20초`, `5분`, `2시간 5분`: how long something took or has waited. */
export function formatDuration(ms: number, locale: Locale): string {
  const ko = locale === 'ko';
  if (ms < 1_000) return ko ? `${Math.round(ms)}밀리초` : `${Math.round(ms)} ms`;
  const seconds = ms / 1_000;
  if (seconds < 60) return ko ? `${seconds.toFixed(1)}초` : `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = Math.floor(seconds % 60);
  if (minutes < 60) return inTwo(minutes, rest, ko ? ['분', '초'] : [' min', ' s']);
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return inTwo(hours, minutes % 60, ko ? ['시간', '분'] : [' h', ' min']);
  return inTwo(Math.floor(hours / 24), hours % 24, ko ? ['일', '시간'] : [' d', ' h']);
}

/** The smaller unit only where there is something of it: nobody says five minutes and no seconds. */
function inTwo(large: number, small: number, [of, ofSmall]: readonly [string, string]): string {
  return small === 0 ? `${large}${of}` : `${large}${of} ${small}${ofSmall}`;
}

/** Start of the day in Korea that a moment lies in. */
export function startOfDay(at: Date): Date {
  const shifted = at.getTime() + KST_OFFSET_MS;
  return new Date(shifted - (shifted % 86_400_000) - KST_OFFSET_MS);
}

/** What a `datetime-local` shows: it knows no zone, and stands for the time in Korea wherever the browser is. */
export function toLocalInput(at: string | Date | undefined): string {
  if (at === undefined) return '';
  return new Date(new Date(at).getTime() + KST_OFFSET_MS).toISOString().slice(0, 16);
}

/** The moment that was typed into one, ISO 8601 in UTC; null while it is none. */
export function fromLocalInput(text: string): string | null {
  const at = new Date(`${text}:00.000Z`);
  return Number.isNaN(at.getTime()) ? null : new Date(at.getTime() - KST_OFFSET_MS).toISOString();
}
