/** Alarms of one moment open within seconds, each by its own check: they travel together. */
export const GROUP_WAIT_MS = 10_000;
/** At most one message of alarms a minute to a channel, however many open: what comes meanwhile is in the next. */
export const MESSAGE_GAP_MS = 60_000;
/** An alarm that nobody has acknowledged is told again. */
export const REMINDER_MS = 4 * 3_600_000;
/** Alarms in one message: who has more reads the rest with `naru alarms`. */
export const NOTICES_PER_MESSAGE_MAX = 50;
/** Characters of an alarm's detail in a message. */
export const DETAIL_CHARACTERS_MAX = 2_000;
/** Who was told that an alarm is open is told that it is closed, if that was not longer ago. */
export const RESOLVED_WITHIN_MS = 7 * 24 * 3_600_000;
/** A try that has not ended by then is lost with its process: longer than the time limits of both ways out. */
export const SEND_LEASE_MS = 60_000;
export const SEND_TIMEOUT_MS = 10_000;
export const SEND_BACKOFF = { baseMs: 5_000, maxMs: 600_000 };
/** An alarm of yesterday that nobody could be told is one for `naru alarms`. */
export const SEND_FOR_MS_MAX = 24 * 3_600_000;
/** Messages that one step sends, one for each channel. */
export const SEND_AT_ONCE_MAX = 10;
/** A message that waits for longer is an alarm by itself, for the other channels. */
export const UNDELIVERED_MS_MAX = 10 * 60_000;
/** Of an installation: more are a mailing list's work. */
export const CHANNELS_MAX = 50;
export const ADDRESSES_PER_CHANNEL_MAX = 20;
export const URL_CHARACTERS_MAX = 2_000;
/** Bytes of an error that are kept. */
export const ERROR_CHARACTERS_MAX = 500;
/** Messages are kept as long as alarms are: see retention. */
