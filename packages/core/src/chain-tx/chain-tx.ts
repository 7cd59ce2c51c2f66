import type { Hex } from '@naru/kit/hex.ts';
import type { Priority } from '../withdrawal/withdrawal.ts';
import type { ChainTxKind } from './chain-tx.kinds.ts';
import type { ChainTxState } from './chain-tx.machine.ts';

export type AttemptPurpose = 'PAY' | 'CANCEL';

/** A nonce of a sub-account and the payload frozen for it. */
export type ChainTx = {
  /** UUID; for a payout also the batch id on chain. */
  id: string;
  chainId: string;
  subAccountId: string;
  from: Hex;
  nonce: bigint;
  kind: ChainTxKind;
  assetId: string;
  token: Hex | null;
  priority: Priority;
  itemCount: number;
  to: Hex;
  valueWei: bigint;
  gas: bigint;
  gasPerItem: bigint;
  state: ChainTxState;
  version: number;
  wanted: 'BUMP' | 'CANCEL' | null;
  failureCount: number;
  /** Of the lease on its account, at the time of reading. */
  accountEpoch: bigint;
};

export type Attempt = {
  chainTxId: string;
  number: number;
  purpose: AttemptPurpose;
  hash: Hex;
  feePerGasWeiMax: bigint;
  tipPerGasWei: bigint;
  sendCount: number;
};
