import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { REPOSITORY } from '../repository/files.ts';
import { dashboards } from './dashboards.data.ts';
import { findUnknownMetrics, metricNamesOf } from './metric-names.ts';
import { toGrafana } from './to-grafana.ts';

const GRAFANA = path.join(REPOSITORY, 'deploy/grafana');

type GrafanaPanel = {
  id: number;
  title: string;
  description: string;
  datasource: { uid: string };
  gridPos: { x: number; y: number; w: number; h: number };
  fieldConfig: { defaults: { unit: string } };
  targets: { refId: string; expr: string; legendFormat: string }[];
};
type GrafanaDashboard = {
  uid: string;
  title: string;
  schemaVersion: number;
  templating: { list: { name: string; type: string; query: string }[] };
  panels: GrafanaPanel[];
};

async function readDashboards(): Promise<GrafanaDashboard[]> {
  const dir = path.join(GRAFANA, 'dashboards');
  const names = (await readdir(dir)).sort();
  return await Promise.all(
    names.map(async (name) => JSON.parse(await readFile(path.join(dir, name), 'utf8')) as GrafanaDashboard),
  );
}

test('the files are what the data says, and no other file is there', async () => {
  const files = await readDashboards();
  expect(files).toEqual(dashboards.map(toGrafana).sort((a, b) => uidOf(a).localeCompare(uidOf(b))));
});

test('every dashboard can be imported, and every panel says what it shows', async () => {
  const files = await readDashboards();
  expect(new Set(files.map(({ uid }) => uid)).size).toBe(files.length);
  expect(new Set(files.map(({ title }) => title)).size).toBe(files.length);
  for (const { uid, schemaVersion, templating, panels } of files) {
    expect(uid).toMatch(/^[a-z0-9-]{1,40}$/); // Grafana's own limit is 40
    expect(schemaVersion).toBeGreaterThanOrEqual(39);
    expect(templating.list).toContainEqual(
      expect.objectContaining({ name: 'datasource', type: 'datasource', query: 'prometheus' }),
    );
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const panel of panels) {
      expect(panel.title).not.toBe('');
      expect(panel.description).toMatch(/\.$/);
      expect(panel.fieldConfig.defaults.unit).not.toBe('');
      expect(panel.datasource.uid).toBe('$datasource');
      expect(panel.gridPos.x + panel.gridPos.w).toBeLessThanOrEqual(24);
      expect(panel.targets.length).toBeGreaterThan(0);
      for (const { expr, legendFormat } of panel.targets) {
        expect(metricNamesOf(expr).size).toBeGreaterThan(0);
        expect(legendFormat).not.toBe('');
      }
    }
    expect(overlaps(panels)).toEqual([]);
  }
});

test('what Grafana is given at its start can be read', async () => {
  for (const file of ['datasources/naru.yml', 'dashboards/naru.yml'])
    expect(parse(await readFile(path.join(GRAFANA, 'provisioning', file), 'utf8'))).toMatchObject({
      apiVersion: 1,
    });
});

test('a misspelt metric and a broken expression are found', () => {
  const told = new Map([
    ['naru_nonce_gaps', 'gauge'],
    ['naru_rpc_request_seconds', 'histogram'],
  ]);
  const find = (...expressions: string[]) => findUnknownMetrics(expressions, told, new Set(['naru:one']));
  expect(find('sum(naru_nonce_gap) > naru:one', 'up == 0')).toEqual(['naru_nonce_gap']);
  expect(find('rate(naru_rpc_request_seconds_bucket{le="1"}[$__rate_interval])')).toEqual([]);
  expect(find('naru_nonce_gaps_count')).toEqual(['naru_nonce_gaps_count']);
  expect(() => find('sum(naru_nonce_gaps')).toThrow(/not PromQL/);
});

function uidOf(dashboard: object): string {
  return (dashboard as { uid: string }).uid;
}

function overlaps(panels: readonly GrafanaPanel[]): string[] {
  return panels.flatMap((a, index) =>
    panels.slice(index + 1).flatMap((b) => {
      const apart =
        a.gridPos.x + a.gridPos.w <= b.gridPos.x ||
        b.gridPos.x + b.gridPos.w <= a.gridPos.x ||
        a.gridPos.y + a.gridPos.h <= b.gridPos.y ||
        b.gridPos.y + b.gridPos.h <= a.gridPos.y;
      return apart ? [] : [`${a.title} and ${b.title}`];
    }),
  );
}
