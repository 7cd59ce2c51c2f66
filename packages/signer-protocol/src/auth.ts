import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Secret } from '@naru/kit/secret.ts';
import { CLOCK_SKEW_MS_MAX } from './limits.ts';

/** Milliseconds since 1970 by the worker's clock, decimal. */
export const TIMESTAMP_HEADER = 'x-naru-timestamp';
/** `v1=` and the HMAC-SHA256 as 64 hex digits. */
export const SIGNATURE_HEADER = 'x-naru-signature';

/** What is authenticated. `path` is the request target as sent, with any query; `body` the raw bytes, empty for a GET. */
export type AuthenticatedCall = { method: string; path: string; body: Uint8Array };

export type AuthProblem = 'missing' | 'bad_signature' | 'clock_skew';

/**
 * The two headers of an authenticated call. The HMAC (RFC 2104, SHA-256) covers
 * `naru-signer-v1 \n METHOD \n path \n timestamp \n body`; only the body can hold a line feed, and it comes last.
 */
export function authHeaders(token: Secret, call: AuthenticatedCall, nowMs: number): Record<string, string> {
  const timestamp = String(nowMs);
  return {
    [TIMESTAMP_HEADER]: timestamp,
    [SIGNATURE_HEADER]: `v1=${computeMac(token, call, timestamp).toString('hex')}`,
  };
}

/**
 * Checks the headers of a call; null when it is authentic and recent. The clock is judged after the signature, so
 * that only a holder of the token learns anything about ours.
 */
export function checkAuth(
  token: Secret,
  call: AuthenticatedCall,
  headers: { timestamp: string | undefined; signature: string | undefined },
  nowMs: number,
): AuthProblem | null {
  const { timestamp, signature } = headers;
  if (!hasAuthShape(headers) || timestamp === undefined || signature === undefined) return 'missing';
  const given = Buffer.from(signature.slice('v1='.length), 'hex');
  if (!timingSafeEqual(given, computeMac(token, call, timestamp))) return 'bad_signature';
  return Math.abs(nowMs - Number(timestamp)) > CLOCK_SKEW_MS_MAX ? 'clock_skew' : null;
}

/** Whether both headers are there and well formed: lets a server refuse strangers before it reads their body. */
export function hasAuthShape(headers: {
  timestamp: string | undefined;
  signature: string | undefined;
}): boolean {
  return /^[0-9]{1,15}$/.test(headers.timestamp ?? '') && /^v1=[0-9a-f]{64}$/.test(headers.signature ?? '');
}

function computeMac(token: Secret, call: AuthenticatedCall, timestamp: string): Buffer {
  return createHmac('sha256', token.reveal())
    .update(`naru-signer-v1\n${call.method.toUpperCase()}\n${call.path}\n${timestamp}\n`)
    .update(call.body)
    .digest();
}

/** `1`: the caller wants to be told how long each signature took. Not part of what is authenticated: it changes nothing else. */
export const TIMES_HEADER = 'x-naru-times';
