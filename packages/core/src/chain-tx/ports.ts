import type { FeeBump, FeeQuote, Fees } from '@naru/evm/fees.ts';
import type { SafeExecution, SafeState } from '@naru/evm/reads/safe-reads.ts';
import type { SendOutcome } from '@naru/evm/send-outcome.ts';
import type { Hex } from '@naru/kit/hex.ts';
import type { SignRequest, SignResult } from '@naru/signer-protocol/schema.ts';

export type { SafeState };

/** What the money path needs of a chain. `@naru/evm` answers it from nodes, the simulator from memory. */
export type ChainPort = {
  readonly providerCount: number;
  /** The newest block that the best provider in reach has. */
  head(): Promise<BlockRef>;
  /** The number of the newest block that each of up to `providers` providers has. */
  heads(providers: number): Promise<bigint[]>;
  /** Headers first … last, in order; fails when the chain is shorter. */
  headers(first: bigint, last: bigint): Promise<BlockRef[]>;
  /** Batches that the payout contract recorded for these payers in the blocks first … last. */
  batches(first: bigint, last: bigint, payers: readonly Hex[]): Promise<BatchRecord[]>;
  /** The same from each of up to `providers` providers. */
  batchesFromEach(
    first: bigint,
    last: bigint,
    payers: readonly Hex[],
    providers: number,
  ): Promise<BatchRecord[][]>;
  /** The record of one batch in one block, from each of up to two providers. Null: that provider has none there. */
  batchInBlock(
    block: { number: bigint; hash: Hex },
    payer: Hex,
    batchId: string,
  ): Promise<(BatchRecord | null)[]>;
  /** Receipts of all hashes; the outer list has one entry for each of up to `providers` providers. */
  receipts(hashes: readonly Hex[], providers: number): Promise<(Receipt | null)[][]>;
  /** Transactions the accounts have made, at the newest block or after block `at`; one list for each provider asked. */
  transactionCounts(addresses: readonly Hex[], at: bigint | 'latest', providers: number): Promise<bigint[][]>;
  /** As the counts at the newest block, with what waits in the node's pool. */
  pendingCounts(addresses: readonly Hex[]): Promise<bigint[]>;
  /** Balance of each (account, token or null for the coin), at the newest block or after block `at`, smallest unit. */
  balances(pairs: readonly { account: Hex; token: Hex | null }[], at?: bigint): Promise<bigint[]>;
  /** What the payout contract may move of each (account, token); the coin needs no allowance. */
  allowances(pairs: readonly { account: Hex; token: Hex }[], spender: Hex): Promise<bigint[]>;
  /** The items that a transaction asked the payout contract to pay, from its calldata. Null: unknown or another call. */
  payoutCall(hash: Hex): Promise<PayoutCall | null>;
  /**
   * A Safe after block `block`, and how many transactions it made in the blocks `fromBlock` to `block`; null: none is
   * there. One answer for each provider asked.
   */
  safeState(safe: Hex, fromBlock: bigint, block: bigint, providers: number): Promise<(SafeState | null)[]>;
  /** Where the Safe itself recorded that it executed this hash, in the blocks first … last; one answer for each provider. */
  safeExecution(
    safe: Hex,
    hash: Hex,
    first: bigint,
    last: bigint,
    providers: number,
  ): Promise<(SafeExecution | null)[]>;
  /** Tries a call at the newest block without sending it; null when it succeeds, else why not, in the node's words. */
  tryCall(call: { from: Hex; to: Hex; data: Hex; valueWei: bigint }): Promise<string | null>;
  send(raw: Hex): Promise<SendOutcome>;
  /** What to offer now, up to a ceiling and with a least tip in wei per gas: the operator's of this moment. */
  quoteFees(feePerGasWeiMax: bigint, tipPerGasWeiMin?: bigint): Promise<FeeQuote>;
  bumpFees(previous: Fees, quote: Fees | null, feePerGasWeiMax: bigint): FeeBump;
};

export type BlockRef = { number: bigint; hash: Hex; parentHash: Hex };

/** The contract's number for an item that was paid. */
export const ITEM_PAID = 1;

/** 0 NOT_ATTEMPTED, 1 PAID, 2 REVERTED, 3 RETURNED_FALSE, as the contract numbers them. */
export type ItemOutcome = { withdrawalId: string; outcome: number };

export type BatchRecord = {
  batchId: string;
  payer: Hex;
  token: Hex | null;
  items: ItemOutcome[];
  transactionHash: Hex;
  blockNumber: bigint;
  blockHash: Hex;
};

export type PayoutCall = {
  batchId: string;
  from: Hex;
  nonce: bigint;
  to: Hex;
  data: Hex;
  valueWei: bigint;
  gas: bigint;
  gasPerItem: bigint;
  token: Hex | null;
  items: { id: string; to: Hex; amount: bigint }[];
};

export type Receipt = {
  transactionHash: Hex;
  succeeded: boolean;
  blockNumber: bigint;
  blockHash: Hex;
  gasUsed: bigint;
  /** Null where the node does not say. */
  gasPriceWei: bigint | null;
};

/** The signer process. Throws when it cannot be reached: nothing was sent, so that is harmless. */
export type SignerPort = { sign(requests: readonly SignRequest[]): Promise<SignResult[]> };
