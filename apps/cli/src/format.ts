import { formatAmount } from '@naru/kit/money.ts';

const GWEI_DECIMALS_SHOWN = 4;
const GWEI_REST = 100_000n; // 10^(9 - 4)

/** `1,234,567.5 USDC`: for people; programs get the plain decimal by --json. */
export function showAmount(units: bigint, decimals: number, symbol = ''): string {
  const [whole = '', fraction] = formatAmount(units, decimals).split('.');
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ',');
  return `${grouped}${fraction === undefined ? '' : `.${fraction}`}${symbol === '' ? '' : ` ${symbol}`}`;
}

export function showCount(count: number | bigint): string {
  return showAmount(BigInt(count), 0);
}

/** Four decimals, rounded down: for a look; --json has the wei. */
export function showGwei(wei: bigint): string {
  return `${formatAmount(wei / GWEI_REST, GWEI_DECIMALS_SHOWN)} gwei`;
}

/** `2026-03-01 09:12:33.120` in UTC. */
export function showTime(at: Date): string {
  return at.toISOString().replace('T', ' ').replace('Z', '');
}

/** `12:33:07.120`, for moments of a day that is named elsewhere. */
export function showClock(at: Date): string {
  return at.toISOString().slice(11, 23);
}

/** `340 ms`, `12.4 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h` */
export function showDuration(ms: number): string {
  if (ms < 0) return '0 ms';
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const units = [
    [86_400_000, 'd', 3_600_000, 'h'],
    [3_600_000, 'h', 60_000, 'min'],
    [60_000, 'min', 1_000, 's'],
  ] as const;
  for (const [size, name, smallerSize, smallerName] of units) {
    if (ms < size) continue;
    const rest = Math.floor((ms % size) / smallerSize);
    return rest === 0
      ? `${Math.floor(ms / size)} ${name}`
      : `${Math.floor(ms / size)} ${name} ${rest} ${smallerName}`;
  }
  return `${ms} ms`;
}

/** `0x1234…abcd`: where a column is narrow and the whole stands elsewhere. */
export function shortHex(hex: string): string {
  return `${hex.slice(0, 8)}…${hex.slice(-6)}`;
}

/** Text of others, safe to print: control characters, which could move a terminal's cursor, become `·`. */
export function showText(text: string): string {
  return text.replace(/\p{Cc}|\p{Cf}/gu, '·');
}

export function plural(count: number | bigint, one: string, many = `${one}s`): string {
  return `${showCount(count)} ${BigInt(count) === 1n ? one : many}`;
}
