import { type AccountReads, createAccountReads } from './reads/account-reads.ts';
import { type BlockReads, createBlockReads } from './reads/block-reads.ts';
import { type CallReads, createCallReads } from './reads/call-reads.ts';
import { createDepositLogReads, type DepositLogReads } from './reads/deposit-log-reads.ts';
import { createPayoutLogReads, type PayoutLogReads } from './reads/payout-log-reads.ts';
import { createSafeReads, type SafeReads } from './reads/safe-reads.ts';
import { createTransactionReads, type TransactionReads } from './reads/transaction-reads.ts';
import type { RpcPool } from './rpc/rpc-pool.ts';

/**
 * All the platform reads from a chain, typed. Conventions:
 * - quantities are bigint; wei and smallest units, never a float;
 * - addresses come out in EIP-55 form and go in in any case; hashes and data come out in lower case;
 * - lists are answered in the order of what was asked, in one HTTP request per hundred, by one provider;
 * - `…FromEach(count, …)` asks `count` different providers and leaves the comparison to the caller;
 * - "null" means that this provider does not know it, now. It never means that it does not exist;
 * - rejections are those of `RpcPool`: `RpcUnavailableError` (later), `RpcResponseError` (definitive).
 */
export type ChainReader = BlockReads &
  PayoutLogReads &
  DepositLogReads &
  TransactionReads &
  AccountReads &
  CallReads &
  SafeReads;

export function createChainReader(pool: RpcPool): ChainReader {
  return {
    ...createBlockReads(pool),
    ...createPayoutLogReads(pool),
    ...createDepositLogReads(pool),
    ...createTransactionReads(pool),
    ...createAccountReads(pool),
    ...createCallReads(pool),
    ...createSafeReads(pool),
  };
}
