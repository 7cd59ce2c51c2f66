/** Blocks read in one step. Bounds the answers of a node and the length of a transaction. */
export const DEPOSIT_SCAN_BLOCKS_MAX = 100n;
/**
 * Logs booked in one transaction: a third of what one call of the ledger takes, since a step may find deposits, sweeps and
 * unknown tokens. A range with more is cut; one block with more is booked in several calls under one lock.
 */
export const DEPOSIT_LOGS_MAX = 600;
/** Logs of unknown tokens kept of one step: anyone can make a token that logs what it likes. */
export const UNKNOWN_TOKEN_LOGS_MAX = 200;
/** A monitor that does not renew within this time is replaced by another. */
export const DEPOSIT_LEASE_MS_MIN = 3_000;
/** Deposit addresses of one organisation on one chain: each look asks for all, 500 in a call. */
export const ADDRESSES_PER_ORGANISATION_MAX = 10_000;
/** Characters of an address's label. */
export const LABEL_LENGTH_MAX = 255;

/** Addresses in one sweep: 60 that need their forwarders made use 13.3 of the 16.7 million gas that Ethereum allows. */
export const SWEEP_ADDRESSES_MAX = 60;
/** Gas of a sweep around its addresses, and for each; measured with every forwarder made on the way (gas-report.md). */
export const SWEEP_BASE_GAS = 60_000n;
export const SWEEP_ADDRESS_GAS = 220_000n;
/** What a sweep of one address really burns when its forwarder is there: for deciding whether it is worth it. */
export const SWEEP_ADDRESS_GAS_USED = 16_000n;
/** The coin is swept when an address holds this many times what its share of the sweep burns. */
export const SWEEP_COIN_FACTOR = 20n;
/** Between looks for what is worth a sweep; money is as safe at its address as at the treasury. */
export const SWEEP_POLL_MS = 5_000;
