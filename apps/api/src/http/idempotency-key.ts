import { ProblemError } from './problem-error.ts';

/** What a route says of the header `Idempotency-Key`. Every POST that moves money has `required`. */
export type IdempotencyRule = 'required' | 'optional' | 'none';

/** 1–255 visible ASCII characters. Source: draft-ietf-httpapi-idempotency-key-header, 2.1, without its quotes. */
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{1,255}$/;

export function readIdempotencyKey(
  rule: IdempotencyRule,
  header: string | string[] | undefined,
): string | null {
  if (rule === 'none') return null;
  if (header === undefined || header === '') {
    if (rule === 'required') throw new ProblemError('idempotency_key_required');
    return null;
  }
  if (typeof header !== 'string' || !IDEMPOTENCY_KEY.test(header))
    throw new ProblemError('idempotency_key_invalid');
  return header;
}
