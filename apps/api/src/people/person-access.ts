import type { Sessions } from '@naru/core/person/create-sessions.ts';
import type { SignedIn } from '@naru/core/person/person.ts';
import type { Identity } from '@naru/identity/create-identity.ts';

/** How people come in, where this installation has people. */
export type PersonAccess = {
  identity: Identity;
  sessions: Sessions;
  /** Told after whatever may have changed a session. */
  forget(): void;
};

/** Whether a call comes from a page of ours: what a browser says itself, and no page of others can say. */
export function isFromConsole(
  identity: Identity,
  headers: Readonly<Record<string, string | string[] | undefined>>,
): boolean {
  const { origin, 'sec-fetch-site': site } = headers;
  if (typeof origin === 'string') return identity.isTrustedOrigin(origin);
  return site === 'same-origin';
}

/** Who is signed in with the cookie of a call. */
export async function findSignedIn(
  access: PersonAccess,
  cookieHeader: string | undefined,
  isNow = false,
): Promise<SignedIn | null> {
  const token = access.identity.sessionTokenOf(cookieHeader);
  if (token === null) return null;
  return await (isNow ? access.sessions.findNow(token) : access.sessions.find(token));
}
