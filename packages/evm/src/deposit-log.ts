import type { Hex } from '@naru/kit/hex.ts';
import { type Address, erc20Abi } from 'viem';
import { getAbiItem, getAddress, toEventSelector } from 'viem/utils';
import { depositFactoryAbi } from './abi/deposit-factory.gen.ts';
import { depositForwarderAbi } from './abi/deposit-forwarder.gen.ts';
import { toToken } from './payout-log.ts';
import type { ChainLog } from './rpc-shapes.ts';

/** Source: ERC-20. */
export const TRANSFER_TOPIC: Hex = toEventSelector(getAbiItem({ abi: erc20Abi, name: 'Transfer' }));
export const DEPOSITED_TOPIC: Hex = toEventSelector(
  getAbiItem({ abi: depositForwarderAbi, name: 'Deposited' }),
);
export const CREATED_TOPIC: Hex = toEventSelector(
  getAbiItem({ abi: depositFactoryAbi, name: 'ForwarderCreated' }),
);
export const SWEPT_TOPIC: Hex = toEventSelector(getAbiItem({ abi: depositFactoryAbi, name: 'Swept' }));

export type LogPlace = {
  transactionHash: Hex;
  /** In its block. */
  logIndex: number;
  blockNumber: bigint;
  blockHash: Hex;
};

/** What the logs around deposit addresses say. Addresses are EIP-55, amounts in the smallest unit, token null is the coin. */
export type DepositLog = LogPlace &
  (
    | { kind: 'arrived'; token: Address | null; from: Address; to: Address; amount: bigint }
    | { kind: 'created'; factory: Address; forwarder: Address }
    | { kind: 'swept'; factory: Address; forwarder: Address; token: Address | null; amount: bigint }
  );

/**
 * Null: not one of these. A Transfer of an NFT has a fourth topic and is none; nor is one of nothing, which anyone can make
 * any token log.
 */
export function decodeDepositLog(log: ChainLog): DepositLog | null {
  const [signature, first, second] = log.topics;
  const place: LogPlace = {
    transactionHash: log.transactionHash,
    logIndex: log.logIndex,
    blockNumber: log.blockNumber,
    blockHash: log.blockHash,
  };
  const [one, other] = [topicToAddress(first), topicToAddress(second)];
  const amount = /^0x[0-9a-f]{64}$/.test(log.data) ? BigInt(log.data) : null;
  switch (signature) {
    case TRANSFER_TOPIC:
      if (one === null || other === null || amount === null || amount === 0n || log.topics.length !== 3)
        return null;
      return { ...place, kind: 'arrived', token: log.address, from: one, to: other, amount };
    case DEPOSITED_TOPIC:
      if (one === null || amount === null || amount === 0n) return null;
      return { ...place, kind: 'arrived', token: null, from: one, to: log.address, amount };
    case CREATED_TOPIC:
      return one === null ? null : { ...place, kind: 'created', factory: log.address, forwarder: one };
    case SWEPT_TOPIC:
      if (one === null || other === null || amount === null || amount === 0n) return null;
      return {
        ...place,
        kind: 'swept',
        factory: log.address,
        forwarder: one,
        token: toToken(other),
        amount,
      };
    default:
      return null;
  }
}

function topicToAddress(topic: Hex | undefined): Address | null {
  return topic !== undefined && /^0x0{24}[0-9a-f]{40}$/.test(topic)
    ? getAddress(`0x${topic.slice(26)}`)
    : null;
}
