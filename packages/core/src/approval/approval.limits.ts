/** Persons that one review may ask for. More than this find no time in which all of them look. */
export const REVIEW_QUORUM_MAX = 10;
/** The shortest time for a decision: nobody reads and decides faster, and a review that is over at once is a denial. */
export const REVIEW_EXPIRY_MS_MIN = 1_000;
/** The longest: an amount that is reserved for a month and not decided is forgotten, not reviewed. */
export const REVIEW_EXPIRY_MS_MAX = 30 * 24 * 3_600_000;
/** Rules that one review names; a person reads them all. */
export const REVIEW_REASONS_MAX = 20;
/** Reviews ended by one transaction: it holds their withdrawals and the ledger accounts of their owners. */
export const EXPIRE_ROWS_MAX = 500;
/** Of a voter's reason: what fits on one screen and is read. */
export const VOTE_REASON_LENGTH_MAX = 1_000;
