import { maxUnits } from '@naru/kit/money.ts';

/** What a node told of a token (`@naru/evm/probe-token.ts`); amounts in its smallest unit. */
export type TokenFacts = {
  /** 0: there is no contract. */
  codeBytes: number;
  symbol: string | null;
  decimals: number | null;
  /** Functions of tokens whose balances change without a transfer. */
  balancesChangeBy: readonly string[];
  /** A payment that was tried and not made. Null: no account with a balance was at hand. */
  payment: {
    asked: bigint;
    succeeded: boolean;
    answer: 'true' | 'nothing' | 'other';
    taken: bigint;
    received: bigint;
    gasUsed: bigint;
  } | null;
};

export type TokenVerdict = {
  /** Why it cannot be paid with. Each is a sentence without its full stop. */
  refusals: string[];
  /** What a person must know and agree to. */
  warnings: string[];
  /** For the gas limit of a batch, and for one transfer of it; measured, with room to spare. */
  gasPerItem: bigint;
  transferGasMax: bigint;
};

/** As the table has it. */
const DECIMALS_MAX = 30;
/**
 * Around the transfer: calldata (52 bytes), log (17 bytes), the contract's own loop. What was measured has the recipient's
 * balance read before (2,100 less than in a batch) and an allowance that is used up (more than that): for USDC it comes to
 * 30,530 where a batch of 200 needs 26,967 (contracts/gas-report.md).
 */
const ITEM_OVERHEAD_GAS = 4_000n;
const GAS_STEP = 500n;
/** Recipients that are contracts, and tokens that do more on some days than on others. */
const TRANSFER_GAS_MIN = 100_000n;
/** A transfer that needs more makes batches of a handful. */
const TRANSFER_GAS_MAX = 400_000n;
/** For a token of which no payment could be tried: proxies with blacklists use up to about this. */
const TRANSFER_GAS_ASSUMED = 80_000n;

/**
 * May this token be paid with, and what must be known of it? The books take from a sub-account what was asked for, so a
 * token that takes anything else is refused. One that delivers less than it takes is for a person to decide.
 */
export function judgeToken(facts: TokenFacts): TokenVerdict {
  const refusals: string[] = [];
  const warnings: string[] = [];
  const gasUsed = facts.payment?.succeeded === true ? facts.payment.gasUsed : TRANSFER_GAS_ASSUMED;
  if (facts.codeBytes === 0) refusals.push('there is no contract at this address');
  else if (facts.decimals === null) refusals.push('it is no ERC-20 token: it does not tell its decimals');
  else if (facts.decimals > DECIMALS_MAX)
    refusals.push(`it has ${facts.decimals} decimals, and at most ${DECIMALS_MAX} can be kept`);
  else judgePayment(facts, refusals, warnings);
  if (refusals.length === 0 && facts.balancesChangeBy.length > 0)
    warnings.push(
      `its balances may change without a transfer (its code has ${facts.balancesChangeBy.join(', ')}): the books will not follow, and  naru verify  will report the difference`,
    );
  const wanted = gasUsed + ITEM_OVERHEAD_GAS;
  return {
    refusals,
    warnings,
    gasPerItem: ((wanted + GAS_STEP - 1n) / GAS_STEP) * GAS_STEP,
    transferGasMax: maxUnits(TRANSFER_GAS_MIN, 2n * gasUsed),
  };
}

function judgePayment({ payment }: TokenFacts, refusals: string[], warnings: string[]): void {
  if (payment === null) {
    warnings.push(
      'no payment of it could be tried, since no account with a balance was at hand: fees that it takes and the gas that it needs are not known. Name an account that holds some (--holder)',
    );
    return;
  }
  const { asked, succeeded, answer, taken, received, gasUsed } = payment;
  if (!succeeded)
    refusals.push('a payment of it reverts: it is paused, or only certain accounts may hold it');
  else if (answer === 'other')
    refusals.push('its transferFrom answers neither true nor nothing: every payment would count as refused');
  else if (taken !== asked)
    refusals.push(
      `it takes ${taken} where ${asked} is paid (smallest units): the books would differ from the chain with each payment`,
    );
  else if (gasUsed > TRANSFER_GAS_MAX)
    refusals.push(`a transfer of it needs ${gasUsed} gas, and at most ${TRANSFER_GAS_MAX} are given`);
  else if (received !== asked)
    warnings.push(
      `it takes a fee: of ${asked} that are paid, ${received} arrive (smallest units). Recipients get less than was asked for`,
    );
}
