/** One signature, the wait for a session included: less than a worker's claim lasts (3 s). */
export const SIGN_TIMEOUT_MS_DEFAULT = 2_000;
export const SIGN_TIMEOUT_MS_MAX = 60_000;

/** Loading a vendor's library, opening sessions and logging in; network HSMs take seconds for it. */
export const OPEN_TIMEOUT_MS = 30_000;

/** Sessions that sign side by side; each holds a thread of the host process. */
export const SESSIONS_DEFAULT = 4;
export const SESSIONS_MAX = 64;

/** A host that ended is started again no sooner than this after the last start: a lost HSM must not become a fork bomb. */
export const RESTART_AFTER_MS = 1_000;

/** Keys of one token: each is described at start. */
export const KEYS_MAX = 200;
