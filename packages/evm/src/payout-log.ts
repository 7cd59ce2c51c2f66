import { assertPresent } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { bytes16ToUuid } from '@naru/kit/ids.ts';
import type { Address } from 'viem';
import { decodeAbiParameters, getAbiItem, getAddress, toEventSelector } from 'viem/utils';
import { batchPayoutAbi } from './abi/batch-payout.gen.ts';
import { bytes32ToBatchId } from './batch-id.ts';

/**
 * The payout contract's own record of a batch (contracts/src/BatchPayout.sol):
 * `event BatchExecuted(bytes32 indexed batchId, address indexed payer, address indexed token, bytes outcomes)`.
 */
export const BATCH_EXECUTED_TOPIC: Hex = toEventSelector(
  getAbiItem({ abi: batchPayoutAbi, name: 'BatchExecuted' }),
);

const OUTCOME_BYTES = 17; // id (16) | outcome (1)

/** By the contract's code for them. */
export const PAYOUT_OUTCOMES = ['NOT_ATTEMPTED', 'PAID', 'REVERTED', 'RETURNED_FALSE'] as const;
export type PayoutOutcome = (typeof PAYOUT_OUTCOMES)[number];

export type ExecutedBatch = {
  /** UUID. */
  batchId: string;
  /** EIP-55. */
  payer: Address;
  /** EIP-55; null for the chain's native coin (the zero address on chain). */
  token: Address | null;
  /** In the order of the batch's items; `id` is a UUID. Not empty. */
  outcomes: { id: string; outcome: PayoutOutcome }[];
};

export type PayoutLogProblem =
  | 'not_batch_executed'
  | 'malformed_topics'
  | 'foreign_batch_id'
  | 'malformed_data'
  | 'malformed_outcomes'
  | 'unknown_outcome';

/** A log of any other shape than the contract writes is refused as a whole, with the reason; nothing is thrown. */
export type DecodedPayoutLog = { ok: true; batch: ExecutedBatch } | { ok: false; problem: PayoutLogProblem };

const refuse = (problem: PayoutLogProblem): DecodedPayoutLog => ({ ok: false, problem });

export function decodePayoutLog(log: { topics: readonly string[]; data: string }): DecodedPayoutLog {
  const [signature, batchTopic = '', payerTopic = '', tokenTopic = ''] = log.topics;
  if (signature?.toLowerCase() !== BATCH_EXECUTED_TOPIC) return refuse('not_batch_executed');
  const payer = topicToAddress(payerTopic);
  const token = topicToAddress(tokenTopic);
  if (log.topics.length !== 4 || payer === null || token === null) return refuse('malformed_topics');
  if (!/^0x[0-9a-f]{64}$/i.test(batchTopic)) return refuse('malformed_topics');
  const batchId = bytes32ToBatchId(batchTopic);
  if (batchId === null) return refuse('foreign_batch_id');

  const packed = decodeBytes(log.data);
  if (packed === null) return refuse('malformed_data');
  if (packed.length === 0 || packed.length % OUTCOME_BYTES !== 0) return refuse('malformed_outcomes');
  const outcomes: ExecutedBatch['outcomes'] = [];
  for (let offset = 0; offset < packed.length; offset += OUTCOME_BYTES) {
    const outcome = PAYOUT_OUTCOMES[assertPresent(packed[offset + 16], 'outcome byte')];
    if (outcome === undefined) return refuse('unknown_outcome');
    outcomes.push({ id: bytes16ToUuid(packed.toString('hex', offset, offset + 16)), outcome });
  }
  return { ok: true, batch: { batchId, payer, token: toToken(token), outcomes } };
}

/** The zero address stands for the native coin. */
export function toToken(address: Address): Address | null {
  return /^0x0{40}$/.test(address) ? null : address;
}

function topicToAddress(topic: string): Address | null {
  const match = /^0x0{24}([0-9a-f]{40})$/i.exec(topic);
  return match?.[1] === undefined ? null : getAddress(`0x${match[1].toLowerCase()}`);
}

/** ABI-encoded `(bytes)`; null when it is not. */
function decodeBytes(data: string): Buffer | null {
  if (!/^0x([0-9a-f]{2})*$/i.test(data)) return null;
  try {
    const [bytes] = decodeAbiParameters([{ type: 'bytes' }], `0x${data.slice(2)}`);
    return Buffer.from(bytes.slice(2), 'hex');
  } catch {
    return null; // viem throws on offsets and lengths that lead out of the data
  }
}
