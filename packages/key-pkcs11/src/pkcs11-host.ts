import type { HostCall, HostReply } from './pkcs11-messages.ts';
import { openToken, type Token } from './token.ts';

/**
 * The process that has the vendor's library loaded. It is one of its own because such a library is code of others in C:
 * it may crash, hang in a call that nothing can interrupt, or use the pool of threads that the journal needs. The signer
 * ends it and starts another. It is started with a pool of one thread for each session.
 */
let token: Token | null = null;

process.on('disconnect', () => process.exit(0)); // the signer is gone
process.on('message', (message) => void answer(message as HostCall));

async function answer({ callId, request }: HostCall): Promise<void> {
  try {
    if (request.kind === 'open') {
      token = await openToken(request.options);
      return reply({ callId, ok: true, value: null });
    }
    if (token === null) throw new Error('the token is not open');
    if (request.kind === 'sign')
      return reply({ callId, ok: true, value: await token.sign(request.keyId, request.digest) });
    if (request.kind === 'list') return reply({ callId, ok: true, value: token.list() });
    token.generate(request.keyId, request.label);
    return reply({ callId, ok: true, value: null });
  } catch (error) {
    const text = describe(error);
    reply({ callId, ok: false, message: text, fatal: !isHarmless(text) });
  }
}

function reply(message: HostReply): void {
  process.send?.(message);
}

/** With the function of PKCS#11 that failed, where one did: codes alone say little. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const method = 'method' in error && error.method !== '' ? ` in ${String(error.method)}` : '';
  return `${error.message}${method}`;
}

/** All but these may mean that sessions are gone, and a fresh host tells. */
function isHarmless(text: string): boolean {
  return /^(no such key|CKR_(PIN_|FUNCTION_NOT_SUPPORTED|MECHANISM_INVALID|KEY_FUNCTION_NOT_PERMITTED|KEY_TYPE_INCONSISTENT))/.test(
    text,
  );
}
