import type { NewOtherEvent, OtherEventType } from '../event/event.ts';
import type { DepositState } from './deposit.machine.ts';
import type { Deposit } from './deposit.ts';
import { toDepositBody } from './to-deposit-body.ts';

export const typeOfDepositState = {
  DETECTED: 'deposit.detected',
  ORPHANED: 'deposit.orphaned',
  CREDITED: 'deposit.credited',
  UNCREDITED: 'deposit.uncredited',
} as const satisfies Record<DepositState, OtherEventType>;

/** What the organisation whose address was paid is told of a change: the deposit as it is now. */
export function depositEvent(deposit: Deposit & { version: number }): NewOtherEvent {
  const { organisationId, state, version } = deposit;
  const body = toDepositBody(deposit);
  return {
    organisationId,
    type: typeOfDepositState[state],
    subjectId: deposit.id,
    subject: body.id,
    sequence: version,
    data: { ...body, sequence: version },
  };
}
