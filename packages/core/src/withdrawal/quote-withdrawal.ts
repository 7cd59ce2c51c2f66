import type { Queryable } from '@naru/db/database.ts';
import type { Caller } from '../access/access.ts';
import type { Catalogue } from '../chain/chain.ts';
import { readCustomerBalances } from '../ledger/ledger.store.ts';
import { checkRequest } from './check-request.ts';
import { readLimit } from './limit.store.ts';
import { notCovered } from './request-withdrawals.ts';
import type { Refusal } from './withdrawal.errors.ts';
import type { CommandResult, WithdrawalQuote } from './withdrawals.ts';

/** An address that everything is right with, where a quote is asked for before there is one. */
const ANY_ADDRESS = '0x0000000000000000000000000000000000000001';

/**
 * What a withdrawal would cost and whether it would be accepted at this moment. Reserves nothing and promises nothing: the
 * fee is fixed when the withdrawal is accepted.
 */
export async function quoteWithdrawal(
  db: Queryable,
  catalogue: Catalogue,
  caller: Caller,
  asked: { chain: string; asset: string; amount: string; to: string | null },
): Promise<CommandResult<WithdrawalQuote>> {
  const checked = checkRequest(catalogue, caller, {
    ...asked,
    to: asked.to ?? ANY_ADDRESS,
    reference: null,
    priority: 'STANDARD',
    metadata: {},
  });
  if (!checked.ok) return { kind: 'refused', refusal: checked.refusal, replayed: false };
  const { chain, asset, amount, fee } = checked.value;
  const { organisationId } = caller;
  const [balances, limit] = await Promise.all([
    readCustomerBalances(db, organisationId),
    readLimit(db, { organisationId, assetId: asset.id }, new Date()),
  ]);
  const available = balances.find(({ assetId }) => assetId === asset.id)?.available ?? 0n;
  const refusals: Refusal[] = [];
  if (limit !== null && (amount > limit.perWithdrawalMax || limit.used + amount > limit.dailyMax))
    refusals.push({
      code: 'limit_exceeded',
      message: `The amount exceeds your limit for ${amount > limit.perWithdrawalMax ? 'one withdrawal' : 'a day'} of ${asset.code}.`,
      retryable: false,
    });
  if (available < amount + fee) refusals.push(notCovered(checked.value));
  return {
    kind: 'done',
    replayed: false,
    value: {
      chain: chain.id,
      asset: asset.code,
      decimals: asset.decimals,
      amount,
      fee,
      total: amount + fee,
      available,
      minimum: asset.minimum,
      maximum: asset.maximum,
      limit,
      refusal: refusals[0] ?? null,
    },
  };
}
