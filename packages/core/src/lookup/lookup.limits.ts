/** Rows of one page of an operator's list: more than a screen shows, and few enough to answer at once. */
export const OPERATOR_PAGE_ROWS_MAX = 200;
/** Where a count of withdrawals ends: beyond it, exact figures tell an operator nothing and cost a scan. */
export const COUNT_ROWS_MAX = 10_000;
/** The newest rows that are looked through for a page before an index is asked: what most filters want is among them. */
export const WINDOW_ROWS = 10_000;
/** Withdrawals with an open dead letter that a list knows of: more than these and the cause is one, not many. */
export const LETTERED_ROWS_MAX = 10_000;
/** Answers of a global search: what a person reads at a glance. */
export const SEARCH_HITS_MAX = 20;
/** Answers of one kind in it. */
export const SEARCH_HITS_OF_KIND_MAX = 5;
/** Characters of what is searched for: the longest reference. */
export const SEARCH_TEXT_LENGTH_MAX = 255;
/** Organisations whose name or newest withdrawals are gone through for one answer. */
export const ORGANISATIONS_MAX = 10_000;
/** Webhook deliveries told with a withdrawal: each of a handful of endpoints is told of eight events at the most. */
export const DELIVERIES_TOLD_MAX = 50;
