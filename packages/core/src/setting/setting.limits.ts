/** Changes of one setting that one answer lists; the newest. */
export const HISTORY_ROWS_MAX = 100;
/** Characters of a reason. */
export const REASON_LENGTH_MAX = 500;

const GWEI = 1_000_000_000n;
/** No chain of ours has ever asked more for gas in a day; a slip of three digits is refused. */
export const FEE_PER_GAS_WEI_MAX = 20_000n * GWEI;
/** Above this a tip is a gift to whoever makes the block. */
export const TIP_PER_GAS_WEI_MAX = 1_000n * GWEI;
/** As the table has it: the largest batch that any chain's gas ceiling can hold. */
export const BATCH_ITEMS_MAX = 1_500n;
/** A withdrawal that waits longer than this for company has not been paid promptly. */
export const BATCH_WAIT_MS_MAX = 60_000n;
/** As the table has it: what nodes keep of one account. */
export const IN_FLIGHT_MAX = 64n;
/** As the table has it: the smallest batch, with a token that needs much. */
export const BATCH_GAS_MIN = 100_000n;
/** The largest block of a chain that ships. */
export const BATCH_GAS_MAX = 60_000_000n;
/** As the table has it. */
export const CONFIRMATIONS_MAX = 10_000n;
/** Of blocks on any chain. */
export const BLOCK_TIME_MS_MAX = 120_000n;
export const BUMP_AFTER_BLOCKS_MAX = 1_000n;
/** A fee that is raised more often than this is raised before a block could come. */
export const BUMP_AFTER_MS_MIN_MIN = 1_000n;
export const BUMP_AFTER_MS_MIN_MAX = 3_600_000n;
/** Less would load nodes with repeats; more would leave what a pool dropped for too long. */
export const RETRY_MS_MIN = 50n;
export const RETRY_MS_MAX = 600_000n;
export const GAS_RESERVE_TXS_MAX = 100n;
/** As the table has it, for an asset. */
export const GAS_PER_ITEM_MIN = 5_000n;
export const TRANSFER_GAS_MIN = 2_300n;
export const ASSET_GAS_MAX = 1_000_000n;
/** As the ledger has it; what one payment may carry is less (`AMOUNT_MAX`). */
export const CHAIN_LOOKS_MAX = 20n;
export const CHAIN_LOOK_AGAIN_MS_MAX = 120_000n;
