import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Who may call, as AWS knows it. */
export type Credentials = { accessKeyId: string; secretAccessKey: string };

export type SignatureProblem =
  | 'IncompleteSignature'
  | 'UnrecognizedClientException'
  | 'InvalidSignatureException';

/** How far the caller's clock may differ, as AWS allows it. */
const SKEW_MS_MAX = 5 * 60_000;

/**
 * Verifies AWS Signature Version 4 over a request whose query is empty: null when it is right. The region and service in
 * the scope must be those of this endpoint.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function checkSigV4(
  request: IncomingMessage,
  body: Buffer,
  expected: { credentials: Credentials; region: string; service: string; nowMs: number },
): SignatureProblem | null {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([0-9]{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([a-z0-9;-]+), ?Signature=([0-9a-f]{64})$/;
  const found = pattern.exec(request.headers.authorization ?? '');
  const stamp = request.headers['x-amz-date'];
  if (found === null || typeof stamp !== 'string') return 'IncompleteSignature';
  const [, accessKeyId = '', date = '', region = '', service = '', signedHeaders = '', signature = ''] =
    found;
  if (accessKeyId !== expected.credentials.accessKeyId) return 'UnrecognizedClientException';
  if (region !== expected.region || service !== expected.service || !stamp.startsWith(date))
    return 'InvalidSignatureException';
  if (Math.abs(parseStamp(stamp) - expected.nowMs) > SKEW_MS_MAX) return 'InvalidSignatureException';
  const names = signedHeaders.split(';');
  if (!['host', 'x-amz-date', 'x-amz-target'].every((name) => names.includes(name)))
    return 'InvalidSignatureException';
  const canonical = [
    request.method,
    request.url,
    '',
    ...names.map(
      (name) =>
        `${name}:${String(request.headers[name] ?? '')
          .trim()
          .replace(/ +/g, ' ')}`,
    ),
    '',
    signedHeaders,
    sha256(body),
  ].join('\n');
  const scope = `${date}/${region}/${service}/aws4_request`;
  const text = ['AWS4-HMAC-SHA256', stamp, scope, sha256(Buffer.from(canonical))].join('\n');
  let key: Buffer = Buffer.from(`AWS4${expected.credentials.secretAccessKey}`);
  for (const part of [date, region, service, 'aws4_request', text])
    key = createHmac('sha256', key).update(part).digest();
  return timingSafeEqual(key, Buffer.from(signature, 'hex')) ? null : 'InvalidSignatureException';
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** 20261128T131500Z */
function parseStamp(stamp: string): number {
  return Date.parse(stamp.replace(/^(....)(..)(..T..)(..)(..Z)$/, '$1-$2-$3:$4:$5'));
}
