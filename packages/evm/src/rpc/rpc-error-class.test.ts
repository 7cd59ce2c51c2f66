import { describe, expect, it, test } from 'vitest';
import { classifyReadError, isWorthAnotherProvider } from './rpc-error-class.ts';
import { RpcDecodeError, RpcResponseError, RpcTransportError, WrongChainError } from './rpc-errors.ts';

const nodeError = (method: string, code: number, message: string) =>
  new RpcResponseError('node', method, { code, message });

describe('what a failed read means', () => {
  test.each([
    ['geth', 'eth_call', 3, 'execution reverted: not yours', 'reverted'],
    ['geth, custom error', 'eth_call', 3, 'something else', 'reverted'],
    ['besu', 'eth_call', -32000, 'Execution reverted', 'reverted'],
    ['nethermind', 'eth_call', -32015, 'VM execution error.', 'reverted'],
    [
      'hardhat',
      'eth_call',
      -32603,
      "Error: VM Exception while processing transaction: reverted with reason string 'no'",
      'reverted',
    ],
    ['geth', 'eth_estimateGas', -32000, 'gas required exceeds allowance (21000)', 'reverted'],

    ['infura', 'eth_getLogs', -32005, 'query returned more than 10000 results', 'range_limit'],
    ['besu', 'eth_getLogs', -32005, 'Requested range exceeds maximum RPC range limit', 'range_limit'],
    ['quicknode', 'eth_getLogs', -32614, 'eth_getLogs is limited to a 10,000 range', 'range_limit'],
    [
      'alchemy',
      'eth_getLogs',
      -32602,
      'Log response size exceeded. You can make eth_getLogs requests …',
      'range_limit',
    ],
    ['ankr', 'eth_getLogs', -32600, 'block range is too wide', 'range_limit'],
    ['reth', 'eth_getLogs', -32602, 'query exceeds max block range 100000', 'range_limit'],
    ['bor', 'eth_getLogs', -32000, 'exceed maximum block range: 1000', 'range_limit'],

    ['any', 'eth_getBalance', -32602, 'invalid argument 0: hex string has length 39', 'invalid_request'],

    [
      'infura',
      'eth_getBalance',
      -32005,
      'daily request count exceeded, request rate limited',
      'rate_limited',
    ],
    ['alchemy', 'eth_getBalance', 429, 'exceeded its compute units per second capacity', 'rate_limited'],
    ['any', 'eth_getLogs', -32005, 'rate limit exceeded', 'rate_limited'],
    ['any', 'eth_getBalance', -32000, 'Too many requests', 'rate_limited'],

    ['geth', 'eth_getBalance', -32000, 'header not found', 'provider_trouble'],
    ['geth', 'eth_getBalance', -32000, 'missing trie node 0xab (path ) <nil>', 'provider_trouble'],
    ['any', 'eth_feeHistory', -32601, 'the method eth_feeHistory does not exist', 'provider_trouble'],
    ['any', 'eth_getBalance', -32603, 'Internal error', 'provider_trouble'],
    ['any', 'eth_getBalance', -1, 'moon in the wrong phase', 'provider_trouble'],
  ])('%s: %s error %d "%s" is %s', (_node, method, code, message, expected) => {
    expect(classifyReadError(nodeError(method, code, message))).toBe(expected);
  });

  test.each([
    [new RpcTransportError('node', 'timeout', 'no answer'), 'provider_trouble'],
    [
      new RpcTransportError('node', 'http_status', 'HTTP status 503', { httpStatus: 503 }),
      'provider_trouble',
    ],
    [new RpcTransportError('node', 'http_status', 'HTTP status 429', { httpStatus: 429 }), 'rate_limited'],
    [new RpcDecodeError('eth_call: unexpected answer'), 'provider_trouble'],
    [new WrongChainError('serves chain 1'), 'provider_trouble'],
    [new Error('execution reverted'), 'not_rpc'],
  ])('%s is %s', (error, expected) => {
    expect(classifyReadError(error)).toBe(expected);
  });

  it('asks another provider only where that may help', () => {
    const worth = (message: string, code = -32000) =>
      isWorthAnotherProvider(nodeError('eth_call', code, message));
    expect(worth('header not found')).toBe(true);
    expect(worth('rate limit exceeded')).toBe(true);
    expect(worth('execution reverted')).toBe(false);
    expect(worth('bad argument', -32602)).toBe(false);
    expect(isWorthAnotherProvider(new TypeError('a bug'))).toBe(false);
  });
});
