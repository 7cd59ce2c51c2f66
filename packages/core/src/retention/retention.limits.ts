const DAY_MS = 86_400_000;

/** A client that repeats a call this long after the first may be answered as a new one: it pays again. */
export const IDEMPOTENCY_KEPT_DAYS_DEFAULT = 30;
/** What clients are promised at least, whatever is configured. */
export const IDEMPOTENCY_KEPT_DAYS_MIN = 1;
/** Looks at invariants, and runs of jobs: enough to see when something began. */
export const CHECKS_KEPT_MS = 30 * DAY_MS;
/** Questions about tokens, and what was found: the asset that came of one says no more than the audit log. */
export const PROBES_KEPT_MS = 90 * DAY_MS;
/** Answers of screening, after they have expired. */
export const SCREENING_KEPT_MS = DAY_MS;
/** Exchange rates that are not the newest of their source: a decision keeps its own, these are for people. */
export const RATES_KEPT_MS = 396 * DAY_MS;
/** Alarms that are closed. */
export const ALARMS_KEPT_MS = 365 * DAY_MS;
/** Usage of a day decides about that day only; a year and a month of it is for people. */
export const USAGE_KEPT_DAYS = 396;
/** Sessions after they have ended, for the question who was signed in; nothing can be done with one. */
export const SESSIONS_KEPT_MS = 30 * DAY_MS;
/** Challenges that nobody answered in their time. */
export const VERIFICATIONS_KEPT_MS = DAY_MS;
/** Counts of calls, and of wrong passwords, after the last one: their windows are minutes long. */
export const ATTEMPTS_KEPT_MS = DAY_MS;
/** Rows that one statement removes: a short transaction each, and little for a replica to replay at once. */
export const REMOVE_ROWS_PER_STEP = 5_000;
