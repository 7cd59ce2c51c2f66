/** How often the log is looked at while somebody listens and no signal came. */
export const LOG_POLL_MS = 250;
/** Between two looks while events keep coming: what arrives meanwhile is one page. */
export const LOG_BUSY_MS = 20;
/** Events of one look at the log. */
export const LOG_PAGE_EVENTS = 1_000;
/** Positions that one query of a reader that catches up goes through: bounds it where few of them are its own. */
export const CATCH_UP_POSITIONS = 20_000;
export const CATCH_UP_EVENTS = 1_000;

/** Shorter than the idle time of usual proxies (60 s). Also how long a revoked key is told anything. */
export const HEARTBEAT_MS = 15_000;
/** What a client is asked to wait before it comes back. */
export const RETRY_MS = 1_000;

export const STREAMS_PER_KEY_MAX = 10;
/** Of one process: about 100 kB each in sockets and buffers. */
export const STREAMS_MAX = 2_000;
/** Events that wait for one reader; one further behind is cut off, and resumes from the database. */
export const QUEUE_EVENTS_MAX = 5_000;
/** Bytes handed to the socket's side and not taken yet. */
export const BUFFER_BYTES = 256 * 1024;
/** A reader that takes nothing for this long is gone. */
export const STALL_MS = 30_000;

/** How long one instance reads the log for all, unless it says so again. */
export const TAILER_LEASE_MS = 2_000;
/** Without a word from the one that reads for all, each reads for itself. */
export const SILENCE_MS = 1_500;

/** Between two looks at the overview while somebody watches. */
export const OVERVIEW_LOOK_MS = 1_000;
/** Of one process: operators, each with a few windows. */
export const OVERVIEW_STREAMS_MAX = 200;
