import { DescribeKeyCommand, GetPublicKeyCommand, type KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { addressOfPublicKey, type EcdsaSignature } from '@naru/keystore/curve.ts';
import { readSignature, readSpki } from '@naru/keystore/der.ts';
import { toAccountSignature } from '@naru/keystore/external-signature.ts';
import {
  compareKeys,
  isKeyBackendCode,
  type KeyBackend,
  keyBackendError,
} from '@naru/keystore/key-backend.ts';
import { createTurns, type Turns } from '@naru/keystore/turns.ts';
import type { Address } from 'viem';
import { createKmsClient } from './aws-clients.ts';
import { classifyAwsError } from './aws-failure.ts';
import type { AwsSettings, KmsKeyList } from './aws-settings.ts';
import { CALL_TIMEOUT_MS, SIGNATURES_AT_ONCE_MAX } from './key-aws.limits.ts';

const NAME = 'kms';
const SPEC = 'ECC_SECG_P256K1';
const ALGORITHM = 'ECDSA_SHA_256'; // the only one for this spec; with MessageType DIGEST nothing is hashed

type KmsKey = {
  /** As configured. */
  id: string;
  /** An alias may be pointed at another key; the ARN stays. */
  arn: string;
  address: Address;
  publicKey: Buffer;
  /** Why it cannot sign at the moment; null: it can, as far as is known. */
  problem: string | null;
};
type Found = { keys: Map<Address, KmsKey>; withoutAddress: string[] };

/**
 * Keys of AWS KMS that never leave it. Each signature is asked for by the digest, brought into the form that a chain
 * accepts, and proved to be the key's before it goes on. KMS signs whatever it is asked to: what may be signed was
 * judged before.
 * @throws {KeyBackendError} `backend_unavailable`, `key_unusable`
 */
export async function openKmsBackend(settings: AwsSettings, list: KmsKeyList): Promise<KeyBackend> {
  const client = createKmsClient(settings);
  const link = { client, turns: createTurns(SIGNATURES_AT_ONCE_MAX), timeoutMs: settings.signTimeoutMs };
  let found = await findKeys(client, await readList(list), new Map()).catch((error: unknown) => {
    client.destroy();
    throw error;
  });
  return {
    name: NAME,
    addresses: () => [...found.keys.keys()].sort(),
    signer(address) {
      const key = found.keys.get(address.toLowerCase() as Address);
      if (key === undefined) return null;
      return { address: key.address, signDigest: (digest) => signWithKms(link, key, digest) };
    },
    async refresh() {
      const known = new Map([...found.keys.values()].map((key) => [key.id, key]));
      const next = await findKeys(client, await readList(list), known);
      const changes = compareKeys([...found.keys.keys()], [...next.keys.keys()]);
      found = next;
      return changes;
    },
    problems: () => [
      ...found.withoutAddress,
      ...[...found.keys.values()].flatMap(({ id, address, problem }) =>
        problem === null ? [] : [`kms key ${id} (${address}): ${problem}`],
      ),
    ],
    close: () => client.destroy(),
  };
}

async function signWithKms(
  { client, turns, timeoutMs }: { client: KMSClient; turns: Turns; timeoutMs: number },
  key: KmsKey,
  digest: Uint8Array,
): Promise<EcdsaSignature> {
  const deadline = AbortSignal.timeout(timeoutMs);
  const endTurn = await turns.take(deadline);
  if (endTurn === null)
    throw keyBackendError('key_unavailable', `key ${key.id}: too many signatures are under way already`);
  try {
    const answer = await client.send(
      new SignCommand({
        KeyId: key.arn,
        Message: digest,
        MessageType: 'DIGEST',
        SigningAlgorithm: ALGORITHM,
      }),
      { abortSignal: deadline },
    );
    const signature = toAccountSignature(
      { publicKey: key.publicKey, whose: `kms key ${key.id}` },
      digest,
      readSignature(answer.Signature ?? new Uint8Array()),
    );
    key.problem = null;
    return signature;
  } catch (error) {
    if (isKeyBackendCode(error, 'key_misbehaved')) throw error;
    const { message } = classifyAwsError(error);
    key.problem = message;
    throw keyBackendError('key_unavailable', `key ${key.id}: ${message}`, error);
  } finally {
    endTurn();
  }
}

async function readList(list: KmsKeyList): Promise<readonly string[]> {
  return await list.read().catch((error: unknown) => {
    throw keyBackendError('backend_unavailable', 'the list of KMS keys cannot be read', error);
  });
}

/** A public key never changes, so a known key is only described again. */
async function findKeys(
  client: KMSClient,
  ids: readonly string[],
  known: ReadonlyMap<string, KmsKey>,
): Promise<Found> {
  const found: Found = { keys: new Map(), withoutAddress: [] };
  for (const id of ids) {
    const { arn, problem } = await describe(client, id);
    const before = known.get(id);
    const publicKey = before?.arn === arn ? before.publicKey : await readPublicKey(client, id, arn, problem);
    if (publicKey === null) {
      found.withoutAddress.push(`kms key ${id}: ${problem ?? 'its public key cannot be read'}`);
      continue;
    }
    const address = addressOfPublicKey(publicKey);
    const twin = found.keys.get(address);
    if (twin !== undefined)
      throw keyBackendError('key_unusable', `${id} and ${twin.id} are the same key of KMS: name it once`);
    found.keys.set(address, { id, arn, address, publicKey, problem });
  }
  return found;
}

async function describe(client: KMSClient, id: string): Promise<{ arn: string; problem: string | null }> {
  const { KeyMetadata: about } = await client
    .send(new DescribeKeyCommand({ KeyId: id }), { abortSignal: AbortSignal.timeout(CALL_TIMEOUT_MS) })
    .catch((error: unknown) => {
      throw failed(id, error);
    });
  if (about?.Arn === undefined || about.KeySpec !== SPEC || about.KeyUsage !== 'SIGN_VERIFY')
    throw keyBackendError(
      'key_unusable',
      `kms key ${id} is ${about?.KeySpec ?? 'of an unknown spec'} for ${about?.KeyUsage ?? 'an unknown use'}: a signing key must be ${SPEC} for SIGN_VERIFY`,
    );
  const state = about.KeyState ?? 'unknown';
  const until =
    about.DeletionDate === undefined ? '' : `, to be deleted on ${about.DeletionDate.toISOString()}`;
  return { arn: about.Arn, problem: state === 'Enabled' ? null : `its state is ${state}${until}` };
}

/** Null when the state of the key stands in the way: it is told, and the others go on. */
async function readPublicKey(
  client: KMSClient,
  id: string,
  arn: string,
  problem: string | null,
): Promise<Buffer | null> {
  try {
    const answer = await client.send(new GetPublicKeyCommand({ KeyId: arn }), {
      abortSignal: AbortSignal.timeout(CALL_TIMEOUT_MS),
    });
    return readSpki(answer.PublicKey ?? new Uint8Array(), `kms key ${id}`);
  } catch (error) {
    if (problem !== null && classifyAwsError(error).kind === 'state') return null;
    throw isKeyBackendCode(error, 'key_unusable') ? error : failed(id, error);
  }
}

function failed(id: string, error: unknown): Error {
  const { kind, message } = classifyAwsError(error);
  const code = kind === 'transient' ? 'backend_unavailable' : 'key_unusable';
  return keyBackendError(code, `kms key ${id}: ${message}`, error);
}
