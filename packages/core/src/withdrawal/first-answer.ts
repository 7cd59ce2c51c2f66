import type { CheckedRequest } from './check-request.ts';
import type { Withdrawal } from './withdrawal.ts';

/** A withdrawal that was accepted just now. */
export function firstAnswer(
  accepted: { id: string; organisationId: string; createdAt: Date },
  checked: CheckedRequest,
): Withdrawal {
  return {
    id: accepted.id,
    organisationId: accepted.organisationId,
    chain: checked.chain.id,
    asset: checked.asset.code,
    decimals: checked.asset.decimals,
    to: checked.to,
    amount: checked.amount,
    fee: checked.fee,
    reference: checked.request.reference,
    priority: checked.request.priority,
    metadata: checked.request.metadata,
    bulkId: null,
    bulkRow: null,
    state: 'PENDING',
    transaction: null,
    failure: null,
    review: null,
    createdAt: accepted.createdAt,
    updatedAt: accepted.createdAt,
    confirmedAt: null,
  };
}

/** A repeated call is answered as the first was, wherever the withdrawal stands by now. */
export function asFirstAnswered(withdrawal: Withdrawal): Withdrawal {
  return {
    ...withdrawal,
    state: 'PENDING',
    transaction: null,
    failure: null,
    review: null,
    updatedAt: withdrawal.createdAt,
    confirmedAt: null,
  };
}

/** The millisecond inside a UUIDv7. Source: RFC 9562, 5.7. */
export function timeOfUuid(uuid: string): Date {
  return new Date(Number.parseInt(uuid.slice(0, 8) + uuid.slice(9, 13), 16));
}
