import { readPairs } from '@naru/core/exchange-rate/exchange-rate.store.ts';
import type { Verdict } from '@naru/core/policy/policy.ts';
import type { Database } from '@naru/db/database.ts';
import { registerGaugeGroup } from '@naru/ops/gauge-group.ts';
import { Counter, type Registry } from 'prom-client';

/** Told of what the rules said, and of how the sources of screening answered. */
export type PolicyObserver = {
  onVerdicts(verdicts: Readonly<Record<Verdict, number>>): void;
  onScreening(source: string, outcome: 'answered' | 'failed', count: number): void;
};

export function createPolicyMetrics(registry: Registry): PolicyObserver {
  const decisions = new Counter({
    name: 'naru_policy_decisions_total',
    help: 'Withdrawals that this process judged by the rules, by verdict',
    labelNames: ['verdict'],
    registers: [registry],
  });
  const screenings = new Counter({
    name: 'naru_screening_addresses_total',
    help: 'Addresses that this process asked a source about, by outcome',
    labelNames: ['source', 'outcome'],
    registers: [registry],
  });
  for (const verdict of ['ALLOW', 'REVIEW', 'DENY'] as const) decisions.inc({ verdict }, 0);
  return {
    onVerdicts(verdicts) {
      for (const [verdict, count] of Object.entries(verdicts))
        if (count > 0) decisions.inc({ verdict }, count);
    },
    onScreening: (source, outcome, count) => screenings.inc({ source, outcome }, count),
  };
}

/** How old the rate of each pair is against what it may be: read from the database at each scrape. */
export function registerRateMetrics(registry: Registry, db: Database): void {
  const perPair = (name: string, help: string) => ({ name, help, labelNames: ['base', 'quote', 'source'] });
  registerGaugeGroup(
    registry,
    [
      perPair('naru_exchange_rate_age_seconds', 'Age of the rate that amounts are valued by'),
      perPair('naru_exchange_rate_fresh_seconds', 'Age up to which a rate counts without a margin'),
      perPair('naru_exchange_rate_usable_seconds', 'Age from which amounts are not valued any more'),
    ],
    async () => {
      const pairs = await readPairs(db);
      const labelsOf = ({ base, quote, source }: (typeof pairs)[number]) => ({ base, quote, source });
      return {
        naru_exchange_rate_age_seconds: pairs.flatMap((pair) =>
          pair.newest === null
            ? []
            : [
                {
                  labels: labelsOf(pair),
                  value: Math.max(0, (Date.now() - pair.newest.observedAt.getTime()) / 1_000),
                },
              ],
        ),
        naru_exchange_rate_fresh_seconds: pairs.map((pair) => ({
          labels: labelsOf(pair),
          value: Number(pair.freshSeconds),
        })),
        naru_exchange_rate_usable_seconds: pairs.map((pair) => ({
          labels: labelsOf(pair),
          value: Number(pair.usableSeconds),
        })),
      };
    },
  );
}
