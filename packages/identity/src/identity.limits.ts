/** Seconds over which calls of one address are counted. */
export const RATE_WINDOW_SECONDS = 60;
/** Calls under /auth of one address and path in a window: a console asks a handful. */
export const RATE_CALLS_MAX = 60;
/** Passwords and codes that one address tries in a window. With a locked account behind it, guessing has no end. */
export const RATE_PROOFS_MAX = 20;
/** Seconds within which the second factor follows the password. */
export const SECOND_FACTOR_SECONDS_MAX = 5 * 60;
/** Codes for the loss of everything else, each good once. */
export const RECOVERY_CODES = 10;
export const RECOVERY_CODE_LENGTH = 10;
/** Of a name that a person gives a passkey; the table's. */
export const PASSKEY_NAME_LENGTH_MAX = 100;
/** Of a code of an authenticator app, in milliseconds; RFC 6238's, as every app has it. */
export const TOTP_STEP_MS = 30_000;
/** Steps before the present one whose code is still good, as better-auth has it: reading and typing take time. */
export const TOTP_STEPS_BEFORE = 1;
/** Steps after it: one for clocks that are fast, and one as time goes on between our look at the clock and better-auth's. */
export const TOTP_STEPS_AFTER = 2;
