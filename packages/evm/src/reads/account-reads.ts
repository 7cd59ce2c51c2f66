import { type Address, encodeFunctionData, erc20Abi } from 'viem';
import { getAddress } from 'viem/utils';
import { z } from 'zod';
import type { RpcAnswer, RpcCall } from '../rpc/json-rpc-client.ts';
import { type ProviderAnswer, type RpcPool, resultOf } from '../rpc/rpc-pool.ts';
import { decodeShape, quantity } from '../rpc-shapes.ts';
import { type BlockRef, freshnessOf, toBlockParameter } from './block-ref.ts';

export type AccountReads = {
  /** How many nonces of each address are used in blocks up to `at`: also the lowest unused one. */
  transactionCounts(addresses: readonly string[], at?: BlockRef): Promise<bigint[]>;
  transactionCountsFromEach(
    count: number,
    addresses: readonly string[],
    at?: BlockRef,
  ): Promise<ProviderAnswer<bigint[]>[]>;
  /** Wei. */
  nativeBalances(addresses: readonly string[], at?: BlockRef): Promise<bigint[]>;
  /** Smallest units of the token. Rejects with the node's error when `token` reverts; rejects when it is no token. */
  tokenBalances(token: string, addresses: readonly string[], at?: BlockRef): Promise<bigint[]>;
  /** Of each (account, token or null for the coin) in one block, from each of `count` providers. */
  balancesFromEach(
    count: number,
    pairs: readonly { account: string; token: string | null }[],
    at: bigint,
  ): Promise<ProviderAnswer<bigint[]>[]>;
  /** What each owner allows `spender` to take, in smallest units of the token. */
  allowances(token: string, owners: readonly string[], spender: string, at?: BlockRef): Promise<bigint[]>;
};

/** One word, as `balanceOf` and `allowance` return it. An address without code returns nothing, which is no zero. */
const uint256Word = z
  .string()
  .regex(/^0x[0-9a-fA-F]{64}$/, 'expected one 32-byte word; is there a token at this address?')
  .transform((word) => BigInt(word));

export function createAccountReads(pool: RpcPool): AccountReads {
  async function readEach(calls: RpcCall[], shape: z.ZodType<bigint>, at: BlockRef): Promise<bigint[]> {
    if (calls.length === 0) return [];
    return pool.readDecoded(calls, (answers) => decodeEach(calls, answers, shape), freshnessOf(at));
  }

  const callToken = (token: string, data: string, at: BlockRef): RpcCall => ({
    method: 'eth_call',
    params: [{ to: token, data }, toBlockParameter(at)],
  });

  return {
    transactionCounts: (addresses, at = 'latest') =>
      readEach(perAddress('eth_getTransactionCount', addresses, at), quantity, at),
    transactionCountsFromEach: (count, addresses, at = 'latest') => {
      const calls = perAddress('eth_getTransactionCount', addresses, at);
      return pool.readFromEach(
        count,
        calls,
        (answers) => decodeEach(calls, answers, quantity),
        freshnessOf(at),
      );
    },
    nativeBalances: (addresses, at = 'latest') =>
      readEach(perAddress('eth_getBalance', addresses, at), quantity, at),
    tokenBalances(token, addresses, at = 'latest') {
      const encode = (address: string) =>
        encodeFunctionData({ abi: erc20Abi, functionName: 'balanceOf', args: [toAddress(address)] });
      return readEach(
        addresses.map((address) => callToken(token, encode(address), at)),
        uint256Word,
        at,
      );
    },
    balancesFromEach(count, pairs, at) {
      const calls = pairs.map(({ account, token }) =>
        token === null
          ? { method: 'eth_getBalance', params: [account, toBlockParameter(at)] }
          : callToken(
              token,
              encodeFunctionData({ abi: erc20Abi, functionName: 'balanceOf', args: [toAddress(account)] }),
              at,
            ),
      );
      return pool.readFromEach(
        count,
        calls,
        (answers) =>
          answers.map((answer, index) =>
            decodeShape(
              pairs[index]?.token === null ? quantity : uint256Word,
              resultOf(answer),
              calls[index]?.method ?? 'read',
            ),
          ),
        freshnessOf(at),
      );
    },
    allowances(token, owners, spender, at = 'latest') {
      const encode = (owner: string) =>
        encodeFunctionData({
          abi: erc20Abi,
          functionName: 'allowance',
          args: [toAddress(owner), toAddress(spender)],
        });
      return readEach(
        owners.map((owner) => callToken(token, encode(owner), at)),
        uint256Word,
        at,
      );
    },
  };
}

function decodeEach(
  calls: readonly RpcCall[],
  answers: readonly RpcAnswer[],
  shape: z.ZodType<bigint>,
): bigint[] {
  return answers.map((answer, index) => decodeShape(shape, resultOf(answer), calls[index]?.method ?? 'read'));
}

function perAddress(method: string, addresses: readonly string[], at: BlockRef): RpcCall[] {
  return addresses.map((address) => ({ method, params: [address, toBlockParameter(at)] }));
}

/** Any case goes in: viem refuses a mixed-case address with a wrong checksum, and ours were checked where they came in. */
function toAddress(address: string): Address {
  return getAddress(address.toLowerCase());
}
