import { readFileSync } from 'node:fs';
import { errorText } from '@naru/kit/errors.ts';
import { type Secret, secret } from '@naru/kit/secret.ts';
import { createSecretBox } from './secret-box.ts';

export type WebhookSettings = Readonly<{
  /** The first one seals, all of them open. Null: this installation has no webhooks. */
  keys: readonly Secret[] | null;
  /** For development: also to this machine and local networks, without TLS. */
  allowLocal: boolean;
}>;

const NAMES = {
  key: 'NARU_WEBHOOK_KEY',
  file: 'NARU_WEBHOOK_KEY_FILE',
  local: 'NARU_WEBHOOK_ALLOW_LOCAL',
} as const;

/** What an environment says of webhooks, with every problem as a sentence that names the variable. */
export function readWebhookSettings(env: Readonly<Record<string, string | undefined>>): {
  settings: WebhookSettings;
  problems: string[];
} {
  const problems: string[] = [];
  const local = env[NAMES.local] ?? '';
  if (!['', 'true', 'false'].includes(local)) problems.push(`${NAMES.local} must be true or false`);
  const text = readKeys(env, problems);
  const keys =
    text === null
      ? null
      : text
          .split(/[\s,]+/)
          .filter((one) => one !== '')
          .map(secret);
  if (keys !== null) {
    try {
      createSecretBox(keys);
    } catch {
      problems.push(
        `${env[NAMES.key] === undefined ? NAMES.file : NAMES.key} must hold base64 of 32 bytes, as from  openssl rand -base64 32`,
      );
    }
  }
  return { settings: Object.freeze({ keys, allowLocal: local === 'true' }), problems };
}

function readKeys(env: Readonly<Record<string, string | undefined>>, problems: string[]): string | null {
  const given = env[NAMES.key] ?? '';
  if (given !== '') return given;
  const file = env[NAMES.file] ?? '';
  if (file === '') return null;
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    problems.push(`${NAMES.file} cannot be read: ${errorText(error)}`);
    return null;
  }
}
