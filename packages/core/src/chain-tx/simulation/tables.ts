import type { Hex } from '@naru/kit/hex.ts';
import type { WithdrawalState } from '../../withdrawal/withdrawal.machine.ts';
import type { Priority } from '../../withdrawal/withdrawal.ts';
import type { ChainTxState } from '../chain-tx.machine.ts';
import type { Attempt } from '../chain-tx.ts';

export type WithdrawalRow = {
  id: string;
  amount: bigint;
  priority: Priority;
  state: WithdrawalState;
  version: number;
  chainTxId: string | null;
  position: number | null;
  planCount: number;
  notBeforeMs: number;
  updatedAtMs: number;
  /** Its hold in the ledger. */
  hold: 'PENDING' | 'POSTED' | 'VOIDED';
};

export type Item = { id: string; amount: bigint };

export type ChainTxRow = {
  id: string;
  accountId: string;
  nonce: bigint;
  priority: Priority;
  /** The frozen payload. */
  items: readonly Item[];
  state: ChainTxState;
  version: number;
  wanted: 'BUMP' | 'CANCEL' | null;
  failureCount: number;
  leaseOwner: string | null;
  leaseUntilMs: number;
  notBeforeMs: number;
  blockNumber: bigint | null;
  blockHash: Hex | null;
  minedAttempt: number | null;
  outcomes: Uint8Array | null;
};

export type AttemptRow = Attempt & { raw: Hex; createdAtMs: number };

export type AccountRow = {
  id: string;
  address: Hex;
  nextNonce: bigint;
  state: 'ACTIVE' | 'PAUSED';
  pauseReason: string | null;
  leaseOwner: string | null;
  leaseUntilMs: number;
  epoch: bigint;
};

export type CursorRow = {
  scanned: bigint;
  leaseOwner: string | null;
  leaseUntilMs: number;
  epoch: bigint;
};

export type Tables = {
  withdrawals: Map<string, WithdrawalRow>;
  chainTxs: Map<string, ChainTxRow>;
  attempts: Map<string, AttemptRow[]>;
  accounts: Map<string, AccountRow>;
  cursor: CursorRow;
  /** Hash by number. */
  blocks: Map<bigint, Hex>;
  /** Until when a processor is taken to live. */
  presence: Map<string, number>;
};

export function copyTables(tables: Tables): Tables {
  const copyRows = <T extends object>(rows: Map<string, T>) =>
    new Map([...rows].map(([id, row]): [string, T] => [id, { ...row }]));
  return {
    withdrawals: copyRows(tables.withdrawals),
    chainTxs: copyRows(tables.chainTxs),
    attempts: new Map([...tables.attempts].map(([id, rows]) => [id, rows.map((row) => ({ ...row }))])),
    accounts: copyRows(tables.accounts),
    cursor: { ...tables.cursor },
    blocks: new Map(tables.blocks),
    presence: new Map(tables.presence),
  };
}
