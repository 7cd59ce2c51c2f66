/** How long an answer about a session is believed where nobody is told of a change; as long as of a key. */
export const SESSION_CACHE_MS = 5_000;
/** Sessions remembered at once: more people than work at one desk, at a few hundred bytes each. */
export const SESSION_CACHE_ENTRIES_MAX = 2_000;
/** A shift with what comes before and after it. A session is not prolonged: whoever stays signs in again. */
export const SESSION_SECONDS_MAX = 12 * 60 * 60;
/** Long enough to be read over a weekend with a holiday. */
export const INVITATION_MS_MAX = 4 * 24 * 60 * 60 * 1_000;
/** Wrong passwords or codes in a row. A person who mistypes needs fewer, a guesser gets nowhere with so many. */
export const FAILED_SIGN_INS_MAX = 5;
/** How long an account is locked then. Short enough for a night call; longer, a stranger could keep a person out. */
export const LOCK_MS = 15 * 60_000;
/** The table's. */
export const EMAIL_LENGTH_MAX = 100;
export const NAME_LENGTH_MAX = 100;
/** NIST SP 800-63B asks for 8 with a second factor; twelve hold out where the hash is stolen. */
export const PASSWORD_LENGTH_MIN = 12;
/** More takes long to hash and helps nobody. */
export const PASSWORD_LENGTH_MAX = 128;
/** Calls of a person in a minute: a console with every panel live makes a few hundred. */
export const PERSON_REQUESTS_PER_MINUTE_MAX = 3_000;
/** Members and open invitations of an organisation: its people fit on one page. */
export const MEMBERS_MAX = 200;
/** Entries of one page of a person's activity. */
export const ACTIVITY_ROWS_MAX = 100;
