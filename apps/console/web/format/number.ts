/**
 * Amounts are decimal strings or bigints from end to end: nothing here makes a number of one. Groups of three are written
 * with commas, and no digit is left out.
 */
export function formatAmount(decimal: string): string {
  const match = /^(-?)(\d+)(?:\.(\d+))?$/.exec(decimal);
  if (match === null) return decimal;
  const [, sign = '', whole = '0', fraction = ''] = match;
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${sign}${grouped}${fraction === '' ? '' : `.${fraction}`}`;
}

/** `₩1,234,567`: of the console's columns. */
export function formatWon(decimal: string): string {
  return decimal.startsWith('-') ? `-₩${formatAmount(decimal.slice(1))}` : `₩${formatAmount(decimal)}`;
}

/** A smallest-unit integer with its decimals, exact; zeros at the end are left out. */
export function fromUnits(units: bigint | string, decimals: number): string {
  const value = BigInt(units);
  const digits = (value < 0n ? -value : value).toString().padStart(decimals + 1, '0');
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals).replace(/0+$/, '');
  return `${value < 0n ? '-' : ''}${whole}${fraction === '' ? '' : `.${fraction}`}`;
}

const counts = new Intl.NumberFormat('ko-KR');

/** Of things that are counted: `12,345`. */
export function formatCount(count: number | bigint): string {
  return counts.format(count);
}

/** `12.3`, for rates a second. */
export function formatRate(perSecond: number): string {
  return perSecond >= 100 ? counts.format(Math.round(perSecond)) : perSecond.toFixed(1);
}

/** A share from 0 to 1 as `99.95%`; never rounded up to 100. */
export function formatShare(share: number): string {
  if (share === 1) return '100%';
  return `${(Math.floor(share * 10_000) / 100).toFixed(2)}%`;
}

/** The exact sum of decimal texts. */
export function sumDecimals(decimals: readonly string[]): string {
  const places = decimals.reduce((most, one) => Math.max(most, one.split('.')[1]?.length ?? 0), 0);
  const units = decimals.map((one) => {
    const [whole = '0', fraction = ''] = one.split('.');
    return BigInt(`${whole}${fraction.padEnd(places, '0')}`);
  });
  return fromUnits(
    units.reduce((sum, one) => sum + one, 0n),
    places,
  );
}

/** Exact sums of amounts by their asset, by name. */
export function sumByAsset(
  rows: readonly { asset: string; amount: string }[],
): { asset: string; amount: string }[] {
  const amounts = new Map<string, string[]>();
  for (const { asset, amount } of rows) {
    const ofAsset = amounts.get(asset);
    if (ofAsset === undefined) amounts.set(asset, [amount]);
    else ofAsset.push(amount);
  }
  return [...amounts]
    .map(([asset, all]) => ({ asset, amount: sumDecimals(all) }))
    .sort((one, other) => one.asset.localeCompare(other.asset));
}

/** As -1, 0 or 1; both are decimal strings that are not negative. */
export function compareAmounts(one: string, other: string): number {
  const [a, b] = atOneScale(one, other);
  return a < b ? -1 : a > b ? 1 : 0;
}

/** What a bar is drawn from, never a figure: how much of `whole` there is, from 0 to 1. */
export function shareOfAmount(part: string, whole: string): number {
  const [a, b] = atOneScale(part, whole);
  if (b === 0n) return a === 0n ? 0 : 1;
  return Number((a * 10_000n) / b) / 10_000;
}

function atOneScale(one: string, other: string): [bigint, bigint] {
  const scale = Math.max(decimalsOf(one), decimalsOf(other));
  const toUnits = (text: string) => {
    const [whole = '0', fraction = ''] = text.split('.');
    return BigInt(whole + fraction.padEnd(scale, '0'));
  };
  return [toUnits(one), toUnits(other)];
}

function decimalsOf(text: string): number {
  return text.split('.')[1]?.length ?? 0;
}

/** A positive amount as the API takes it: digits, one point, no signs or separators. */
export function isAmount(text: string): boolean {
  return /^(0|[1-9][0-9]*)(\.[0-9]+)?$/.test(text) && /[1-9]/.test(text);
}

/** As `isAmount`, or zero. */
export function isAmountOrZero(text: string): boolean {
  return /^(0|[1-9][0-9]*)(\.[0-9]+)?$/.test(text);
}
