import { assert } from '@naru/kit/assert.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import { toSafeNumber } from '@naru/kit/safe-number.ts';
import type { OtherEvent, OtherEventType } from '../event/event.ts';
import type { LogEntry, LogEvent } from '../withdrawal/event-log.reader.ts';
import type { WithdrawalState } from '../withdrawal/withdrawal.machine.ts';
import { typeOfState } from './webhook.ts';

type TypeOfState = typeof typeOfState;
export type ToldState = keyof TypeOfState;

/** Whether anybody is told of it: steps between the states of the contract are ours alone. */
export function isTold(event: { kind: 'other' } | Pick<LogEvent, 'kind' | 'to'>): boolean {
  return event.kind === 'other' || isToldState(event.to);
}

function isToldState(state: WithdrawalState): state is ToldState {
  return Object.hasOwn(typeOfState, state);
}

/** The type that it is told by; null: nobody is told of it. */
export function typeOf(event: LogEntry): TypeOfState[ToldState] | OtherEventType | null {
  if (event.kind === 'other') return event.type;
  return isToldState(event.to) ? typeOfState[event.to] : null;
}

/** A key that may not read deposits is not told of them either. All else comes with the right to read withdrawals. */
export function maySee(caller: { scopes: readonly string[] }, type: string): boolean {
  return !type.startsWith('deposit.') || caller.scopes.includes('deposits:read');
}

/** The event as all are told it, whether by webhook, by stream or by a list. It must be one that is told. */
export function toEvent(event: LogEntry) {
  return event.kind === 'other' ? toOtherEvent(event) : toWithdrawalEvent(event);
}

function toOtherEvent(event: OtherEvent) {
  return {
    id: String(event.position),
    type: event.type,
    timestamp: event.at.toISOString(),
    data: JSON.parse(event.data) as Record<string, unknown>,
  };
}

function toWithdrawalEvent(event: LogEvent) {
  const { to } = event;
  assert(isToldState(to), `nobody is told of ${to}`);
  return {
    id: String(event.position),
    type: typeOfState[to],
    timestamp: event.at.toISOString(),
    data: {
      id: toPublicId('withdrawal', event.withdrawalId),
      object: 'withdrawal' as const,
      sequence: event.version,
      state: to,
      chain: event.chain,
      asset: event.asset,
      to: event.recipient,
      amount: formatAmount(event.amount, event.decimals),
      fee: formatAmount(event.fee, event.decimals),
      reference: event.reference,
      priority: event.priority,
      metadata: event.metadata,
      bulkId: event.bulkId === null ? null : toPublicId('bulk', event.bulkId),
      transaction: toTransaction(event, to),
      failure:
        event.failureCode === null
          ? null
          : {
              code: event.failureCode,
              message: event.failureMessage ?? '',
              retryable: event.failureRetryable ?? false,
            },
      createdAt: event.createdAt.toISOString(),
      updatedAt: event.at.toISOString(),
      confirmedAt: event.confirmedAt === null ? null : event.confirmedAt.toISOString(),
    },
  };
}

function toTransaction(event: LogEvent, to: ToldState) {
  const { subAccount, nonce, hash, blockNumber, requiredConfirmations, explorerUrl } = event;
  if (subAccount === null || nonce === null) return null;
  return {
    hash,
    subAccount,
    nonce: toSafeNumber(nonce),
    blockNumber: blockNumber === null ? null : toSafeNumber(blockNumber),
    confirmations: confirmationsAt(to, requiredConfirmations),
    requiredConfirmations,
    explorerUrl: explorerUrl === null || hash === null ? null : `${explorerUrl}/tx/${hash}`,
  };
}

/** At least as many as the state says: how far the chain was ahead at that moment is not written down. */
function confirmationsAt(to: ToldState, required: number): number {
  if (to === 'CONFIRMING') return 1;
  return to === 'CONFIRMED' || to === 'FAILED' ? required : 0;
}
