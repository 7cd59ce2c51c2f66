import { readFileSync } from 'node:fs';
import { CodedError } from '@naru/kit/errors.ts';
import { secret } from '@naru/kit/secret.ts';
import { createSignerClient, type SignerClient } from '@naru/signer-protocol/client.ts';
import type { CliContext } from './context.ts';

const TIMEOUT_MS = 15_000;

/** The signer that the environment names, with the variables of the processor; null when it names none. */
export function connectSigner({ config: { environment } }: CliContext): SignerClient | null {
  const url = environment['NARU_SIGNER_URL'] ?? '';
  if (url === '') return null;
  const token = environment['NARU_SIGNER_TOKEN'] ?? readToken(environment['NARU_SIGNER_TOKEN_FILE'] ?? '');
  return createSignerClient({ url, token: secret(token), timeoutMs: TIMEOUT_MS });
}

function readToken(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch (error) {
    throw new CodedError(
      'signer_token_unreadable',
      'NARU_SIGNER_URL is set, and neither NARU_SIGNER_TOKEN nor NARU_SIGNER_TOKEN_FILE gives its token',
      { cause: error },
    );
  }
}
