/** Versions of one account that one look replays; what is left is for the next look. */
export const REPLAY_VERSIONS_MAX = 200_000n;
/** Findings that are kept of one look. Whoever has more has one cause for them. */
export const FINDINGS_KEPT_MAX = 100;
/** Alarms that one look opens; a thousand say no more than these. */
export const ALARMS_PER_CHECK_MAX = 50;
/** A difference between ledger and chain must be seen this often in a row before it is one. */
export const CHAIN_LOOKS = 3;
/** Longer than two blocks of a slow chain: what was read from two blocks at once is settled by then. */
export const CHAIN_LOOK_AGAIN_MS = 10_000;
/** Looks of each invariant that are told: minutes of those that run each minute, weeks of those that run at night. */
export const RUNS_TOLD_MAX = 20;
/** Days. */
export const SIGN_OFFS_TOLD_MAX = 62;
/** An alarm that is quiet for longer is forgotten. */
export const SNOOZE_HOURS_MAX = 72;
