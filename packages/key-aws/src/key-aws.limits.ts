/** To open a connection. */
export const CONNECT_TIMEOUT_MS = 1_000;

/**
 * A whole signature, its repetitions included: less than a worker's claim lasts (3 s), so that what was signed is kept.
 * Within one region KMS answers in some tens of milliseconds.
 */
export const SIGN_TIMEOUT_MS_DEFAULT = 2_000;
export const SIGN_TIMEOUT_MS_MAX = 60_000;

/** Everything that no payment waits for: descriptions, public keys, wrapped keys, secrets. */
export const CALL_TIMEOUT_MS = 10_000;

/** Tries of one call within its time. Each call asked twice has the effect of one: nothing is made but signatures. */
export const TRIES_MAX = 3;

/**
 * Signatures under way at once. KMS allows 300 asymmetric operations a second and account by default, at about 25 ms
 * each; more at once would only be throttled.
 */
export const SIGNATURES_AT_ONCE_MAX = 16;

/** Keys of one signer: each is asked for twice at start. */
export const KEYS_MAX = 200;

/** A secret that holds a master key is 44 characters of base64; much more is the wrong secret. */
export const SECRET_CHARS_MAX = 200;
