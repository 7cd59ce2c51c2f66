import type { Database } from '@naru/db/database.ts';
import { createCached } from './cached.ts';
import { FORECAST_AGE_MS_MAX, OVERVIEW_AGE_MS_MAX } from './overview.limits.ts';
import type { Overview } from './overview.ts';
import { readOverview, readOverviewForecast } from './read-overview.ts';

/** The overview of one process: however many look at it, the database is asked once a second at most. */
export type Overviews = { read(): Promise<Overview> };

export function createOverviews(deps: { db: Database }): Overviews {
  const forecast = createCached(() => readOverviewForecast(deps), FORECAST_AGE_MS_MAX);
  return { read: createCached(() => readOverview(deps, forecast), OVERVIEW_AGE_MS_MAX) };
}
