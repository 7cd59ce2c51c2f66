/** Transfers in one call: bounds the time that hot accounts stay locked (about 50 ms on a slow machine). */
export const POST_TRANSFERS_MAX = 2_000;
