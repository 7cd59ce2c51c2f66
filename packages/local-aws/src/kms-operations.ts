import { randomBytes } from 'node:crypto';
import { AwsError } from './aws-error.ts';
import type { FaultKind } from './faults.ts';
import { decrypt, encrypt, type KmsKey, keyIdOf, makeKey, publicKeyDer, signDigest } from './kms-key.ts';

export type Kms = {
  /** @throws {AwsError} */
  call(operation: string, input: Record<string, unknown>, fault: FaultKind | null): Record<string, unknown>;
};

const DIGEST_BYTES = 32;
const DAY_S = 86_400;
const DELETION_DAYS = 30;

type Operation = (input: Record<string, unknown>, fault: FaultKind | null) => Record<string, unknown>;
type Account = { region: string; account: string };
type Store = ReturnType<typeof createStore>;

/** The operations of KMS that a custody needs, with the errors that the real one gives. */
export function createKms(options: Account): Kms {
  const store = createStore();
  const operations: Record<string, Operation> = {
    ...administration(store, options),
    ...signing(store, options),
    ...encryption(store),
  };
  return {
    call(operation, input, fault) {
      const act = operations[operation];
      if (act === undefined) throw new AwsError('UnknownOperationException', `no operation ${operation}`);
      return act(input, fault);
    },
  };
}

function createStore() {
  const keys = new Map<string, KmsKey>();
  const aliases = new Map<string, string>();

  /** By id, ARN or alias. */
  function find(id: unknown): KmsKey {
    if (typeof id !== 'string' || id === '')
      throw new AwsError('ValidationException', "Value null at 'keyId' failed to satisfy constraint");
    const name = id.replace(/^arn:aws:kms:[^:]+:[^:]+:/, '');
    const key = keys.get(aliases.get(name) ?? name.replace(/^key\//, ''));
    if (key === undefined) throw new AwsError('NotFoundException', `Key '${id}' does not exist`);
    return key;
  }

  function findUsable(id: unknown, spec: KmsKey['spec']): KmsKey {
    const key = find(id);
    if (key.state === 'Disabled') throw new AwsError('DisabledException', `${key.arn} is disabled.`);
    if (key.state === 'PendingDeletion')
      throw new AwsError('KMSInvalidStateException', `${key.arn} is pending deletion.`);
    if (key.spec !== spec)
      throw new AwsError('InvalidKeyUsageException', `${key.arn} key usage is not valid for this operation.`);
    return key;
  }
  return { keys, aliases, find, findUsable };
}

function administration({ keys, aliases, find }: Store, options: Account): Record<string, Operation> {
  const describe = (key: KmsKey) => ({
    KeyMetadata: {
      AWSAccountId: options.account,
      KeyId: key.keyId,
      Arn: key.arn,
      CreationDate: key.createdAtS,
      Enabled: key.state === 'Enabled',
      KeyUsage: usageOf(key.spec),
      KeyState: key.state,
      Origin: 'AWS_KMS',
      KeyManager: 'CUSTOMER',
      KeySpec: key.spec,
      CustomerMasterKeySpec: key.spec,
      ...(key.deletionAtS === null ? {} : { DeletionDate: key.deletionAtS }),
    },
  });
  const setState = (input: Record<string, unknown>, state: KmsKey['state']) => {
    find(input['KeyId']).state = state;
    return {};
  };
  return {
    CreateKey(input) {
      const spec = (input['KeySpec'] ?? 'SYMMETRIC_DEFAULT') as KmsKey['spec'];
      if ((input['KeyUsage'] ?? 'ENCRYPT_DECRYPT') !== usageOf(spec))
        throw new AwsError('ValidationException', `KeyUsage is not compatible with KeySpec ${spec}`);
      const key = makeKey(options.region, options.account, spec);
      keys.set(key.keyId, key);
      return describe(key);
    },
    CreateAlias(input) {
      const name = String(input['AliasName']);
      if (!/^alias\/(?!aws\/)[A-Za-z0-9/_-]+$/.test(name))
        throw new AwsError('InvalidAliasNameException', 'Alias must start with the prefix "alias/"');
      if (aliases.has(name))
        throw new AwsError('AlreadyExistsException', `An alias with the name ${name} already exists`);
      aliases.set(name, find(input['TargetKeyId']).keyId);
      return {};
    },
    UpdateAlias(input) {
      aliases.set(String(input['AliasName']), find(input['TargetKeyId']).keyId);
      return {};
    },
    DescribeKey: (input) => describe(find(input['KeyId'])),
    EnableKey: (input) => setState(input, 'Enabled'),
    DisableKey: (input) => setState(input, 'Disabled'),
    ScheduleKeyDeletion(input) {
      const key = find(input['KeyId']);
      key.state = 'PendingDeletion';
      key.deletionAtS = key.createdAtS + DELETION_DAYS * DAY_S;
      return { KeyId: key.arn, KeyState: key.state, DeletionDate: key.deletionAtS };
    },
  };
}

function signing({ findUsable }: Store, options: Account): Record<string, Operation> {
  let signatures = 0;
  return {
    GetPublicKey(input) {
      const key = findUsable(input['KeyId'], 'ECC_SECG_P256K1');
      return {
        KeyId: key.arn,
        PublicKey: publicKeyDer(key).toString('base64'),
        KeySpec: key.spec,
        CustomerMasterKeySpec: key.spec,
        KeyUsage: 'SIGN_VERIFY',
        SigningAlgorithms: ['ECDSA_SHA_256'],
      };
    },
    Sign(input, fault) {
      const key = findUsable(input['KeyId'], 'ECC_SECG_P256K1');
      const digest = bytesOf(input, 'Message');
      if (input['SigningAlgorithm'] !== 'ECDSA_SHA_256')
        throw new AwsError('InvalidKeyUsageException', 'Algorithm is incompatible with this key');
      if (input['MessageType'] !== 'DIGEST' || digest.length !== DIGEST_BYTES)
        throw new AwsError('ValidationException', 'Digest is invalid length for algorithm ECDSA_SHA_256.');
      const signer = fault === 'wrongKey' ? makeKey(options.region, options.account, key.spec) : key;
      signatures += 1;
      const signature = signDigest(signer, digest, signatures % 2 === 0);
      if (fault === 'corrupt') signature[20] = (signature[20] ?? 0) ^ 1;
      return {
        KeyId: key.arn,
        Signature: (fault === 'garbage' ? randomBytes(64) : signature).toString('base64'),
        SigningAlgorithm: 'ECDSA_SHA_256',
      };
    },
  };
}

function encryption({ keys, find, findUsable }: Store): Record<string, Operation> {
  return {
    Encrypt(input) {
      const key = findUsable(input['KeyId'], 'SYMMETRIC_DEFAULT');
      const blob = encrypt(key, bytesOf(input, 'Plaintext'), contextOf(input));
      return {
        KeyId: key.arn,
        CiphertextBlob: blob.toString('base64'),
        EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      };
    },
    Decrypt(input) {
      const blob = bytesOf(input, 'CiphertextBlob');
      const maker = keys.get(keyIdOf(blob));
      if (maker === undefined) throw new AwsError('InvalidCiphertextException', '');
      if (input['KeyId'] !== undefined && find(input['KeyId']) !== maker)
        throw new AwsError('IncorrectKeyException', 'The key ID in the request does not identify the key.');
      const key = findUsable(maker.arn, 'SYMMETRIC_DEFAULT');
      const plaintext = decrypt(key, blob, contextOf(input));
      if (plaintext === null) throw new AwsError('InvalidCiphertextException', '');
      return {
        KeyId: key.arn,
        Plaintext: plaintext.toString('base64'),
        EncryptionAlgorithm: 'SYMMETRIC_DEFAULT',
      };
    },
    GenerateDataKey(input) {
      const key = findUsable(input['KeyId'], 'SYMMETRIC_DEFAULT');
      const dataKey = randomBytes(32);
      const blob = encrypt(key, dataKey, contextOf(input));
      return {
        KeyId: key.arn,
        Plaintext: dataKey.toString('base64'),
        CiphertextBlob: blob.toString('base64'),
      };
    },
  };
}

function usageOf(spec: KmsKey['spec']): string {
  return spec === 'SYMMETRIC_DEFAULT' ? 'ENCRYPT_DECRYPT' : 'SIGN_VERIFY';
}

function bytesOf(input: Record<string, unknown>, field: string): Buffer {
  const value = input[field];
  if (typeof value !== 'string' || value === '')
    throw new AwsError('ValidationException', `1 validation error detected: ${field} must not be empty`);
  return Buffer.from(value, 'base64');
}

function contextOf(input: Record<string, unknown>): Record<string, string> {
  return (input['EncryptionContext'] ?? {}) as Record<string, string>;
}
