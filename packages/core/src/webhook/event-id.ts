import { createHash } from 'node:crypto';

const HEX_OF_TIME = 12;

/**
 * A UUID (version 8, RFC 9562) that is made of a moment and a name, and sorts by the moment: whoever names the same event
 * gets the same id. The function `webhook_uuid` in the database is its twin; a test holds them equal.
 */
export function uuidOf(at: Date, name: string): string {
  const time = at.getTime().toString(16).padStart(HEX_OF_TIME, '0');
  const hash = createHash('sha256').update(name).digest('hex');
  const hex = `${time}8${hash.slice(0, 3)}8${hash.slice(3, 18)}`;
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
