import { inspect } from 'node:util';

/**
 * Text that must not be printed. Logging, JSON, string concatenation and inspection all show `[secret]`;
 * only `reveal()` gives the text, so every use can be found by searching for it.
 */
export type Secret = { reveal(): string; toString(): string; toJSON(): string };

export function secret(text: string): Secret {
  const hidden = {
    reveal: () => text,
    toString: () => '[secret]',
    toJSON: () => '[secret]',
    [inspect.custom]: () => '[secret]',
  };
  return Object.freeze(hidden);
}
