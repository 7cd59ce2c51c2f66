import type { DepositLog } from '@naru/evm/deposit-log.ts';
import type { FeeQuote } from '@naru/evm/fees.ts';
import type { DepositLogQuery, DepositLogs } from '@naru/evm/reads/deposit-log-reads.ts';
import type { Hex } from '@naru/kit/hex.ts';
import type { BlockRef } from '../chain-tx/ports.ts';

export type { DepositLog, DepositLogQuery, DepositLogs };

/** What deposits need of a chain. `@naru/evm` answers it from nodes. */
export type DepositPort = {
  readonly providerCount: number;
  head(): Promise<BlockRef>;
  heads(providers: number): Promise<bigint[]>;
  headers(first: bigint, last: bigint): Promise<BlockRef[]>;
  /** One answer of each of `providers` providers, each complete. */
  depositLogs(providers: number, query: DepositLogQuery): Promise<DepositLogs[]>;
  balances(pairs: readonly { account: Hex; token: Hex | null }[]): Promise<bigint[]>;
  /** In one block, from each of `providers` providers. */
  balancesAt(
    pairs: readonly { account: Hex; token: Hex | null }[],
    block: bigint,
    providers: number,
  ): Promise<bigint[][]>;
  /** Where a factory sends money; null: it is none. */
  treasuryOf(factory: Hex): Promise<Hex | null>;
  quoteFees(feePerGasWeiMax: bigint): Promise<FeeQuote>;
};
