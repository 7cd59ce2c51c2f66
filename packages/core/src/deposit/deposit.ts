import { createHash } from 'node:crypto';
import type { Hex } from '@naru/kit/hex.ts';
import type { DepositState } from './deposit.machine.ts';

export type DepositAddress = {
  /** UUID; the salt of its forwarder. */
  id: string;
  organisationId: string;
  chainId: string;
  factory: Hex;
  /** EIP-55. */
  address: Hex;
  label: string | null;
  takesCoin: boolean;
  state: 'OPEN' | 'DEPLOYED';
  createdAt: Date;
};

/** Why what arrived was credited to nobody. */
export const uncreditedReasons = [
  'token_unknown',
  'asset_disabled',
  'below_minimum',
  'amount_too_large',
] as const;
export type UncreditedReason = (typeof uncreditedReasons)[number];

export type Deposit = {
  id: string;
  organisationId: string;
  chain: string;
  addressId: string;
  address: Hex;
  /** Null: a token that is not in the catalogue; then decimals are unknown, too. */
  asset: string | null;
  decimals: number | null;
  token: Hex | null;
  /** Smallest unit. */
  amount: bigint;
  from: Hex;
  transactionHash: Hex;
  logIndex: number;
  blockNumber: bigint;
  state: DepositState;
  uncreditedReason: UncreditedReason | null;
  /** Blocks, its own included, when it was found final; null: not yet. */
  depth: bigint | null;
  confirmationsNeeded: number;
  detectedAt: Date;
  creditedAt: Date | null;
  position: bigint;
};

/** A UUID (version 8, RFC 9562) that follows from its parts: the same log has the same, whoever finds it and when. */
export function uuidOfParts(...parts: readonly (string | bigint | number)[]): string {
  const hex = createHash('sha256').update(parts.join('/')).digest('hex');
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** Also the id of the ledger transfer that books it, so that it cannot be booked twice. */
export function depositIdOf(evmChainId: bigint, log: { transactionHash: Hex; logIndex: number }): string {
  return uuidOfParts('deposit', evmChainId, log.transactionHash, log.logIndex);
}

export function sweepTransferIdOf(
  evmChainId: bigint,
  log: { transactionHash: Hex; logIndex: number },
): string {
  return uuidOfParts('sweep', evmChainId, log.transactionHash, log.logIndex);
}

/** Of the transfer by which an operator credits what was not credited by itself. */
export function lateCreditIdOf(depositId: string): string {
  return uuidOfParts('late-credit', depositId);
}
