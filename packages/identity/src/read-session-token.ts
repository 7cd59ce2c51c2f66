import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '@naru/kit/secret.ts';

/** Of the session's cookie; `__Secure-` comes before it where the console has TLS. */
export const COOKIE_PREFIX = 'naru';
const SESSION_COOKIE = `${COOKIE_PREFIX}.session_token`;
/** Longer than any that better-auth makes. */
const COOKIE_LENGTH_MAX = 512;

/**
 * The token of a session out of a `Cookie` header, if it carries our signature: HMAC-SHA256 in base64 after a dot, as
 * better-auth writes it. Null: there is none, or it is not ours.
 */
export function readSessionToken(
  header: string | undefined,
  options: { secret: Secret; isSecure: boolean },
): string | null {
  if (header === undefined) return null;
  const name = `${options.isSecure ? '__Secure-' : ''}${SESSION_COOKIE}=`;
  const pair = header
    .split(';')
    .map((one) => one.trim())
    .find((one) => one.startsWith(name));
  if (pair === undefined || pair.length > COOKIE_LENGTH_MAX) return null;
  const value = decode(pair.slice(name.length));
  const dot = value.lastIndexOf('.');
  if (dot <= 0) return null;
  const token = value.slice(0, dot);
  const given = Buffer.from(value.slice(dot + 1), 'base64');
  const expected = createHmac('sha256', options.secret.reveal()).update(token).digest();
  return given.length === expected.length && timingSafeEqual(given, expected) ? token : null;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return '';
  }
}
