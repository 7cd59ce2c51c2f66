/** Entries in the book of one organisation: more are a list of customers, for which allow-only is the wrong rule. */
export const ENTRIES_MAX = 10_000;
/** Entries that one list shows. */
export const ENTRIES_LISTED_MAX = 100;
export const BLOCKED_LISTED_MAX = 100;
export const LABEL_LENGTH_MAX = 200;
/** Of the reason for a block; the table's. */
export const BLOCK_REASON_LENGTH_MAX = 500;
