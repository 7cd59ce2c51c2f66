import { RpcDecodeError, RpcResponseError, RpcTransportError, WrongChainError } from './rpc-errors.ts';

/**
 * What a failed read means for the reader. (What a failed send means is another question: see send-outcome.ts.)
 *
 * - `reverted`: the call was executed and reverted. Every correct node says the same.
 * - `range_limit`: the question was too large for this provider; ask for fewer blocks.
 * - `invalid_request`: the question itself is wrong. Asking another node does not help.
 * - `rate_limited`: the provider is fine but wants to be asked less.
 * - `provider_trouble`: everything else, errors never seen before included. Another provider may know better, and
 *   asking twice is harmless, because reads change nothing.
 * - `not_rpc`: the error is none of this package's. A bug; it is passed on as it is.
 */
export type ReadErrorClass =
  | 'reverted'
  | 'range_limit'
  | 'invalid_request'
  | 'rate_limited'
  | 'provider_trouble'
  | 'not_rpc';

const REVERTED =
  /execution reverted|vm exception|vm execution error|reverted with|^reverted|invalid opcode|gas required exceeds allowance/i;

/**
 * geth (`query returned more than 10000 results` was Infura's, with code -32005), Erigon, Besu (`Requested range exceeds
 * maximum RPC range limit`), bor, BSC gateways, Alchemy (`Log response size exceeded`), QuickNode (`eth_getLogs is limited to
 * a 10,000 range`), Ankr (`block range is too wide`), Nethermind and reth (`query exceeds max block range`).
 */
const RANGE_LIMIT =
  /query returned more than|block range|range (?:is )?too (?:large|wide)|range exceeds|exceeds? (?:the )?(?:max|range)|maximum (?:rpc )?(?:block )?range|limited to (?:a |0 - )?[\d,]+|response size (?:should|exceeded|is larger)|log response size|too many (?:results|logs)|query timeout exceeded/i;

const RATE_LIMITED =
  /rate.?limit|too many requests|limit exceeded|exceeded .*(?:capacity|quota|credits)|throttl/i;

const INVALID_REQUEST_CODES = new Set([
  -32602, // invalid params (JSON-RPC 2.0)
]);
const RATE_LIMIT_CODES = new Set([
  -32005, // limit exceeded (EIP-1474)
  -32029, // some gateways
  429, // Alchemy
]);

export function classifyReadError(error: unknown): ReadErrorClass {
  if (error instanceof RpcTransportError)
    return error.httpStatus === 429 ? 'rate_limited' : 'provider_trouble';
  if (error instanceof RpcDecodeError || error instanceof WrongChainError) return 'provider_trouble';
  if (!(error instanceof RpcResponseError)) return 'not_rpc';
  // Texts before codes: -32603 carries Hardhat's reverts, -32005 the range limits of several providers.
  if (error.code === 3 || REVERTED.test(error.nodeMessage)) return 'reverted';
  if (error.method === 'eth_getLogs' && RANGE_LIMIT.test(error.nodeMessage)) return 'range_limit';
  if (INVALID_REQUEST_CODES.has(error.code)) return 'invalid_request';
  if (RATE_LIMIT_CODES.has(error.code) || RATE_LIMITED.test(error.nodeMessage)) return 'rate_limited';
  return 'provider_trouble';
}

/** Whether another provider should be asked the same question. */
export function isWorthAnotherProvider(error: unknown): boolean {
  const errorClass = classifyReadError(error);
  return errorClass === 'rate_limited' || errorClass === 'provider_trouble';
}
