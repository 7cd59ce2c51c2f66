/** Chain transactions looked at by one search: all open ones of a hundred busy accounts. */
export const OPEN_TXS_READ_MAX = 5_000;
/** Letters that one search opens; beyond this something is wrong as a whole, and one row for each helps nobody. */
export const LETTERS_FOUND_MAX = 1_000;
/** Characters of a reason, and of a note. */
export const REASON_LENGTH_MAX = 1_000;
export const NOTE_LENGTH_MAX = 4_000;
/** Of a detail that comes from outside. */
export const DETAIL_LENGTH_MAX = 500;

/** Letters, and verbs, told of one withdrawal: the newest. A queue that comes and goes each day has many. */
export const LETTERS_TOLD_MAX = 50;
export const VERBS_TOLD_MAX = 200;
