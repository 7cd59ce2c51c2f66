import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createKey } from '@naru/keystore/add-key.ts';
import type { KeyBackend } from '@naru/keystore/key-backend.ts';
import { listKeys } from '@naru/keystore/key-directory.ts';
import { createLocalMasterKey } from '@naru/keystore/master-key.ts';
import { openKeystore } from '@naru/keystore/open-keystore.ts';
import { rotateMasterKey } from '@naru/keystore/rotate-master-key.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { toHex } from '@naru/kit/hex.ts';
import { secret } from '@naru/kit/secret.ts';
import {
  DEFAULT_CREDENTIALS,
  DEFAULT_REGION,
  type LocalAws,
  startLocalAws,
} from '@naru/local-aws/local-aws.ts';
import { recoverAddress } from 'viem';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type AwsSettings, readAwsSettings, readKmsKeyList } from './aws-settings.ts';
import { openKmsBackend } from './kms-backend.ts';
import { openMasterKey } from './open-master-key.ts';

/** The real SDK against a server that speaks the protocol, verifies signatures of calls, and fails when told to. */

const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
let aws: LocalAws;
beforeEach(async () => {
  aws = await startLocalAws();
});
afterEach(() => aws.stop());

function settings(change: Partial<AwsSettings> = {}): AwsSettings {
  const { accessKeyId, secretAccessKey } = DEFAULT_CREDENTIALS;
  return {
    region: DEFAULT_REGION,
    kmsEndpoint: aws.url,
    secretsEndpoint: aws.url,
    signTimeoutMs: 30_000, // for machines that are slow; what hangs is given less
    credentials: { accessKeyId, secretAccessKey: secret(secretAccessKey), sessionToken: null },
    ...change,
  };
}

function makeKey(input: object = { KeySpec: 'ECC_SECG_P256K1', KeyUsage: 'SIGN_VERIFY' }): string {
  const { KeyMetadata } = aws.administer('CreateKey', { ...input }) as { KeyMetadata: { Arn: string } };
  return KeyMetadata.Arn;
}

async function open(ids: readonly string[], change: Partial<AwsSettings> = {}): Promise<KeyBackend> {
  const backend = await openKmsBackend(settings(change), { read: async () => ids });
  onTestFinished(() => backend.close());
  return backend;
}

async function signed(backend: KeyBackend, digest = randomBytes(32)) {
  const [address] = backend.addresses();
  if (address === undefined) throw new Error('no key');
  const signature = await backend.signer(address)?.signDigest(digest);
  if (signature === undefined) throw new Error('no signer');
  const recovered = await recoverAddress({ hash: toHex(digest), signature });
  return { address, signature, recovered: recovered.toLowerCase() };
}

async function directory(): Promise<string> {
  const root = await mkdtemp(path.join(tmpdir(), 'naru-key-aws-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  return root;
}

describe('keys of AWS KMS', () => {
  it('sign with a low S and the right recovery id, whichever half KMS answers with', async () => {
    const backend = await open([makeKey()]);
    const parities = new Set<number>();
    for (let count = 0; count < 20; count++) {
      const { address, signature, recovered } = await signed(backend);
      expect(recovered).toBe(address);
      expect(BigInt(signature.s) <= HALF_ORDER).toBe(true);
      parities.add(signature.yParity);
    }
    expect(parities).toEqual(new Set([0, 1]));
  });

  it('are named by id, ARN or alias; an alias that is moved is noticed when keys are looked for', async () => {
    const [first, second] = [makeKey(), makeKey()];
    aws.administer('CreateAlias', { AliasName: 'alias/hot', TargetKeyId: first });
    const backend = await open(['alias/hot', second.split('/').at(-1) ?? '']);
    expect(backend.addresses()).toHaveLength(2);
    const third = makeKey();
    aws.administer('UpdateAlias', { AliasName: 'alias/hot', TargetKeyId: third });
    expect(await backend.refresh()).toMatchObject({
      added: [expect.any(String)],
      removed: [expect.any(String)],
    });
    await expect(open([first, first.split('/').at(-1) ?? ''])).rejects.toThrow('are the same key of KMS');
  });

  it('come from a file that is read again', async () => {
    const file = path.join(await directory(), 'kms-keys');
    await writeFile(file, `# hot wallets\n${makeKey()}\n`);
    const { list } = readKmsKeyList({ NARU_KMS_KEYS_FILE: file });
    if (list === null) throw new Error('no list');
    const backend = await openKmsBackend(settings(), list);
    onTestFinished(() => backend.close());
    await writeFile(file, `${makeKey()}\n${makeKey()} # new\n`);
    expect(await backend.refresh()).toMatchObject({ added: { length: 2 }, removed: { length: 1 } });
    await rm(file);
    await expect(backend.refresh()).rejects.toMatchObject({ code: 'backend_unavailable' });
    expect(backend.addresses()).toHaveLength(2);
  });

  it.each(['throttle', 'internal', 'lose'] as const)(
    'a call that fails once (%s) is made again by itself',
    async (kind) => {
      const backend = await open([makeKey()]);
      aws.setFaults([{ operation: 'Sign', kind, times: 1 }]);
      const { address, recovered } = await signed(backend);
      expect(recovered).toBe(address);
      expect(aws.calls()['Sign']).toBe(2);
    },
  );

  it.each([
    ['throttle', 'Rate exceeded'],
    ['internal', 'KMSInternalException'],
  ] as const)(
    'that keep failing (%s) are unavailable, retryable, and told; then all is well again',
    async (kind, text) => {
      const backend = await open([makeKey()]);
      aws.setFaults([{ operation: 'Sign', kind, times: 100 }]);
      await expect(signed(backend)).rejects.toMatchObject({
        code: 'key_unavailable',
        retryable: true,
        message: expect.stringContaining(text),
      });
      expect(backend.problems()).toEqual([expect.stringContaining(text)]);
      aws.setFaults([]);
      await signed(backend);
      expect(backend.problems()).toEqual([]);
    },
  );

  it('that do not answer are given up within the time that is set', async () => {
    const backend = await open([makeKey()], { signTimeoutMs: 300 });
    aws.setFaults([{ operation: 'Sign', kind: 'hang', times: 100 }]);
    await expect(signed(backend)).rejects.toMatchObject({
      code: 'key_unavailable',
      message: expect.stringContaining('no answer in time'),
    });
  });

  it.each(['wrongKey', 'corrupt', 'garbage'] as const)(
    'a signature that is not theirs (%s) goes nowhere',
    async (kind) => {
      const backend = await open([makeKey()]);
      aws.setFaults([{ operation: 'Sign', kind, times: 1 }]);
      await expect(signed(backend)).rejects.toMatchObject({ code: 'key_misbehaved' });
      await signed(backend);
    },
  );

  it('that are disabled or about to be deleted are told, and the others go on', async () => {
    const [good, disabled, deleted] = [makeKey(), makeKey(), makeKey()];
    const backend = await open([good, disabled]);
    aws.administer('DisableKey', { KeyId: disabled });
    await backend.refresh();
    expect(backend.problems()).toEqual([expect.stringMatching(/its state is Disabled/)]);
    expect(backend.addresses()).toHaveLength(2);
    aws.administer('ScheduleKeyDeletion', { KeyId: deleted });
    const fresh = await open([good, deleted]);
    expect(fresh.addresses()).toHaveLength(1);
    expect(fresh.problems()).toEqual([expect.stringMatching(/PendingDeletion, to be deleted on 20/)]);
    aws.administer('DisableKey', { KeyId: good });
    await expect(signed(fresh)).rejects.toMatchObject({
      message: expect.stringContaining('enable it in AWS KMS'),
    });
  });

  it('that are of another kind, or not there, stop the start with a sentence', async () => {
    await expect(open([makeKey({})])).rejects.toMatchObject({
      code: 'key_unusable',
      message: expect.stringContaining('SYMMETRIC_DEFAULT for ENCRYPT_DECRYPT'),
    });
    await expect(open(['alias/none'])).rejects.toThrow('does not exist in this account and region');
    const wrong = {
      accessKeyId: DEFAULT_CREDENTIALS.accessKeyId,
      secretAccessKey: secret('x'),
      sessionToken: null,
    };
    await expect(open([makeKey()], { credentials: wrong })).rejects.toThrow('the secret access key is wrong');
    await expect(open([makeKey()], { region: 'us-east-1' })).rejects.toThrow('InvalidSignatureException');
    await aws.stop();
    await expect(open(['alias/x'])).rejects.toMatchObject({ code: 'backend_unavailable', retryable: true });
  });
});

describe('master keys in AWS', () => {
  async function keystoreUnder(source: Parameters<typeof openMasterKey>[1]) {
    const root = path.join(await directory(), 'keys');
    const masterKey = await openMasterKey(settings(), source);
    const key = await createKey({ directory: root, masterKey, clock: systemClock }, { label: 'hot' });
    return { root, masterKey, key };
  }

  it('KMS wraps each data key for its file, and the keystore opens again', async () => {
    const keyId = makeKey({});
    const { root, masterKey, key } = await keystoreUnder({ kind: 'kms', keyId });
    expect(masterKey.id).toBe(`kms:${keyId}`);
    const again = await openMasterKey(settings(), { kind: 'kms', keyId });
    expect((await openKeystore({ directory: root, masterKey: again })).addresses()).toEqual([key.address]);
    const wrapped = await again.wrap(Buffer.alloc(32, 1), Buffer.from('one file'));
    expect(await again.unwrap(wrapped, Buffer.from('another file'))).toBeNull();
    const other = await openMasterKey(settings(), { kind: 'kms', keyId: makeKey({}) });
    expect(await other.unwrap(wrapped, Buffer.from('one file'))).toBeNull();
    aws.administer('DisableKey', { KeyId: keyId });
    await expect(openKeystore({ directory: root, masterKey: again })).rejects.toMatchObject({
      code: 'master_key_unavailable',
      message: expect.stringContaining('it is disabled'),
    });
  });

  it('Secrets Manager keeps the text of a master key file', async () => {
    const text = createHash('sha256').update('a master key').digest('base64');
    aws.administer('CreateSecret', { Name: 'naru/master', SecretString: text });
    const { root, key } = await keystoreUnder({ kind: 'secret', secretId: 'naru/master' });
    const file = path.join(root, '../master.key');
    await writeFile(file, text, { mode: 0o600 });
    const fromFile = await openMasterKey(null, { kind: 'file', file });
    expect((await openKeystore({ directory: root, masterKey: fromFile })).addresses()).toEqual([key.address]);
    aws.administer('PutSecretValue', { SecretId: 'naru/master', SecretString: 'hunter2' });
    await expect(openMasterKey(settings(), { kind: 'secret', secretId: 'naru/master' })).rejects.toThrow(
      'does not hold 32 bytes in base64',
    );
    await expect(openMasterKey(settings(), { kind: 'secret', secretId: 'nowhere' })).rejects.toMatchObject({
      code: 'master_key_unavailable',
    });
  });

  it('keys move from a file to KMS and on to Secrets Manager without being made anew', async () => {
    const root = await directory();
    const keys = path.join(root, 'keys');
    const file = await createLocalMasterKey(path.join(root, 'master.key'));
    const key = await createKey({ directory: keys, masterKey: file, clock: systemClock }, { label: 'hot' });
    const kms = await openMasterKey(settings(), { kind: 'kms', keyId: makeKey({}) });
    expect(await rotateMasterKey({ directory: keys, from: file, to: kms })).toEqual({ rotated: 1 });
    aws.administer('CreateSecret', { Name: 'm', SecretString: randomBytes(32).toString('base64') });
    const managed = await openMasterKey(settings(), { kind: 'secret', secretId: 'm' });
    await rotateMasterKey({ directory: keys, from: kms, to: managed });
    expect((await listKeys(keys))[0]?.masterKeyIds).toEqual([managed.id]);
    expect((await openKeystore({ directory: keys, masterKey: managed })).addresses()).toEqual([key.address]);
    await expect(openKeystore({ directory: keys, masterKey: kms })).rejects.toMatchObject({
      code: 'wrong_master_key',
    });
  });
});

describe('settings of AWS', () => {
  const given = {
    NARU_KEY_AWS_REGION: 'eu-central-1',
    NARU_KEY_AWS_ACCESS_KEY_ID: 'AKIA',
    NARU_KEY_AWS_SECRET_ACCESS_KEY: 'very secret',
  };
  it.each<[string, Record<string, string>, string | null]>([
    ['credentials of its own', given, null],
    [
      'the machine’s role, when that is said',
      { NARU_KEY_AWS_REGION: 'x', NARU_KEY_AWS_CREDENTIALS: 'machine' },
      null,
    ],
    ['no region', { ...given, NARU_KEY_AWS_REGION: '' }, 'NARU_KEY_AWS_REGION is not set'],
    [
      'the workers’ credentials',
      { NARU_KEY_AWS_REGION: 'x', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'b' },
      'nothing else is asked',
    ],
    [
      'both sources',
      { ...given, NARU_KEY_AWS_CREDENTIALS: 'machine' },
      'or only NARU_KEY_AWS_CREDENTIALS=machine',
    ],
    ['an endpoint that is none', { ...given, NARU_KMS_ENDPOINT: 'kms.local' }, 'NARU_KMS_ENDPOINT must be'],
    [
      'a file that is not there',
      {
        NARU_KEY_AWS_REGION: 'x',
        NARU_KEY_AWS_ACCESS_KEY_ID: 'a',
        NARU_KEY_AWS_SECRET_ACCESS_KEY_FILE: '/nowhere',
      },
      'does not exist',
    ],
  ])('%s', async (_what, environment, problem) => {
    const { settings: read, problems } = await readAwsSettings(environment);
    if (problem === null) expect([read === null, problems]).toEqual([false, []]);
    else expect(problems.join()).toContain(problem);
    expect(JSON.stringify(read)).not.toContain('very secret');
  });
});
