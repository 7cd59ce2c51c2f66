import { sumUnits } from '@naru/kit/money.ts';
import type { RefusalCode } from '@naru/signer-protocol/refusal.ts';
import type { PayoutIntent, SafeIntent, SignRequest } from '@naru/signer-protocol/schema.ts';
import type { Address } from 'viem';
import {
  type AccountRule,
  type ChainPolicy,
  type GasMoneyLimits,
  limitsKey,
  type Policy,
  ruleOf,
  type SpendLimits,
  type WindowLimits,
} from './policy.ts';
import type { AllowedFunction } from './policy-schema.ts';

/** Why a request is refused. `message` goes back to the worker and into the log, and holds no secret. */
export type Refusal = { kind: 'refused'; code: RefusalCode; message: string };

/** What a transaction takes from the limits of its token; null when it moves nothing. */
export type Spend = {
  token: Address | null;
  amount: bigint;
  items: number;
  /** Money that stays at our own addresses has sums of its own. */
  isInternal: boolean;
  /** Over all accounts, and for this account alone. */
  limits: { all: WindowLimits; account: WindowLimits | null };
};

/** The most that a transaction may cost, gas times fee, and the ceilings for all of the chain's together. */
export type Fee = { feeWei: bigint; limits: GasMoneyLimits | null };

export type Approval = { kind: 'allowed'; spend: Spend | null; fee: Fee };

export function refuse(code: RefusalCode, message: string): Refusal {
  return { kind: 'refused', code, message };
}

const FUNCTION_OF = {
  payout: 'pay',
  approve: 'approve',
  sweep: 'sweep',
  safe: 'execTransaction',
  cancel: 'cancel',
} as const satisfies Record<SignRequest['intent']['kind'], AllowedFunction>;

/**
 * The rules that need no memory. Sums over time and nonces are the journal's to judge. Pure.
 * @param hasKey whether this signer has the key of an address, which makes it one of our own.
 */
export function checkPolicy(
  policy: Policy,
  hasKey: (address: Address) => boolean,
  request: SignRequest,
): Approval | Refusal {
  const rule = ruleOf(policy, request.from);
  if (rule === null)
    return refuse(
      'account_not_allowed',
      `the policy does not name account ${request.from} and allows no other`,
    );
  const chain = policy.chains.get(request.chainId);
  if (chain === undefined)
    return refuse('chain_not_allowed', `the policy does not name chain ${request.chainId}`);
  const called = FUNCTION_OF[request.intent.kind];
  if (!chain.functions.has(called))
    return refuse('function_not_allowed', `the policy does not allow ${called} on chain ${request.chainId}`);
  const tooDear = checkPrice(chain, request);
  if (tooDear !== null) return tooDear;
  const isOwn = (address: Address) => hasKey(address) || policy.ownAddresses.has(address);
  const spend = checkIntent(chain, rule, isOwn, request);
  if (spend !== null && 'code' in spend) return spend;
  return { kind: 'allowed', spend, fee: { feeWei: feeWeiMaxOf(request), limits: chain.gasMoney } };
}

function feePerGasWeiOf({ fees }: SignRequest): bigint {
  return fees.kind === 'legacy' ? fees.gasPriceWei : fees.maxFeePerGasWei;
}

/** What the transaction costs when all its gas is used at its highest price. */
function feeWeiMaxOf(request: SignRequest): bigint {
  return request.gas * feePerGasWeiOf(request);
}

function checkPrice(chain: ChainPolicy, request: SignRequest): Refusal | null {
  if (request.gas > chain.gasPerTransactionMax) {
    return refuse(
      'gas_over_limit',
      `gas ${request.gas} is above the ceiling of ${chain.gasPerTransactionMax}`,
    );
  }
  const feePerGasWei = feePerGasWeiOf(request);
  if (feePerGasWei > chain.feePerGasWeiMax) {
    return refuse(
      'fee_over_limit',
      `a fee of ${feePerGasWei} wei per gas is above the ceiling of ${chain.feePerGasWeiMax}`,
    );
  }
  return null;
}

function checkIntent(
  chain: ChainPolicy,
  rule: AccountRule,
  isOwn: (address: Address) => boolean,
  request: SignRequest,
): Spend | Refusal | null {
  const { intent } = request;
  switch (intent.kind) {
    case 'payout':
      return checkRecipients(rule, isOwn, request.from, intent) ?? checkPayout(chain, rule, request, intent);
    case 'approve':
      if (!chain.payoutContracts.has(intent.spender)) {
        return refuse(
          'contract_not_allowed',
          `${intent.spender} is no payout contract and may not be approved`,
        );
      }
      if (!chain.tokens.has(intent.token)) {
        return refuse('token_not_allowed', `the policy does not name token ${intent.token}`);
      }
      return null;
    // Money can only reach the treasury that is fixed in the factory, so no token has to be named and nothing is spent.
    case 'sweep':
      return chain.depositFactories.has(intent.factory)
        ? null
        : refuse('contract_not_allowed', `${intent.factory} is no deposit factory of the policy`);
    case 'safe':
      return checkSafe(chain, isOwn, intent);
    case 'cancel':
      return null;
  }
}

/**
 * The Safe asks its owners and pays with its own money, so no limit of ours is spent. It may pay our own addresses, or
 * nothing to itself, which uses a nonce up: a worker that lies cannot be the hands of owners who were tricked.
 */
function checkSafe(
  chain: ChainPolicy,
  isOwn: (address: Address) => boolean,
  intent: SafeIntent,
): Refusal | null {
  if (!chain.safes.has(intent.safe))
    return refuse('contract_not_allowed', `${intent.safe} is no Safe of the policy`);
  const isRejection = intent.to === intent.safe && intent.amount === 0n && intent.token === null;
  return isRejection || isOwn(intent.to)
    ? null
    : refuse(
        'recipient_not_allowed',
        `the Safe ${intent.safe} may pay addresses of our own only; ${intent.to} is none`,
      );
}

/** MAIN and GAS fill our own accounts and pay nobody else. */
function checkRecipients(
  rule: AccountRule,
  isOwn: (address: Address) => boolean,
  from: Address,
  intent: PayoutIntent,
): Refusal | null {
  if (rule.role === 'PAYOUT') return null;
  const stranger = intent.items.find((item) => !isOwn(item.to));
  if (stranger !== undefined) {
    return refuse(
      'recipient_not_allowed',
      `${from} is a ${rule.role} account and may pay addresses of our own only; ${stranger.to} is none`,
    );
  }
  if (rule.role === 'GAS' && intent.token !== null)
    return refuse('token_not_allowed', `${from} is a GAS account and may pay the native coin only`);
  return null;
}

function checkPayout(
  chain: ChainPolicy,
  rule: AccountRule,
  { chainId, from }: SignRequest,
  intent: PayoutIntent,
): Spend | Refusal {
  if (!chain.payoutContracts.has(intent.contract)) {
    return refuse('contract_not_allowed', `${intent.contract} is no payout contract of the policy`);
  }
  const limits = chain.tokens.get(intent.token);
  if (limits === undefined) {
    return refuse('token_not_allowed', `the policy does not name ${intent.token ?? 'the native coin'}`);
  }
  const own = rule.limits.get(limitsKey(chainId, intent.token));
  const isInternal = rule.role !== 'PAYOUT';
  const ceilings: [string, SpendLimits][] = [];
  if (!isInternal || own === undefined) ceilings.push(['', limits]);
  if (own !== undefined) ceilings.push([` of account ${from}`, own]);
  const amount = sumUnits(intent.items.map((item) => item.amount));
  for (const [whose, ceiling] of ceilings) {
    const refusal = checkSizes(intent, amount, whose, ceiling);
    if (refusal !== null) return refusal;
  }
  return {
    token: intent.token,
    amount,
    items: intent.items.length,
    isInternal,
    limits: {
      all: isInternal && own !== undefined ? NO_WINDOW : limits,
      account: own ?? limits.perAccount,
    },
  };
}

const NO_WINDOW: WindowLimits = { perHourMax: null, perDayMax: null, itemsPerHourMax: null };

function checkSizes(
  intent: PayoutIntent,
  amount: bigint,
  whose: string,
  limits: SpendLimits,
): Refusal | null {
  const tooLarge = intent.items.find((item) => item.amount > limits.perItemMax);
  if (tooLarge !== undefined) {
    return refuse(
      'amount_over_limit',
      `item ${tooLarge.id} of ${tooLarge.amount} is above the limit${whose} of ${limits.perItemMax} per item`,
    );
  }
  if (amount <= limits.perTransactionMax) return null;
  return refuse(
    'amount_over_limit',
    `the sum of ${amount} is above the limit${whose} of ${limits.perTransactionMax} per transaction`,
  );
}
