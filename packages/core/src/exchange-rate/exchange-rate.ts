import type { Hex } from '@naru/kit/hex.ts';

export const rateSources = ['OPERATOR', 'CHAINLINK', 'KOREAEXIM'] as const;
export type RateSource = (typeof rateSources)[number];
export const rateQuotes = ['USD', 'KRW'] as const;
export type RateQuote = (typeof rateQuotes)[number];

/** Where the rate of a pair comes from, and how long it can be trusted. */
export type RatePair = {
  /** An asset's code (`USDC`), its id (`polygon:USDC`) where that one is another, or `USD`. */
  base: string;
  quote: RateQuote;
  source: RateSource;
  /** Of CHAINLINK only. `inverse`: the feed tells base for one quote. */
  feed: { chainId: string; address: Hex; inverse: boolean } | null;
  freshSeconds: bigint;
  usableSeconds: bigint;
  /** Put on top of a value once the rate is no longer fresh, in hundredths of a percent. */
  marginBps: number;
};

export type Observation = {
  /** Quote units for one base unit, times 10^18. */
  rateE18: bigint;
  observedAt: Date;
  /** For people: round, search date, who. */
  detail: string;
};

/** A pair with the newest observation of its source; null: there is none yet. */
export type QuotedPair = RatePair & { newest: Observation | null };

/** How old a rate is at a moment. `expired`: too old for anything; `missing`: there is none. */
export type Staleness = 'fresh' | 'stale' | 'expired' | 'missing';

/** A source of rates outside. Throws when it cannot be asked, or says nothing that can be believed. */
export type RateSourcePort = { read(pair: RatePair): Promise<Observation> };
