import { fromPublicId, type IdKind, idPrefixes } from '@naru/kit/ids.ts';

/** What a text that somebody pasted into a search field is. */
export type Recognised =
  | { kind: 'id'; of: IdKind; id: string }
  | { kind: 'uuid'; id: string }
  /** Lower case. */
  | { kind: 'hash'; hash: string }
  | { kind: 'address'; address: string }
  | { kind: 'text'; text: string };

const HASH = /^0x[0-9a-f]{64}$/i;
const ADDRESS = /^0x[0-9a-f]{40}$/i;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Decides by the form alone. Whatever has no form of ours is text: a reference, a name, an amount. */
export function recognise(asked: string): Recognised {
  const text = asked.trim();
  for (const of of Object.keys(idPrefixes) as IdKind[]) {
    const id = fromPublicId(of, text);
    if (id !== null) return { kind: 'id', of, id };
  }
  if (UUID.test(text)) return { kind: 'uuid', id: text.toLowerCase() };
  if (HASH.test(text)) return { kind: 'hash', hash: text.toLowerCase() };
  if (ADDRESS.test(text)) return { kind: 'address', address: text };
  return { kind: 'text', text };
}
