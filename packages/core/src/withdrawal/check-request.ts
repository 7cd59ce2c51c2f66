import type { Hex } from '@naru/kit/hex.ts';
import { formatAmount, parseAmount } from '@naru/kit/money.ts';
import { zeroAddress } from 'viem';
import type { Caller } from '../access/access.ts';
import { type Asset, assetIdOf, type Catalogue, type Chain, isReachable } from '../chain/chain.ts';
import { decideFee } from '../withdrawal-fee/withdrawal-fee.ts';
import { checkedAddress } from './checksum-address.ts';
import type { FieldProblem, Refusal } from './withdrawal.errors.ts';
import { AMOUNT_MAX } from './withdrawal.limits.ts';
import type { WithdrawalRequest } from './withdrawal.ts';

export type CheckedRequest = {
  chain: Chain;
  asset: Asset;
  to: Hex;
  amount: bigint;
  /** On top of it, smallest unit. */
  fee: bigint;
  feeScheduleId: string | null;
  request: WithdrawalRequest;
};

/** Everything that can be said of a request without a balance: chain, asset, address, amount. Pure. */
export function checkRequest(
  catalogue: Catalogue,
  caller: Caller,
  request: WithdrawalRequest,
): { ok: true; value: CheckedRequest } | { ok: false; refusal: Refusal } {
  const chain = catalogue.chains.get(request.chain);
  if (chain === undefined || !chain.enabled)
    return refuse('chain_not_supported', `The chain "${request.chain}" is not available here.`);
  if (!chain.operation.accepting)
    return refuse(
      'chain_not_supported',
      `The chain "${chain.id}" takes no new withdrawals at the moment; what was accepted is paid.`,
    );
  if (!isReachable(chain, caller.network))
    return refuse(
      'chain_not_supported',
      `A ${caller.network === 'test' ? 'test key reaches test networks' : 'live key reaches main networks'} only; "${chain.id}" is not one.`,
    );
  const asset = catalogue.assets.get(assetIdOf(chain.id, request.asset));
  if (asset === undefined || !asset.enabled)
    return refuse(
      'asset_not_supported',
      `The asset "${request.asset}" cannot be withdrawn on "${chain.id}".`,
    );

  const to = checkDestination(request.to, asset, chain, catalogue.ownAddresses);
  const amount = checkAmount(request.amount, asset);
  const problems = [...to.problems, ...amount.problems];
  if (problems.length > 0 || to.value === null || amount.value === null)
    return {
      ok: false,
      refusal: {
        code: 'validation_failed',
        message: 'The request has fields that cannot be accepted.',
        retryable: false,
        errors: problems,
      },
    };
  const { organisationId } = caller;
  const charged = decideFee(catalogue.fees, { chain, asset, organisationId, amount: amount.value });
  if (charged.kind === 'unknown')
    return refuse('fee_not_known', `The fee of this withdrawal cannot be told: ${charged.why}.`);
  const { fee, scheduleId: feeScheduleId } = charged;
  return {
    ok: true,
    value: { chain, asset, to: to.value, amount: amount.value, fee, feeScheduleId, request },
  };
}

function refuse(code: Refusal['code'], message: string): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { code, message, retryable: false } };
}

type Checked<T> = { value: T | null; problems: FieldProblem[] };

function problem<T>(pointer: string, code: string, message: string): Checked<T> {
  return { value: null, problems: [{ pointer, code, message }] };
}

function checkDestination(
  text: string,
  asset: Asset,
  chain: Chain,
  ownAddresses: ReadonlySet<string>,
): Checked<Hex> {
  if (!/^0x[0-9a-fA-F]{40}$/.test(text))
    return problem('/to', 'address_malformed', 'An address is 0x followed by 40 hexadecimal digits.');
  const address = checkedAddress(text);
  if (address === null)
    return problem(
      '/to',
      'address_checksum',
      'The checksum of the address is wrong; a character may be mistyped.',
    );
  if (address === zeroAddress)
    return problem('/to', 'address_zero', 'The zero address belongs to nobody; what is sent there is lost.');
  if (asset.address !== null && address.toLowerCase() === asset.address.toLowerCase())
    return problem(
      '/to',
      'address_is_token',
      "This is the token's own contract; what is sent there is lost.",
    );
  if (chain.payoutContract !== null && address.toLowerCase() === chain.payoutContract.toLowerCase())
    return problem(
      '/to',
      'address_is_payout_contract',
      'This is the payout contract; it cannot receive money.',
    );
  if (ownAddresses.has(`${chain.id}/${address.toLowerCase()}`))
    return problem(
      '/to',
      'address_is_ours',
      'This address is one that pays withdrawals; it cannot receive one.',
    );
  return { value: address, problems: [] };
}

/** Of a withdrawal to a deposit address: those are asked of the database, for all requests at once. */
export function depositAddressProblem(pointer: string): FieldProblem {
  return {
    pointer,
    code: 'address_is_ours',
    message: 'This is a deposit address of this installation; a withdrawal to it would only go in a circle.',
  };
}

function checkAmount(text: string, asset: Asset): Checked<bigint> {
  const parsed = parseAmount(text, asset.decimals);
  if (!parsed.ok && parsed.problem === 'too_many_decimals')
    return problem('/amount', 'amount_decimals', `${asset.code} has ${asset.decimals} decimals at most.`);
  if (!parsed.ok)
    return problem('/amount', 'amount_malformed', 'An amount is a decimal number in digits, as in "12.5".');
  if (parsed.units === 0n)
    return problem('/amount', 'amount_not_positive', 'The amount must be more than zero.');
  if (parsed.units < asset.minimum)
    return problem('/amount', 'amount_below_minimum', `The amount is below the minimum of ${asset.code}.`);
  if (asset.maximum !== null && parsed.units > asset.maximum)
    return problem(
      '/amount',
      'amount_above_maximum',
      `The amount is above the maximum of ${asset.code} for one withdrawal, ${formatAmount(asset.maximum, asset.decimals)}.`,
    );
  if (parsed.units > AMOUNT_MAX)
    return problem('/amount', 'amount_too_large', 'The amount is larger than the payout contract can carry.');
  return { value: parsed.units, problems: [] };
}
