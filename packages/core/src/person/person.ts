import type { Role } from '@naru/wire/role.ts';
import type { Caller, CallerPerson } from '../access/access.ts';

/** A person in a session, as it stands at this moment. */
export type SignedIn = {
  caller: Caller & { person: CallerPerson; sessionId: string };
  /** Whether the person has a second factor at all. */
  secondFactor: { totp: boolean; passkey: boolean };
  /** When one was last proven in this session; null: never. */
  provenAt: Date | null;
};

export type Member = {
  /** UUID of the person. */
  id: string;
  name: string;
  email: string;
  role: Role;
  /** UUID of the key that stands for the person. */
  apiKeyId: string;
  secondFactor: { totp: boolean; passkey: boolean };
  /** Open at this moment. */
  sessions: number;
  lastSignedInAt: Date | null;
  createdAt: Date;
};

export type Invitation = {
  id: string;
  email: string;
  role: Role;
  network: 'test' | 'live';
  /** As the audit log names an actor. */
  invitedBy: string;
  state: 'WAITING' | 'ACCEPTED' | 'REVOKED' | 'EXPIRED';
  createdAt: Date;
  expiresAt: Date;
};

/** Of an e-mail as a person types it: two spellings are one person. */
export function normaliseEmail(text: string): string {
  return text.trim().toLowerCase();
}
