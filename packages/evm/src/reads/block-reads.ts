import { assert } from '@naru/kit/assert.ts';
import { toQuantity } from '../quantity.ts';
import { RpcDecodeError } from '../rpc/rpc-errors.ts';
import { type ProviderAnswer, type RpcPool, resultOf } from '../rpc/rpc-pool.ts';
import { type BlockHeader, blockHeaderShape, decodeShape, quantity } from '../rpc-shapes.ts';

export type BlockReads = {
  head(): Promise<BlockHeader>;
  /** `fromBlock` to `toBlock`, both included, each the parent of the next. At most `HEADERS_MAX`. */
  headers(fromBlock: bigint, toBlock: bigint): Promise<BlockHeader[]>;
  /** How far each of `count` different providers is, those that lag included. For decisions at final depth. */
  headNumbersFromEach(count: number): Promise<ProviderAnswer<bigint>[]>;
};

export const HEADERS_MAX = 1_000; // about 600 bytes each, ten requests

export function createBlockReads(pool: RpcPool): BlockReads {
  return {
    head: () =>
      pool.readDecoded([{ method: 'eth_getBlockByNumber', params: ['latest', false] }], ([answer]) =>
        decodeShape(blockHeaderShape, resultOf(answer), 'eth_getBlockByNumber latest'),
      ),
    headers(fromBlock, toBlock) {
      const count = Number(toBlock - fromBlock) + 1;
      assert(
        count >= 1 && count <= HEADERS_MAX,
        `headers: ${count} blocks asked, 1 to ${HEADERS_MAX} possible`,
      );
      const numbers = Array.from({ length: count }, (_, index) => fromBlock + BigInt(index));
      const calls = numbers.map((number) => ({
        method: 'eth_getBlockByNumber',
        params: [toQuantity(number), false],
      }));
      return pool.readDecoded(calls, (answers) => {
        const headers = answers.map((answer, index) => decodeHeader(resultOf(answer), numbers[index] ?? 0n));
        requireLinked(headers);
        return headers;
      });
    },
    headNumbersFromEach: (count) =>
      pool.readFromEach(
        count,
        [{ method: 'eth_blockNumber', params: [] }],
        ([answer]) => decodeShape(quantity, resultOf(answer), 'eth_blockNumber'),
        { freshness: 'history' },
      ),
  };
}

export function decodeHeader(result: unknown, number: bigint): BlockHeader {
  if (result === null) throw new RpcDecodeError(`does not know block ${number} yet`);
  const header = decodeShape(blockHeaderShape, result, `eth_getBlockByNumber ${number}`);
  if (header.number !== number) throw new RpcDecodeError(`asked for block ${number}, got ${header.number}`);
  return header;
}

/** A reorg in the middle of the read, or a gateway that asks several nodes, gives headers that are no chain. */
function requireLinked(headers: readonly BlockHeader[]): void {
  headers.forEach((header, index) => {
    const previous = headers[index - 1];
    if (previous !== undefined && previous.hash !== header.parentHash) {
      throw new RpcDecodeError(`block ${header.number} does not follow the block ${previous.number} it gave`);
    }
  });
}
