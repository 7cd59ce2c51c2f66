/**
 * How long a claimed row stays claimed. Short, because a dead owner's rows wait for it. A call that outlasts it costs
 * work, no more: a late signature is not kept, and late news of a send is true whoever brings it.
 */
export const CLAIM_LEASE_MS = 3_000;
/** Transactions signed in one call: full batches of them take well under the lease. The signer's own limit is 64. */
export const SIGN_CLAIM_MAX = 8;
/** Transactions sent by one instance at once. */
export const SEND_CLAIM_MAX = 32;
/** Signed bytes are offered again after this long, while no block holds them: pools drop transactions. */
export const RESEND_INTERVAL_MS = 15_000;
/** Between tries after an answer that left the outcome unknown. */
export const UNKNOWN_RETRY_BASE_MS = 250;
export const UNKNOWN_RETRY_MS_MAX = 5_000;
/** Between tries while the fee ceiling, the signer's daily limit or missing gas money stands in the way. */
export const BLOCKED_RETRY_MS = 3_000;
/** While the market is above the ceiling, a replacement is looked at again after this long. */
export const FEE_CEILING_RETRY_MS = 10_000;
/** A transaction that waits this many blocks (but at least the time below) for its block gets a higher fee. */
export const BUMP_AFTER_BLOCKS = 4;
export const BUMP_AFTER_MS_MIN = 12_000;
/** Attempts for one nonce; each costs at least an eighth more, so 40 is far past any ceiling. */
export const ATTEMPTS_MAX = 40;
/** Slots of an account's in-flight allowance that standard withdrawals leave free for VIP and EMERGENCY. */
export const IN_FLIGHT_RESERVED_FOR_PRIORITY = 2;
/** How long standard withdrawals wait for company when there are not enough to fill a batch. */
export const BATCH_WAIT_MS = 100;
/** Withdrawals validated by one statement. */
export const VALIDATE_ROWS_MAX = 2_000;

/**
 * Gas of a batch around its items: intrinsic 21,000, the executed batch id 22,100, checks, the log, and for the coin the
 * refund. Measured upper bound of contracts/gas-report.md; to it comes what the contract reserves for the last item.
 */
export const BATCH_BASE_GAS = 140_000n;
/** A self-transfer that frees a nonce: 21,000 on most chains, more where a rollup adds the cost of its data. */
export const CANCEL_GAS = 200_000n;
/** An ERC-20 approve, for tokens behind proxies too. */
export const APPROVE_GAS = 120_000n;

/** Blocks read in one step of the monitor. Bounds the answers of a node and the length of a transaction. */
export const SCAN_BLOCKS_MAX = 100n;
/** Beyond the depth of a chain, blocks remembered to find where a reorganisation began. */
export const BLOCKS_REMEMBERED_EXTRA = 64n;
/** A monitor that does not renew within this time is replaced by another. */
export const CURSOR_LEASE_MS = 3_000;
/** Transactions settled side by side, each in a database transaction of its own. */
export const SETTLE_AT_ONCE_MAX = 4;

/** Blocks searched for a forgotten batch of ours before a nonce is said to have been used by somebody else. */
export const RECORDS_SEARCHED_BLOCKS = 10_000n;
/**
 * Nonces of one account that may have been signed and be in no block: those in flight and some approvals. More means that
 * signer and chain do not belong together.
 */
export const SIGNED_AHEAD_MAX = 64n;
/** Recovery waits for the blocks that use them up: at least this, and three times the depth. */
export const FREE_NONCES_MS_MIN = 120_000;
export const FREE_NONCES_POLL_MS = 1_000;
/** Blocks beyond final depth before a nonce is said to have been used by somebody else: nodes index receipts late. */
export const FOREIGN_MARGIN_BLOCKS = 12n;
