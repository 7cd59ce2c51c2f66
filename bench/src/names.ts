/** What `--only` takes, in the order in which it is measured. */
export const benchNames = [
  'intake',
  'end-to-end',
  'idle',
  'bulk',
  'ledger',
  'gas',
  'recovery',
  'list',
  'footprint',
  'boot',
] as const;
export type BenchName = (typeof benchNames)[number];
