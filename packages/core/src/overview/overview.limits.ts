/** One bucket of the pulse: short enough to see a stop at once, long enough to count something. */
export const PULSE_SECONDS = 5;
/** What the home page draws. */
export const SERIES_SECONDS = 300;
/** Success rate and latencies are those of this time. */
export const RATE_SECONDS = 3_600;
/** "Now" is the mean of the last whole buckets: a batch that is confirmed at once is no rate. */
export const NOW_BUCKETS = 3;
/** Buckets are kept a little longer than anything asks for. */
export const PULSE_KEPT_SECONDS = 2 * RATE_SECONDS;
/** Positions of the log that one look counts: some tens of milliseconds of the database. */
export const PULSE_POSITIONS_MAX = 50_000;

/** A process says that it is alive this often … */
export const PRESENCE_MS = 3_000;
/** … and is alive while its last word is no older than this: two may be lost. */
export const PRESENT_SECONDS = 10;
/** Rows of processes that are gone. */
export const PRESENCE_KEPT_SECONDS = 3_600;
/** Error rates of providers are those of about this time. */
export const REQUESTS_WINDOW_MS = 60_000;
/** Characters of a provider's last problem, and of a last error. */
export const PROBLEM_CHARACTERS_MAX = 500;

/** Blocks whose fill is shown, and kept. */
export const FILL_BLOCKS = 40;
/** Alarms that a home page lists; their number is told as well. */
export const OVERVIEW_ALARMS_MAX = 20;
/** An answer is not older than this where the database is quick … */
export const OVERVIEW_AGE_MS_MAX = 1_000;
/** … and where it is not, reading it takes this share of the time at most. */
export const OVERVIEW_SHARE_MAX = 0.1;
/** Reads every batch of a week, and changes slowly. */
export const FORECAST_AGE_MS_MAX = 30_000;

/** Rates of queues are those of this time … */
export const RATE_WINDOW_SECONDS = 60;
/** … or of so many positions of the log, where they are less: some tens of milliseconds to read. */
export const RATE_POSITIONS_MAX = 50_000;
