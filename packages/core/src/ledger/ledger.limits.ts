/** Transfers in one call: bounds the time that hot accounts stay locked (about 50 ms on a slow machine). */
export const POST_TRANSFERS_MAX = 2_000;

/**
 * The largest amount of one transfer, in the smallest unit: 10^66 − 1, between 2^219 and 2^220. The totals of an account
 * have 78 digits, so they have room for 10^12 of that size. The database has the same limit as a CHECK.
 */
export const TRANSFER_UNITS_MAX = 10n ** 66n - 1n;
