/**
 * The states of a chain transaction: one nonce of one sub-account, from the moment the nonce is taken until what
 * consumed it is final. The table `chain_tx_transition` mirrors this one; a trigger refuses every other step.
 */
export const chainTxStates = [
  'PLANNED',
  'SIGNED',
  'BROADCASTING',
  'BROADCASTED',
  'MINED',
  'EXECUTED',
  'REVERTED',
  'CANCELED',
  'DISPLACED',
] as const;
export type ChainTxState = (typeof chainTxStates)[number];

export const chainTxTransitions: readonly { from: ChainTxState; to: ChainTxState }[] = [
  { from: 'PLANNED', to: 'SIGNED' },
  { from: 'SIGNED', to: 'BROADCASTING' },
  { from: 'BROADCASTING', to: 'BROADCASTED' },
  // The chain may show the nonce as used before we know that a node took our bytes.
  { from: 'PLANNED', to: 'MINED' },
  { from: 'SIGNED', to: 'MINED' },
  { from: 'BROADCASTING', to: 'MINED' },
  { from: 'BROADCASTED', to: 'MINED' },
  // A reorganisation took the block away.
  { from: 'MINED', to: 'BROADCASTED' },
  { from: 'MINED', to: 'EXECUTED' },
  { from: 'MINED', to: 'REVERTED' },
  { from: 'MINED', to: 'CANCELED' },
  { from: 'MINED', to: 'DISPLACED' },
];

/** The nonce is taken and what consumes it is not final. */
export const openChainTxStates: readonly ChainTxState[] = [
  'PLANNED',
  'SIGNED',
  'BROADCASTING',
  'BROADCASTED',
  'MINED',
];

/** Final and paid nothing: what it carried may be planned again. */
export const voidChainTxStates: readonly ChainTxState[] = ['REVERTED', 'CANCELED', 'DISPLACED'];
