/**
 * Signals to one queue by one process are at least this far apart; what comes in between is one. With the price of
 * 0.40 USD for a million requests (eu/us, 2025) a process that never rests spends 0.70 USD a day and queue on sending.
 */
export const SEND_INTERVAL_MS_MIN = 50;
/** After a failed send: the next try of a process that would otherwise knock 20 times a second. */
export const SEND_BACKOFF = { baseMs: 500, maxMs: 10_000 };
/** A call that sends, deletes or asks. Nobody waits for it but the sender's own loop. */
export const CALL_TIMEOUT_MS = 3_000;
export const CONNECT_TIMEOUT_MS = 1_000;

/** The longest that SQS lets a receiver wait. */
export const RECEIVE_WAIT_SECONDS = 20;
export const RECEIVE_MESSAGES_MAX = 10;
/** Pause after a receive or a woken step that failed, growing up to the second figure. */
export const RECEIVE_PAUSE_MS = 500;
export const RECEIVE_PAUSE_MS_MAX = 10_000;

/** A step takes milliseconds to seconds. A signal whose step failed is seen again after this time. */
export const VISIBILITY_SECONDS = 30;
/** Failed steps until a signal goes to the dead-letter queue: two and a half minutes in which nothing ended well. */
export const RECEIVES_MAX = 5;
/** A signal says "look now": one this old says nothing that polling has not found long ago. */
export const RETENTION_SECONDS = 600;
/** The most that SQS allows: somebody should look at these. */
export const DEAD_RETENTION_SECONDS = 1_209_600;

/** How often depths are asked for; SQS's own figures are about a minute old. */
export const DEPTH_INTERVAL_MS = 30_000;
/** After a question that failed. */
export const DEPTH_RETRY_MS = 5_000;
