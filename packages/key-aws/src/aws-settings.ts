import { readFile } from 'node:fs/promises';
import { readPrivateFile } from '@naru/keystore/private-file.ts';
import { errorText } from '@naru/kit/errors.ts';
import { type Secret, secret } from '@naru/kit/secret.ts';
import { KEYS_MAX, SIGN_TIMEOUT_MS_DEFAULT, SIGN_TIMEOUT_MS_MAX } from './key-aws.limits.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** How AWS is reached for keys. No other variable is looked at: those of the workers' queues are for other rights. */
export type AwsSettings = Readonly<{
  region: string;
  /** Null: those of AWS for the region. */
  kmsEndpoint: string | null;
  secretsEndpoint: string | null;
  /** For one signature, its repetitions included. */
  signTimeoutMs: number;
  /** Null: whatever the SDK finds on this machine (a role of the instance, the pod, the profile). */
  credentials: Readonly<{ accessKeyId: string; secretAccessKey: Secret; sessionToken: Secret | null }> | null;
}>;

/** Which keys of KMS sign, by id, ARN or alias. A file is read again whenever keys are looked for. */
export type KmsKeyList = Readonly<{ read(): Promise<readonly string[]> }>;

/**
 * `NARU_KEY_AWS_REGION`, `NARU_KMS_ENDPOINT`, `NARU_KMS_TIMEOUT_MS`, `NARU_SECRETS_ENDPOINT`, `NARU_KEY_AWS_ACCESS_KEY_ID` with
 * `NARU_KEY_AWS_SECRET_ACCESS_KEY` or `…_FILE`, `NARU_KEY_AWS_SESSION_TOKEN`; or `NARU_KEY_AWS_CREDENTIALS=machine`.
 */
export async function readAwsSettings(
  environment: Environment,
): Promise<{ settings: AwsSettings | null; problems: string[] }> {
  const text = (name: string) => (environment[name] === '' ? undefined : environment[name]);
  const problems: string[] = [];
  const region = text('NARU_KEY_AWS_REGION');
  if (region === undefined)
    problems.push('NARU_KEY_AWS_REGION is not set: keys or master keys in AWS need it, as in eu-central-1');
  const kmsEndpoint = text('NARU_KMS_ENDPOINT') ?? null;
  const secretsEndpoint = text('NARU_SECRETS_ENDPOINT') ?? null;
  for (const [name, value] of Object.entries({
    NARU_KMS_ENDPOINT: kmsEndpoint,
    NARU_SECRETS_ENDPOINT: secretsEndpoint,
  }))
    if (value !== null && !(URL.canParse(value) && /^https?:$/.test(new URL(value).protocol)))
      problems.push(`${name} must be an http or https address`);
  const timeoutText = text('NARU_KMS_TIMEOUT_MS') ?? String(SIGN_TIMEOUT_MS_DEFAULT);
  const signTimeoutMs = /^[0-9]{1,6}$/.test(timeoutText) ? Number(timeoutText) : 0;
  if (signTimeoutMs < 1 || signTimeoutMs > SIGN_TIMEOUT_MS_MAX)
    problems.push(`NARU_KMS_TIMEOUT_MS must be a number of milliseconds from 1 to ${SIGN_TIMEOUT_MS_MAX}`);
  const credentials = await readCredentials(text);
  if (typeof credentials === 'string') problems.push(credentials);
  if (problems.length > 0 || region === undefined || typeof credentials === 'string')
    return { settings: null, problems };
  return {
    settings: Object.freeze({ region, kmsEndpoint, secretsEndpoint, signTimeoutMs, credentials }),
    problems,
  };
}

async function readCredentials(
  text: (name: string) => string | undefined,
): Promise<AwsSettings['credentials'] | string> {
  const source = text('NARU_KEY_AWS_CREDENTIALS');
  const accessKeyId = text('NARU_KEY_AWS_ACCESS_KEY_ID');
  if (source === 'machine' && accessKeyId === undefined) return null;
  if (source !== undefined && source !== 'machine')
    return 'NARU_KEY_AWS_CREDENTIALS must be machine (the role of this instance or pod), or not set';
  const file = text('NARU_KEY_AWS_SECRET_ACCESS_KEY_FILE');
  const given = text('NARU_KEY_AWS_SECRET_ACCESS_KEY');
  if (source !== undefined || accessKeyId === undefined || (file === undefined) === (given === undefined))
    return (
      'credentials for keys in AWS: set NARU_KEY_AWS_ACCESS_KEY_ID and one of NARU_KEY_AWS_SECRET_ACCESS_KEY and NARU_KEY_AWS_SECRET_ACCESS_KEY_FILE, ' +
      'or only NARU_KEY_AWS_CREDENTIALS=machine; nothing else is asked for credentials'
    );
  try {
    const key =
      given ?? (await readPrivateFile(file ?? '', 'AWS secret access key file')).toString('utf8').trim();
    const session = text('NARU_KEY_AWS_SESSION_TOKEN');
    return {
      accessKeyId,
      secretAccessKey: secret(key),
      sessionToken: session === undefined ? null : secret(session),
    };
  } catch (error) {
    return `NARU_KEY_AWS_SECRET_ACCESS_KEY_FILE: ${errorText(error)}`;
  }
}

/** `NARU_KMS_KEYS` (separated by commas) or `NARU_KMS_KEYS_FILE` (one a line); `list` null when neither is set. */
export function readKmsKeyList(environment: Environment): { list: KmsKeyList | null; problems: string[] } {
  const inline = environment['NARU_KMS_KEYS'] ?? '';
  const file = environment['NARU_KMS_KEYS_FILE'] ?? '';
  if (inline === '' && file === '') return { list: null, problems: [] };
  if (inline !== '' && file !== '')
    return { list: null, problems: ['NARU_KMS_KEYS and NARU_KMS_KEYS_FILE are both set: set one'] };
  const split = (text: string, separator: RegExp) =>
    text
      .split(separator)
      .map((line) => line.replace(/#.*/, '').trim())
      .filter((line) => line !== '');
  const check = (ids: readonly string[]) => {
    if (ids.length > KEYS_MAX)
      throw new Error(`${ids.length} keys are named, at most ${KEYS_MAX} are allowed`);
    return [...new Set(ids)];
  };
  const read = async () =>
    check(inline === '' ? split(await readFile(file, 'utf8'), /\r?\n/) : split(inline, /,/));
  return { list: { read }, problems: [] };
}
