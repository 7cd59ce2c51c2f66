import { secret } from '@naru/kit/secret.ts';
import { describe, expect, it } from 'vitest';
import { authHeaders, checkAuth, SIGNATURE_HEADER, TIMESTAMP_HEADER } from './auth.ts';
import { CLOCK_SKEW_MS_MAX } from './limits.ts';

const token = secret('a shared token of at least thirty-two bytes');
const call = { method: 'POST', path: '/v1/sign', body: Buffer.from('{"requests":[]}') };
const sentAtMs = 1_760_000_000_000;
const headers = authHeaders(token, call, sentAtMs);
const given = { timestamp: headers[TIMESTAMP_HEADER], signature: headers[SIGNATURE_HEADER] };

describe('authentication', () => {
  it('accepts what the holder of the token sent', () => {
    expect(checkAuth(token, call, given, sentAtMs)).toBeNull();
  });

  it('is the HMAC that the README describes', () => {
    // echo -n … | openssl dgst -sha256 -hmac "$TOKEN" over the same bytes
    expect(given.signature).toBe('v1=e9a297da1c84bab0d2195d2ea6afd8070dfdc5530aa310c023bd99dfe2cb1f1d');
  });

  it.each([
    ['method', { ...call, method: 'GET' }],
    ['path', { ...call, path: '/v1/keys' }],
    ['body', { ...call, body: Buffer.from('{"requests":[] }') }],
  ])('refuses another %s', (_name, other) => {
    expect(checkAuth(token, other, given, sentAtMs)).toBe('bad_signature');
  });

  it('refuses another token, a changed timestamp and a changed digit', () => {
    const signature = given.signature ?? '';
    const changed = signature.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    expect(checkAuth(secret('another token of at least thirty-two bytes'), call, given, sentAtMs)).toBe(
      'bad_signature',
    );
    expect(checkAuth(token, call, { ...given, timestamp: String(sentAtMs + 1) }, sentAtMs)).toBe(
      'bad_signature',
    );
    expect(checkAuth(token, call, { ...given, signature: changed }, sentAtMs)).toBe('bad_signature');
  });

  it.each([
    [{ timestamp: undefined, signature: given.signature }],
    [{ timestamp: given.timestamp, signature: undefined }],
    [{ timestamp: given.timestamp, signature: 'v1=00' }],
    [{ timestamp: given.timestamp, signature: (given.signature ?? '').slice(3) }],
    [{ timestamp: '-1', signature: given.signature }],
    [{ timestamp: 'NaN', signature: given.signature }],
  ])('refuses malformed headers %#', (malformed) => {
    expect(checkAuth(token, call, malformed, sentAtMs)).toBe('missing');
  });

  it('accepts calls within the clock window only, in both directions', () => {
    expect(checkAuth(token, call, given, sentAtMs + CLOCK_SKEW_MS_MAX)).toBeNull();
    expect(checkAuth(token, call, given, sentAtMs - CLOCK_SKEW_MS_MAX)).toBeNull();
    expect(checkAuth(token, call, given, sentAtMs + CLOCK_SKEW_MS_MAX + 1)).toBe('clock_skew');
    expect(checkAuth(token, call, given, sentAtMs - CLOCK_SKEW_MS_MAX - 1)).toBe('clock_skew');
  });
});
