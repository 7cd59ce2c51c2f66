import { readFileSync } from 'node:fs';
import { ALERT_KEY_BYTES_MIN } from '@naru/core/alert/channel-secret.ts';
import { readWebhookSettings, type WebhookSettings } from '@naru/core/webhook/webhook-environment.ts';
import { type IdentitySettings, readIdentitySettings } from '@naru/identity/identity-settings.ts';
import { errorText } from '@naru/kit/errors.ts';
import { type Secret, secret } from '@naru/kit/secret.ts';
import { readRedisUrl } from '@naru/redis/redis-settings.ts';
import { readSignalSettings, type SqsSettings } from '@naru/sqs/sqs-settings.ts';
import { readTelemetrySettings, type TelemetrySettings } from '@naru/telemetry/settings.ts';
import { z } from 'zod';

const MIB = 1024 * 1024;
/** Enough for 100,000 rows of a bulk file several times over. */
const BULK_BYTES_DEFAULT = 64 * MIB;
const BULK_BYTES_LIMIT = 1024 * MIB;

export type Config = Readonly<{
  databaseUrl: Secret;
  /** Connections to the database that this process holds at most. */
  databaseConnectionsMax: number;
  host: string;
  /** 0 takes a free one. */
  port: number;
  logLevel: string;
  /** False: nobody. A number: that many proxies in front. A list: those addresses or ranges. */
  trustProxy: false | number | string[];
  bulkBytesMax: number;
  /** Null: signals travel by NOTIFY. */
  sqs: SqsSettings | null;
  webhooks: WebhookSettings;
  /** Null: limits, caches and streams are this process's own. */
  redisUrl: Secret | null;
  /** What the secrets of webhooks about alarms are derived from; null: a new channel's secret is not shown here. */
  alertKey: Secret | null;
  /** How people sign in; null: nobody does, there are API keys only. */
  identity: IdentitySettings | null;
  /** Where calls are told as spans; null: nowhere. */
  telemetry: TelemetrySettings | null;
}>;

/** Each message says what to set: it is all that a person at a terminal gets to see. */
const environment = z.object({
  DATABASE_URL: z
    .string('DATABASE_URL is not set: set it to postgres://user:password@host:5432/database')
    .regex(/^postgres(ql)?:\/\//, 'DATABASE_URL must begin with postgres:// or postgresql://'),
  NARU_DATABASE_CONNECTIONS_MAX: wholeNumber('NARU_DATABASE_CONNECTIONS_MAX', 1, 1_000, 10),
  NARU_HOST: z
    .string()
    .min(1, 'NARU_HOST must be an address to listen on, such as 127.0.0.1')
    .default('127.0.0.1'),
  NARU_PORT: wholeNumber('NARU_PORT', 0, 65_535, 3_000),
  NARU_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'NARU_LOG_LEVEL must be trace, debug, info, warn, error, fatal or silent',
    })
    .default('info'),
  NARU_TRUST_PROXY: z
    .string()
    .regex(
      /^(false|[1-9][0-9]?|[0-9a-fA-F.:/]+(,[0-9a-fA-F.:/]+)*)$/,
      'NARU_TRUST_PROXY must be false, the number of proxies in front, or their addresses separated by commas',
    )
    .default('false'),
  NARU_BODY_BULK_BYTES_MAX: wholeNumber(
    'NARU_BODY_BULK_BYTES_MAX',
    1_024,
    BULK_BYTES_LIMIT,
    BULK_BYTES_DEFAULT,
  ),
});

function wholeNumber(name: string, min: number, max: number, otherwise: number) {
  const message = `${name} must be a whole number from ${min} to ${max}`;
  return z
    .string()
    .regex(/^[0-9]{1,15}$/, message)
    .transform(Number)
    .refine((value) => value >= min && value <= max, message)
    .default(otherwise);
}

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads the environment once. Throws a `ConfigError` that names every problem, a line each. */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const parsed = environment.safeParse(env);
  const signals = readSignalSettings(env);
  const messages = parsed.success ? [] : parsed.error.issues.map((issue) => issue.message);
  const redis = readRedisUrl(env);
  const webhooks = readWebhookSettings(env);
  const telemetry = readTelemetrySettings(env);
  const identity = readIdentitySettings(env);
  const alertKey = readAlertKey(env['NARU_ALERT_KEY_FILE'] ?? '');
  messages.push(
    ...signals.problems,
    ...redis.problems,
    ...alertKey.problems,
    ...identity.problems,
    ...telemetry.problems,
    ...webhooks.problems,
  );
  if (!parsed.success || messages.length > 0) {
    const lines = messages.map((message) => `  ${message}`);
    throw new ConfigError(`the configuration has ${lines.length} problem(s):\n${lines.join('\n')}`);
  }
  const values = parsed.data;
  return Object.freeze({
    databaseUrl: secret(values.DATABASE_URL),
    databaseConnectionsMax: values.NARU_DATABASE_CONNECTIONS_MAX,
    host: values.NARU_HOST,
    port: values.NARU_PORT,
    logLevel: values.NARU_LOG_LEVEL,
    trustProxy: readTrust(values.NARU_TRUST_PROXY),
    bulkBytesMax: values.NARU_BODY_BULK_BYTES_MAX,
    sqs: signals.settings,
    webhooks: webhooks.settings,
    redisUrl: redis.url,
    alertKey: alertKey.key,
    identity: identity.settings,
    telemetry: telemetry.settings,
  });
}

function readAlertKey(file: string): { key: Secret | null; problems: string[] } {
  if (file === '') return { key: null, problems: [] };
  try {
    const text = readFileSync(file, 'utf8').trim();
    if (Buffer.byteLength(text) >= ALERT_KEY_BYTES_MIN) return { key: secret(text), problems: [] };
    const problem = `NARU_ALERT_KEY_FILE holds fewer than ${ALERT_KEY_BYTES_MIN} characters: make one with  openssl rand -hex 32`;
    return { key: null, problems: [problem] };
  } catch (error) {
    return { key: null, problems: [`NARU_ALERT_KEY_FILE cannot be read: ${errorText(error)}`] };
  }
}

function readTrust(text: string): Config['trustProxy'] {
  if (text === 'false') return false;
  return /^[0-9]+$/.test(text) ? Number(text) : text.split(',');
}
