import path from 'node:path';
import { z } from 'zod';

export type Config = Readonly<{
  host: string;
  /** 0 takes a free one. */
  port: number;
  logLevel: string;
  /** Where the API listens, as this process reaches it. */
  apiUrl: string;
  /** The built pages. */
  dir: string;
}>;

const environment = z.object({
  NARU_HOST: z
    .string()
    .min(1, 'NARU_HOST must be an address to listen on, such as 127.0.0.1')
    .default('127.0.0.1'),
  NARU_PORT: z
    .string()
    .regex(/^[0-9]{1,5}$/, 'NARU_PORT must be a whole number from 0 to 65535')
    .transform(Number)
    .refine((port) => port <= 65_535, 'NARU_PORT must be a whole number from 0 to 65535')
    .default(4_000),
  NARU_LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], {
      error: 'NARU_LOG_LEVEL must be trace, debug, info, warn, error, fatal or silent',
    })
    .default('info'),
  NARU_CONSOLE_API_URL: z
    .url({
      protocol: /^https?$/,
      error: 'NARU_CONSOLE_API_URL must be the address of the API, such as http://127.0.0.1:3000',
    })
    .default('http://127.0.0.1:3000'),
  NARU_CONSOLE_DIR: z
    .string('NARU_CONSOLE_DIR is not set: set it to the directory of the built pages')
    .min(1),
});

export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads the environment once. Throws a `ConfigError` that names every problem, a line each. */
export function readConfig(env: Readonly<Record<string, string | undefined>> = process.env): Config {
  const parsed = environment.safeParse(env);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.map((issue) => issue.message).join('\n'));
  const { NARU_HOST, NARU_PORT, NARU_LOG_LEVEL, NARU_CONSOLE_API_URL, NARU_CONSOLE_DIR } = parsed.data;
  return Object.freeze({
    host: NARU_HOST,
    port: NARU_PORT,
    logLevel: NARU_LOG_LEVEL,
    apiUrl: NARU_CONSOLE_API_URL.replace(/\/+$/, ''),
    dir: path.resolve(NARU_CONSOLE_DIR),
  });
}
