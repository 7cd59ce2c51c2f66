/** What a dashboard shows, in the order in which it is read. A panel answers one question; its description says which. */
export type Panel = {
  title: string;
  description: string;
  /** As Grafana names units. */
  unit: 'short' | 's' | 'percentunit' | 'reqps' | 'ops' | 'bytes' | 'dateTimeFromNow' | 'cps';
  kind: 'stat' | 'timeseries' | 'table' | 'bargauge';
  queries: readonly { expr: string; legend: string }[];
  /** Values from which the colour is orange and red. */
  steps?: readonly [orange: number, red: number];
  /** Of 24 columns. */
  width: 4 | 6 | 8 | 12 | 24;
};
export type Dashboard = { uid: string; title: string; description: string; panels: readonly Panel[] };

export const line = (
  title: string,
  description: string,
  unit: Panel['unit'],
  queries: Panel['queries'],
  more: Partial<Panel> = {},
): Panel => ({ kind: 'timeseries', width: 12, title, description, unit, queries, ...more });
export const figure = (
  title: string,
  description: string,
  unit: Panel['unit'],
  expr: string,
  more: Partial<Panel> = {},
): Panel => ({
  kind: 'stat',
  width: 4,
  title,
  description,
  unit,
  queries: [{ expr, legend: title }],
  ...more,
});

export const quantile = (share: number, histogram: string, by: string, selector = '') =>
  `histogram_quantile(${share}, sum by (le, ${by}) (rate(${histogram}_bucket${selector}[$__rate_interval])))`;
