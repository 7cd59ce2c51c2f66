import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { startPrometheus } from '@naru/local-servers/prometheus.ts';
import { createNaru, type Naru } from '@naru/sdk/create-naru.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { dashboards } from '../../tools/observability/dashboards.data.ts';
import { findUnknownMetrics, metricsIn } from '../../tools/observability/metric-names.ts';
import { RULES_DIR, readRuleFile, readRules, ruleFiles } from '../../tools/observability/rule-files.ts';
import { randomAddress } from '../support/payouts.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { eventually, type Stack, type StackProcess, startStack } from '../support/stack.ts';

/** What watches the platform, against a platform that runs: every role but the processor, which is what is broken. */
let stack: Stack;
let naru: Naru;
let roles: Record<string, StackProcess>;
let receiver: Receiver;
let dir: string;
beforeAll(async () => {
  [stack, receiver, dir] = await Promise.all([
    startStack({ accounts: 3 }),
    startReceiver(),
    mkdtemp(path.join(tmpdir(), 'naru-alerts-')),
  ]);
  const [api, monitor, rest, jobs] = await Promise.all([
    stack.startApi(),
    stack.startWorker('monitor'),
    stack.startWorker('broadcaster,accounts'),
    stack.startWorker('jobs'),
  ]);
  roles = { api, monitor, rest, jobs };
  naru = createNaru({ baseUrl: api.url, apiKey: stack.apiKey });
});
afterAll(async () => {
  await stack?.stop();
  await receiver?.close();
  if (dir !== undefined) await rm(dir, { recursive: true, force: true });
});

const portOf = (role: string) => roles[role]?.port ?? 0;
const metricsOf = async (port: number) => await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();

/** Told only where signals travel over SQS. */
const ONLY_WITH_SQS = ['naru_signal_failures_total', 'naru_signal_queue_depth'];
/** Told by parts of the platform that this version does not have; their rules are silent without them. */
const ANNOUNCED = ['naru_account_runway_seconds', 'naru_dead_letters', 'naru_webhook_lag_seconds'];

test('every metric that a rule or a dashboard reads is told by some role', async () => {
  const signer = Number(new URL(stack.workerEnv['NARU_SIGNER_URL'] ?? '').port);
  const texts = await Promise.all([signer, ...Object.keys(roles).map(portOf)].map(metricsOf));
  const told = new Map(texts.flatMap((text) => [...metricsIn(text)]));
  const rules = await readRules();
  const recorded = new Set(rules.flatMap(({ record }) => record ?? []));
  const expressions = [
    ...rules.map(({ expr }) => expr),
    ...dashboards.flatMap(({ panels }) => panels.flatMap(({ queries }) => queries.map(({ expr }) => expr))),
  ];
  expect(expressions.length).toBeGreaterThan(90);
  const unknown = findUnknownMetrics(expressions, told, recorded);
  expect(unknown.filter((name) => !ANNOUNCED.includes(name))).toEqual(ONLY_WITH_SQS);
  const page = await readFile('docs/operations.md', 'utf8');
  const documented = new Set([...page.matchAll(/`(naru_\w+)/g)].map(([, name]) => name));
  expect([...told.keys()].filter((name) => name.startsWith('naru_') && !documented.has(name))).toEqual([]);
  for (const [index, text] of texts.entries())
    for (const resource of ['memory', 'heap', 'event_loop'])
      expect(text, `role ${index}`).toMatch(
        new RegExp(`naru_resource_used_ratio\\{resource="${resource}",role="[^"]+"\\} 0\\.\\d`),
      );
  expect(texts[2]).toMatch(
    /naru_resource_used_ratio\{resource="database_connections",role="monitor"\} 0\.\d/,
  );
});

/** The rules as they ship, but that nobody waits: a real Prometheus keeps the times that a test cannot. */
async function writeConfig(): Promise<string> {
  const rules = await Promise.all(
    ruleFiles.map(async (name) => {
      const groups = (await readRuleFile(path.join(RULES_DIR, name))).map((group) => ({
        ...group,
        rules: group.rules.map(({ for: _, ...rule }) => rule),
      }));
      const file = path.join(dir, name);
      await writeFile(file, stringify({ groups }));
      return file;
    }),
  );
  const file = path.join(dir, 'prometheus.yml');
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: rules,
    alerting: {
      alertmanagers: [{ static_configs: [{ targets: [new URL(receiver.url).host] }] }],
    },
    scrape_configs: [
      {
        job_name: 'naru',
        honor_labels: true,
        scrape_timeout: '1s',
        static_configs: ['api', 'monitor', 'jobs'].map((role) => ({
          targets: [`127.0.0.1:${portOf(role)}`],
          labels: { role },
        })),
      },
    ],
  };
  await writeFile(file, stringify(config));
  return file;
}

type SentAlert = {
  labels: Record<string, string>;
  annotations: Record<string, string>;
  startsAt: string;
  endsAt: string;
};
function sentAlerts(name: string): SentAlert[] {
  return receiver.received
    .filter(({ path: at }) => at === '/api/v2/alerts')
    .flatMap(({ body }) => JSON.parse(body) as SentAlert[])
    .filter(({ labels }) => labels['alertname'] === name);
}

test('without a processor the queue grows, Prometheus fires, and the alert arrives; with one it is resolved', async () => {
  const prometheus = await startPrometheus({ configFile: await writeConfig(), dir });
  try {
    const query = async (text: string) => {
      const answer = await fetch(`${prometheus.url}/api/v1/query?query=${encodeURIComponent(text)}`);
      const { data } = (await answer.json()) as { data: { result: { value: [number, string] }[] } };
      return data.result[0]?.value[1] ?? null;
    };
    await eventually('all roles are scraped', async () =>
      (await query('count(up{job="naru"} == 1)')) === '3' ? true : null,
    );
    expect(sentAlerts('NaruQueueWarning')).toEqual([]);
    const header = 'chain,asset,to,amount';
    const rows = Array.from({ length: 1_001 }, () => `localhost,USDC,${randomAddress()},0.01`);
    const { id, total } = await naru.bulk.create([header, ...rows].join('\n'));
    expect(total).toBe(1_001);
    const fired = await eventually(
      'the critical alert',
      async () => sentAlerts('NaruQueueCritical')[0] ?? null,
    );
    expect(fired.labels).toMatchObject({ severity: 'critical', topic: 'queue' });
    expect(fired.annotations).toMatchObject({
      summary: 'More than 1,000 withdrawals wait to be planned',
      description: expect.stringMatching(/^1001 withdrawals are accepted and have no nonce/),
      runbook_url: 'docs/runbooks/alerts.md#naruqueuecritical',
    });
    expect(await query('naru:queue:withdrawals')).toBe('1001');
    await eventually('the warning', async () => sentAlerts('NaruQueueWarning')[0] ?? null);

    roles['processor'] = await stack.startWorker('processor');
    await eventually(
      'all are paid',
      async () => ((await naru.bulk.get(id)).counts.CONFIRMED === total ? true : null),
      60_000,
    );
    await eventually('it is resolved', async () => {
      const last = sentAlerts('NaruQueueCritical').at(-1);
      return last !== undefined && Date.parse(last.endsAt) <= Date.now() ? true : null;
    });
    expect(await query('sum(naru_withdrawals_finished_total{outcome="confirmed"})')).not.toBeNull();
    expect(await readFile(path.join(dir, 'prometheus.log'), 'utf8')).not.toMatch(/level=error.*rule/);
  } finally {
    await prometheus.stop();
  }
});
