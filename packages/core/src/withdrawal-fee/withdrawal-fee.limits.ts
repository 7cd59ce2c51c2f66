/** Organisations with a schedule of their own for one asset: every process keeps all of them in memory. */
export const OWN_SCHEDULES_MAX = 1_000;
/** Changes that one answer lists; the newest. */
export const FEE_HISTORY_ROWS_MAX = 100;
/** A price of gas that is older than this is not charged by: a chain that nobody asks has no price. */
export const GAS_PRICE_VALID_MS = 600_000;
/** A price is written again after this long even if it has not changed, so that it stays valid. */
export const GAS_PRICE_REFRESH_MS = 60_000;
/** Of the amount and of the gas; more is a slip of digits. */
export const BASIS_POINTS_MAX = 10_000;
export const GAS_PERCENT_MAX = 1_000;
