import { UUID, uuidv7obj, V7Generator } from 'uuidv7';
import { assert } from './assert.ts';

/**
 * Public ids are TypeIDs: a prefix that names the kind and a UUIDv7 in Crockford base32, 26 characters.
 * The database and the chain hold the bare UUID.
 * Source: TypeID specification 0.3, https://github.com/jetify-com/typeid/tree/main/spec
 */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';
const VALUE_OF = new Map([...ALPHABET].map((char, index) => [char, BigInt(index)]));

export const idPrefixes = {
  organisation: 'org',
  apiKey: 'key',
  withdrawal: 'wd',
  bulk: 'bulk',
  chainTx: 'ctx',
  subAccount: 'sub',
  request: 'req',
  alarm: 'alarm',
  probe: 'probe',
  policy: 'pol',
  addressBookEntry: 'adr',
  blockedAddress: 'blk',
  review: 'rev',
  event: 'evt',
  webhookEndpoint: 'we',
  webhookMessage: 'msg',
  webhookReplay: 'replay',
  deposit: 'dep',
  depositAddress: 'daddr',
  reservesReport: 'rsv',
  deadLetter: 'dl',
  alertChannel: 'alch',
  alertMessage: 'almsg',
  treasuryProposal: 'tp',
  person: 'per',
  invitation: 'inv',
  exportFile: 'exp',
  ledgerAccount: 'lac',
  savedView: 'view',
} as const;
export type IdKind = keyof typeof idPrefixes;

/** A new UUIDv7 (RFC 9562), lower case with hyphens. Ids made by one process sort by the time of making. */
export function newUuid(): string {
  return uuidv7obj().toString();
}

/** Its own, so that two clocks do not push each other. */
const sharedClockUuids = new V7Generator();

/** As `newUuid`, of a moment by another clock than this machine's: what is made by several processes is in one order. */
export function newUuidAt(at: Date): string {
  return sharedClockUuids.generateOrResetWithTs(at.getTime()).toString();
}

export function newId(kind: IdKind): string {
  return toPublicId(kind, newUuid());
}

/** `019…-…` → `wd_01…` */
export function toPublicId(kind: IdKind, uuid: string): string {
  const bytes = Buffer.from(uuid.replaceAll('-', ''), 'hex');
  assert(bytes.length === 16, `not a UUID: ${uuid}`);
  // 26 digits of 5 bits hold 130: the first digit has the two spare ones. No bigint, since ids are made on the hot path.
  let text = '';
  let bits = 0;
  let bitCount = 2;
  for (const byte of bytes) {
    bits = (bits << 8) | byte;
    bitCount += 8;
    while (bitCount >= 5) {
      bitCount -= 5;
      text += ALPHABET[(bits >>> bitCount) & 31];
    }
    bits &= (1 << bitCount) - 1;
  }
  return `${idPrefixes[kind]}_${text}`;
}

/** `wd_01…` → `019…-…`, or null when the text is not an id of that kind. Never throws: ids come from callers. */
export function fromPublicId(kind: IdKind, publicId: string): string | null {
  const prefix = `${idPrefixes[kind]}_`;
  if (!publicId.startsWith(prefix)) return null;
  const text = publicId.slice(prefix.length);
  if (text.length !== 26 || text[0] === undefined || text[0] > '7') return null;
  let value = 0n;
  for (const char of text) {
    const digit = VALUE_OF.get(char);
    if (digit === undefined) return null;
    value = (value << 5n) | digit;
  }
  return UUID.parse(value.toString(16).padStart(32, '0')).toString();
}

/** UUID → the 16 bytes that stand on chain, as 0x-hex. */
export function uuidToBytes16(uuid: string): `0x${string}` {
  const hex = uuid.replaceAll('-', '').toLowerCase();
  assert(/^[0-9a-f]{32}$/.test(hex), `not a UUID: ${uuid}`);
  return `0x${hex}`;
}

/** 16 bytes as 0x-hex → UUID. */
export function bytes16ToUuid(bytes: string): string {
  const hex = bytes.startsWith('0x') ? bytes.slice(2) : bytes;
  assert(/^[0-9a-f]{32}$/i.test(hex), `not 16 bytes: ${bytes}`);
  return UUID.parse(hex.toLowerCase()).toString();
}
