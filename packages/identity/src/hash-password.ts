import { hashPassword as hash } from 'better-auth/crypto';

/** scrypt, as better-auth checks it at a sign-in. */
export function hashPassword(password: string): Promise<string> {
  return hash(password);
}
