const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** Endpoints of an organisation: each is told each of its events. */
export const ENDPOINTS_MAX = 20;
/** Entries of an endpoint's list of events. */
export const ENDPOINT_EVENTS_MAX = 50;

/** Bytes of a new secret. Standard Webhooks asks for 24 to 64. */
export const SECRET_BYTES = 32;
/** Secrets of an endpoint that are valid at once: each is a signature more in every request. */
export const SECRETS_MAX = 4;
/** How long the secret before is valid besides the new one, when nothing else is asked for. */
export const SECRET_OVERLAP_MS_DEFAULT = DAY_MS;
/** A week is enough to change a setting; longer means that two secrets have to be kept. */
export const SECRET_OVERLAP_MS_MAX = 7 * DAY_MS;

/**
 * Waits after the first, second, … failed try: about three days in all, as Standard Webhooks recommends. The first ones
 * are for a restart of the receiver, the last ones for a weekend.
 */
export const RETRY_DELAYS_MS: readonly number[] = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  10 * MINUTE_MS,
  HOUR_MS,
  3 * HOUR_MS,
  6 * HOUR_MS,
  12 * HOUR_MS,
  12 * HOUR_MS,
  12 * HOUR_MS,
  12 * HOUR_MS,
  12 * HOUR_MS,
];
/** Up to this part is added to or taken from a wait, so that what failed together does not come back together. */
export const RETRY_JITTER = 0.1;
/** A receiver that asks for more is asked again after this. */
export const RETRY_AFTER_MS_MAX = 6 * HOUR_MS;

/** A try as a whole: connection, request, answer. Standard Webhooks asks for 15 to 30 s. */
export const TRY_TIMEOUT_MS = 15 * SECOND_MS;
/**
 * How long a message is ours to try: a whole try, and ten seconds to begin and to record it. What is not begun by then is
 * given back. So long also does a message wait whose process was killed.
 */
export const LEASE_MS = 25 * SECOND_MS;

/** Tries under way in one process. Each is a socket and some kilobytes. */
export const TRIES_MAX = 512;
/** Of one endpoint: what a healthy one of 10 ms needs for some thousand a second. */
export const TRIES_PER_ENDPOINT_MAX = 64;
/** Of one whose answers take longer than `SLOW_MS`: so that eight slow ones do not take all there are. */
export const TRIES_PER_SLOW_ENDPOINT_MAX = 8;
export const SLOW_MS = 2 * SECOND_MS;
/** Of one that failed `FAILING_COUNT` times running: one at a time finds out whether it is back. */
export const TRIES_PER_FAILING_ENDPOINT_MAX = 1;
export const FAILING_COUNT = 10;
/** Messages taken in advance for a fast endpoint, as a multiple of its tries: the queue is asked less often. */
export const CLAIM_AHEAD = 4;
export const FAST_MS = 200;
/** Endpoints that are looked at in one step. */
export const ENDPOINTS_PER_STEP_MAX = 1_000;

/** Outcomes recorded in one transaction. */
export const RECORD_BATCH_MAX = 250;

/** Failed tries running, and for how long, before an endpoint is paused. */
export const PAUSE_AFTER_FAILURES = 20;
export const PAUSE_AFTER_MS = DAY_MS;

/** Positions of the log that one step of handing on covers. */
export const HAND_ON_POSITIONS_MAX = 2_000;
/** Positions that one step of a replay covers; those of other organisations are passed over. */
export const REPLAY_POSITIONS_MAX = 5_000;
/** How far back events are told again, and how long messages and their tries are kept. */
export const MESSAGES_KEPT_MS = 30 * DAY_MS;
/** Replays of an endpoint that are not done. */
export const REPLAYS_OPEN_MAX = 5;

/** Of an answer's body, for people. */
export const ANSWER_BODY_BYTES_MAX = 1_024;
/** Of an answer's headers, names and values. */
export const ANSWER_HEADERS_BYTES_MAX = 4_096;

/** Positions that one call of `GET /v1/events` searches. */
export const EVENTS_SEARCHED_MAX = 50_000;
