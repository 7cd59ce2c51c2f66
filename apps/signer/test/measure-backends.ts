import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { openKmsBackend } from '@naru/key-aws/kms-backend.ts';
import { openPkcs11Backend } from '@naru/key-pkcs11/pkcs11-backend.ts';
import { createKey } from '@naru/keystore/add-key.ts';
import type { KeyBackend } from '@naru/keystore/key-backend.ts';
import { createLocalMasterKey } from '@naru/keystore/master-key.ts';
import { openKeystore } from '@naru/keystore/open-keystore.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { secret } from '@naru/kit/secret.ts';
import { DEFAULT_CREDENTIALS, DEFAULT_REGION, startLocalAws } from '@naru/local-aws/local-aws.ts';
import { createSoftHsmToken } from '@naru/local-servers/softhsm.ts';

/**
 * `node apps/signer/test/measure-backends.ts`: signatures a second of each backend, the same way as the signer asks for
 * them. KMS here is a server on this machine: its figure is what our side costs, not what AWS gives.
 */

const AT_ONCE = 8; // as many as a worker asks for in one call

async function rate(backend: Pick<KeyBackend, 'addresses' | 'signer'>, count: number): Promise<number> {
  const [address] = backend.addresses();
  const signer = address === undefined ? null : backend.signer(address);
  if (signer === null) throw new Error('no key');
  const digests = Array.from({ length: count }, () => randomBytes(32));
  const startedMs = performance.now();
  for (let at = 0; at < count; at += AT_ONCE) {
    const signatures = digests.slice(at, at + AT_ONCE).map((digest) => signer.signDigest(digest));
    if (signatures[0] instanceof Promise) await Promise.all(signatures);
  }
  return count / ((performance.now() - startedMs) / 1_000);
}

async function measure(
  name: string,
  backend: KeyBackend | Awaited<ReturnType<typeof openKeystore>>,
  count: number,
) {
  const rates: number[] = [];
  await rate(backend, Math.ceil(count / 10));
  for (let run = 0; run < 3; run++) rates.push(await rate(backend, count));
  rates.sort((one, other) => one - other);
  process.stdout.write(
    `${name.padEnd(10)} ${rates.map((one) => Math.round(one)).join('  ')}  signatures a second\n`,
  );
  await backend.close();
}

const dir = await mkdtemp(path.join(tmpdir(), 'naru-measure-'));
const aws = await startLocalAws();
try {
  const masterKey = await createLocalMasterKey(path.join(dir, 'master.key'));
  const directory = path.join(dir, 'keys');
  await createKey({ directory, masterKey, clock: systemClock }, { label: null });
  await measure('keystore', await openKeystore({ directory, masterKey }), 50_000);

  const { KeyMetadata } = aws.administer('CreateKey', {
    KeySpec: 'ECC_SECG_P256K1',
    KeyUsage: 'SIGN_VERIFY',
  }) as { KeyMetadata: { Arn: string } };
  const kms = {
    region: DEFAULT_REGION,
    kmsEndpoint: aws.url,
    secretsEndpoint: null,
    signTimeoutMs: 10_000,
    credentials: {
      accessKeyId: DEFAULT_CREDENTIALS.accessKeyId,
      secretAccessKey: secret(DEFAULT_CREDENTIALS.secretAccessKey),
      sessionToken: null,
    },
  };
  await measure('kms', await openKmsBackend(kms, { read: async () => [KeyMetadata.Arn] }), 2_000);

  const token = await createSoftHsmToken({ dir, label: 'measure' });
  const pkcs11 = await openPkcs11Backend({
    library: token.library,
    tokenLabel: token.label,
    pin: secret((await readFile(token.pinFile, 'utf8')).trim()),
    sessions: 4,
    signTimeoutMs: 10_000,
    environment: () => ({ ...token.env }),
  });
  await pkcs11.generate('measure');
  await measure('pkcs11', pkcs11, 2_000);
} finally {
  await aws.stop();
  await rm(dir, { recursive: true, force: true });
}
