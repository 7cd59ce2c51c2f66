import type { Queryable, Tx } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { sql } from 'kysely';
import { RATES_LISTED_MAX } from './exchange-rate.limits.ts';
import type { Observation, QuotedPair, RatePair, RateQuote, RateSource } from './exchange-rate.ts';

type PairRow = {
  base: string;
  quote: RateQuote;
  source: RateSource;
  chainId: string | null;
  feedAddress: Hex | null;
  inverse: boolean;
  freshSeconds: bigint;
  usableSeconds: bigint;
  marginBps: number;
  rateE18: bigint | null;
  observedAt: Date | null;
  detail: string | null;
};

/** All pairs, each with the newest observation of the source that it has now. */
export async function readPairs(db: Queryable): Promise<QuotedPair[]> {
  const { rows } = await sql<PairRow>`
    SELECT p.base, p.quote, p.source, p.chain_id AS "chainId", p.feed_address AS "feedAddress", p.inverse,
           p.fresh_seconds AS "freshSeconds", p.usable_seconds AS "usableSeconds", p.margin_bps AS "marginBps",
           r.rate_e18 AS "rateE18", r.observed_at AS "observedAt", r.detail
      FROM exchange_rate_pair p
      LEFT JOIN LATERAL (SELECT rate_e18, observed_at, detail FROM exchange_rate x
                          WHERE x.base = p.base AND x.quote = p.quote AND x.source = p.source
                          ORDER BY observed_at DESC LIMIT 1) r ON true
     ORDER BY p.base, p.quote`.execute(db);
  return rows.map(({ chainId, feedAddress, inverse, rateE18, observedAt, detail, ...pair }) => ({
    ...pair,
    feed: chainId === null || feedAddress === null ? null : { chainId, address: feedAddress, inverse },
    newest: rateE18 === null || observedAt === null ? null : { rateE18, observedAt, detail: detail ?? '' },
  }));
}

export async function upsertPair(tx: Tx, pair: RatePair): Promise<void> {
  const { base, quote, source, feed, freshSeconds, usableSeconds, marginBps } = pair;
  await sql`
    INSERT INTO exchange_rate_pair (base, quote, source, chain_id, feed_address, inverse, fresh_seconds, usable_seconds,
                                    margin_bps)
    VALUES (${base}, ${quote}, ${source}, ${feed?.chainId ?? null}, ${feed?.address ?? null}, ${feed?.inverse ?? false},
            ${freshSeconds}, ${usableSeconds}, ${marginBps})
    ON CONFLICT (base, quote) DO UPDATE SET
      source = excluded.source, chain_id = excluded.chain_id, feed_address = excluded.feed_address,
      inverse = excluded.inverse, fresh_seconds = excluded.fresh_seconds, usable_seconds = excluded.usable_seconds,
      margin_bps = excluded.margin_bps, updated_at = now()`.execute(tx);
}

export async function countPairs(tx: Tx): Promise<number> {
  const { rows } = await sql<{
    count: number;
  }>`SELECT count(*)::integer AS count FROM exchange_rate_pair`.execute(tx);
  return rows[0]?.count ?? 0;
}

/** Keeps an observation. False: it was kept before. */
export async function insertObservation(
  db: Queryable,
  pair: { base: string; quote: RateQuote; source: RateSource },
  { rateE18, observedAt, detail }: Observation,
  recordedBy: string,
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    INSERT INTO exchange_rate (base, quote, source, observed_at, rate_e18, detail, recorded_by)
    VALUES (${pair.base}, ${pair.quote}, ${pair.source}, ${observedAt}, ${rateE18}, ${detail}, ${recordedBy})
    ON CONFLICT DO NOTHING`.execute(db);
  return numAffectedRows === 1n;
}

export type RecordedRate = Observation & {
  base: string;
  quote: RateQuote;
  source: RateSource;
  recordedBy: string;
  recordedAt: Date;
};

/** The newest observations of a pair, of every source. */
export async function listObservations(
  db: Queryable,
  base: string,
  quote: RateQuote,
): Promise<RecordedRate[]> {
  const { rows } = await sql<RecordedRate>`
    SELECT base, quote, source, rate_e18 AS "rateE18", observed_at AS "observedAt", detail,
           recorded_by AS "recordedBy", recorded_at AS "recordedAt"
      FROM exchange_rate WHERE base = ${base} AND quote = ${quote}
     ORDER BY observed_at DESC LIMIT ${RATES_LISTED_MAX}`.execute(db);
  return rows;
}
