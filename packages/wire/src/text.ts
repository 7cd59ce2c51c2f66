import { z } from 'zod';

/** Characters of a caller's own id for a withdrawal. */
export const REFERENCE_LENGTH_MAX = 255;
/** Entries of `metadata`; it is a note, not a store. */
export const METADATA_ENTRIES_MAX = 20;
export const METADATA_KEY_LENGTH_MAX = 40;
export const METADATA_VALUE_LENGTH_MAX = 500;
/** Digits of the largest amount any asset can have (2^256 with 30 decimals needs 79), with room to spare. */
export const AMOUNT_LENGTH_MAX = 100;

/** NUL and unpaired surrogates cannot be stored as UTF-8 text: PostgreSQL refuses both. */
export function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}

/** Text that is stored as it came. The message of a check is its code in `field-problem.ts`. */
export function storableText(lengthMax: number) {
  return z
    .string()
    .min(1, 'too_short')
    .max(lengthMax, 'too_long')
    .refine(isStorable, 'character_not_allowed');
}

/** One line: also no control characters. */
export function storableLine(lengthMax: number) {
  return storableText(lengthMax).regex(/^\P{Cc}*$/u, 'character_not_allowed');
}

export const timestamp = z.iso
  .datetime()
  .meta({ description: 'ISO 8601, UTC.', examples: ['2026-03-02T09:15:27.431Z'] });
