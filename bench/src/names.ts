/** What `--only` takes, in the order in which it is measured. */
export const benchNames = [
  // First: what runs after a million rows were dropped waits for the disk.
  'boot',
  'intake',
  'end-to-end',
  'end-to-end-ruled',
  'idle',
  'bulk',
  'ledger',
  'gas',
  'recovery',
  'recovery-slow',
  'list',
  'operator-list',
  'growth',
  'instances',
  'footprint',
] as const;
export type BenchName = (typeof benchNames)[number];
