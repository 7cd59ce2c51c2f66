import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { CodedError } from '@naru/kit/errors.ts';
import { type Secret, secret } from '@naru/kit/secret.ts';
import { SECRET_BYTES } from './webhook.limits.ts';

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
/** Source: NIST SP 800-38D, 8.2.2: 96 random bits for each message. */
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

export type SealedSecret = { keyId: string; sealed: Buffer };

/** Secrets of endpoints as they lie in the database: useless without the key, and for no other endpoint. */
export type SecretBox = {
  seal(endpointId: string, text: Secret): SealedSecret;
  /** Throws when it was sealed by a key that is not here, or was changed. */
  open(endpointId: string, sealed: SealedSecret): Secret;
};

/** `whsec_` and base64. Source: Standard Webhooks 1.0.0, "Signature scheme". */
export function newWebhookSecret(): Secret {
  return secret(`whsec_${randomBytes(SECRET_BYTES).toString('base64')}`);
}

/**
 * @param keys base64 of 32 bytes each. The first one seals, all of them open: so a key is replaced by putting a new one
 *   before it.
 */
export function createSecretBox(keys: readonly Secret[]): SecretBox {
  const known = keys.map((key) => {
    const bytes = Buffer.from(key.reveal(), 'base64');
    if (bytes.length !== KEY_BYTES)
      throw new CodedError('webhook_key', 'a webhook key must be base64 of 32 bytes');
    return { bytes, id: createHash('sha256').update(bytes).digest('hex').slice(0, 16) };
  });
  const [first] = known;
  if (first === undefined) throw new CodedError('webhook_key', 'there is no webhook key');
  return {
    seal(endpointId, text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(ALGORITHM, first.bytes, nonce).setAAD(Buffer.from(endpointId));
      const sealed = Buffer.concat([nonce, cipher.update(text.reveal(), 'utf8'), cipher.final()]);
      return { keyId: first.id, sealed: Buffer.concat([sealed, cipher.getAuthTag()]) };
    },
    open(endpointId, { keyId, sealed }) {
      const key = known.find(({ id }) => id === keyId);
      if (key === undefined)
        throw new CodedError(
          'webhook_key_missing',
          `a webhook secret was sealed by the key ${keyId}, which is not configured here`,
        );
      const decipher = createDecipheriv(ALGORITHM, key.bytes, sealed.subarray(0, NONCE_BYTES));
      decipher.setAAD(Buffer.from(endpointId)).setAuthTag(sealed.subarray(-TAG_BYTES));
      const text = decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES), undefined, 'utf8');
      return secret(text + decipher.final('utf8'));
    },
  };
}
