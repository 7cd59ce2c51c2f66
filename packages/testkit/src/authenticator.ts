import { createHmac } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_MS = 30_000;
/** A code that is about to become too old is not begun with. */
const ON_ITS_WAY_MS = 5_000;
/** By secret: the last step whose code was handed out here. */
const used = new Map<string, number>();

/** The six digits that an authenticator app shows. Source: RFC 6238, with SHA-1 and steps of 30 s. */
export function totpOf(secret: string, at = new Date()): string {
  const bits = [...secret].map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from((bits.match(/.{8}/g) ?? []).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(at.getTime() / STEP_MS)));
  const hash = createHmac('sha1', key).update(counter).digest();
  const offset = (hash.at(-1) ?? 0) & 0x0f;
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

/**
 * A code that nobody has used: each is good once. It begins with the oldest that is still taken, so that three follow one
 * another at once; who wants more waits for the next.
 */
export async function unusedTotp(secret: string): Promise<string> {
  const oldest = Math.floor((Date.now() + ON_ITS_WAY_MS) / STEP_MS) - 1;
  const step = Math.max((used.get(secret) ?? 0) + 1, oldest);
  used.set(secret, step);
  // The clock of a phone may be fast, by a step.
  const takenFrom = (step - 1) * STEP_MS;
  if (Date.now() < takenFrom) await wait(takenFrom - Date.now());
  return totpOf(secret, new Date(step * STEP_MS));
}
