import type { Hex } from '@naru/kit/hex.ts';
import { minUnits } from '@naru/kit/money.ts';
import {
  concat,
  decodeFunctionResult,
  encodeAbiParameters,
  encodeFunctionData,
  keccak256,
  numberToHex,
  pad,
  toFunctionSelector,
} from 'viem';
import { tokenProbeAbi, tokenProbeCode } from './abi/token-probe.gen.ts';
import { createAccountReads } from './reads/account-reads.ts';
import { createCallReads, type TokenMetadata } from './reads/call-reads.ts';
import { classifyReadError } from './rpc/rpc-error-class.ts';
import { type RpcPool, resultOf } from './rpc/rpc-pool.ts';
import { data as dataShape, decodeShape } from './rpc-shapes.ts';

/** What one payment of a token moved, in its smallest unit, when a node was asked to try it. */
export type TriedPayment = {
  asked: bigint;
  /** `transferFrom` ended without a revert. */
  succeeded: boolean;
  answer: 'true' | 'nothing' | 'other';
  /** From the sender. */
  taken: bigint;
  received: bigint;
  /** Of `transferFrom` alone, to an address that is new to the token. */
  gasUsed: bigint;
};

export type TokenFacts = TokenMetadata & {
  /** Functions of tokens whose balances change without a transfer, found in its code. */
  balancesChangeBy: readonly string[];
  /** Null: nothing could be tried, because no account with a balance was at hand. */
  payment: TriedPayment | null;
};

/** 10^77 is the last power that a word holds; a token that tells more than this is none. */
const DECIMALS_TRIED_MAX = 36;
/** Two accounts that nobody has the key of: the last 20 bytes of a hash. */
const PROBE_ACCOUNT = accountOf('naru token probe: pays');
const RECIPIENT = accountOf('naru token probe: is paid');

/** Where compilers put the mapping of balances: the slot of the mapping is a small number. */
const SLOTS_TRIED = 100;
/** `keccak256(abi.encode(uint256(keccak256("openzeppelin.storage.ERC20")) - 1)) & ~0xff`. Source: ERC-7201, OpenZeppelin 5. */
const OPENZEPPELIN_ERC20_SLOT = '0x52c63247e1f47db19d5ce0460030c497f067ca4cebf71ba98eeadabe20bace00';
/** Source: Solady, ERC20.sol, `_BALANCE_SLOT_SEED`. */
const SOLADY_SEED = '0x87a211a2';

/** Where proxies keep the address of their code. Sources: ERC-1967; ZeppelinOS before it. */
const IMPLEMENTATION_SLOTS: readonly Hex[] = [
  '0x360894a13ba1a3210667c828492db98dca3e2076cc3735a920a3ca505d382bbc',
  '0x7050c9e0f4ca769c69bd3a8ef740bc37934f8e2c036e5a723fd8ee048ed3f8c3',
];

/** stETH and its kind, aTokens, Ampleforth and its kind. */
const SELF_CHANGING_FUNCTIONS = [
  'sharesOf(address)',
  'getPooledEthByShares(uint256)',
  'scaledBalanceOf(address)',
  'rebase(uint256,int256)',
  'scaledTotalSupply()',
].map((signature) => ({ signature, push: `63${toFunctionSelector(signature).slice(2)}` }));

/**
 * What a node can tell of a token: its metadata, and what a payment of one whole unit (10^decimals) would move and cost.
 * The payment is tried inside `eth_call` with state overrides, so that nothing happens on chain: first from an account
 * that is given a balance where compilers keep balances, else from one of `holders` that has some. Rejects as `RpcPool`
 * does, also when the node knows no state overrides.
 */
export async function probeToken(
  pool: RpcPool,
  token: Hex,
  holders: readonly Hex[] = [],
): Promise<TokenFacts> {
  const metadata = await createCallReads(pool).tokenMetadata(token);
  if (metadata.codeBytes === 0 || (metadata.decimals ?? 0) > DECIMALS_TRIED_MAX)
    return { ...metadata, balancesChangeBy: [], payment: null };
  const whole = 10n ** BigInt(metadata.decimals ?? 0);
  const [code, payment] = await Promise.all([readCode(pool, token), tryPayment(pool, token, whole, holders)]);
  const balancesChangeBy = SELF_CHANGING_FUNCTIONS.filter(({ push }) => code.includes(push));
  return { ...metadata, balancesChangeBy: balancesChangeBy.map(({ signature }) => signature), payment };
}

async function tryPayment(
  pool: RpcPool,
  token: Hex,
  whole: bigint,
  holders: readonly Hex[],
): Promise<TriedPayment | null> {
  // More than is sent, so that what a token takes on top shows.
  const balance = 2n * whole;
  const funded = { [token]: { stateDiff: balanceSlots(PROBE_ACCOUNT, balance) } };
  const first = await runProbe(pool, { token, account: PROBE_ACCOUNT, amount: whole, overrides: funded });
  if (first !== null && first.held === balance) return first.payment;
  if (holders.length === 0) return null;
  const balances = await createAccountReads(pool).tokenBalances(token, holders);
  const [richest] = holders
    .map((account, index) => ({ account, balance: balances[index] ?? 0n }))
    .toSorted((one, other) => (one.balance < other.balance ? 1 : -1));
  if (richest === undefined || richest.balance === 0n) return null;
  const amount = minUnits(richest.balance, whole);
  const own = await runProbe(pool, { token, account: richest.account, amount, overrides: {} });
  return own === null ? null : own.payment;
}

/** Null: the token has no `balanceOf` that works. */
async function runProbe(
  pool: RpcPool,
  probe: { token: Hex; account: Hex; amount: bigint; overrides: Record<Hex, unknown> },
): Promise<{ held: bigint; payment: TriedPayment } | null> {
  const { token, account, amount, overrides } = probe;
  const input = encodeFunctionData({
    abi: tokenProbeAbi,
    functionName: 'probe',
    args: [token, RECIPIENT, amount],
  });
  const state = { ...overrides, [account]: { code: tokenProbeCode } };
  return await pool.readDecoded(
    [{ method: 'eth_call', params: [{ to: account, data: input }, 'latest', state] }],
    ([answer]) => {
      if (answer !== undefined && !answer.ok && classifyReadError(answer.error) === 'reverted') return null;
      const returned = decodeShape(dataShape, resultOf(answer), 'eth_call');
      const found = decodeFunctionResult({ abi: tokenProbeAbi, functionName: 'probe', data: returned });
      const payment: TriedPayment = {
        asked: amount,
        succeeded: found.succeeded,
        answer:
          found.answerBytes === 0n
            ? 'nothing'
            : found.answer === pad('0x01', { size: 32 })
              ? 'true'
              : 'other',
        taken: found.taken,
        received: found.received,
        gasUsed: found.gasUsed,
      };
      return { held: found.held, payment };
    },
  );
}

/** The places in which the balance of `account` may be, each with that balance. All but one are looked at by nobody. */
function balanceSlots(account: Hex, balance: bigint): Record<Hex, Hex> {
  const value = numberToHex(balance, { size: 32 });
  const key = pad(account, { size: 32 });
  const mapping = (slot: Hex): Hex => keccak256(concat([key, slot]));
  const slots: Hex[] = [
    mapping(OPENZEPPELIN_ERC20_SLOT),
    keccak256(concat([account, pad(SOLADY_SEED, { size: 12 })])),
  ];
  for (let number = 0; number < SLOTS_TRIED; number++) {
    const slot = encodeAbiParameters([{ type: 'uint256' }], [BigInt(number)]);
    // Solidity hashes key and slot in this order, Vyper in the other one.
    slots.push(mapping(slot), keccak256(concat([slot, key])));
  }
  return Object.fromEntries(slots.map((slot) => [slot, value]));
}

/** Of the token and, where it is a proxy of a known kind, of what it stands for; hexadecimal digits. */
async function readCode(pool: RpcPool, token: Hex): Promise<string> {
  const words = await pool.readDecoded(
    IMPLEMENTATION_SLOTS.map((slot) => ({ method: 'eth_getStorageAt', params: [token, slot, 'latest'] })),
    (answers) => answers.map((answer) => decodeShape(dataShape, resultOf(answer), 'eth_getStorageAt')),
  );
  const implementations = words.map((word) => `0x${word.slice(-40)}`).filter((text) => BigInt(text) !== 0n);
  const codes = await pool.readDecoded(
    [token, ...implementations].map((address) => ({ method: 'eth_getCode', params: [address, 'latest'] })),
    (answers) => answers.map((answer) => decodeShape(dataShape, resultOf(answer), 'eth_getCode')),
  );
  return codes.join('');
}

function accountOf(text: string): Hex {
  return `0x${keccak256(Buffer.from(text)).slice(-40)}`;
}
