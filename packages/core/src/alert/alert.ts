import type { AlarmSeverity, Invariant } from '../reconciliation/invariants.ts';

export type Severity = AlarmSeverity;
export const severities: readonly Severity[] = ['WARNING', 'CRITICAL'];

export const channelKinds = ['WEBHOOK', 'EMAIL'] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** Somebody who is told of alarms. */
export type AlertChannel = {
  id: string;
  name: string;
  kind: ChannelKind;
  /** One URL, or addresses of mail. */
  targets: string[];
  severityMin: Severity;
  createdAt: Date;
  /** The last message to it, whatever became of it; null: none yet. */
  lastMessage: { state: MessageState; at: Date; attempts: number; lastError: string | null } | null;
};

export type MessageState = 'PENDING' | 'SENT' | 'GIVEN_UP';
export type NoticeKind = 'RAISED' | 'REMINDER' | 'RESOLVED';

/** One alarm in a message. Times are ISO 8601 texts, as the content is kept as JSON. */
export type Notice = {
  kind: NoticeKind;
  alarmId: string;
  invariant: Invariant;
  subject: string;
  detail: string;
  severity: Severity;
  openedAt: string;
  closedAt: string | null;
};

/** What a message says, frozen when it is made. `more`: alarms that did not fit. */
export type MessageContent =
  | { kind: 'ALARMS'; notices: Notice[]; more: number }
  | { kind: 'TEST'; by: string };

export type AlertMessage = {
  id: string;
  channel: Pick<AlertChannel, 'id' | 'name' | 'kind' | 'targets'>;
  content: MessageContent;
  createdAt: Date;
  /** With the one that is to be made now. */
  attempts: number;
};

/** How a try ended, as far as it is known. Whatever is not known to have failed for good is sent again. */
export type SendResult =
  | { kind: 'delivered'; note: string | null }
  | { kind: 'failed'; permanent: boolean; reason: string };

export type Mail = { messageId: string; to: readonly string[]; subject: string; text: string };
export type Webhook = { url: string; headers: Record<string, string>; body: string };

/** The way out of the process. A channel of a kind that is not configured here is told so by `failed`. */
export type AlertSender = {
  post(webhook: Webhook): Promise<SendResult>;
  mail(mail: Mail): Promise<SendResult>;
};
