import { readFileSync } from 'node:fs';
import { ALERT_KEY_BYTES_MIN } from '@naru/core/alert/channel-secret.ts';
import { errorText } from '@naru/kit/errors.ts';
import { type Secret, secret } from '@naru/kit/secret.ts';
import type { SmtpSettings } from './sender.ts';

export type AlertSettings = Readonly<{
  /** What the secrets of webhook channels are derived from; null: none can be signed. */
  key: Secret | null;
  /** Null: no mail is sent from here. */
  smtp: SmtpSettings | null;
}>;

type Env = Readonly<Record<string, string | undefined>>;

const PORT_OF = { 'smtp:': 587, 'smtps:': 465 } as const;

/** How alarms leave the process; every problem is named. */
export function readAlertSettings(env: Env): { settings: AlertSettings; problems: string[] } {
  const problems: string[] = [];
  const key = readSecretFile(env, 'NARU_ALERT_KEY_FILE', problems);
  if (key !== null && Buffer.byteLength(key.reveal()) < ALERT_KEY_BYTES_MIN)
    problems.push(
      `NARU_ALERT_KEY_FILE: holds fewer than ${ALERT_KEY_BYTES_MIN} characters; make one with  openssl rand -hex 32`,
    );
  return { settings: { key, smtp: readSmtp(env, problems) }, problems };
}

function readSmtp(env: Env, problems: string[]): SmtpSettings | null {
  const text = env['NARU_SMTP_URL'] ?? '';
  if (text === '') return null;
  const url = URL.canParse(text) ? new URL(text) : null;
  const protocol = url?.protocol;
  if (url === null || (protocol !== 'smtp:' && protocol !== 'smtps:') || url.hostname === '') {
    problems.push('NARU_SMTP_URL: must look like smtp://user@host:587 or smtps://user@host:465');
    return null;
  }
  if (url.password !== '')
    problems.push(
      'NARU_SMTP_URL: must not hold the password; put it into a file and set NARU_SMTP_PASSWORD_FILE',
    );
  const from = env['NARU_SMTP_FROM'] ?? '';
  if (!/^[^\s<>@]+@[^\s<>@]+$/.test(from))
    problems.push('NARU_SMTP_FROM: the address that mail comes from, as in naru@example.com');
  const user = url.username === '' ? null : decodeURIComponent(url.username);
  const password = readSecretFile(env, 'NARU_SMTP_PASSWORD_FILE', problems);
  if (user !== null && password === null && problems.length === 0)
    problems.push(
      'NARU_SMTP_PASSWORD_FILE: NARU_SMTP_URL names a user, so the file with its password is needed',
    );
  const plain = url.searchParams.get('tls') === 'none';
  if (plain && user !== null)
    problems.push('NARU_SMTP_URL: a password is not sent without TLS; leave out tls=none, or the user');
  return Object.freeze({
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? PORT_OF[protocol] : Number(url.port),
    implicitTls: protocol === 'smtps:',
    plain,
    user,
    password,
    from,
    ca: readSecretFile(env, 'NARU_SMTP_CA_FILE', problems)?.reveal() ?? null,
  });
}

function readSecretFile(env: Env, name: string, problems: string[]): Secret | null {
  const file = env[name] ?? '';
  if (file === '') return null;
  try {
    const text = readFileSync(file, 'utf8').trim();
    if (text === '') problems.push(`${name}: the file is empty`);
    return secret(text);
  } catch (error) {
    problems.push(`${name}: cannot be read (${errorText(error)})`);
    return null;
  }
}
