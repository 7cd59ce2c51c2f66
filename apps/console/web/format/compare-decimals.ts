/** Below 0: `a` is less. Exact: no number is made of them. */
export function compareDecimals(a: string, b: string): number {
  const decimals = Math.max(fractionOf(a).length, fractionOf(b).length);
  const difference = unitsOf(a, decimals) - unitsOf(b, decimals);
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

function fractionOf(decimal: string): string {
  return decimal.split('.')[1] ?? '';
}

function unitsOf(decimal: string, decimals: number): bigint {
  return BigInt(`${decimal.split('.')[0]}${fractionOf(decimal).padEnd(decimals, '0')}`);
}
