import type { Hex } from '@naru/kit/hex.ts';
import type { FeeBook } from '../withdrawal-fee/withdrawal-fee.ts';
import type { ChainOperation } from './chain-operation.ts';

/** A chain as configured. A chain is a row, not code. */
export type Chain = {
  /** `polygon-amoy` */
  id: string;
  evmChainId: bigint;
  name: string;
  network: 'local' | 'test' | 'main';
  nativeSymbol: string;
  gasModel: 'eip1559' | 'legacy';
  blockTimeMs: number;
  /** Blocks, the one that holds the transaction included, before a payment counts as final. */
  confirmations: number;
  /** Gas that one transaction may use. */
  txGasMax: bigint;
  /** What a rollup charges in gas for publishing one item's data on its parent chain; 0 elsewhere. */
  dataGasPerItem: bigint;
  batchItemsMax: number;
  inFlightPerAccountMax: number;
  feePerGasWeiMax: bigint;
  /** The least tip that the chain's nodes take. */
  tipPerGasWeiMin: bigint;
  explorerUrl: string | null;
  payoutContract: Hex | null;
  /** EIP-55. Makes the deposit addresses of the chain; null: no deposits on it. */
  depositFactory: Hex | null;
  /** It has URLs and a payout contract: roles connect to it. */
  enabled: boolean;
  operation: ChainOperation;
};

export type Asset = {
  /** `polygon:USDC` */
  id: string;
  chainId: string;
  code: string;
  symbol: string;
  /** EIP-55; null for the native coin. */
  address: Hex | null;
  decimals: number;
  /** Of one withdrawal, smallest unit. */
  minimum: bigint;
  /** Of one withdrawal, whoever asks; null: as much as the payout contract carries. */
  maximum: bigint | null;
  /** What one coin of its chain (10^18 wei) is worth, smallest unit: for fees by gas while no rate is usable. Null: not fixed. */
  unitsPerCoin: bigint | null;
  /** Gas that an item of a batch costs, calldata and log included. */
  gasPerItem: bigint;
  /** Gas that the contract lets one transfer use at most. */
  transferGasMax: bigint;
  enabled: boolean;
};

export type Catalogue = {
  chains: ReadonlyMap<string, Chain>;
  /** By id, `chain:CODE`. */
  assets: ReadonlyMap<string, Asset>;
  /** What withdrawals cost. */
  fees: FeeBook;
  /** Sub-accounts, as `chain/0x…` in lower case: paying them would move our own money in a circle. */
  ownAddresses: ReadonlySet<string>;
  /** Chains on which deposit addresses have been given out. The addresses may be many, and are asked for by set. */
  depositChains: ReadonlySet<string>;
};

/** A test key reaches local and test networks, a live key main networks. */
export function isReachable(chain: Chain, network: 'test' | 'live'): boolean {
  return network === 'live' ? chain.network === 'main' : chain.network !== 'main';
}

export function assetIdOf(chain: string, code: string): string {
  return `${chain}:${code}`;
}
