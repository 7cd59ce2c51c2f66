/** Withdrawals whose addresses one step asks about: bounds a call to a source. */
export const SCREEN_ROWS_MAX = 200;
/** After a source that did not answer; it is asked again until the policy's patience ends. */
export const SCREEN_AGAIN_MS = 1_000;
