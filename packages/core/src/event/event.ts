/** Types of events of anything but a withdrawal; those of withdrawals follow from their states. */
export const otherEventTypes = [
  'deposit.detected',
  'deposit.orphaned',
  'deposit.credited',
  'deposit.uncredited',
  'bulk.completed',
  'webhook_endpoint.paused',
  'webhook_endpoint.disabled',
] as const;
export type OtherEventType = (typeof otherEventTypes)[number];

/** What happened to a deposit, a file or an endpoint of an organisation, at its place in the log. */
export type OtherEvent = {
  kind: 'other';
  position: bigint;
  organisationId: string;
  type: OtherEventType;
  /** Public id of what it is about. */
  subject: string;
  /** Which change of that it is, from 1. */
  sequence: number;
  at: Date;
  /** JSON: what it is about, as it was then. */
  data: string;
};

export type NewOtherEvent = Pick<OtherEvent, 'organisationId' | 'type' | 'subject' | 'sequence'> & {
  /** UUID of what it is about. */
  subjectId: string;
  data: Readonly<Record<string, unknown>>;
};
