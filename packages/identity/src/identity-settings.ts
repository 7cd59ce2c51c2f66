import { readFileSync } from 'node:fs';
import { errorText } from '@naru/kit/errors.ts';
import { type Secret, secret } from '@naru/kit/secret.ts';

export type IdentitySettings = Readonly<{
  /** 32 bytes at least: signs cookies and encrypts second factors. Whoever changes it signs everybody out. */
  secret: Secret;
  /** Where people have the console open. The first is its own address, to whose host passkeys belong. */
  origins: readonly [string, ...string[]];
}>;

export const AUTH_SECRET_BYTES_MIN = 32;
const NAMES = {
  secret: 'NARU_AUTH_SECRET',
  file: 'NARU_AUTH_SECRET_FILE',
  origins: 'NARU_CONSOLE_URL',
} as const;

/** What an environment says of people who sign in, with every problem as a sentence that names the variable. */
export function readIdentitySettings(env: Readonly<Record<string, string | undefined>>): {
  settings: IdentitySettings | null;
  problems: string[];
} {
  const problems: string[] = [];
  const text = readSecret(env, problems);
  if (text === null) return { settings: null, problems };
  if (Buffer.byteLength(text) < AUTH_SECRET_BYTES_MIN) {
    const name = (env[NAMES.secret] ?? '') === '' ? NAMES.file : NAMES.secret;
    problems.push(
      `${name} holds fewer than ${AUTH_SECRET_BYTES_MIN} characters: make one with  openssl rand -hex 32`,
    );
  }
  const [first, ...others] = (env[NAMES.origins] ?? '')
    .split(',')
    .map((one) => one.trim())
    .filter((one) => one !== '')
    .map((one) => originOf(one));
  if (first === undefined || first === null || others.includes(null)) {
    problems.push(
      `${NAMES.origins} must be the address of the console, as in https://console.example.com; several, the main one first, with commas between`,
    );
    return { settings: null, problems };
  }
  const origins = [first, ...others.filter((one) => one !== null)] as const;
  return { settings: Object.freeze({ secret: secret(text), origins: [...origins] as [string] }), problems };
}

function originOf(text: string): string | null {
  try {
    const url = new URL(text);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.origin : null;
  } catch {
    return null;
  }
}

function readSecret(env: Readonly<Record<string, string | undefined>>, problems: string[]): string | null {
  const given = env[NAMES.secret] ?? '';
  if (given !== '') return given;
  const file = env[NAMES.file] ?? '';
  if (file === '') return null;
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    problems.push(`${NAMES.file} cannot be read: ${errorText(error)}`);
    return null;
  }
}
