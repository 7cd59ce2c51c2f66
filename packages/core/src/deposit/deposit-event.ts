import { assert } from '@naru/kit/assert.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import type { NewOtherEvent, OtherEventType } from '../event/event.ts';
import type { DepositState } from './deposit.machine.ts';
import type { Deposit } from './deposit.ts';

export const typeOfDepositState = {
  DETECTED: 'deposit.detected',
  ORPHANED: 'deposit.orphaned',
  CREDITED: 'deposit.credited',
  UNCREDITED: 'deposit.uncredited',
} as const satisfies Record<DepositState, OtherEventType>;

/** What the organisation whose address was paid is told of a change: the deposit as it is now. */
export function depositEvent(deposit: Deposit & { version: number }): NewOtherEvent {
  const { id, organisationId, state, version } = deposit;
  const subject = toPublicId('deposit', id);
  return {
    organisationId,
    type: typeOfDepositState[state],
    subjectId: id,
    subject,
    sequence: version,
    data: {
      id: subject,
      object: 'deposit',
      sequence: version,
      state,
      chain: deposit.chain,
      asset: deposit.asset,
      token: deposit.token,
      amount: formatAmount(deposit.amount, deposit.decimals ?? 0),
      addressId: toPublicId('depositAddress', deposit.addressId),
      address: deposit.address,
      from: deposit.from,
      transactionHash: deposit.transactionHash,
      logIndex: deposit.logIndex,
      blockNumber: toSafeNumber(deposit.blockNumber),
      depth: deposit.depth === null ? null : toSafeNumber(deposit.depth),
      requiredDepth: deposit.confirmationsNeeded,
      uncreditedReason: deposit.uncreditedReason,
      detectedAt: deposit.detectedAt.toISOString(),
      creditedAt: deposit.creditedAt?.toISOString() ?? null,
    },
  };
}

/** Block numbers as JSON numbers. Never for amounts. */
function toSafeNumber(counter: bigint): number {
  assert(counter >= 0n && counter <= BigInt(Number.MAX_SAFE_INTEGER), `counter out of range: ${counter}`);
  return Number(counter);
}
