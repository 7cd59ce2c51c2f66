import { errorText } from '@naru/kit/errors.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { RpcResponseError } from './rpc/rpc-errors.ts';

/**
 * What a node said to `eth_sendRawTransaction`, and what the money path may conclude. The only place where that is decided.
 *
 * No kind but `accepted` says where the bytes are, and none says that they will never be mined: another node may hold
 * them from an earlier send. So no kind, `rejected` included, permits releasing funds or giving the nonce to another payload.
 * Only a nonce that something else consumed, at final depth, does.
 */
export type SendOutcome =
  /**
   * The node holds exactly these bytes. `already_known`: it had them before, so an earlier send of ours arrived.
   * Conclude: broadcast; now watch the chain. Not: it will be mined (pools drop transactions).
   */
  | { kind: 'accepted'; how: 'new' | 'already_known' }
  /**
   * On the node's chain this nonce is used: by these bytes, by another attempt of ours, or by something foreign.
   * Conclude: stop sending, and ask the chain what used it. Never a failure: mostly it is our own success.
   */
  | { kind: 'nonce_consumed' }
  /**
   * The node's pool holds another transaction with this nonce and will not trade it for one that pays so little more.
   * Conclude: an attempt with this nonce is out, ours where no key is shared. Wait for it, or raise the fees further.
   */
  | { kind: 'replacement_underpriced' }
  /**
   * Too cheap for the node's pool, or below the base fee of the moment. The bytes stay valid and may be taken later.
   * Conclude: send the same bytes again later, or sign a same-nonce attempt with higher fees.
   */
  | { kind: 'underpriced'; below: 'pool_minimum' | 'base_fee' }
  /**
   * The account cannot pay for value and gas of what it has pending, as far as this node knows.
   * Conclude: pause the account, top it up, send the same bytes again. The withdrawals wait; none has failed.
   */
  | { kind: 'insufficient_funds' }
  /**
   * The cause lies in the bytes and the chain's rules: sending them again cannot help. It is a mistake of ours (gas,
   * encoding, configuration).
   * Conclude: stop sending these bytes and call a person; the way on is a same-nonce replacement. Still nothing is released.
   */
  | { kind: 'rejected'; cause: RejectionCause }
  /**
   * Nothing is known: no answer, a gateway's answer, a busy pool, a gap before the nonce, or a text nobody has seen.
   * Conclude: the transaction may be out. Send the same bytes again, and nothing else, until the chain knows more.
   */
  | { kind: 'unknown'; reason: string };

export type RejectionCause =
  | 'intrinsic_gas_too_low'
  | 'exceeds_block_gas_limit'
  | 'exceeds_transaction_gas_limit'
  | 'priority_fee_above_max_fee'
  | 'oversized_data'
  | 'undecodable'
  | 'transaction_type_not_supported';

const rejected = (cause: RejectionCause): SendOutcome => ({ kind: 'rejected', cause });
const ALREADY_KNOWN: SendOutcome = { kind: 'accepted', how: 'already_known' };
const NONCE_CONSUMED: SendOutcome = { kind: 'nonce_consumed' };
const REPLACEMENT_UNDERPRICED: SendOutcome = { kind: 'replacement_underpriced' };
const INSUFFICIENT_FUNDS: SendOutcome = { kind: 'insufficient_funds' };
const BELOW_POOL_MINIMUM: SendOutcome = { kind: 'underpriced', below: 'pool_minimum' };
const BELOW_BASE_FEE: SendOutcome = { kind: 'underpriced', below: 'base_fee' };

/**
 * The nodes' texts, lower case, matched from their start: "authority nonce too low" (EIP-7702) is not "nonce too low".
 * bor, BSC and op-geth inherit geth's texts; nitro appends ": address …" to them.
 *
 * Left out on purpose, hence unknown: `invalid sender`, `invalid chain id`, `wrong chainId` (the node may be the one that
 * serves the wrong chain); `tx fee … exceeds the configured cap` (a setting of that node); `nonce too high`, `txpool is
 * full`, `account limit exceeded`, sub-pools that are full (they pass by themselves); anything about authorizations and blobs.
 */
const NODE_TEXTS: readonly (readonly [pattern: RegExp, outcome: SendOutcome])[] = [
  // geth, recent Nethermind | Erigon | Besu, Hardhat, old geth | Anvil | Nethermind | Anvil's pool | OpenEthereum
  [/^already known/, ALREADY_KNOWN],
  [/^existing txn? with same hash/, ALREADY_KNOWN],
  [/^known transaction/, ALREADY_KNOWN],
  [/^transaction already imported/, ALREADY_KNOWN],
  [/^alreadyknown/, ALREADY_KNOWN],
  [/^tx: \[\S+\] already imported/, ALREADY_KNOWN],
  [/^transaction with the same hash was already imported/, ALREADY_KNOWN],

  // geth, nitro, Erigon, Besu, Anvil, Hardhat | Nethermind | Erigon, found in a block | OpenEthereum
  [/^nonce too low/, NONCE_CONSUMED],
  [/^oldnonce/, NONCE_CONSUMED],
  [/^mined$/, NONCE_CONSUMED],
  [/^transaction nonce is too low/, NONCE_CONSUMED],

  // geth, Besu, Hardhat, Erigon | Erigon | Nethermind | Anvil's pool
  [/^replacement transaction underpriced/, REPLACEMENT_UNDERPRICED],
  [/^could not replace existing tx/, REPLACEMENT_UNDERPRICED],
  [/^replacementnotallowed/, REPLACEMENT_UNDERPRICED],
  [/^tx: \[\S+\] insufficient gas price to replace existing transaction/, REPLACEMENT_UNDERPRICED],

  // nitro, Anvil, geth's state transition | Besu | Hardhat
  [/^max fee per gas less than block base fee/, BELOW_BASE_FEE],
  [/^gas price below current base fee/, BELOW_BASE_FEE],
  [/^transaction (?:maxfeepergas|gasprice) \(\d+\) is too low for the next block/, BELOW_BASE_FEE],

  // geth, bor, BSC | recent geth | Erigon | Nethermind | Besu | Hardhat
  [/^transaction underpriced/, BELOW_POOL_MINIMUM],
  [/^transaction gas price below minimum/, BELOW_POOL_MINIMUM],
  [/^underpriced/, BELOW_POOL_MINIMUM],
  [/^fee too low/, BELOW_POOL_MINIMUM],
  [/^feetoolow/, BELOW_POOL_MINIMUM],
  [/^gas price below configured minimum gas price/, BELOW_POOL_MINIMUM],
  [/^transaction gas price is \d+, which is below the minimum/, BELOW_POOL_MINIMUM],

  // geth, Erigon, Anvil ("insufficient funds for transfer" too), OpenEthereum | Nethermind | Besu | Hardhat
  [/^insufficient funds/, INSUFFICIENT_FUNDS],
  [/^insufficientfunds/, INSUFFICIENT_FUNDS],
  [/^upfront cost exceeds account balance/, INSUFFICIENT_FUNDS],
  [/^sender doesn't have enough funds to send tx/, INSUFFICIENT_FUNDS],

  // geth, nitro, Anvil, Nethermind | geth since EIP-7623 | Erigon | Besu | Hardhat
  [/^intrinsic gas too low/, rejected('intrinsic_gas_too_low')],
  [/^insufficient gas for floor data gas cost/, rejected('intrinsic_gas_too_low')],
  [/^intrinsicgas$/, rejected('intrinsic_gas_too_low')],
  [/^intrinsic gas exceeds gas limit/, rejected('intrinsic_gas_too_low')],
  [/^transaction requires at least \d+ gas but got \d+/, rejected('intrinsic_gas_too_low')],

  // geth | Besu | Nethermind | Hardhat | Anvil
  [/^exceeds block gas limit/, rejected('exceeds_block_gas_limit')],
  [/^transaction gas limit exceeds block gas limit/, rejected('exceeds_block_gas_limit')],
  [/^gaslimitexceeded/, rejected('exceeds_block_gas_limit')],
  [/^transaction gas limit is \d+ and exceeds block gas limit/, rejected('exceeds_block_gas_limit')],
  [/^intrinsic gas too high/, rejected('exceeds_block_gas_limit')],

  // EIP-7825: geth | Nethermind | Erigon | Anvil
  [/^transaction gas limit too high/, rejected('exceeds_transaction_gas_limit')],
  [/^txgaslimitcapexceeded/, rejected('exceeds_transaction_gas_limit')],
  [/^gas limit is too high/, rejected('exceeds_transaction_gas_limit')],
  [/^transaction gas limit is greater than the block gas limit/, rejected('exceeds_transaction_gas_limit')],

  // geth, Anvil | Besu | Nethermind
  [/^max priority fee per gas higher than max fee per gas/, rejected('priority_fee_above_max_fee')],
  [/^max priority fee per gas exceeds max fee per gas/, rejected('priority_fee_above_max_fee')],
  [/^invalidmaxpriorityfeepergas/, rejected('priority_fee_above_max_fee')],

  // geth, Erigon
  [/^oversized data/, rejected('oversized_data')],
  [/^rlptoolong$/, rejected('oversized_data')],

  // geth | geth | Anvil, reth
  [/^rlp: /, rejected('undecodable')],
  [/^typed transaction too short/, rejected('undecodable')],
  [/^failed to decode (?:signed )?transaction/, rejected('undecodable')],

  // geth | Besu
  [/^transaction type not supported/, rejected('transaction_type_not_supported')],
  [/^invalid transaction type/, rejected('transaction_type_not_supported')],
];

/** Older Erigon hands on the status of its inner gRPC call, Nethermind its class ("Invalid, …"), gateways a word of theirs. */
const PREFIX =
  /^(?:(?:internal_error|already_exists|fee_too_low|invalid|invalid transaction|err|error|rpc error)[:,] *)+/;

/** The result of a call that did not fail: the hash of the transaction, else we do not know what the node took. */
export function classifySendAnswer(result: unknown, expectedHash: Hex): SendOutcome {
  if (typeof result === 'string' && result.toLowerCase() === expectedHash.toLowerCase()) {
    return { kind: 'accepted', how: 'new' };
  }
  return {
    kind: 'unknown',
    reason: `the node answered ${shorten(JSON.stringify(result))} instead of ${expectedHash}`,
  };
}

/** Whatever was thrown by the call. Only the node's own words settle anything; the error code does not (-32000 is all). */
export function classifySendError(error: unknown): SendOutcome {
  // A refusal of the check that may run before the send says nothing about the transaction.
  if (error instanceof RpcResponseError && error.method === 'eth_sendRawTransaction') {
    const text = error.nodeMessage.trim().toLowerCase().replace(PREFIX, '');
    const known = NODE_TEXTS.find(([pattern]) => pattern.test(text));
    if (known !== undefined) return known[1];
  }
  return { kind: 'unknown', reason: shorten(errorText(error)) };
}

/** From the most to the least that is known about the nonce; for several unknowns the reasons are joined. */
const PRECEDENCE: readonly SendOutcome['kind'][] = [
  'accepted',
  'nonce_consumed',
  'rejected',
  'insufficient_funds',
  'replacement_underpriced',
  'underpriced',
  'unknown',
];

/**
 * What several providers' answers to the same bytes say together. Any `accepted` wins. `rejected` comes before what only
 * concerns the moment, because it says that the moment will not help. Not empty.
 */
export function mergeSendOutcomes(outcomes: readonly SendOutcome[]): SendOutcome {
  const reasons: string[] = [];
  let best: SendOutcome | undefined;
  for (const outcome of outcomes) {
    if (outcome.kind === 'unknown') reasons.push(outcome.reason);
    if (best === undefined || PRECEDENCE.indexOf(outcome.kind) < PRECEDENCE.indexOf(best.kind))
      best = outcome;
  }
  if (best === undefined || best.kind === 'unknown') {
    return { kind: 'unknown', reason: reasons.join(' | ') || 'no provider was asked' };
  }
  return best;
}

/** One line for a log or a column: `accepted: new`, `unknown: …`. */
export function describeSendOutcome(outcome: SendOutcome): string {
  const { kind, ...details } = outcome;
  return [kind, ...Object.values(details)].join(': ');
}

const REASON_CHARS_MAX = 300; // a gateway's HTML page belongs in no column

function shorten(text: string | undefined): string {
  const line = (text ?? 'nothing').replaceAll(/\s+/g, ' ');
  return line.length <= REASON_CHARS_MAX ? line : `${line.slice(0, REASON_CHARS_MAX)}…`;
}
