import type { Hex } from '@naru/kit/hex.ts';
import type { AccountTransferState, TransferPurpose } from './account-transfer.machine.ts';

/** A transfer as people look at it. */
export type AccountTransfer = {
  id: string;
  number: bigint;
  chainId: string;
  assetId: string;
  asset: string;
  decimals: number;
  /** EIP-55. */
  from: Hex;
  to: Hex;
  /** Smallest unit. */
  amount: bigint;
  purpose: TransferPurpose;
  actor: string;
  reason: string;
  state: AccountTransferState;
  chainTxId: string | null;
  /** Of its chain transaction: where a PLANNED transfer stands. */
  chainTxState: string | null;
  /** Of the attempt that a block holds, or the newest one; null: nothing was signed. */
  hash: Hex | null;
  failureCode: string | null;
  failureMessage: string | null;
  createdAt: Date;
  endedAt: Date | null;
};

/** A move that was decided on and is not written yet. */
export type NewMove = {
  /** Made when it is written, if absent. */
  id?: string;
  purpose: TransferPurpose;
  fromAccountId: string;
  toAccountId: string;
  assetId: string;
  /** Smallest unit. */
  amount: bigint;
  /** For people: why it is made. */
  reason: string;
  failuresBefore: number;
};
