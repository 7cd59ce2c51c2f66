/** Rows of a seal: 64 KB of digests, hashed in some milliseconds. */
export const SEAL_ROWS_MAX = 2_000;
/** How long the sealer waits for transactions that may still fill a gap before it seals what is certain. */
export const GAP_WAIT_MS_MAX = 300;
export const GAP_POLL_MS = 10;
/** Rows of a seal are many, seals of a page few: 64 of them hold 4 MB of digests. */
export const VERIFY_SEALS_PER_PAGE = 64;
/** Problems that a verification lists. Whoever edited more is found by the first of them. */
export const VERIFY_PROBLEMS_MAX = 1_000;
/** Rows that one statement removes after an export: a short transaction each. */
export const REMOVE_ROWS_PER_STEP = 5_000;
/** Rows that were written this long ago and are in no seal mean that no sealer runs. */
export const SEALING_LAG_MS_MAX = 5 * 60_000;
/** Problems of a verification that are kept with it. */
export const PROBLEMS_KEPT_MAX = 100;
/** Verifications that are told. */
export const VERIFICATIONS_TOLD_MAX = 20;
/** One that said nothing for so long has lost its process: a page of seals takes seconds. */
export const VERIFICATION_LOST_MS = 120_000;
