/** Every fault, in the order in which a run goes through them. */
export const faultNames = [
  'kill',
  'freeze',
  'rpc-drop',
  'rpc-lost-answers',
  'rpc-delay',
  'rpc-refusals',
  'rpc-unknown-errors',
  'rpc-other-chain',
  'rpc-lag',
  'rpc-false-receipts',
  'rpc-missing-logs',
  'rpc-false-nonces',
  'reorg',
  'reorg-reordered',
  'eviction',
  'fee-spike',
  'gas-money',
  'token-paused',
  'recipient-frozen',
  'postgres-kill',
  'connections',
  'locks',
  'signals',
  'clock',
  'rolling-restart',
  'restore',
  'mixed',
] as const;
export type FaultName = (typeof faultNames)[number];

/** Faults of one kind are never mixed: they would undo each other, or more would be broken than anybody promises. */
export type FaultKind =
  | 'process'
  | 'rpc-failure'
  | 'rpc-lie'
  | 'chain'
  | 'money'
  | 'database'
  | 'clock'
  | 'alone';
