/** Decimals of a rate: that of the smallest token against the won has digits to spare. */
export const RATE_DECIMALS = 18;
/** Digits of a rate that somebody gives, before and after the point. */
export const RATE_TEXT_LENGTH_MAX = 40;
/** A rate that says it is from the future by more than this has a wrong clock behind it. */
export const CLOCK_SKEW_MS_MAX = 60_000;
/** Pairs there may be: every process keeps all of them in memory. */
export const PAIRS_MAX = 500;
/** Days that the bank's calendar is walked back for a business day: the longest holidays of Korea, and a weekend at each end. */
export const BUSINESS_DAYS_BACK_MAX = 12;
/** Observations that a list shows. */
export const RATES_LISTED_MAX = 100;
/** How long observations are kept; what a withdrawal was valued by stands with it. */
export const RATES_KEPT_DAYS = 400;

/** How long a rate of each source can be trusted unless a pair says otherwise, in seconds, and the margin after that. */
export const SOURCE_DEFAULTS = {
  /** Given by a person, who is asked again each day. */
  OPERATOR: { freshSeconds: 86_400n, usableSeconds: 3n * 86_400n, marginBps: 300 },
  /** Crypto feeds are renewed each hour at least (heartbeat); two of them may be late. */
  CHAINLINK: { freshSeconds: 2n * 3_600n, usableSeconds: 12n * 3_600n, marginBps: 500 },
  /** Business days only: a weekend and a holiday are no reason for doubt, the longest holidays are one for a margin. */
  KOREAEXIM: { freshSeconds: 4n * 86_400n, usableSeconds: 12n * 86_400n, marginBps: 300 },
} as const;
