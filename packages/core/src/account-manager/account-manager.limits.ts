/** Moves that one look writes. More accounts than that are low at once only when there is no reserve for them anyway. */
export const MOVES_PER_LOOK_MAX = 500;
/** Withdrawals of an asset that are counted as waiting; a longer queue is looked at again when these are paid. */
export const WAITING_ROWS_MAX = 10_000;
/**
 * A transfer that no processor could plan in this time is forgotten and decided anew: what it was decided from is old,
 * and its source is paused, short of money, or held by nobody.
 */
export const PENDING_MS_MAX = 600_000;
/** After a transfer that failed, the same one is tried again after this long, doubled for every failure in a row. */
export const FAILED_RETRY_BASE_MS = 30_000;
export const FAILED_RETRY_MS_MAX = 3_600_000;
/** Transfers of one asset and source that are put into one transaction at most; the chain's own limits come first. */
export const ITEMS_PER_TRANSFER_TX_MAX = 200;
/** How often a processor looks for transfers to plan. They wait for the accounts role anyway, which looks every 2 s. */
export const PLAN_TRANSFERS_MS = 250;
/**
 * A drain keeps back the gas of its last transaction at this many times today's fee, and at 5 gwei at least: between the
 * decision and the signature fees may rise, and where blocks are empty today's fee says little. Never more than the ceiling.
 */
export const DRAIN_FEE_MARGIN = 4n;
export const DRAIN_FEE_PER_GAS_WEI_MIN = 5_000_000_000n;
/** The contract takes amounts of 128 bits. */
export const TRANSFER_AMOUNT_MAX = 2n ** 128n - 1n;
/** Rows in one answer to a list of transfers. */
export const TRANSFERS_LISTED_MAX = 500;
