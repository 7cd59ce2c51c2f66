import type { Hex } from '@naru/kit/hex.ts';
import { domainSeparator, encodeFunctionData, hashTypedData, zeroAddress } from 'viem';
import { safeAbi } from './safe.abi.ts';

/** Which Safe on which chain; both are in the hash that owners sign. */
export type SafeDomain = { evmChainId: bigint; safe: Hex };

/**
 * A call that a Safe makes. `safeTxGas`, `gasPrice` and the other fields of a refund are always zero here: then an inner
 * call that fails reverts the whole transaction and the Safe keeps its nonce, so a transaction that succeeded did what it
 * says. Never a DELEGATECALL, which could do anything to the Safe.
 */
export type SafeTransaction = { to: Hex; valueWei: bigint; data: Hex; nonce: bigint };

/** `EIP712Domain` has no name and no version. Source: Safe.sol, DOMAIN_SEPARATOR_TYPEHASH, SAFE_TX_TYPEHASH. */
const types = {
  EIP712Domain: [
    { name: 'chainId', type: 'uint256' },
    { name: 'verifyingContract', type: 'address' },
  ],
  SafeTx: [
    { name: 'to', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'data', type: 'bytes' },
    { name: 'operation', type: 'uint8' },
    { name: 'safeTxGas', type: 'uint256' },
    { name: 'baseGas', type: 'uint256' },
    { name: 'gasPrice', type: 'uint256' },
    { name: 'gasToken', type: 'address' },
    { name: 'refundReceiver', type: 'address' },
    { name: 'nonce', type: 'uint256' },
  ],
} as const;

const OPERATION_CALL = 0;

function messageOf(transaction: SafeTransaction) {
  return {
    to: transaction.to,
    value: transaction.valueWei,
    data: transaction.data,
    operation: OPERATION_CALL,
    safeTxGas: 0n,
    baseGas: 0n,
    gasPrice: 0n,
    gasToken: zeroAddress,
    refundReceiver: zeroAddress,
    nonce: transaction.nonce,
  } as const;
}

/** What the owners sign, and what the event `ExecutionSuccess` names. */
export function hashSafeTransaction(domain: SafeDomain, transaction: SafeTransaction): Hex {
  return hashTypedData({
    domain: { chainId: domain.evmChainId, verifyingContract: domain.safe },
    types,
    primaryType: 'SafeTx',
    message: messageOf(transaction),
  });
}

/** What `domainSeparator()` of this Safe answers when it hashes as we do: before version 1.3.0 the chain was not in it. */
export function hashSafeDomain({ evmChainId, safe }: SafeDomain): Hex {
  return domainSeparator({ domain: { chainId: evmChainId, verifyingContract: safe } });
}

/** The same as JSON for `eth_signTypedData_v4`: what a wallet shows and signs. Numbers are decimal strings. */
export function typedDataOf(domain: SafeDomain, transaction: SafeTransaction): string {
  return JSON.stringify(
    {
      types,
      primaryType: 'SafeTx',
      domain: { chainId: Number(domain.evmChainId), verifyingContract: domain.safe },
      message: messageOf(transaction),
    },
    (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value),
    2,
  );
}

/** Calldata of `execTransaction`, which anybody may send. */
export function encodeExecution(transaction: SafeTransaction, signatures: Hex): Hex {
  const message = messageOf(transaction);
  return encodeFunctionData({
    abi: safeAbi,
    functionName: 'execTransaction',
    args: [
      message.to,
      message.value,
      message.data,
      message.operation,
      message.safeTxGas,
      message.baseGas,
      message.gasPrice,
      message.gasToken,
      message.refundReceiver,
      signatures,
    ],
  });
}
