import { sumUnits } from '@naru/kit/money.ts';
import type { RefusalCode } from '@naru/signer-protocol/refusal.ts';
import type { PayoutIntent, SignRequest } from '@naru/signer-protocol/schema.ts';
import type { Address } from 'viem';
import type { ChainPolicy, Policy } from './policy.ts';

/** Why a request is refused. `message` goes back to the worker and into the log, and holds no secret. */
export type Refusal = { kind: 'refused'; code: RefusalCode; message: string };

/** What a transaction takes from the daily limit of its token; null when it moves nothing. */
export type Spend = { token: Address | null; amount: bigint; perDayMax: bigint };

export type Approval = { kind: 'allowed'; spend: Spend | null };

export function refuse(code: RefusalCode, message: string): Refusal {
  return { kind: 'refused', code, message };
}

/** The rules that need no memory. The daily limit and the nonce are the journal's to judge. Pure. */
export function checkPolicy(policy: Policy, request: SignRequest): Approval | Refusal {
  const chain = policy.chains.get(request.chainId);
  if (chain === undefined)
    return refuse('chain_not_allowed', `the policy does not name chain ${request.chainId}`);
  return checkPrice(chain, request) ?? checkIntent(chain, request);
}

function checkPrice(chain: ChainPolicy, request: SignRequest): Refusal | null {
  if (request.gas > chain.gasPerTransactionMax) {
    return refuse(
      'gas_over_limit',
      `gas ${request.gas} is above the ceiling of ${chain.gasPerTransactionMax}`,
    );
  }
  const { fees } = request;
  const feePerGasWei = fees.kind === 'legacy' ? fees.gasPriceWei : fees.maxFeePerGasWei;
  if (feePerGasWei > chain.feePerGasWeiMax) {
    return refuse(
      'fee_over_limit',
      `a fee of ${feePerGasWei} wei per gas is above the ceiling of ${chain.feePerGasWeiMax}`,
    );
  }
  return null;
}

function checkIntent(chain: ChainPolicy, request: SignRequest): Approval | Refusal {
  const { intent } = request;
  switch (intent.kind) {
    case 'payout':
      return checkPayout(chain, intent);
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
      return { kind: 'allowed', spend: null };
    // Money can only reach the treasury that is fixed in the factory, so no token has to be named and nothing is spent.
    case 'sweep':
      return chain.depositFactories.has(intent.factory)
        ? { kind: 'allowed', spend: null }
        : refuse('contract_not_allowed', `${intent.factory} is no deposit factory of the policy`);
    case 'cancel':
      return { kind: 'allowed', spend: null };
  }
}

function checkPayout(chain: ChainPolicy, intent: PayoutIntent): Approval | Refusal {
  if (!chain.payoutContracts.has(intent.contract)) {
    return refuse('contract_not_allowed', `${intent.contract} is no payout contract of the policy`);
  }
  const limits = chain.tokens.get(intent.token);
  if (limits === undefined) {
    return refuse('token_not_allowed', `the policy does not name ${intent.token ?? 'the native coin'}`);
  }
  const tooLarge = intent.items.find((item) => item.amount > limits.perItemMax);
  if (tooLarge !== undefined) {
    return refuse(
      'amount_over_limit',
      `item ${tooLarge.id} of ${tooLarge.amount} is above the limit of ${limits.perItemMax} per item`,
    );
  }
  const amount = sumUnits(intent.items.map((item) => item.amount));
  if (amount > limits.perTransactionMax) {
    return refuse(
      'amount_over_limit',
      `the sum of ${amount} is above the limit of ${limits.perTransactionMax} per transaction`,
    );
  }
  return { kind: 'allowed', spend: { token: intent.token, amount, perDayMax: limits.perDayMax } };
}
