/**
 * How far ahead of the decision a version begins and ends. Processes keep the rules for a second at most, so that every
 * one of them knows a version before it governs anything.
 */
export const EFFECTIVE_AFTER_MS = 3_000;
/** How old the rules that a process keeps may be. */
export const RULES_AGE_MS_MAX = 1_000;
/** Withdrawals that are judged in one transaction: their history and their inputs are read with them. */
export const JUDGE_ROWS_MAX = 500;
/** Earlier withdrawals of an organisation, or to one address, that one judgement looks at; `VELOCITY_COUNT_MAX` is no more than this. */
export const HISTORY_ROWS_MAX = 2_000;
/** Without approvals in a document: a person looks within a day. */
export const REVIEW_EXPIRES_HOURS_DEFAULT = 24;
/** Versions of one organisation that may wait as drafts. */
export const DRAFTS_MAX = 20;
export const VERSIONS_LISTED_MAX = 100;
export const TIERS_MAX = 100;
export const TIER_NAME_LENGTH_MAX = 200;
/** A dry run reads so many days and withdrawals back at most, in chunks of this. */
export const DRY_RUN_DAYS_MAX = 90;
export const DRY_RUN_ROWS_MAX = 50_000;
export const DRY_RUN_CHUNK_ROWS = 500;
/** Examples that a dry run shows of each change of verdict. */
export const DRY_RUN_EXAMPLES_MAX = 5;
export const DRY_RUN_REASONS_MAX = 10;
