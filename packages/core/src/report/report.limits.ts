/** A day is closed so long after its midnight: what began before it has committed by then. */
export const CLOSE_AFTER_MS = 2 * 60_000;
/** A draft is written anew after this … */
export const DRAFT_AGE_MS_MIN = 55_000;
/** … and writing it takes this share of the time at most. */
export const DRAFT_SHARE_MAX = 0.05;
/** Days that one run makes up for, the oldest first: a new installation of an old database has years. */
export const DAYS_PER_RUN_MAX = 40;
/** Days before today that are made up for at most. */
export const DAYS_BACK_MAX = 400;
/** Reports of one page: a year of weeks, a quarter of days. */
export const REPORT_PAGE_ROWS_MAX = 100;
/** Codes of failure that a report tells apart; there are some tens. */
export const FAILURES_MAX = 200;
