import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { RpcResponseError, RpcTransportError } from './rpc/rpc-errors.ts';
import {
  classifySendAnswer,
  classifySendError,
  describeSendOutcome,
  mergeSendOutcomes,
  type SendOutcome,
} from './send-outcome.ts';

const HASH = `0x${'ab'.repeat(32)}` as const;
const ADDRESS = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';

/** The node's literal words → a short form of the outcome. */
const TEXTS: readonly [node: string, code: number, text: string, outcome: string][] = [
  ['geth', -32000, 'already known', 'accepted: already_known'],
  ['old geth', -32000, `known transaction: ${'ab'.repeat(32)}`, 'accepted: already_known'],
  ['erigon', -32000, 'already known', 'accepted: already_known'],
  ['erigon 2', -32000, 'ALREADY_EXISTS: already known', 'accepted: already_known'],
  ['erigon 2', -32000, 'INTERNAL_ERROR: existing tx with same hash', 'accepted: already_known'],
  ['erigon 3', -32000, 'existing txn with same hash', 'accepted: already_known'],
  ['nethermind', -32010, 'AlreadyKnown', 'accepted: already_known'],
  ['besu', -32000, 'Known transaction', 'accepted: already_known'],
  ['hardhat', -32000, `Known transaction: ${HASH}`, 'accepted: already_known'],
  ['anvil', -32003, 'transaction already imported', 'accepted: already_known'],
  ['anvil pool', -32603, `Tx: [${HASH}] already Imported`, 'accepted: already_known'],

  ['geth', -32000, 'nonce too low: next nonce 82, tx nonce 81', 'nonce_consumed'],
  ['bor', -32000, 'nonce too low', 'nonce_consumed'],
  ['nitro', -32000, `nonce too low: address ${ADDRESS}, tx: 4 state: 5`, 'nonce_consumed'],
  ['erigon 2', -32000, 'INTERNAL_ERROR: nonce too low', 'nonce_consumed'],
  ['erigon', -32000, 'mined', 'nonce_consumed'],
  ['nethermind', -32010, 'OldNonce, Current nonce: 5, nonce of rejected tx: 4', 'nonce_consumed'],
  ['besu', -32001, 'Nonce too low', 'nonce_consumed'],
  ['anvil', -32003, 'nonce too low', 'nonce_consumed'],
  [
    'hardhat',
    -32000,
    "Nonce too low. Expected nonce to be 5 but got 4. Note that transactions can't be queued when automining.",
    'nonce_consumed',
  ],

  ['geth', -32000, 'replacement transaction underpriced', 'replacement_underpriced'],
  [
    'geth',
    -32000,
    'replacement transaction underpriced: new tx gas fee cap 1 <= 2 queued',
    'replacement_underpriced',
  ],
  ['bsc', -32000, 'replacement transaction underpriced', 'replacement_underpriced'],
  ['erigon', -32000, 'could not replace existing tx', 'replacement_underpriced'],
  ['erigon 2', -32000, 'INTERNAL_ERROR: could not replace existing tx', 'replacement_underpriced'],
  ['nethermind', -32010, 'ReplacementNotAllowed', 'replacement_underpriced'],
  ['besu', -32000, 'Replacement transaction underpriced', 'replacement_underpriced'],
  ['anvil', -32003, 'replacement transaction underpriced', 'replacement_underpriced'],
  [
    'hardhat',
    -32000,
    'Replacement transaction underpriced. A gasPrice/maxFeePerGas of at least 2 is necessary to replace the existing transaction with nonce 0.',
    'replacement_underpriced',
  ],

  ['geth', -32000, 'transaction underpriced', 'underpriced: pool_minimum'],
  [
    'bor',
    -32000,
    'transaction underpriced: tip needed 25000000000, tip permitted 1',
    'underpriced: pool_minimum',
  ],
  [
    'bsc',
    -32000,
    'transaction underpriced: gas tip cap 1, minimum needed 50000000',
    'underpriced: pool_minimum',
  ],
  [
    'geth 1.16',
    -32000,
    'transaction gas price below minimum: gas tip cap 0, minimum needed 1',
    'underpriced: pool_minimum',
  ],
  ['erigon', -32000, 'underpriced', 'underpriced: pool_minimum'],
  ['erigon 2', -32000, 'FEE_TOO_LOW: underpriced', 'underpriced: pool_minimum'],
  ['erigon', -32000, 'fee too low', 'underpriced: pool_minimum'],
  [
    'nethermind',
    -32010,
    'FeeTooLow, MaxFeePerGas too low. MaxFeePerGas: 1, BaseFee: 7',
    'underpriced: pool_minimum',
  ],
  ['nethermind', -32010, 'FeeTooLowToCompete', 'underpriced: pool_minimum'],
  ['besu', -32009, 'Gas price below configured minimum gas price', 'underpriced: pool_minimum'],
  ['besu', -32009, 'Gas price below current base fee', 'underpriced: base_fee'],
  [
    'nitro',
    -32000,
    `max fee per gas less than block base fee: address ${ADDRESS}, maxFeePerGas: 1 baseFee: 10000000`,
    'underpriced: base_fee',
  ],
  [
    'bsc',
    -32000,
    'err: max fee per gas less than block base fee: address 0x, maxFeePerGas: 1',
    'underpriced: base_fee',
  ],
  ['anvil', -32003, 'max fee per gas less than block base fee', 'underpriced: base_fee'],
  [
    'hardhat',
    -32000,
    'Transaction maxFeePerGas (1) is too low for the next block, which has a baseFeePerGas of 875000000',
    'underpriced: base_fee',
  ],

  [
    'geth',
    -32000,
    'insufficient funds for gas * price + value: balance 0, tx cost 21000, overshot 21000',
    'insufficient_funds',
  ],
  [
    'nitro',
    -32000,
    `insufficient funds for gas * price + value: address ${ADDRESS} have 0 want 1`,
    'insufficient_funds',
  ],
  ['geth', -32000, 'insufficient funds for transfer', 'insufficient_funds'],
  ['erigon 2', -32000, 'INTERNAL_ERROR: insufficient funds', 'insufficient_funds'],
  [
    'nethermind',
    -32010,
    'InsufficientFunds, Account balance: 0, cumulative cost: 21000',
    'insufficient_funds',
  ],
  ['besu', -32004, 'Upfront cost exceeds account balance', 'insufficient_funds'],
  ['anvil', -32003, 'Insufficient funds for gas * price + value', 'insufficient_funds'],
  [
    'hardhat',
    -32000,
    "Sender doesn't have enough funds to send tx. The max upfront cost is: 2 and the sender's balance is: 1.",
    'insufficient_funds',
  ],

  [
    'geth',
    -32000,
    'intrinsic gas too low: gas 20000, minimum needed 21000',
    'rejected: intrinsic_gas_too_low',
  ],
  ['nitro', -32000, 'intrinsic gas too low', 'rejected: intrinsic_gas_too_low'],
  [
    'geth',
    -32000,
    'insufficient gas for floor data gas cost: gas 30000, minimum needed 40000',
    'rejected: intrinsic_gas_too_low',
  ],
  ['erigon', -32000, 'IntrinsicGas', 'rejected: intrinsic_gas_too_low'],
  ['besu', -32003, 'Intrinsic gas exceeds gas limit', 'rejected: intrinsic_gas_too_low'],
  [
    'hardhat',
    -32000,
    'Transaction requires at least 21000 gas but got 20000',
    'rejected: intrinsic_gas_too_low',
  ],
  ['geth', -32000, 'exceeds block gas limit', 'rejected: exceeds_block_gas_limit'],
  // Besu's code is also the one for "rate limited": the text decides.
  ['besu', -32005, 'Transaction gas limit exceeds block gas limit', 'rejected: exceeds_block_gas_limit'],
  [
    'hardhat',
    -32000,
    'Transaction gas limit is 40000000 and exceeds block gas limit of 30000000',
    'rejected: exceeds_block_gas_limit',
  ],
  [
    'geth',
    -32000,
    'transaction gas limit too high (cap: 16777216, tx: 30000000)',
    'rejected: exceeds_transaction_gas_limit',
  ],
  [
    'nethermind',
    -32010,
    'Invalid, TxGasLimitCapExceeded: Gas limit 30000000 exceeded cap of 16777216.',
    'rejected: exceeds_transaction_gas_limit',
  ],
  [
    'geth',
    -32000,
    'max priority fee per gas higher than max fee per gas',
    'rejected: priority_fee_above_max_fee',
  ],
  [
    'besu',
    -32000,
    'Max priority fee per gas exceeds max fee per gas',
    'rejected: priority_fee_above_max_fee',
  ],
  ['geth', -32000, 'oversized data: transaction size 140000, limit 131072', 'rejected: oversized_data'],
  ['geth', -32000, 'rlp: value size exceeds available input length', 'rejected: undecodable'],
  ['geth', -32000, 'typed transaction too short', 'rejected: undecodable'],
  ['anvil', -32602, 'Failed to decode transaction', 'rejected: undecodable'],
  ['reth', -32602, 'failed to decode signed transaction', 'rejected: undecodable'],
  ['geth', -32000, 'transaction type not supported', 'rejected: transaction_type_not_supported'],

  // Not final, whatever they sound like.
  ['geth', -32000, 'invalid sender', 'unknown'],
  ['geth', -32000, 'invalid sender: invalid chain id for signer: have 1 want 137', 'unknown'],
  ['anvil', -32003, 'invalid chain id for signer', 'unknown'],
  ['besu', -32000, 'Wrong chainId', 'unknown'],
  ['geth', -32000, 'authority nonce too low', 'unknown'],
  ['geth', -32000, 'tx fee (1.50 ether) exceeds the configured cap (1.00 ether)', 'unknown'],
  ['geth', -32000, 'txpool is full', 'unknown'],
  ['geth', -32000, 'account limit exceeded: pooled 64 txs', 'unknown'],
  ['geth', -32000, 'future transaction tries to replace pending', 'unknown'],
  ['geth', -32000, 'in-flight transaction limit reached for delegated accounts', 'unknown'],
  ['nitro', -32000, `nonce too high: address ${ADDRESS}, tx: 9 state: 5`, 'unknown'],
  ['nethermind', -32010, 'NonceGap, Future nonce. Expected nonce: 5', 'unknown'],
  ['erigon', -32000, 'queued sub-pool is full', 'unknown'],
  ['besu', -32008, 'Initial sync is still in progress', 'unknown'],
  ['any', -32005, 'rate limit exceeded', 'unknown'],
  ['any', 429, 'Your app has exceeded its compute units per second capacity', 'unknown'],
  ['any', -32603, 'Internal error', 'unknown'],
  ['any', -32000, 'the transaction was definitely refused', 'unknown'],
  ['any', -32000, '', 'unknown'],
];

const nodeError = (code: number, message: string) =>
  new RpcResponseError('node', 'eth_sendRawTransaction', { code, message });

describe('the nodes’ texts', () => {
  test.each(TEXTS)('%s (%d) "%s" is %s', (_node, code, text, expected) => {
    const outcome = classifySendError(nodeError(code, text));
    expect(outcome.kind === 'unknown' ? 'unknown' : describeSendOutcome(outcome)).toBe(expected);
  });

  it('keeps the words of a text nobody has seen', () => {
    expect(classifySendError(nodeError(-32000, 'moon in the wrong phase'))).toMatchObject({
      kind: 'unknown',
      reason: expect.stringContaining('moon in the wrong phase'),
    });
  });

  it.each(TEXTS)('%s (%d) "%s" settles nothing in the middle of other words', (_node, code, text) => {
    expect(classifySendError(nodeError(code, `the gateway saw: ${text}`)).kind).toBe('unknown');
  });
});

describe('everything that is not the node’s word on the transaction', () => {
  test.each([
    new RpcTransportError('node', 'timeout', 'no answer within 5 ms'),
    new RpcTransportError('node', 'connection', 'socket hang up'),
    new RpcTransportError('node', 'http_status', 'HTTP status 429', { httpStatus: 429 }),
    new RpcTransportError('node', 'http_status', 'HTTP status 503', { httpStatus: 503 }),
    new RpcTransportError('node', 'malformed_body', 'nonce too low'),
    new RpcTransportError('node', 'id_mismatch', 'answer belongs to another request'),
    new RpcResponseError('node', 'eth_chainId', { code: -32000, message: 'insufficient funds' }),
    new Error('nonce too low'),
    'nonce too low',
    undefined,
  ])('%s is unknown', (error) => {
    expect(classifySendError(error).kind).toBe('unknown');
  });
});

describe('an answer without error', () => {
  it('is accepted when it is the hash of the bytes, in any case', () => {
    const outcome = classifySendAnswer(HASH.toUpperCase().replace('0X', '0x'), HASH);
    expect(outcome).toEqual({ kind: 'accepted', how: 'new' });
  });
  test.each([`0x${'cd'.repeat(32)}`, null, undefined, 1, {}, '0x', true])('%s is unknown', (result) => {
    expect(classifySendAnswer(result, HASH).kind).toBe('unknown');
  });
});

describe('the answers of several providers', () => {
  const outcomes: SendOutcome[] = [
    { kind: 'accepted', how: 'new' },
    { kind: 'nonce_consumed' },
    { kind: 'rejected', cause: 'undecodable' },
    { kind: 'insufficient_funds' },
    { kind: 'replacement_underpriced' },
    { kind: 'underpriced', below: 'base_fee' },
    { kind: 'unknown', reason: 'timeout' },
  ];
  const some = fc.array(fc.constantFrom(...outcomes), { minLength: 1, maxLength: 5 });

  it('are accepted when any is', () => {
    fc.assert(
      fc.property(some, fc.nat(5), (others, place) => {
        const all = others.toSpliced(place, 0, { kind: 'accepted', how: 'already_known' });
        expect(mergeSendOutcomes(all).kind).toBe('accepted');
      }),
    );
  });

  it('are rejected only when one names a final cause and none has it or finds the nonce used', () => {
    fc.assert(
      fc.property(some, (all) => {
        const has = (kind: SendOutcome['kind']) => all.some((outcome) => outcome.kind === kind);
        const isRejected = has('rejected') && !has('accepted') && !has('nonce_consumed');
        expect(mergeSendOutcomes(all).kind === 'rejected').toBe(isRejected);
      }),
    );
  });

  it('say the same in any order', () => {
    fc.assert(
      fc.property(some, (all) => {
        expect(mergeSendOutcomes(all.toReversed()).kind).toBe(mergeSendOutcomes(all).kind);
      }),
    );
  });

  it('join their reasons when all are unknown', () => {
    const merged = mergeSendOutcomes([
      { kind: 'unknown', reason: 'a: timeout' },
      { kind: 'unknown', reason: 'b: HTTP status 503' },
    ]);
    expect(merged).toEqual({ kind: 'unknown', reason: 'a: timeout | b: HTTP status 503' });
  });
});
