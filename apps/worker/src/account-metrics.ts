import { listAccountOverviews } from '@naru/core/account-manager/account.reader.ts';
import { readForecast } from '@naru/core/account-manager/forecast.ts';
import type { Database } from '@naru/db/database.ts';
import { registerGaugeGroup } from '@naru/ops/gauge-group.ts';
import type { Registry } from 'prom-client';

/** What the accounts hold and for how long it lasts, from the database at each scrape of the accounts role. */
export function registerAccountMetrics(registry: Registry, db: Database): void {
  registerGaugeGroup(
    registry,
    [
      {
        name: 'naru_account_balance',
        help: 'What an account holds, in whole units, as last read from the chain; for graphs, not for books',
        labelNames: ['chain', 'sub_account', 'role', 'asset'],
      },
    ],
    async () => ({
      naru_account_balance: (await listAccountOverviews(db, null)).flatMap(
        ({ chainId, address, role, state, balances }) =>
          state === 'RETIRED'
            ? []
            : balances.map(({ asset, decimals, balance }) => ({
                labels: { chain: chainId, sub_account: address, role, asset },
                value: Number(balance) / 10 ** decimals,
              })),
      ),
    }),
  );
  registerGaugeGroup(
    registry,
    [
      {
        name: 'naru_account_runway_seconds',
        help: 'Time until the main or gas accounts are below low, as fast as money left in the worst of the last hour, day and week; absent while nothing leaves',
        labelNames: ['chain', 'role', 'asset'],
      },
    ],
    async () => ({
      naru_account_runway_seconds: (await readForecast(db, null)).flatMap(
        ({ chainId, role, asset, runwaySeconds }) =>
          runwaySeconds.least === null
            ? []
            : [{ labels: { chain: chainId, role, asset }, value: runwaySeconds.least }],
      ),
    }),
  );
}
