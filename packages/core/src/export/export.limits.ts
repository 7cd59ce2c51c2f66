/** Rows of one file: what a spreadsheet opens. Who needs more asks for shorter times. */
export const EXPORT_ROWS_MAX = 1_000_000;
/** Rows that are read and written at a time: some tens of milliseconds, and what a killed process does again. */
export const EXPORT_PAGE_ROWS = 1_000;
/** One piece in the database, as the table has it. */
export const CHUNK_BYTES_MAX = 1_000_000;
/** A file holds names and amounts: it is there for as long as somebody takes to fetch it. */
export const EXPORT_KEPT_MS = 24 * 3_600_000;
/** Files that wait or are written, of all people: each costs the database a scan. */
export const EXPORTS_OPEN_MAX = 5;
/** Files that a list shows. */
export const EXPORTS_LISTED_MAX = 50;
