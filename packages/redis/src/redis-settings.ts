import { type Secret, secret } from '@naru/kit/secret.ts';

/** `NARU_REDIS_URL`; null where it is not set, and then nothing of this package is used. */
export function readRedisUrl(environment: Readonly<Record<string, string | undefined>>): {
  url: Secret | null;
  problems: string[];
} {
  const text = environment['NARU_REDIS_URL'] ?? '';
  if (text === '') return { url: null, problems: [] };
  if (/^rediss?:\/\//.test(text) && URL.canParse(text)) return { url: secret(text), problems: [] };
  return { url: null, problems: ['NARU_REDIS_URL must begin with redis:// or rediss:// and name a host'] };
}
