/** Balances read from a node in one call; also rows read from the database at once: what a report needs of memory. */
export const RESERVES_PAGE_ROWS = 500;
