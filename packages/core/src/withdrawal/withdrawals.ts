import type { Caller } from '../access/access.ts';
import type { BulkRowProblem, Refusal } from './withdrawal.errors.ts';
import type {
  Bulk,
  ListedBulk,
  Page,
  Withdrawal,
  WithdrawalEvent,
  WithdrawalFilter,
  WithdrawalRequest,
} from './withdrawal.ts';

/** How a command with an idempotency key ended. `replayed`: it had been done before, this is the answer of then. */
export type CommandResult<T> =
  | { kind: 'done'; value: T; replayed: boolean }
  | { kind: 'refused'; refusal: Refusal; replayed: boolean };

/** A row as the edge read it: a request, or what is wrong with its shape. */
export type BulkRow =
  | { row: number; request: WithdrawalRequest }
  | { row: number; problems: BulkRowProblem[] };

export type ChainSummary = {
  id: string;
  name: string;
  evmChainId: bigint;
  network: 'local' | 'test' | 'main';
  nativeSymbol: string;
  confirmations: number;
  blockTimeMs: number;
  explorerUrl: string | null;
  enabled: boolean;
};
export type AssetSummary = {
  chain: string;
  asset: string;
  symbol: string;
  /** EIP-55; null for the native coin. */
  address: string | null;
  decimals: number;
  minimum: bigint;
  /** Null: as much as the payout contract carries. */
  maximum: bigint | null;
  enabled: boolean;
};
export type BalanceSummary = {
  chain: string;
  asset: string;
  decimals: number;
  available: bigint;
  reserved: bigint;
};

/** What a withdrawal would cost, smallest unit, and why it would not be accepted now. */
export type WithdrawalQuote = {
  chain: string;
  asset: string;
  decimals: number;
  amount: bigint;
  fee: bigint;
  total: bigint;
  available: bigint;
  minimum: bigint;
  maximum: bigint | null;
  limit: { perWithdrawalMax: bigint; dailyMax: bigint; used: bigint } | null;
  refusal: Refusal | null;
};

/**
 * The withdrawals product as its edges (REST, CLI) use it. Reads of a foreign or unknown id give null.
 * Refusals are values; a thrown error is an outage or a bug.
 */
export type Withdrawals = {
  /** Concurrent calls share one transaction and one commit; each gets its own answer. */
  request(
    caller: Caller,
    idempotencyKey: string,
    request: WithdrawalRequest,
  ): Promise<CommandResult<Withdrawal>>;
  /** A dry run of `request`: reserves nothing. */
  quote(
    caller: Caller,
    asked: { chain: string; asset: string; amount: string; to: string | null },
  ): Promise<CommandResult<WithdrawalQuote>>;
  cancel(caller: Caller, idempotencyKey: string | null, id: string): Promise<CommandResult<Withdrawal>>;
  get(caller: Caller, id: string): Promise<Withdrawal | null>;
  list(
    caller: Caller,
    filter: WithdrawalFilter,
    page: Page,
  ): Promise<{ data: Withdrawal[]; next: string | null }>;
  events(caller: Caller, id: string): Promise<WithdrawalEvent[] | null>;
  /**
   * All rows or none. `rows` is read once, in order, and may be long: memory stays flat. `inputHash` (32 bytes) is
   * taken of the body by the edge while it streams; it is awaited after the last row.
   */
  requestBulk(
    caller: Caller,
    idempotencyKey: string,
    input: { rows: AsyncIterable<BulkRow[]>; inputHash: () => Buffer; dryRun: boolean },
  ): Promise<
    | CommandResult<Bulk | { dryRun: true; total: number }>
    | { kind: 'invalid'; errors: BulkRowProblem[]; errorCount: number }
  >;
  getBulk(caller: Caller, id: string): Promise<Bulk | null>;
  listBulks(caller: Caller, page: Page): Promise<{ data: ListedBulk[]; next: string | null }>;
  bulkRows(caller: Caller, id: string): AsyncIterable<Withdrawal[]>;
  listChains(caller: Caller): Promise<ChainSummary[]>;
  listAssets(caller: Caller): Promise<AssetSummary[]>;
  listBalances(caller: Caller): Promise<BalanceSummary[]>;
};
