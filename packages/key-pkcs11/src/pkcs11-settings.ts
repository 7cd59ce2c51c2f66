import { access } from 'node:fs/promises';
import { readPrivateFile } from '@naru/keystore/private-file.ts';
import { errorText } from '@naru/kit/errors.ts';
import { type Secret, secret } from '@naru/kit/secret.ts';
import {
  SESSIONS_DEFAULT,
  SESSIONS_MAX,
  SIGN_TIMEOUT_MS_DEFAULT,
  SIGN_TIMEOUT_MS_MAX,
} from './key-pkcs11.limits.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type Pkcs11Settings = Readonly<{
  /** The vendor's library, e.g. /usr/lib/softhsm/libsofthsm2.so */
  library: string;
  /** Label of the token; slots are found by it, since their numbers change. */
  tokenLabel: string;
  pin: Secret;
  sessions: number;
  /** For one signature, the wait for a session included. */
  signTimeoutMs: number;
  /** What the vendor's library may find in its environment: none of our variables. A function, so that nothing prints it. */
  environment: () => Readonly<Record<string, string>>;
}>;

/** Ours, AWS's, the database's, and what changes how Node runs: the library of a vendor has no business with them. */
const WITHHELD = /^(NARU_|AWS_|DATABASE_URL|PG[A-Z]+$|NODE_)/;

/**
 * `NARU_PKCS11_LIBRARY`, `NARU_PKCS11_TOKEN`, `NARU_PKCS11_PIN_FILE`, `NARU_PKCS11_SESSIONS`, `NARU_PKCS11_TIMEOUT_MS`; `settings` null and no
 * problems when the first is not set.
 */
export async function readPkcs11Settings(
  environment: Environment,
): Promise<{ settings: Pkcs11Settings | null; problems: string[] }> {
  const text = (name: string) => environment[name] ?? '';
  const library = text('NARU_PKCS11_LIBRARY');
  if (library === '') return { settings: null, problems: [] };
  const problems: string[] = [];
  await access(library).catch(() =>
    problems.push(`NARU_PKCS11_LIBRARY: ${library} is not there: name the PKCS#11 library of your HSM`),
  );
  const tokenLabel = text('NARU_PKCS11_TOKEN');
  if (tokenLabel === '')
    problems.push('NARU_PKCS11_TOKEN is not set: the label of the token that holds the keys');
  const sessionsText = text('NARU_PKCS11_SESSIONS') || String(SESSIONS_DEFAULT);
  const sessions = /^[0-9]{1,3}$/.test(sessionsText) ? Number(sessionsText) : 0;
  if (sessions < 1 || sessions > SESSIONS_MAX)
    problems.push(`NARU_PKCS11_SESSIONS must be a number from 1 to ${SESSIONS_MAX}`);
  const timeoutText = text('NARU_PKCS11_TIMEOUT_MS') || String(SIGN_TIMEOUT_MS_DEFAULT);
  const signTimeoutMs = /^[0-9]{1,6}$/.test(timeoutText) ? Number(timeoutText) : 0;
  if (signTimeoutMs < 1 || signTimeoutMs > SIGN_TIMEOUT_MS_MAX)
    problems.push(`NARU_PKCS11_TIMEOUT_MS must be a number of milliseconds from 1 to ${SIGN_TIMEOUT_MS_MAX}`);
  const pin = await readPin(text('NARU_PKCS11_PIN_FILE'));
  if (typeof pin === 'string') problems.push(pin);
  if (problems.length > 0 || typeof pin === 'string') return { settings: null, problems };
  const passedOn: Record<string, string> = {};
  for (const [name, value] of Object.entries(environment))
    if (value !== undefined && !WITHHELD.test(name)) passedOn[name] = value;
  return {
    settings: Object.freeze({
      library,
      tokenLabel,
      pin,
      sessions,
      signTimeoutMs,
      environment: () => passedOn,
    }),
    problems,
  };
}

async function readPin(file: string): Promise<Secret | string> {
  if (file === '')
    return 'NARU_PKCS11_PIN_FILE is not set: a file of mode 0600 with the PIN of the token’s user';
  try {
    return secret((await readPrivateFile(file, 'PIN file')).toString('utf8').replace(/\r?\n$/, ''));
  } catch (error) {
    return `NARU_PKCS11_PIN_FILE: ${errorText(error)}`;
  }
}
