import type { SendOutcome } from '@naru/evm/send-outcome.ts';
import type { Hex } from '@naru/kit/hex.ts';
import type { BatchRecord, BlockRef, PayoutCall, Receipt } from '../ports.ts';
import { Trouble } from './failures.ts';
import type { Block, ModelChain } from './model-chain.ts';
import type { Bytes, Executed } from './model-contract.ts';

/** What a provider says that is not so. */
export const lies = [
  'null_receipt',
  'failed_receipt',
  'denied',
  'count_high',
  'count_low',
  'missing_record',
  'invented_head',
  'swallowed_send',
  'nonce_consumed',
  'rejected',
  'insufficient_funds',
] as const;
export type Lie = (typeof lies)[number];

/** One node as it is now: how it answers, and which blocks it has. */
export type Provider = {
  index: number;
  lie: Lie | null;
  /** Blocks that it had when it got stuck; null: it has all. */
  stuckAt: readonly Block[] | null;
  /** How often a call fails, and how often the answer to a send is lost after it was taken. */
  failChance: number;
  loseAnswerChance: number;
  latencyMsMax: number;
};

export function createProvider(index: number): Provider {
  return { index, lie: null, stuckAt: null, failChance: 0, loseAnswerChance: 0, latencyMsMax: 60 };
}

const INVENTED_BLOCKS = 8n;
const COUNT_LIE = 2n;

/** The blocks that a provider shows. */
function viewOf(provider: Provider, chain: ModelChain): readonly Block[] {
  const blocks = provider.stuckAt ?? chain.blocks;
  if (provider.lie !== 'invented_head') return blocks;
  const invented = [...blocks];
  for (let extra = 1n; extra <= INVENTED_BLOCKS; extra++) {
    const parent = invented.at(-1);
    if (parent === undefined) break;
    const number = parent.number + 1n;
    invented.push({
      ...parent,
      number,
      hash: `0xee${number.toString(16)}`,
      parentHash: parent.hash,
      executed: [],
    });
  }
  return invented;
}

function blockAt(view: readonly Block[], number: bigint): Block | undefined {
  const first = view[0];
  return first === undefined ? undefined : view[Number(number - first.number)];
}

function refOf({ number, hash, parentHash }: Block): BlockRef {
  return { number, hash, parentHash };
}

export function readHead(provider: Provider, chain: ModelChain): BlockRef {
  const head = viewOf(provider, chain).at(-1);
  if (head === undefined) throw new Trouble('no block yet');
  return refOf(head);
}

export function readHeaders(provider: Provider, chain: ModelChain, first: bigint, last: bigint): BlockRef[] {
  const view = viewOf(provider, chain);
  const headers: BlockRef[] = [];
  for (let number = first; number <= last; number++) {
    const block = blockAt(view, number);
    if (block === undefined) throw new Trouble(`does not know block ${number} yet`);
    headers.push(refOf(block));
  }
  return headers;
}

export function readBatches(
  provider: Provider,
  chain: ModelChain,
  first: bigint,
  last: bigint,
): BatchRecord[] {
  const view = viewOf(provider, chain);
  if ((view.at(-1)?.number ?? 0n) < last) throw new Trouble(`is before block ${last}`);
  if (hidesRecords(provider)) return [];
  const records: BatchRecord[] = [];
  for (let number = first; number <= last; number++) {
    const block = blockAt(view, number);
    if (block !== undefined) records.push(...recordsOf(block));
  }
  return records;
}

/** `denied`: payments failed and left no record, in one voice. */
function hidesRecords(provider: Provider): boolean {
  return provider.lie === 'missing_record' || provider.lie === 'denied';
}

function recordsOf(block: Block): BatchRecord[] {
  return block.executed.flatMap(({ bytes, outcomes }) =>
    outcomes === null || bytes.batchId === null
      ? []
      : [
          {
            batchId: bytes.batchId,
            payer: bytes.from,
            token: null,
            items: bytes.items.map((item, index) => ({
              withdrawalId: item.id,
              outcome: outcomes[index] ?? 0,
            })),
            transactionHash: bytes.hash,
            blockNumber: block.number,
            blockHash: block.hash,
          },
        ],
  );
}

export function readBatchInBlock(
  provider: Provider,
  chain: ModelChain,
  at: { number: bigint; hash: Hex },
  batchId: string,
): BatchRecord | null {
  const block = blockAt(viewOf(provider, chain), at.number);
  if (block === undefined) throw new Trouble(`does not know block ${at.number} yet`);
  if (block.hash !== at.hash || hidesRecords(provider)) return null;
  return recordsOf(block).find((record) => record.batchId === batchId) ?? null;
}

export function readReceipt(provider: Provider, chain: ModelChain, hash: Hex): Receipt | null {
  if (provider.lie === 'null_receipt') return null;
  const found = findExecuted(viewOf(provider, chain), hash);
  if (found === null) return null;
  const { block, executed } = found;
  const isDenied =
    (provider.lie === 'failed_receipt' || provider.lie === 'denied') && executed.bytes.purpose === 'PAY';
  return {
    transactionHash: hash,
    succeeded: executed.succeeded && !isDenied,
    blockNumber: block.number,
    blockHash: block.hash,
    gasUsed: 0n,
    gasPriceWei: null,
  };
}

function findExecuted(view: readonly Block[], hash: Hex): { block: Block; executed: Executed } | null {
  for (let index = view.length - 1; index >= 0; index--) {
    const block = view[index];
    const executed = block?.executed.find(({ bytes }) => bytes.hash === hash);
    if (block !== undefined && executed !== undefined) return { block, executed };
  }
  return null;
}

export function readCount(
  provider: Provider,
  chain: ModelChain,
  account: Hex,
  at: bigint | 'latest',
): bigint {
  const view = viewOf(provider, chain);
  const block = at === 'latest' ? view.at(-1) : blockAt(view, at);
  if (block === undefined) throw new Trouble(`does not know block ${at} yet`);
  const count = block.counts.get(account) ?? 0n;
  if (provider.lie === 'count_high') return count + COUNT_LIE;
  if (provider.lie === 'count_low') return count > 0n ? count - 1n : 0n;
  return count;
}

export function readPayoutCall(provider: Provider, chain: ModelChain, hash: Hex): PayoutCall | null {
  const found = findExecuted(viewOf(provider, chain), hash);
  const bytes = found?.executed.bytes;
  if (bytes === undefined || bytes.batchId === null) return null;
  return {
    batchId: bytes.batchId,
    from: bytes.from,
    nonce: bytes.nonce,
    to: '0x',
    data: '0x',
    valueWei: 0n,
    gas: 0n,
    gasPerItem: 0n,
    token: null,
    items: bytes.items.map(({ id, amount }) => ({ id, to: '0x', amount })),
  };
}

export function sendTo(provider: Provider, chain: ModelChain, bytes: Bytes): SendOutcome {
  switch (provider.lie) {
    case 'swallowed_send':
      return { kind: 'accepted', how: 'new' };
    case 'nonce_consumed':
      return { kind: 'nonce_consumed' };
    case 'rejected':
      return { kind: 'rejected', cause: 'intrinsic_gas_too_low' };
    case 'insufficient_funds':
      return { kind: 'insufficient_funds' };
    default:
      return chain.send(bytes);
  }
}
