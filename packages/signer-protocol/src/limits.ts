/** Requests in one call: enough to fill every sub-account's window at once, small enough to answer in about a second. */
export const REQUESTS_PER_CALL_MAX = 64;

/** Items of one batch: 32,000,000 gas pay about 1,225 fresh recipients; the rest is room for cheaper chains. */
export const ITEMS_PER_BATCH_MAX = 1_500;

/** Deposit addresses of one sweep: 220,000 gas each, and no chain allows a transaction of more than 44,000,000. */
export const SALTS_PER_SWEEP_MAX = 200;

/** Bytes of a request body: 64 requests of 1,500 items, 150 bytes of JSON each, are 14.4 MB. */
export const BODY_BYTES_MAX = 16 * 1024 * 1024;

/** Bytes of an answer: 64 transactions of 1,500 items, 104 hex digits each, are 10 MB. */
export const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

/** How far the worker's clock and the signer's may differ. Also how long a recorded call could be replayed. */
export const CLOCK_SKEW_MS_MAX = 30_000;

/** Bytes of the shared token: as many as the HMAC has, so that guessing it is no easier than forging a signature. */
export const TOKEN_BYTES_MIN = 32;

/** The contract stores an amount in 16 bytes. */
export const AMOUNT_MAX = 2n ** 128n - 1n;

/** A Safe counts its transactions in 256 bits; none will come near 2^64. */
export const SAFE_NONCE_MAX = 2n ** 64n - 1n;

/** Signatures handed to a Safe: as many owners as packages/evm believes a Safe to have. */
export const SAFE_SIGNATURES_MAX = 50;

/** A gas quantity: no block of any chain holds more than 2^64, and Ethereum's own clients use 64 bits. */
export const GAS_MAX = 2n ** 64n - 1n;

/** A fee per gas in wei: 128 bits are more than all the coins there are. */
export const FEE_PER_GAS_WEI_MAX = 2n ** 128n - 1n;

/** A call that took longer than a day was none: it keeps a broken clock out of the database's integers. */
export const SIGN_MS_MAX = 86_400_000;
