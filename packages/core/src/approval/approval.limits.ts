/** Persons that one review may ask for. More than this find no time in which all of them look. */
export const REVIEW_QUORUM_MAX = 10;
/** The shortest time for a decision: nobody reads and decides faster, and a review that is over at once is a denial. */
export const REVIEW_EXPIRY_MS_MIN = 1_000;
/** The longest: an amount that is reserved for a month and not decided is forgotten, not reviewed. */
export const REVIEW_EXPIRY_MS_MAX = 30 * 24 * 3_600_000;
/** Rules that one review names; a person reads them all. */
export const REVIEW_REASONS_MAX = 20;
