import { randomBytes } from 'node:crypto';
import { addressOfPublicKey, type EcdsaSignature } from '@naru/keystore/curve.ts';
import { readEcPoint, SECP256K1_OID } from '@naru/keystore/der.ts';
import { toAccountSignature } from '@naru/keystore/external-signature.ts';
import {
  compareKeys,
  type KeyBackend,
  type KeyChanges,
  keyBackendError,
} from '@naru/keystore/key-backend.ts';
import { createTurns } from '@naru/keystore/turns.ts';
import { CodedError, errorText } from '@naru/kit/errors.ts';
import { toHex } from '@naru/kit/hex.ts';
import type { Address } from 'viem';
import { type HostProcess, startHost } from './host-process.ts';
import { KEYS_MAX, OPEN_TIMEOUT_MS, RESTART_AFTER_MS } from './key-pkcs11.limits.ts';
import type { HostRequest, TokenKey } from './pkcs11-messages.ts';
import type { Pkcs11Settings } from './pkcs11-settings.ts';

const NAME = 'pkcs11';
const SCALAR_BYTES = 32;
const KEY_ID_BYTES = 16;

type TokenAccount = { keyId: string; label: string; address: Address; publicKey: Buffer };
type Found = { keys: Map<Address, TokenAccount>; skipped: string[] };

export type Pkcs11Backend = KeyBackend & {
  /** Makes a key that never leaves the token. */
  generate(label: string): Promise<Address>;
};

/**
 * Keys of an HSM or a smart card that speaks PKCS#11: every key of secp256k1 on the token that has a CKA_ID and its
 * public key beside it. A signature is CKM_ECDSA over the digest, brought into the form that a chain accepts and proved to
 * be the key's. The library runs in a process of its own; when that fails or hangs, it is ended, and the next signature
 * starts another.
 * @throws {KeyBackendError} `backend_unavailable`, `key_unusable`
 */
export async function openPkcs11Backend(settings: Pkcs11Settings): Promise<Pkcs11Backend> {
  const turns = createTurns(settings.sessions);
  const link = createLink(settings);
  let found = await link
    .call({ kind: 'list' }, OPEN_TIMEOUT_MS)
    .then(toAccounts)
    .catch((error: unknown) => {
      link.close();
      throw error;
    });

  async function signWithToken(key: TokenAccount, digest: Uint8Array): Promise<EcdsaSignature> {
    const deadline = AbortSignal.timeout(settings.signTimeoutMs);
    const endTurn = await turns.take(deadline);
    if (endTurn === null)
      throw keyBackendError('key_unavailable', `key ${key.label}: the token is too slow for all that waits`);
    try {
      const bytes = await link.call({ kind: 'sign', keyId: key.keyId, digest }, settings.signTimeoutMs);
      const isPair = bytes.length === 2 * SCALAR_BYTES;
      const pair = { r: toHex(bytes.subarray(0, SCALAR_BYTES)), s: toHex(bytes.subarray(SCALAR_BYTES)) };
      const whose = `token key ${key.label}`;
      return toAccountSignature({ publicKey: key.publicKey, whose }, digest, isPair ? pair : null);
    } finally {
      endTurn();
    }
  }

  /** A library whose token is gone may answer with an empty list: that keys are gone is believed of a fresh one only. */
  async function refresh(): Promise<KeyChanges> {
    const before = [...found.keys.keys()];
    let next = toAccounts(await link.call({ kind: 'list' }, OPEN_TIMEOUT_MS));
    if (before.some((address) => !next.keys.has(address))) {
      await link.restart();
      next = toAccounts(await link.call({ kind: 'list' }, OPEN_TIMEOUT_MS));
    }
    found = next;
    return compareKeys(before, [...next.keys.keys()]);
  }

  return {
    name: NAME,
    addresses: () => [...found.keys.keys()].sort(),
    signer(address) {
      const key = found.keys.get(address.toLowerCase() as Address);
      if (key === undefined) return null;
      return { address: key.address, signDigest: (digest) => signWithToken(key, digest) };
    },
    refresh,
    problems: () => [...found.skipped, ...link.problems()],
    async generate(label) {
      const keyId = randomBytes(KEY_ID_BYTES).toString('hex');
      await link.call({ kind: 'generate', label, keyId }, OPEN_TIMEOUT_MS);
      await refresh();
      const made = [...found.keys.values()].find((key) => key.keyId === keyId);
      if (made === undefined)
        throw keyBackendError(
          'key_unusable',
          'the token made a key and does not show it: look at it with your HSM’s tools',
        );
      return made.address;
    },
    close: () => link.close(),
  };
}

/** The host process that is running now, or the next one. */
function createLink(settings: Pkcs11Settings) {
  let host: Promise<HostProcess> | null = null;
  let startedAtMs = Number.NEGATIVE_INFINITY;
  let problem: string | null = null;
  let isPinRefused = false;

  async function open(): Promise<HostProcess> {
    const next = startHost(settings);
    const { library, tokenLabel, pin, sessions } = settings;
    await next
      .call({ kind: 'open', options: { library, tokenLabel, pin: pin.reveal(), sessions } }, OPEN_TIMEOUT_MS)
      .catch((error: unknown) => {
        next.end();
        isPinRefused = /CKR_PIN_/.test(errorText(error));
        throw error;
      });
    return next;
  }

  async function running(): Promise<HostProcess> {
    const current = await host?.catch(() => null);
    if (current?.isRunning() === true) return current;
    const nowMs = performance.now();
    // Somebody else has begun meanwhile, or it was tried a moment ago.
    if (host !== null && nowMs - startedAtMs < RESTART_AFTER_MS) {
      const next = await host;
      if (next.isRunning()) return next;
      throw new CodedError('host_failed', problem ?? 'its process has just ended', { retryable: true });
    }
    // A token locks itself after a few wrong PINs: one try, then a person.
    if (isPinRefused)
      throw new CodedError(
        'host_failed',
        'the token refused the PIN; it is not tried again before the next start',
      );
    startedAtMs = nowMs;
    host = open();
    return await host;
  }

  return {
    problems: () => (problem === null ? [] : [`token ${settings.tokenLabel}: ${problem}`]),
    async call<Kind extends HostRequest['kind']>(
      request: Extract<HostRequest, { kind: Kind }>,
      timeoutMs: number,
    ) {
      try {
        const answer = await (await running()).call<Kind>(request, timeoutMs);
        problem = null;
        return answer;
      } catch (error) {
        problem = errorText(error);
        const code = request.kind === 'sign' ? 'key_unavailable' : 'backend_unavailable';
        throw keyBackendError(code, `token ${settings.tokenLabel}: ${problem}`, error);
      }
    },
    /** What is under way in the present process fails and is asked for again. */
    async restart() {
      (await host?.catch(() => null))?.end();
      startedAtMs = Number.NEGATIVE_INFINITY;
    },
    close() {
      host?.then(
        (current) => current.end(),
        () => {}, // it has ended
      );
      host = null;
    },
  };
}

/** What the token says is checked here; a key that is none of ours is left alone, and told when it looks like one. */
function toAccounts(tokenKeys: readonly TokenKey[]): Found {
  const found: Found = { keys: new Map(), skipped: [] };
  const curve = tokenKeys.filter((key) => Buffer.compare(key.ecParams, SECP256K1_OID) === 0);
  if (curve.length > KEYS_MAX)
    throw keyBackendError(
      'key_unusable',
      `${curve.length} keys on the token, at most ${KEYS_MAX} are allowed`,
    );
  for (const { id, label, ecPoint } of curve) {
    const whose = `token key ${label === '' ? id : label}`;
    if (id === '' || ecPoint === null) {
      found.skipped.push(
        `${whose} is left out: it has no ${id === '' ? 'CKA_ID' : 'public key with its CKA_ID'}`,
      );
      continue;
    }
    const publicKey = readEcPoint(ecPoint, whose);
    const address = addressOfPublicKey(publicKey);
    found.keys.set(address, { keyId: id, label: label === '' ? id : label, address, publicKey });
  }
  return found;
}
