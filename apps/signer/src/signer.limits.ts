/** The windows of the limits per hour and per day. */
export const HOUR_MS = 60 * 60 * 1_000;
export const DAY_MS = 24 * HOUR_MS;

/** How long the journal keeps a nonce at least: far beyond the time a transaction can stay unmined and be replaced. */
export const NONCE_KEPT_MS = 7 * DAY_MS;

/** How many of an account's highest nonces the journal keeps whatever their age. At most 16 are in flight at once. */
export const NONCES_KEPT_PER_ACCOUNT = 256;

/** The journal is rewritten without what may be forgotten when it has grown beyond this: about 250,000 transactions. */
export const JOURNAL_COMPACT_ABOVE_BYTES = 64 * 1024 * 1024;

/** Calls served at the same time; each may hold 16 MB of request and as much again of answer in memory. */
export const SIGN_CALLS_AT_ONCE_MAX = 16;

/** A whole request must have arrived within this. */
export const REQUEST_TIMEOUT_MS = 30_000;

/** Calls under way get this long to finish after SIGTERM. Their answers may be lost without harm: nothing was sent. */
export const SHUTDOWN_TIMEOUT_MS = 10_000;

/** Changes of the policy that the journal keeps when it is rewritten: years of them, each a few kB. */
export const POLICY_CHANGES_KEPT = 200;
/** Lines of a change that a log line and an answer show; the journal has all. */
export const POLICY_CHANGES_SHOWN = 50;
/** A policy file is a few kB for each chain; more is the wrong file. */
export const POLICY_BYTES_MAX = 1024 * 1024;

/** How often the directory of key files is looked at for new and removed ones: one `stat`. */
export const KEYS_POLL_MS = 2_000;
