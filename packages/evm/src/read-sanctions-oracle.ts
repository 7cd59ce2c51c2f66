import type { Hex } from '@naru/kit/hex.ts';
import { encodeFunctionData, parseAbi } from 'viem';
import { RpcDecodeError } from './rpc/rpc-errors.ts';
import { type RpcPool, resultOf } from './rpc/rpc-pool.ts';
import { data as dataShape, decodeShape } from './rpc-shapes.ts';

/** Source: Chainalysis, sanctions oracle. */
const oracleAbi = parseAbi(['function isSanctioned(address addr) view returns (bool)']);

/**
 * Whether a sanctions oracle lists each address, in their order, from one provider. Where there is no such contract a
 * node answers with nothing: that is no answer, and rejects.
 */
export async function readSanctionsOracle(
  pool: RpcPool,
  oracle: Hex,
  addresses: readonly Hex[],
): Promise<boolean[]> {
  if (addresses.length === 0) return [];
  const calls = addresses.map((address) => ({
    method: 'eth_call',
    params: [
      {
        to: oracle,
        data: encodeFunctionData({ abi: oracleAbi, functionName: 'isSanctioned', args: [address] }),
      },
      'latest',
    ],
  }));
  return await pool.readDecoded(calls, (answers) =>
    answers.map((answer) => decodeFlag(decodeShape(dataShape, resultOf(answer), 'eth_call'), oracle)),
  );
}

/** One word, 0 or 1. Anything else comes from another contract, or from none. */
function decodeFlag(data: Hex, oracle: Hex): boolean {
  if (data.length === 66 && BigInt(data) <= 1n) return BigInt(data) === 1n;
  throw new RpcDecodeError(
    `${oracle} is no sanctions oracle: it answers ${data === '0x' ? 'nothing' : data.slice(0, 70)}`,
  );
}
