import { readFileSync } from 'node:fs';
import { readChainAddresses, readRpcUrls } from '@naru/core/chain/chain-environment.ts';
import {
  IDEMPOTENCY_KEPT_DAYS_DEFAULT,
  IDEMPOTENCY_KEPT_DAYS_MIN,
} from '@naru/core/retention/retention.limits.ts';
import { readWebhookSettings, type WebhookSettings } from '@naru/core/webhook/webhook-environment.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { type Secret, secret } from '@naru/kit/secret.ts';
import { readRedisUrl } from '@naru/redis/redis-settings.ts';
import { readSignalSettings, type SqsSettings } from '@naru/sqs/sqs-settings.ts';
import { readTelemetrySettings, type TelemetrySettings } from '@naru/telemetry/settings.ts';
import { z } from 'zod';
import { type AlertSettings, readAlertSettings } from './alerts/settings.ts';
import { KOREAEXIM_URL } from './rates/korea-exim.ts';

export const roles = ['processor', 'broadcaster', 'monitor', 'accounts', 'jobs'] as const;
export type Role = (typeof roles)[number];

/** Ports of the roles when none is given; one process with several roles takes the first one's. */
const PORT_OF: Record<Role, number> = {
  processor: 3001,
  monitor: 3003,
  broadcaster: 3004,
  accounts: 3005,
  jobs: 3006,
};

export type Config = Readonly<{
  roles: readonly Role[];
  instance: string;
  host: string;
  port: number;
  logLevel: string;
  databaseUrl: string;
  databaseConnectionsMax: number;
  signer: Readonly<{ url: string; token: Secret }> | null;
  /** RPC URLs by chain id, in order of preference. */
  rpcUrls: ReadonlyMap<string, readonly string[]>;
  rpcTimeoutMs: number;
  pollMs: number;
  leaseMs: number;
  /** Null: signals travel by LISTEN and NOTIFY. */
  sqs: SqsSettings | null;
  /** How long the answer to an idempotency key is remembered. */
  idempotencyKeptDays: number;
  /** Null: no backups are made from here. */
  backups: Readonly<{ dir: string; keepDays: number }> | null;
  /** Jobs only. */
  webhooks: WebhookSettings;
  /** Null: a changed chain or asset is noticed within a second instead of at once. */
  redisUrl: Secret | null;
  /** How the jobs role tells people of alarms. */
  alerts: AlertSettings;
  /** Where the jobs role tells traces; null: nowhere. */
  telemetry: TelemetrySettings | null;
  /** Of the processor: sanctions contracts by chain, and a file of addresses. */
  screening: Readonly<{ oracles: ReadonlyMap<string, Hex>; listFile: string | null }>;
  /** Of the jobs role: where rates against the won are read. Null: from nowhere. */
  koreaExim: Readonly<{ url: string; key: Secret }> | null;
}>;

const schema = z.object({
  NARU_ROLES: z
    .string()
    .default(roles.join(','))
    .transform((text) => text.split(',').map((role) => role.trim()))
    .pipe(z.array(z.enum(roles)).min(1)),
  NARU_INSTANCE: z.string().min(1).optional(),
  NARU_HOST: z.string().default('127.0.0.1'),
  NARU_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  NARU_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'silent']).default('info'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }),
  NARU_DATABASE_CONNECTIONS_MAX: z.coerce.number().int().min(2).max(100).default(8),
  NARU_SIGNER_URL: z.url({ protocol: /^https?$/ }).default('http://127.0.0.1:3002'),
  NARU_SIGNER_TOKEN: z.string().min(32).optional(),
  NARU_SIGNER_TOKEN_FILE: z.string().optional(),
  NARU_RPC_TIMEOUT_MS: z.coerce.number().int().min(100).max(60_000).default(10_000),
  NARU_POLL_MS: z.coerce.number().int().min(10).max(60_000).default(250),
  NARU_LEASE_MS: z.coerce.number().int().min(100).max(60_000).default(3_000),
  NARU_BACKUP_DIR: z.string().min(1).optional(),
  NARU_BACKUP_KEEP_DAYS: z.coerce.number().int().min(1).max(3_650).default(30),
  NARU_IDEMPOTENCY_DAYS: z.coerce
    .number()
    .int()
    .min(IDEMPOTENCY_KEPT_DAYS_MIN)
    .max(3_650)
    .default(IDEMPOTENCY_KEPT_DAYS_DEFAULT),
  NARU_SANCTIONS_LIST_FILE: z.string().min(1).optional(),
  NARU_KOREAEXIM_URL: z.url({ protocol: /^https?$/ }).default(KOREAEXIM_URL),
  NARU_KOREAEXIM_KEY_FILE: z.string().min(1).optional(),
});

export class ConfigError extends Error {}

/** Reads the whole configuration once, and names every problem at once. */
export function parseConfig(env: Readonly<Record<string, string | undefined>>): Config {
  const parsed = schema.safeParse(env);
  const problems = parsed.success
    ? []
    : parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
  const needsSigner = parsed.success && parsed.data.NARU_ROLES.includes('processor');
  const token = parsed.success ? readToken(parsed.data, problems) : null;
  const eximKey = parsed.success
    ? readSecretFile('NARU_KOREAEXIM_KEY_FILE', parsed.data.NARU_KOREAEXIM_KEY_FILE, problems)
    : null;
  const oracles = readChainAddresses(env, 'NARU_SANCTIONS_ORACLE', 'the sanctions oracle');
  problems.push(...oracles.problems);
  if (needsSigner && token === null && problems.length === 0)
    problems.push('NARU_SIGNER_TOKEN: the processor needs it (or NARU_SIGNER_TOKEN_FILE) to ask the signer');
  const rpc = readRpcUrls(env);
  problems.push(...rpc.problems);
  const signals = readSignalSettings(env);
  const redis = readRedisUrl(env);
  const webhooks = readWebhookSettings(env);
  const alerts = readAlertSettings(env);
  const telemetry = readTelemetrySettings(env);
  problems.push(
    ...signals.problems,
    ...redis.problems,
    ...alerts.problems,
    ...telemetry.problems,
    ...webhooks.problems,
  );
  if (rpc.urls.size === 0)
    problems.push('NARU_RPC_LOCALHOST (or that of another chain): at least one chain needs its RPC URLs');
  if (!parsed.success || problems.length > 0)
    throw new ConfigError(
      `The worker cannot start. Set these environment variables:\n${problems.map((one) => `  - ${one}`).join('\n')}`,
    );
  const values = parsed.data;
  const firstRole = values.NARU_ROLES[0] ?? 'processor';
  return Object.freeze({
    roles: values.NARU_ROLES,
    instance: values.NARU_INSTANCE ?? `worker-${process.pid}`,
    host: values.NARU_HOST,
    port: values.NARU_PORT ?? PORT_OF[firstRole],
    logLevel: values.NARU_LOG_LEVEL,
    databaseUrl: values.DATABASE_URL,
    databaseConnectionsMax: values.NARU_DATABASE_CONNECTIONS_MAX,
    signer: token === null ? null : { url: values.NARU_SIGNER_URL, token },
    rpcUrls: rpc.urls,
    rpcTimeoutMs: values.NARU_RPC_TIMEOUT_MS,
    pollMs: values.NARU_POLL_MS,
    leaseMs: values.NARU_LEASE_MS,
    sqs: signals.settings,
    idempotencyKeptDays: values.NARU_IDEMPOTENCY_DAYS,
    backups:
      values.NARU_BACKUP_DIR === undefined
        ? null
        : Object.freeze({ dir: values.NARU_BACKUP_DIR, keepDays: values.NARU_BACKUP_KEEP_DAYS }),
    webhooks: webhooks.settings,
    redisUrl: redis.url,
    alerts: alerts.settings,
    telemetry: telemetry.settings,
    screening: Object.freeze({
      oracles: oracles.addresses,
      listFile: values.NARU_SANCTIONS_LIST_FILE ?? null,
    }),
    koreaExim: eximKey === null ? null : Object.freeze({ url: values.NARU_KOREAEXIM_URL, key: eximKey }),
  });
}

function readToken(
  values: { NARU_SIGNER_TOKEN?: string | undefined; NARU_SIGNER_TOKEN_FILE?: string | undefined },
  problems: string[],
): Secret | null {
  if (values.NARU_SIGNER_TOKEN !== undefined) return secret(values.NARU_SIGNER_TOKEN);
  return readSecretFile('NARU_SIGNER_TOKEN_FILE', values.NARU_SIGNER_TOKEN_FILE, problems);
}

function readSecretFile(name: string, file: string | undefined, problems: string[]): Secret | null {
  if (file === undefined) return null;
  try {
    return secret(readFileSync(file, 'utf8').trim());
  } catch (error) {
    problems.push(`${name}: cannot be read (${String(error)})`);
    return null;
  }
}
