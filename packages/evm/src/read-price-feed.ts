import type { Hex } from '@naru/kit/hex.ts';
import { decodeFunctionResult, encodeFunctionData, parseAbi } from 'viem';
import { RpcDecodeError } from './rpc/rpc-errors.ts';
import { type RpcPool, resultOf } from './rpc/rpc-pool.ts';
import { data as dataShape, decodeShape } from './rpc-shapes.ts';

/** Source: Chainlink, AggregatorV3Interface. */
const aggregatorAbi = parseAbi([
  'function decimals() view returns (uint8)',
  'function latestRoundData() view returns (uint80 roundId, int256 answer, uint256 startedAt, uint256 updatedAt, uint80 answeredInRound)',
]);

const FEED_DECIMALS_MAX = 36;

export type PriceRound = { roundId: bigint; answer: bigint; decimals: number; updatedAt: Date };

/**
 * The last round of a price feed. Rejects when there is no feed at the address, the round was not answered, or the answer
 * is that of an earlier round; how old it may be is for the caller to say.
 */
export async function readPriceFeed(pool: RpcPool, feed: Hex): Promise<PriceRound> {
  const callOf = (functionName: 'decimals' | 'latestRoundData') => ({
    method: 'eth_call',
    params: [{ to: feed, data: encodeFunctionData({ abi: aggregatorAbi, functionName }) }, 'latest'],
  });
  return await pool.readDecoded([callOf('decimals'), callOf('latestRoundData')], ([decimals, round]) => {
    const places = decode('decimals', resultOf(decimals), (data) =>
      decodeFunctionResult({ abi: aggregatorAbi, functionName: 'decimals', data }),
    );
    const [roundId, answer, , updatedAt, answeredInRound] = decode(
      'latestRoundData',
      resultOf(round),
      (data) => decodeFunctionResult({ abi: aggregatorAbi, functionName: 'latestRoundData', data }),
    );
    if (places > FEED_DECIMALS_MAX) throw new RpcDecodeError(`the feed ${feed} has ${places} decimals`);
    if (updatedAt === 0n) throw new RpcDecodeError(`round ${roundId} of the feed ${feed} is not answered`);
    if (answeredInRound < roundId)
      throw new RpcDecodeError(
        `round ${roundId} of the feed ${feed} carries the answer of round ${answeredInRound}`,
      );
    if (answer <= 0n) throw new RpcDecodeError(`the feed ${feed} tells ${answer}`);
    return { roundId, answer, decimals: places, updatedAt: new Date(Number(updatedAt) * 1_000) };
  });
}

function decode<T>(functionName: string, result: unknown, read: (data: Hex) => T): T {
  const data = decodeShape(dataShape, result, 'eth_call');
  try {
    return read(data);
  } catch (cause) {
    // What is no contract answers with nothing, and another contract with something else.
    throw new RpcDecodeError(`${functionName}: this is no price feed (${String(cause).split('\n')[0]})`);
  }
}
