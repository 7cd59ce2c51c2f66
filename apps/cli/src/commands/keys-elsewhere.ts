import { readAwsSettings, readKmsKeyList } from '@naru/key-aws/aws-settings.ts';
import { readPkcs11Settings } from '@naru/key-pkcs11/pkcs11-settings.ts';
import type { KeyBackend } from '@naru/keystore/key-backend.ts';
import { CodedError } from '@naru/kit/errors.ts';
import type { Address } from 'viem';

type Environment = Readonly<Record<string, string | undefined>>;

/** Keys that are not in files: in AWS KMS, or on a token that speaks PKCS#11. */
export type ElsewhereKey = { backend: string; address: Address };

/** What the environment names of either; both empty when it names none. */
export async function listKeysElsewhere(
  environment: Environment,
): Promise<{ keys: ElsewhereKey[]; problems: string[] }> {
  const backends: KeyBackend[] = [];
  try {
    const { list, problems } = readKmsKeyList(environment);
    refuse(problems);
    if (list !== null) {
      const { openKmsBackend } = await import('@naru/key-aws/kms-backend.ts');
      backends.push(await openKmsBackend(await awsSettings(environment), list));
    }
    if (isTokenNamed(environment)) backends.push(await openToken(environment));
    return {
      keys: backends.flatMap(({ name, addresses }) =>
        addresses().map((address) => ({ backend: name, address })),
      ),
      problems: backends.flatMap((backend) => backend.problems()),
    };
  } finally {
    for (const backend of backends) await backend.close();
  }
}

export async function generateInKms(
  environment: Environment,
  options: { label: string | null; alias: string | null },
): Promise<{ address: Address; name: string }> {
  if (options.alias !== null && !options.alias.startsWith('alias/'))
    throw new CodedError('usage', 'an alias of AWS KMS begins with alias/, as in --alias alias/naru-hot-1');
  const { createKmsKey } = await import('@naru/key-aws/create-kms-key.ts');
  const { arn, address } = await createKmsKey(await awsSettings(environment), options);
  return { address, name: options.alias ?? arn };
}

export async function generateOnToken(
  environment: Environment,
  label: string,
): Promise<{ address: Address; name: string }> {
  if (!isTokenNamed(environment))
    throw new CodedError('usage', 'set NARU_PKCS11_LIBRARY, NARU_PKCS11_TOKEN and NARU_PKCS11_PIN_FILE');
  const token = await openToken(environment);
  try {
    return { address: await token.generate(label), name: label };
  } finally {
    await token.close();
  }
}

function isTokenNamed(environment: Environment): boolean {
  return (environment['NARU_PKCS11_LIBRARY'] ?? '') !== '';
}

async function openToken(environment: Environment) {
  const { settings, problems } = await readPkcs11Settings(environment);
  refuse(problems);
  if (settings === null) throw new CodedError('usage', 'NARU_PKCS11_LIBRARY is not set');
  const { openPkcs11Backend } = await import('@naru/key-pkcs11/pkcs11-backend.ts');
  return await openPkcs11Backend(settings);
}

async function awsSettings(environment: Environment) {
  const { settings, problems } = await readAwsSettings(environment);
  refuse(problems);
  if (settings === null) throw new CodedError('usage', 'keys in AWS need NARU_KEY_AWS_…');
  return settings;
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) throw new CodedError('usage', problems.join('\n       '));
}
