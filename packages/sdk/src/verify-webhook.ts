import { type WebhookEventBody, webhookEvent } from '@naru/wire/event.ts';
import { NaruError } from './errors.ts';

/** What a receiver's framework has them in: a `Headers`, or an object with names in any case. */
export type WebhookHeaders = Headers | Readonly<Record<string, string | readonly string[] | undefined>>;

export type VerifyWebhookOptions = {
  /** `whsec_…`; several while one is being replaced. */
  secret: string | readonly string[];
  headers: WebhookHeaders;
  /** The body as it came, before any parser: a byte more or less, and nothing matches. */
  body: string | Uint8Array;
  /** How far the time of the request may be from now, on either side. Default: 5 minutes. */
  toleranceMs?: number;
  /** For tests. */
  now?: Date;
};

/** An event of a type that this version does not know, from a newer server. Answer 200, or look at what it is. */
export type UnknownEvent = {
  id: string;
  type: 'unknown';
  /** As it came. */
  unknownType: string;
  timestamp: string;
  data: unknown;
};

/** The request is not to be believed. Answer 400, and do nothing. */
export class WebhookVerificationError extends NaruError {
  override readonly name = 'WebhookVerificationError';
}

const TOLERANCE_MS_DEFAULT = 5 * 60_000;
const SECRET_PREFIX = 'whsec_';
const VERSION = 'v1';
/** More signatures than anybody sends would only be work. */
const SIGNATURES_MAX = 20;

/**
 * Checks that a webhook comes from Naru and is new, and gives its event. One call, with what a receiver has at hand, in
 * Node.js, Deno, Bun, edge runtimes and browsers (Web Crypto); no dependency. Throws `WebhookVerificationError`.
 * Source: Standard Webhooks 1.0.0.
 */
export async function verifyWebhook(options: VerifyWebhookOptions): Promise<WebhookEventBody | UnknownEvent> {
  const { toleranceMs = TOLERANCE_MS_DEFAULT } = options;
  const id = header(options.headers, 'webhook-id');
  const timestamp = header(options.headers, 'webhook-timestamp');
  const signatures = header(options.headers, 'webhook-signature');
  checkTime(timestamp, (options.now ?? new Date()).getTime(), toleranceMs);
  const body = typeof options.body === 'string' ? new TextEncoder().encode(options.body) : options.body;
  const signed = concat(new TextEncoder().encode(`${id}.${timestamp}.`), body);
  const secrets = [options.secret].flat();
  if (secrets.length === 0) throw new WebhookVerificationError('no secret was given');
  const keys = await Promise.all(secrets.map(importKey));
  const given = signatures
    .split(' ')
    .slice(0, SIGNATURES_MAX)
    .flatMap((one) => (one.startsWith(`${VERSION},`) ? [decode(one.slice(VERSION.length + 1))] : []));
  for (const key of keys)
    for (const signature of given) {
      if (signature === null) continue;
      // Compares in constant time, whatever the lengths.
      if (await crypto.subtle.verify('HMAC', key, signature, signed)) return parse(body);
    }
  throw new WebhookVerificationError(
    'no signature matches: is it the secret of this endpoint, and the body as it came, before any parser?',
  );
}

function header(headers: WebhookHeaders, name: string): string {
  const value = headers instanceof Headers ? headers.get(name) : find(headers, name);
  if (value === null || value === '')
    throw new WebhookVerificationError(`the header ${name} is missing: this is no webhook`);
  return value;
}

function find(headers: Exclude<WebhookHeaders, Headers>, name: string): string | null {
  for (const [key, value] of Object.entries(headers))
    if (key.toLowerCase() === name && value !== undefined) return [value].flat()[0] ?? null;
  return null;
}

function checkTime(timestamp: string, nowMs: number, toleranceMs: number): void {
  if (!/^[0-9]{1,12}$/.test(timestamp))
    throw new WebhookVerificationError('the header webhook-timestamp is not a number of seconds');
  const aheadMs = Number(timestamp) * 1_000 - nowMs;
  if (aheadMs < -toleranceMs)
    throw new WebhookVerificationError('the request is too old: somebody may be sending it once more');
  if (aheadMs > toleranceMs)
    throw new WebhookVerificationError('the request is from the future: compare the clocks of both sides');
}

async function importKey(secret: string): ReturnType<typeof crypto.subtle.importKey> {
  const bytes = decode(secret.startsWith(SECRET_PREFIX) ? secret.slice(SECRET_PREFIX.length) : secret);
  if (bytes === null || bytes.length === 0)
    throw new WebhookVerificationError('the secret is not one of an endpoint, which begins with whsec_');
  return await crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['verify']);
}

/** Base64, with or without its padding; null for anything else. */
function decode(text: string): Uint8Array<ArrayBuffer> | null {
  try {
    return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
  } catch {
    return null;
  }
}

function concat(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(one.length + other.length);
  both.set(one);
  both.set(other, one.length);
  return both;
}

function parse(body: Uint8Array): WebhookEventBody | UnknownEvent {
  const value = parseJson(new TextDecoder().decode(body));
  const parsed = webhookEvent.safeParse(value);
  if (parsed.success) return parsed.data;
  const { id, type, timestamp, data } = (value ?? {}) as Record<string, unknown>;
  if (typeof id !== 'string' || typeof type !== 'string' || typeof timestamp !== 'string')
    throw new WebhookVerificationError('it is signed, but it is not an event of Naru');
  return { id, type: 'unknown', unknownType: type, timestamp, data };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
