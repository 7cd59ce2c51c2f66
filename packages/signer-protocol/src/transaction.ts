import { CodedError } from '@naru/kit/errors.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { toBuffer } from '@naru/kit/hex.ts';
import {
  keccak256,
  parseTransaction,
  recoverAddress,
  serializeTransaction,
  type TransactionSerializableEIP1559,
  type TransactionSerializableLegacy,
} from 'viem';
import type { Payload } from './payload.ts';
import type { SignRequest } from './schema.ts';

export type UnsignedTransaction =
  | (TransactionSerializableEIP1559 & { type: 'eip1559' })
  | (TransactionSerializableLegacy & { type: 'legacy' });

/** An ECDSA signature over secp256k1: `r` and `s` are 32 bytes each, `s` in the lower half of the order (EIP-2). */
export type TransactionSignature = { r: Hex; s: Hex; yParity: 0 | 1 };

/** Order of secp256k1 divided by two, from SEC 2, section 2.4.1. */
const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** The transaction that a request and its payload describe; EIP-1559, or legacy with replay protection (EIP-155). */
export function buildUnsignedTransaction(request: SignRequest, payload: Payload): UnsignedTransaction {
  const common = {
    chainId: request.chainId,
    nonce: request.nonce,
    gas: request.gas,
    to: payload.to,
    value: payload.valueWei,
    data: payload.data,
  };
  if (request.fees.kind === 'legacy')
    return { ...common, type: 'legacy', gasPrice: request.fees.gasPriceWei };
  return {
    ...common,
    type: 'eip1559',
    maxFeePerGas: request.fees.maxFeePerGasWei,
    maxPriorityFeePerGas: request.fees.maxPriorityFeePerGasWei,
  };
}

/** The 32 bytes to sign. */
export function hashForSigning(unsigned: UnsignedTransaction): Hex {
  return keccak256(toBuffer(serializeTransaction(unsigned)));
}

/** The bytes to send, and their hash, which is the transaction's. */
export function serializeSigned(
  unsigned: UnsignedTransaction,
  signature: TransactionSignature,
): { raw: Hex; hash: Hex } {
  const { r, s, yParity } = signature;
  const raw = serializeTransaction(unsigned, { r, s, yParity, v: BigInt(27 + yParity) });
  return { raw, hash: keccak256(toBuffer(raw)) };
}

export type SignedMismatchError = CodedError<'signed_mismatch'>;

/**
 * The worker's check of what the signer returned, before it is stored: `raw` must be exactly the request's transaction
 * (chain, nonce, gas, fees, payload), signed with a low S by `from`. Returns the transaction's hash.
 * @throws {SignedMismatchError} when it is anything else; such bytes must not be sent. Never retryable.
 */
export async function checkSigned(request: SignRequest, payload: Payload, raw: Hex): Promise<Hex> {
  const signature = readSignature(raw);
  if (BigInt(signature.s) > HALF_ORDER) throw mismatch('the signature has a high S');
  const unsigned = buildUnsignedTransaction(request, payload);
  const expected = serializeSigned(unsigned, signature);
  // Byte for byte: a field that parses alike but is written otherwise would give another hash on chain.
  if (expected.raw !== raw) throw mismatch('the bytes are not the requested transaction');
  const signer = await recoverAddress({ hash: hashForSigning(unsigned), signature }).catch(
    (error: unknown) => {
      throw mismatch('the signature recovers to no account', error);
    },
  );
  if (signer.toLowerCase() !== request.from.toLowerCase()) {
    throw mismatch(`the transaction is signed by ${signer}, not by ${request.from}`);
  }
  return expected.hash;
}

function readSignature(raw: Hex): TransactionSignature {
  try {
    const { r, s, yParity } = parseTransaction(raw);
    if (r === undefined || s === undefined || (yParity !== 0 && yParity !== 1)) {
      throw mismatch('the transaction is not signed');
    }
    return { r, s, yParity };
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw mismatch('the bytes are not a transaction', error);
  }
}

function mismatch(message: string, cause?: unknown): SignedMismatchError {
  return new CodedError('signed_mismatch', `the signer's answer is not usable: ${message}`, { cause });
}
