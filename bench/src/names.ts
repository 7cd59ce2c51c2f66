/** What `--only` takes, in the order in which it is measured. */
export const benchNames = [
  'intake',
  'end-to-end',
  'idle',
  'bulk',
  'ledger',
  'gas',
  'recovery',
  'recovery-slow',
  'list',
  'growth',
  'instances',
  'footprint',
  'boot',
] as const;
export type BenchName = (typeof benchNames)[number];
