import {
  type AwsSettings,
  type KmsKeyList,
  readAwsSettings,
  readKmsKeyList,
} from '@naru/key-aws/aws-settings.ts';
import { type Pkcs11Settings, readPkcs11Settings } from '@naru/key-pkcs11/pkcs11-settings.ts';
import { type MasterKeySource, readMasterKeySource } from '@naru/keystore/master-key-source.ts';
import { readPrivateFile } from '@naru/keystore/private-file.ts';
import { errorText } from '@naru/kit/errors.ts';
import { type Secret, secret } from '@naru/kit/secret.ts';
import { TOKEN_BYTES_MIN } from '@naru/signer-protocol/limits.ts';
import { z } from 'zod';

export type SignerConfig = Readonly<{
  host: string;
  /** 0 takes any free port. */
  port: number;
  logLevel: string;
  /** Where keys are; one at least. */
  keystore: Readonly<{ dir: string; masterKey: MasterKeySource }> | null;
  kms: Readonly<{ settings: AwsSettings; list: KmsKeyList }> | null;
  pkcs11: Pkcs11Settings | null;
  /** How a master key in AWS is reached; null when it is elsewhere. */
  aws: AwsSettings | null;
  token: Secret;
  policyFile: string;
  journalFile: string;
}>;

/** Every problem of the configuration at once, one a line, each with what to set. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';

  constructor(problems: readonly string[]) {
    super(`the signer cannot start:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

const required = (what: string) => z.string({ error: `is not set: ${what}` }).min(1, `is empty: ${what}`);

const envSchema = z.object({
  NARU_HOST: z.string().min(1, 'is empty: set the address to listen on, e.g. 127.0.0.1').default('127.0.0.1'),
  NARU_PORT: z
    .string()
    .regex(/^[0-9]{1,5}$/, 'is not a port: set a number from 0 to 65535')
    .transform(Number)
    .refine((port) => port <= 65_535, 'is not a port: set a number from 0 to 65535')
    .default(3002),
  NARU_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'], {
      error: 'is not a level: set fatal, error, warn, info, debug, trace or silent',
    })
    .default('info'),
  NARU_SIGNER_POLICY_FILE: required(
    'set the JSON file that says what may be signed (see apps/signer/README.md)',
  ),
  NARU_SIGNER_JOURNAL_FILE: required(
    'set the file that records what was signed, on a disk that survives restarts',
  ),
  NARU_SIGNER_TOKEN: z.string().optional(),
  NARU_SIGNER_TOKEN_FILE: z.string().optional(),
});

/**
 * Reads the configuration from the environment.
 * @throws {ConfigError}
 */
export async function loadConfig(env: NodeJS.ProcessEnv = process.env): Promise<SignerConfig> {
  const parsed = envSchema.safeParse(env);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`);
  const token = await readToken(env['NARU_SIGNER_TOKEN'], env['NARU_SIGNER_TOKEN_FILE']);
  if ('problem' in token) problems.push(token.problem);
  const { keys, problems: keyProblems } = await readKeyPlaces(env);
  problems.push(...keyProblems);
  if (!parsed.success || 'problem' in token || problems.length > 0) throw new ConfigError(problems);
  const { data } = parsed;
  return Object.freeze({
    host: data.NARU_HOST,
    port: data.NARU_PORT,
    logLevel: data.NARU_LOG_LEVEL,
    ...keys,
    token: token.token,
    policyFile: data.NARU_SIGNER_POLICY_FILE,
    journalFile: data.NARU_SIGNER_JOURNAL_FILE,
  });
}

/** Key files, keys of AWS KMS, keys of an HSM: any of them together. */
async function readKeyPlaces(
  env: NodeJS.ProcessEnv,
): Promise<{ keys: Pick<SignerConfig, 'keystore' | 'kms' | 'pkcs11' | 'aws'>; problems: string[] }> {
  const dir = env['NARU_KEYSTORE_DIR'] ?? '';
  const masterKey = readMasterKeySource(env);
  const kms = readKmsKeyList(env);
  const pkcs11 = await readPkcs11Settings(env);
  const problems = [...kms.problems, ...pkcs11.problems];
  const isElsewhere = kms.list !== null || (env['NARU_PKCS11_LIBRARY'] ?? '') !== '';
  if (typeof masterKey === 'string') problems.push(masterKey);
  else if (dir !== '' && masterKey === null)
    problems.push(
      'NARU_MASTER_KEY_FILE is not set: set the file of the master key (naru keys create makes one), or NARU_MASTER_KEY_KMS or NARU_MASTER_KEY_SECRET',
    );
  if (dir === '' && !isElsewhere) {
    problems.push(
      'NARU_KEYSTORE_DIR is not set: set the directory of the key files (naru keys create makes one), or name keys of AWS KMS (NARU_KMS_KEYS) or of an HSM (NARU_PKCS11_LIBRARY)',
    );
    if (masterKey === null)
      problems.push('NARU_MASTER_KEY_FILE is not set: set the file of the master key, for key files');
  }
  const isAwsUsed =
    kms.list !== null || (masterKey !== null && typeof masterKey !== 'string' && masterKey.kind !== 'file');
  const aws = isAwsUsed ? await readAwsSettings(env) : { settings: null, problems: [] };
  problems.push(...aws.problems);
  const keystore =
    dir === '' || masterKey === null || typeof masterKey === 'string' ? null : { dir, masterKey };
  return {
    keys: {
      keystore,
      kms: kms.list === null || aws.settings === null ? null : { settings: aws.settings, list: kms.list },
      pkcs11: pkcs11.settings,
      aws: aws.settings,
    },
    problems,
  };
}

async function readToken(
  text: string | undefined,
  file: string | undefined,
): Promise<{ token: Secret } | { problem: string }> {
  if ((text === undefined) === (file === undefined)) {
    const state = text === undefined ? 'none is set' : 'both are set';
    return { problem: `NARU_SIGNER_TOKEN or NARU_SIGNER_TOKEN_FILE: ${state}; set exactly one` };
  }
  try {
    const name = text === undefined ? 'NARU_SIGNER_TOKEN_FILE' : 'NARU_SIGNER_TOKEN';
    const token = text ?? (await readPrivateFile(file ?? '', 'token file')).toString('utf8').trim();
    if (Buffer.byteLength(token) < TOKEN_BYTES_MIN) {
      return {
        problem: `${name} is shorter than ${TOKEN_BYTES_MIN} bytes: make one with  openssl rand -hex 32`,
      };
    }
    return { token: secret(token) };
  } catch (error) {
    return { problem: `NARU_SIGNER_TOKEN_FILE: ${errorText(error)}` };
  }
}
