import { otherEventTypes } from '../event/event.ts';
import type { EndpointReason, EndpointState, MessageState } from './webhook.machine.ts';

/** Of the bodies that an endpoint gets. A change that existing receivers would not survive gets a new one. */
export const WEBHOOK_API_VERSION = '2026-03-01';

/** Types of events that the log of withdrawals gives, by the state that was reached. Other steps are ours alone. */
export const typeOfState = {
  PENDING: 'withdrawal.pending',
  REVIEW: 'withdrawal.review',
  SIGNED: 'withdrawal.signed',
  BROADCASTED: 'withdrawal.broadcasted',
  CONFIRMING: 'withdrawal.confirming',
  CONFIRMED: 'withdrawal.confirmed',
  FAILED: 'withdrawal.failed',
  CANCELED: 'withdrawal.canceled',
} as const;

/** Every type of event that an endpoint can ask for. */
export const eventTypes = [...Object.values(typeOfState), ...otherEventTypes] as const;
export type EventType = (typeof eventTypes)[number];
/** Sent by a call for it, whatever an endpoint asks for. */
export const TEST_EVENT_TYPE = 'webhook.test';

/** What an endpoint's list of events may hold: types, `<noun>.*`, or `*`. */
export function isEventFilter(text: string): boolean {
  if (text === '*') return true;
  return eventTypes.some((type) => text === type || text === `${type.split('.')[0]}.*`);
}

export type Endpoint = {
  /** UUID. */
  id: string;
  organisationId: string;
  url: string;
  events: string[];
  description: string | null;
  state: EndpointState;
  stateReason: EndpointReason | null;
  apiVersion: string;
  /** Since when it misses events; null while it is in use. */
  missedSince: Date | null;
  createdAt: Date;
  updatedAt: Date;
  health: EndpointHealth;
};

export type EndpointHealth = {
  /** Failed tries since the last that was taken. */
  failureCount: number;
  failingSince: Date | null;
  /** Of about the last 50 tries, 0 to 1. */
  successRate: number;
  lastSuccessAt: Date | null;
  lastFailureAt: Date | null;
  lastError: string | null;
};

/** A secret as its owner sees it, the text only once. */
export type SecretInfo = { createdAt: Date; expiresAt: Date | null };

/** An event that is to be told: what it is about, and its content ready to be written down. */
export type NewEvent = {
  /** UUID. */
  id: string;
  organisationId: string;
  type: string;
  position: bigint | null;
  /** Public id of what it is about. */
  subject: string;
  sequence: number;
  at: Date;
  /** JSON. */
  body: string;
};

export type Delivery = {
  /** UUID. */
  id: string;
  endpointId: string;
  eventId: string;
  position: bigint | null;
  type: string;
  subject: string;
  sequence: number;
  state: MessageState;
  attemptCount: number;
  /** Null unless it is PENDING. */
  nextAttemptAt: Date | null;
  eventAt: Date;
  createdAt: Date;
  endedAt: Date | null;
  lastStatus: number | null;
  lastError: string | null;
};

export const attemptOutcomes = [
  'DELIVERED',
  'REFUSED',
  'BLOCKED',
  'UNREACHED',
  'UNANSWERED',
  'INTERRUPTED',
] as const;
export type AttemptOutcome = (typeof attemptOutcomes)[number];

export type Attempt = {
  number: number;
  at: Date;
  durationMs: number | null;
  outcome: AttemptOutcome;
  url: string;
  address: string | null;
  requestHeaders: Record<string, string> | null;
  status: number | null;
  responseHeaders: Record<string, string> | null;
  responseBody: string | null;
  error: string | null;
};

export type DeliveryFilter = { state?: MessageState; type?: string };

export type Replay = {
  id: string;
  endpointId: string;
  events: string[];
  redeliver: boolean;
  fromAt: Date;
  toAt: Date;
  queuedCount: bigint;
  createdAt: Date;
  endedAt: Date | null;
};
