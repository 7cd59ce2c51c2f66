import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dashboards } from './observability/dashboards.data.ts';
import { toGrafana } from './observability/to-grafana.ts';
import { REPOSITORY } from './repository/files.ts';

/** `node tools/generate-dashboards.ts [--check]`: deploy/grafana/dashboards from tools/observability/dashboards.data.ts. */
const isCheck = process.argv.includes('--check');
const outdated: string[] = [];
for (const dashboard of dashboards) {
  const name = `deploy/grafana/dashboards/${dashboard.uid}.json`;
  const file = path.join(REPOSITORY, name);
  const text = `${JSON.stringify(toGrafana(dashboard), null, 2)}\n`;
  if ((await readFile(file, 'utf8').catch(() => '')) === text) continue;
  outdated.push(name);
  if (!isCheck) await writeFile(file, text);
}
process.stdout.write(
  outdated.length === 0
    ? 'The dashboards are up to date.\n'
    : `${isCheck ? 'Not what the data says; run node tools/generate-dashboards.ts' : 'Written'}: ${outdated.join(', ')}\n`,
);
process.exitCode = isCheck && outdated.length > 0 ? 1 : 0;
