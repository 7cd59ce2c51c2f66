/** Requests that share one transaction: enough to spread its commit, few enough to stay near 100 ms. */
export const REQUEST_BATCH_MAX = 500;
/** Such transactions at once: one commits while the other works. More only queue on the same ledger accounts. */
export const REQUEST_BATCHES_AT_ONCE = 2;
/**
 * Requests with which a transaction starts beside a running one. One alone costs PostgreSQL 4 ms of a core and the next
 * request in it 0.08 ms, so a few wait for the running one to end instead, but not for long.
 */
export const REQUEST_BESIDE_MIN = 120;
export const REQUEST_BESIDE_AFTER_MS = 50;
/** How long a call waits for another process that holds its idempotency key before it is told to come back. */
export const IN_FLIGHT_WAIT_MS_MAX = 2_000;
export const IN_FLIGHT_POLL_MS = 50;
/** Rows of one bulk file: as many as the bar asks for, ten times over. */
export const BULK_ROWS_MAX = 1_000_000;
/** Bad rows listed in one answer; the count is exact however many there are. */
export const BULK_PROBLEMS_LISTED_MAX = 1_000;
/** Bulk rows moved by one statement: bounds its memory. */
export const BULK_CHUNK_ROWS = 2_000;
/** Rows of a page that a reader gets. */
export const PAGE_ROWS_MAX = 100;
/** The payout contract packs amounts in 128 bits. */
export const AMOUNT_MAX = 2n ** 128n - 1n;
/** Plans for one withdrawal; each further one needs proof that the one before paid nothing. */
export const PLANS_MAX = 5;
/** Months for which the log of events has its partition in advance: a job that fails for a whole quarter loses nothing. */
export const EVENT_MONTHS_AHEAD = 3;
/** Rows of files that one page of files counts by state: some tens of milliseconds. Longer files are counted by their id. */
export const BULK_LIST_COUNTED_ROWS_MAX = 20_000;
