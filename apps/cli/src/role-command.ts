import path from 'node:path';
import type { Environment } from '@naru/core/chain/chain-environment.ts';
import { CodedError } from '@naru/kit/errors.ts';
import type { RoleBuild } from './role-build.ts';

/** In the order in which they are started; stopped the other way round. */
export const roles = ['signer', 'processor', 'broadcaster', 'monitor', 'accounts', 'jobs', 'api'] as const;
export type Role = (typeof roles)[number];

/** Where each role's health, metrics and (for api and signer) service are, unless told otherwise. */
export const roleDefaultPorts: Readonly<Record<Role, number>> = {
  api: 3000,
  processor: 3001,
  signer: 3002,
  monitor: 3003,
  broadcaster: 3004,
  accounts: 3005,
  jobs: 3006,
};

export type App = 'api' | 'signer' | 'worker';
const appOf: Readonly<Record<Role, App>> = {
  signer: 'signer',
  api: 'api',
  processor: 'worker',
  broadcaster: 'worker',
  monitor: 'worker',
  accounts: 'worker',
  jobs: 'worker',
};

/**
 * MiB of each half of V8's young generation. Its default is twice that, and a process that reads a long file grows into
 * all of it and keeps it: this is a fifth less memory at the same speed.
 */
const API_SEMI_SPACE_MIB = 16;

/** What this process may use and has used of memory and processors: figures of the system, and none of them a secret. */
const CGROUP_FILES = ['/sys/fs/cgroup/', '/proc/self/cgroup'];

/** Only these may sign or ask for signatures. */
const TOKEN_FILE_OF: ReadonlySet<Role> = new Set(['processor']);
/** Only these keep secrets of webhook endpoints, or sign with them. */
const WEBHOOK_KEY_OF: ReadonlySet<Role> = new Set(['api', 'jobs']);
/** Files that a variable names, and who reads them: secrets of alert channels, mail, addresses to screen by, rates. */
const FILES_OF: readonly { name: string; roles: readonly Role[] }[] = [
  { name: 'NARU_ALERT_KEY_FILE', roles: ['jobs', 'api'] },
  { name: 'NARU_AUTH_SECRET_FILE', roles: ['api'] },
  { name: 'NARU_SMTP_PASSWORD_FILE', roles: ['jobs'] },
  { name: 'NARU_SMTP_CA_FILE', roles: ['jobs'] },
  { name: 'NARU_SANCTIONS_LIST_FILE', roles: ['processor'] },
  { name: 'NARU_KOREAEXIM_KEY_FILE', roles: ['jobs'] },
];
/** Files that a database URL may name. Source: PostgreSQL, 34.1.2, Parameter Key Words. */
const TLS_FILE_PARAMETERS = ['sslrootcert', 'sslcert', 'sslkey'] as const;

/**
 * How a role is started: the Node program and its arguments. Every role but the signer runs under Node's permission
 * model: it can read its own program, the packages, and the files that `env` (the role's whole environment) names for
 * it; it can write no file (the jobs role: none but backups), start no program, load no native code. So a role that is taken over cannot read keys,
 * wherever they are, nor the signer's policy and journal. The network stays open.
 * Source: https://nodejs.org/docs/latest-v24.x/api/permissions.html
 * @param options.build what `buildRoles` made; without it the role runs from its sources, and takes a second longer
 */
export function roleCommand(
  role: Role,
  options: { root: string; env?: Environment; build?: RoleBuild | null },
): { command: string; args: string[] } {
  const root = path.resolve(options.root);
  const command = path.join(root, 'node_modules', '.bin', 'node');
  const { preload, main, readable: own } = programOf(role, root, options.build ?? null);
  const program = ['--import', preload, main];
  if (role === 'signer') return { command, args: program };
  const readable = [
    ...own,
    `${path.join(root, 'node_modules')}/`,
    path.join(root, 'package.json'), // whether a file is an ES module stands in the package.json above it
    ...CGROUP_FILES,
    ...filesNamedBy(role, options.env ?? {}),
  ];
  return {
    command,
    args: [
      ...memoryArguments(role),
      '--permission',
      ...readable.map((file) => `--allow-fs-read=${file}`),
      ...writableBy(role, options.env ?? {}).flatMap((dir) => [
        `--allow-fs-read=${dir}`,
        `--allow-fs-write=${dir}`,
      ]),
      ...program,
    ],
  };
}

type Program = { preload: string; main: string; readable: string[] };

function programOf(role: Role, root: string, build: RoleBuild | null): Program {
  if (build !== null) {
    const preload = path.join(build.dir, 'preload', 'main.js');
    const main = path.join(build.dir, appOf[role], 'main.js');
    return { preload, main, readable: [`${build.dir}/`] };
  }
  const cli = path.join(root, 'apps', 'cli');
  const preload = path.join(cli, 'src', 'end-with-supervisor.ts');
  const app = path.join(root, 'apps', appOf[role]);
  const readable = [`${app}/`, preload, path.join(cli, 'package.json'), `${path.join(root, 'packages')}/`];
  return { preload, main: path.join(app, 'src', 'main.ts'), readable };
}

function memoryArguments(role: Role): string[] {
  return role === 'api' ? [`--max-semi-space-size=${API_SEMI_SPACE_MIB}`] : [];
}

/** Backups are written by the jobs role, into their directory and nowhere else. */
function writableBy(role: Role, env: Environment): string[] {
  const dir = env['NARU_BACKUP_DIR'] ?? '';
  if (role !== 'jobs' || dir === '') return [];
  const resolved = path.resolve(dir);
  return [resolved, `${resolved}/`];
}

function filesNamedBy(role: Role, env: Environment): string[] {
  const files: string[] = [];
  const tokenFile = env['NARU_SIGNER_TOKEN_FILE'] ?? '';
  if (TOKEN_FILE_OF.has(role) && tokenFile !== '') files.push(tokenFile);
  const webhookKeyFile = env['NARU_WEBHOOK_KEY_FILE'] ?? '';
  if (WEBHOOK_KEY_OF.has(role) && webhookKeyFile !== '') files.push(webhookKeyFile);
  for (const { name, roles: readers } of FILES_OF) {
    const file = env[name] ?? '';
    if (readers.includes(role) && file !== '') files.push(file);
  }
  const databaseUrl = env['DATABASE_URL'] ?? '';
  if (URL.canParse(databaseUrl)) {
    const { searchParams } = new URL(databaseUrl);
    for (const name of TLS_FILE_PARAMETERS) {
      const file = searchParams.get(name);
      if (file !== null && file !== '' && file !== 'system') files.push(file);
    }
  }
  const inKeys = files.find((file) => isBelow(env['NARU_KEYSTORE_DIR'], file));
  if (inKeys !== undefined)
    throw new CodedError(
      'token_in_keystore',
      `${inKeys} lies in the keystore directory, which no role but the signer may read: put it elsewhere`,
    );
  return files.map((file) => path.resolve(file));
}

function isBelow(directory: string | undefined, file: string): boolean {
  if (directory === undefined || directory === '') return false;
  const relative = path.relative(directory, file);
  return relative === '' || (!relative.startsWith('..') && !path.isAbsolute(relative));
}

/** Secrets and places that only some roles may know. */
const PRIVATE_VARIABLES: readonly { pattern: RegExp; roles: readonly Role[] }[] = [
  {
    pattern:
      /^(NARU_KEYSTORE_|NARU_MASTER_KEY_|NARU_SIGNER_POLICY_|NARU_SIGNER_JOURNAL_|NARU_KMS_|NARU_SECRETS_|NARU_KEY_AWS_|NARU_PKCS11_|SOFTHSM2_)/,
    roles: ['signer'],
  },
  { pattern: /^NARU_SIGNER_TOKEN/, roles: ['signer', 'processor'] },
  {
    pattern: /^(DATABASE_URL|PG[A-Z]+)$/,
    roles: ['processor', 'broadcaster', 'monitor', 'accounts', 'jobs', 'api'],
  },
  { pattern: /^NARU_RPC_/, roles: ['processor', 'broadcaster', 'monitor', 'accounts', 'jobs'] },
  // Queues of signals, and their credentials; the edge's counters and caches. The signer talks to nobody.
  {
    pattern: /^(NARU_SIGNALS$|NARU_SQS_|AWS_)/,
    roles: ['processor', 'broadcaster', 'monitor', 'accounts', 'jobs', 'api'],
  },
  { pattern: /^(NARU_BACKUP_|NARU_SMTP_)/, roles: ['jobs'] },
  { pattern: /^NARU_ALERT_/, roles: ['jobs', 'api'] },
  // What signs people's sessions.
  { pattern: /^NARU_AUTH_/, roles: ['api'] },
  { pattern: /^NARU_WEBHOOK_/, roles: ['api', 'jobs'] },
  { pattern: /^NARU_SANCTIONS_/, roles: ['processor'] },
  { pattern: /^NARU_KOREAEXIM_/, roles: ['jobs'] },
  { pattern: /^NARU_REDIS_/, roles: ['processor', 'broadcaster', 'monitor', 'accounts', 'jobs', 'api'] },
  // The operator's own; and what could undo the permission model.
  { pattern: /^(NARU_API_URL|NARU_API_KEY|NODE_OPTIONS)$/, roles: [] },
];

/** The environment of one instance of a role: what was given, without what belongs to others, and with its place. */
export function roleEnvironment(
  role: Role,
  given: Environment,
  instance: { name: string; port: number },
): Record<string, string> {
  const env: Record<string, string> = {};
  for (const [name, value] of Object.entries(given)) {
    const rule = PRIVATE_VARIABLES.find(({ pattern }) => pattern.test(name));
    if (value !== undefined && (rule === undefined || rule.roles.includes(role))) env[name] = value;
  }
  env['NARU_PORT'] = String(instance.port);
  env['NARU_INSTANCE'] = instance.name;
  if (appOf[role] === 'worker') env['NARU_ROLES'] = role;
  return env;
}
