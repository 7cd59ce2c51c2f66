import type { Hex } from '@naru/kit/hex.ts';
import { decodeAbiParameters, encodeFunctionData, erc20Abi, trim } from 'viem';
import { toQuantity } from '../quantity.ts';
import type { RpcAnswer, RpcCall } from '../rpc/json-rpc-client.ts';
import { classifyReadError } from '../rpc/rpc-error-class.ts';
import type { RpcResponseError } from '../rpc/rpc-errors.ts';
import { type RpcPool, resultOf } from '../rpc/rpc-pool.ts';
import { data as dataShape, decodeShape, quantity } from '../rpc-shapes.ts';
import { type BlockRef, freshnessOf, toBlockParameter } from './block-ref.ts';

export type CallRequest = { from?: string; to: string; data: string; valueWei?: bigint };

/** A revert is an answer. `data` is the ABI-encoded error; null where the node does not give it. */
export type Reverted = { kind: 'reverted'; data: Hex | null; message: string };

export type TokenMetadata = {
  /** Length of the code at the address; 0: no contract there. */
  codeBytes: number;
  /** Null when the contract has no such function or answers nonsense. */
  symbol: string | null;
  decimals: number | null;
};

export type CallReads = {
  call(request: CallRequest, at?: BlockRef): Promise<{ kind: 'returned'; data: Hex } | Reverted>;
  /**
   * Not for payouts: nodes search for the least gas with which a transaction succeeds, and the payout contract succeeds
   * with items left NOT_ATTEMPTED. Their gas is computed from the number of items.
   */
  estimateGas(request: CallRequest): Promise<{ kind: 'estimated'; gas: bigint } | Reverted>;
  tokenMetadata(token: string): Promise<TokenMetadata>;
};

const TOKEN_DECIMALS_MAX = 255n; // `decimals` is a uint8 (ERC-20)

export function createCallReads(pool: RpcPool): CallReads {
  return {
    call: (request, at = 'latest') =>
      pool.readDecoded(
        [{ method: 'eth_call', params: [toRpcRequest(request), toBlockParameter(at)] }],
        ([answer]) =>
          revertIn(answer) ?? {
            kind: 'returned',
            data: decodeShape(dataShape, resultOf(answer), 'eth_call'),
          },
        freshnessOf(at),
      ),
    estimateGas: (request) =>
      pool.readDecoded(
        [{ method: 'eth_estimateGas', params: [toRpcRequest(request)] }],
        ([answer]) =>
          revertIn(answer) ?? {
            kind: 'estimated',
            gas: decodeShape(quantity, resultOf(answer), 'eth_estimateGas'),
          },
      ),
    tokenMetadata(token) {
      const callOf = (functionName: 'symbol' | 'decimals'): RpcCall => ({
        method: 'eth_call',
        params: [{ to: token, data: encodeFunctionData({ abi: erc20Abi, functionName }) }, 'latest'],
      });
      const calls = [
        { method: 'eth_getCode', params: [token, 'latest'] },
        callOf('symbol'),
        callOf('decimals'),
      ];
      return pool.readDecoded(calls, ([code, symbol, decimals]) => ({
        codeBytes: (decodeShape(dataShape, resultOf(code), 'eth_getCode').length - 2) / 2,
        symbol: decodeSymbol(returnedData(symbol)),
        decimals: decodeDecimals(returnedData(decimals)),
      }));
    },
  };
}

function toRpcRequest({ from, to, data, valueWei }: CallRequest): Record<string, string> {
  return {
    ...(from === undefined ? {} : { from }),
    to,
    data,
    ...(valueWei === undefined ? {} : { value: toQuantity(valueWei) }),
  };
}

function revertIn(answer: RpcAnswer | undefined): Reverted | null {
  if (answer === undefined || answer.ok || classifyReadError(answer.error) !== 'reverted') return null;
  return { kind: 'reverted', data: revertData(answer.error), message: answer.error.nodeMessage };
}

/** geth, Erigon, Besu and Anvil put the bytes into `data`; Hardhat into `data.data`; Nethermind writes "Reverted 0x…". */
function revertData({ data }: RpcResponseError): Hex | null {
  const inner = typeof data === 'object' && data !== null && 'data' in data ? data.data : data;
  const match = typeof inner === 'string' ? /^(?:Reverted )?0x((?:[0-9a-f]{2})*)$/i.exec(inner) : null;
  return match?.[1] === undefined ? null : `0x${match[1].toLowerCase()}`;
}

/** Null when the call reverted or returned nothing; trouble of the provider is thrown. */
export function returnedData(answer: RpcAnswer | undefined): Hex | null {
  if (revertIn(answer) !== null) return null;
  const data = decodeShape(dataShape, resultOf(answer), 'eth_call');
  return data === '0x' ? null : data;
}

/** A string, or bytes32 as in the tokens of 2017 (MKR). */
function decodeSymbol(data: Hex | null): string | null {
  if (data === null) return null;
  try {
    if (data.length === 66) return Buffer.from(trim(data, { dir: 'right' }).slice(2), 'hex').toString('utf8');
    return decodeAbiParameters([{ type: 'string' }], data)[0];
  } catch {
    return null; // not ABI-encoded
  }
}

function decodeDecimals(data: Hex | null): number | null {
  if (data === null || data.length !== 66) return null;
  const value = BigInt(data);
  return value > TOKEN_DECIMALS_MAX ? null : Number(value);
}
