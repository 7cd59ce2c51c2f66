import { existsSync, readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Environment } from '@naru/core/chain/chain-environment.ts';
import { formatMasterKeySource, readMasterKeySource } from '@naru/keystore/master-key-source.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { type Secret, secret } from '@naru/kit/secret.ts';
import { z } from 'zod';

export type CliConfig = Readonly<{
  /** The repository. */
  root: string;
  databaseUrl: Secret | null;
  apiUrl: string | null;
  apiKey: Secret | null;
  keystoreDir: string | undefined;
  /** The place of the master key, as `--master` names it. */
  masterKey: string | undefined;
  /** Where backups are kept. */
  backupDir: string | null;
  /** What roles and chain settings are read from. With a local stack, its addresses stand in it. */
  environment: Environment;
  /** Set when the values above come from a local stack. */
  localStackFile: string | null;
  /** Of the demo owner of a local stack. */
  demoDepositAddress: string | null;
  /** Who acts, for the audit log: `kim@desk1`. */
  operator: string;
  /** On a terminal. */
  wantsColour: boolean;
}>;

/** Any of them says where to work: then nothing is taken from a local stack, so that two places never mix. */
const PLACES = /^(DATABASE_URL|NARU_API_URL|NARU_API_KEY|NARU_RPC_.+)$/;
/** Settings of RPC calls, not places. */
const NOT_PLACES = /^NARU_RPC_TIMEOUT_MS$/;

const localStack = z.object({
  apiUrl: z.url(),
  apiKey: z.string(),
  rpcUrl: z.url(),
  databaseUrl: z.string(),
  depositAddress: z.string().optional(),
});

/** Reads the environment, or the local stack's file in the current directory or the repository when it says nothing. */
export function readConfig(
  env: Environment = process.env,
  cwd: string = process.cwd(),
  root: string = fileURLToPath(new URL('../../../', import.meta.url)),
): CliConfig {
  const isPlaced = Object.entries(env).some(
    ([name, value]) => value !== undefined && value !== '' && PLACES.test(name) && !NOT_PLACES.test(name),
  );
  const localStackFile = isPlaced ? null : findLocal([cwd, root], 'dev.json');
  const environment = localStackFile === null ? env : { ...env, ...readLocalStack(localStackFile) };
  const text = (name: string) => (environment[name] === '' ? undefined : environment[name]);
  const databaseUrl = text('DATABASE_URL');
  const apiKey = text('NARU_API_KEY');
  return Object.freeze({
    root: path.resolve(root),
    databaseUrl: databaseUrl === undefined ? null : secret(databaseUrl),
    apiUrl: text('NARU_API_URL') ?? null,
    apiKey: apiKey === undefined ? null : secret(apiKey),
    keystoreDir: text('NARU_KEYSTORE_DIR'),
    masterKey: readMasterKey(environment),
    backupDir: text('NARU_BACKUP_DIR') ?? (isPlaced ? null : findLocal([cwd, root], 'backups')),
    environment,
    localStackFile,
    demoDepositAddress: text('NARU_DEMO_DEPOSIT_ADDRESS') ?? null,
    operator: `${text('NARU_OPERATOR') ?? userName()}@${hostname()}`,
    // Source: https://no-color.org
    wantsColour: text('NO_COLOR') === undefined && text('TERM') !== 'dumb',
  });
}

/** Where the user has no name, as in some containers, the number stands for it. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`;
  }
}

function findLocal(directories: readonly string[], name: string): string | null {
  const files = directories.map((directory) => path.join(directory, '.naru', name));
  return files.find((file) => existsSync(file)) ?? null;
}

function readLocalStack(file: string): Record<string, string> {
  try {
    const stack = localStack.parse(JSON.parse(readFileSync(file, 'utf8')));
    return {
      DATABASE_URL: stack.databaseUrl,
      NARU_API_URL: stack.apiUrl,
      NARU_API_KEY: stack.apiKey,
      NARU_RPC_LOCALHOST: stack.rpcUrl,
      ...(stack.depositAddress === undefined ? {} : { NARU_DEMO_DEPOSIT_ADDRESS: stack.depositAddress }),
    };
  } catch (error) {
    throw new CodedError(
      'local_stack_unreadable',
      `${file} cannot be understood: start the local stack again (npm start), which writes it anew, or delete the file`,
      { cause: error },
    );
  }
}

/** Undefined also where several are set: then the command asks which. */
function readMasterKey(environment: Environment): string | undefined {
  const source = readMasterKeySource(environment);
  return source === null || typeof source === 'string' ? undefined : formatMasterKeySource(source);
}
