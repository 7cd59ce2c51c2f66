import type { Dashboard, Panel } from './panel.ts';

const COLUMNS = 24;
const HEIGHT_OF: Readonly<Record<Panel['kind'], number>> = { stat: 4, timeseries: 8, table: 8, bargauge: 8 };
/** What Grafana calls the variable that names the Prometheus to ask. */
const SOURCE = { type: 'prometheus', uid: '$datasource' };

/** A dashboard as Grafana 10 and later import it: schema 39. Panels fill rows from left to right. */
export function toGrafana(dashboard: Dashboard): object {
  let x = 0;
  let y = 0;
  let rowHeight = 0;
  const panels = dashboard.panels.map((panel, index) => {
    if (x + panel.width > COLUMNS) {
      x = 0;
      y += rowHeight;
      rowHeight = 0;
    }
    const height = HEIGHT_OF[panel.kind];
    const gridPos = { h: height, w: panel.width, x, y };
    x += panel.width;
    rowHeight = Math.max(rowHeight, height);
    return toPanel(panel, index + 1, gridPos);
  });
  return {
    uid: dashboard.uid,
    title: dashboard.title,
    description: dashboard.description,
    tags: ['naru'],
    schemaVersion: 39,
    version: 1,
    editable: true,
    graphTooltip: 1,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    timezone: 'browser',
    templating: {
      list: [
        {
          name: 'datasource',
          label: 'Prometheus',
          type: 'datasource',
          query: 'prometheus',
          current: {},
          hide: 0,
        },
      ],
    },
    annotations: { list: [] },
    links: [
      {
        title: 'Naru',
        type: 'dashboards',
        tags: ['naru'],
        asDropdown: true,
        includeVars: true,
        keepTime: true,
      },
    ],
    panels,
  };
}

function toPanel(panel: Panel, id: number, gridPos: object): object {
  const isInstant = panel.kind === 'table' || panel.kind === 'bargauge';
  return {
    id,
    type: panel.kind,
    title: panel.title,
    description: panel.description,
    datasource: SOURCE,
    gridPos,
    fieldConfig: {
      defaults: {
        unit: panel.unit,
        min: panel.unit === 'dateTimeFromNow' ? null : 0,
        color: { mode: panel.kind === 'stat' ? 'thresholds' : 'palette-classic' },
        thresholds: { mode: 'absolute', steps: stepsOf(panel) },
        ...(panel.kind === 'timeseries' && panel.steps !== undefined
          ? { custom: { thresholdsStyle: { mode: 'line' } } }
          : {}),
      },
      overrides: [],
    },
    options: optionsOf(panel),
    targets: panel.queries.map(({ expr, legend }, index) => ({
      refId: String.fromCharCode('A'.charCodeAt(0) + index),
      datasource: SOURCE,
      expr,
      legendFormat: legend,
      ...(isInstant
        ? { instant: true, range: false, format: panel.kind === 'table' ? 'table' : 'time_series' }
        : {}),
    })),
  };
}

function stepsOf({ steps }: Panel): object[] {
  const green = { color: 'green', value: null };
  if (steps === undefined) return [green];
  const [orange, red] = steps;
  return [green, ...(orange < red ? [{ color: 'orange', value: orange }] : []), { color: 'red', value: red }];
}

function optionsOf({ kind }: Panel): object {
  switch (kind) {
    case 'stat':
      return {
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
        colorMode: 'background',
      };
    case 'timeseries':
      return {
        legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
        tooltip: { mode: 'multi', sort: 'desc' },
      };
    case 'table':
      return { showHeader: true };
    case 'bargauge':
      return {
        reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
        orientation: 'horizontal',
      };
  }
}
