/** A connection that is not there after this time is not there: whoever needs Redis does without. */
export const CONNECT_TIMEOUT_MS = 1_000;
/** An answer of Redis takes well under a millisecond; a request of a client must not wait for a Redis that hangs. */
export const CALL_TIMEOUT_MS = 100;
/** After a call that failed, Redis is not asked for this long: one slow answer a second, not one for each request. */
export const PAUSE_AFTER_FAILURE_MS = 1_000;
/** A connection over which nothing came for this long is asked whether it lives. */
export const PING_INTERVAL_MS = 2_000;
/** Tries to come back: quick at first, then every few seconds for as long as it takes. */
export const RECONNECT_BACKOFF = { baseMs: 50, maxMs: 2_000 };
/** Commands under way at once; beyond it Redis is as good as away. */
export const COMMANDS_MAX = 10_000;
/** A message that is larger is not ours. */
export const MESSAGE_CHARACTERS_MAX = 4_000_000;
