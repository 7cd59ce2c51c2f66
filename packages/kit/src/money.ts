import { assert } from './assert.ts';

/**
 * Amounts are bigint in the asset's smallest unit inside the program and decimal strings outside of it.
 * A float never holds money, not even on the way.
 */
const DECIMAL = /^(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;

export type ParsedAmount =
  | { ok: true; units: bigint }
  | { ok: false; problem: 'malformed' | 'too_many_decimals' };

/**
 * `"12.5"` with 6 decimals → `12_500_000n`. Refuses signs, exponents, separators, blanks, a leading or a
 * trailing point, and more fraction digits than the asset has (trailing zeros count: they claim a precision).
 */
export function parseAmount(text: string, decimals: number): ParsedAmount {
  const match = DECIMAL.exec(text);
  if (match === null || text.length > 100) return { ok: false, problem: 'malformed' };
  const [, whole = '', fraction = ''] = match;
  if (fraction.length > decimals) return { ok: false, problem: 'too_many_decimals' };
  return { ok: true, units: BigInt(whole + fraction.padEnd(decimals, '0')) };
}

/** `12_500_000n` with 6 decimals → `"12.5"`. Exact; no trailing zeros. */
export function formatAmount(units: bigint, decimals: number): string {
  assert(Number.isInteger(decimals) && decimals >= 0, `decimals out of range: ${decimals}`);
  const sign = units < 0n ? '-' : '';
  const digits = (units < 0n ? -units : units).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}

export function sumUnits(amounts: Iterable<bigint>): bigint {
  let total = 0n;
  for (const amount of amounts) total += amount;
  return total;
}

/** How a price is rounded: up, so that what was promised is never fallen short of by a fraction. Both from 0 on. */
export function divideRoundingUp(units: bigint, divisor: bigint): bigint {
  assert(units >= 0n && divisor > 0n, `cannot divide ${units} by ${divisor}`);
  return (units + divisor - 1n) / divisor;
}

export function maxUnits(one: bigint, other: bigint): bigint {
  return one > other ? one : other;
}

export function minUnits(one: bigint, other: bigint): bigint {
  return one < other ? one : other;
}
