import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runPromtool } from '@naru/local-servers/prometheus.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { REPOSITORY } from '../repository/files.ts';
import { type AlertCase, alertCases, type Series } from './alert-cases.ts';
import { type AlertRule, RULES_DIR, readAlertRules, readRuleFile, ruleFiles } from './rule-files.ts';

/** The alert rules under deploy/prometheus, by Prometheus' own tool. */
const files = ruleFiles.map((name) => path.join(RULES_DIR, name));
let rules: AlertRule[];
let dir: string;
/** The same rules without their texts, which promtool would want to be expected with their figures filled in. */
let bare: string[];
beforeAll(async () => {
  rules = await readAlertRules();
  dir = await mkdtemp(path.join(tmpdir(), 'naru-rules-'));
  bare = await Promise.all(
    files.map(async (file) => {
      const groups = (await readRuleFile(file)).map((group) => ({
        ...group,
        rules: group.rules.map(({ annotations: _, ...rule }) => rule),
      }));
      const copy = path.join(dir, path.basename(file));
      await writeFile(copy, stringify({ groups }));
      return copy;
    }),
  );
});
afterAll(() => rm(dir, { recursive: true, force: true }));

test('promtool accepts the rules and the example of a configuration', async () => {
  await runPromtool(['check', 'rules', '--lint=all', '--lint-fatal', ...files]);
  await runPromtool(['check', 'config', path.join(REPOSITORY, 'deploy/prometheus/prometheus.yml')]);
});

test('the thresholds of the requirement stand there, each with its severity', () => {
  const of = (name: string) => rules.find(({ alert }) => alert === name);
  const facts = rules.map(({ alert, labels }) => [alert, labels?.['severity']]);
  const expected = {
    NaruApiErrorsCritical: ['naru:api_errors:ratio5m > 0.05', 'critical'],
    NaruQueueCritical: ['naru:queue:withdrawals > 1000', 'critical'],
    NaruDeadLettersCritical: ['naru:dead_letters:total > 100', 'critical'],
    NaruFailureRateCritical: ['naru:failure:ratio15m > 0.10', 'critical'],
    NaruResourceCritical: ['max by (role, instance, resource) (naru_resource_used_ratio) > 0.90', 'critical'],
    NaruApiSlow: ['naru:api_latency:p95_5m > 1', 'warning'],
    NaruQueueWarning: ['naru:queue:withdrawals > 500', 'warning'],
    NaruDeadLettersWarning: ['naru:dead_letters:total > 50', 'warning'],
    NaruFailureRateWarning: ['naru:failure:ratio15m > 0.05', 'warning'],
    NaruResourceWarning: ['max by (role, instance, resource) (naru_resource_used_ratio) > 0.70', 'warning'],
  };
  for (const [name, [expr, severity]] of Object.entries(expected)) {
    expect(of(name)?.expr).toBe(expr);
    expect(of(name)?.labels?.['severity']).toBe(severity);
  }
  for (const [, severity] of facts) expect(severity).toMatch(/^(critical|warning)$/);
});

test('every alert has a case, a sentence, figures, and a section of the runbook', async () => {
  const runbook = await readFile(path.join(REPOSITORY, 'docs/runbooks/alerts.md'), 'utf8');
  const sections = new Set([...runbook.matchAll(/^## (Naru\w+)$/gm)].map(([, name]) => name));
  expect(alertCases.map(({ alert }) => alert).sort()).toEqual(rules.map(({ alert }) => alert).sort());
  expect([...sections].sort()).toEqual(rules.map(({ alert }) => alert).sort());
  for (const { alert, annotations } of rules) {
    expect(annotations?.['runbook_url']).toBe(`docs/runbooks/alerts.md#${alert.toLowerCase()}`);
    expect(annotations?.['summary']).not.toMatch(/[.]$/);
    expect(annotations?.['description']).toMatch(/[.?]$/);
  }
});

describe('with promtool', () => {
  test('at its threshold every alert is silent, beyond it every alert fires, and not before its time', async () => {
    const file = path.join(dir, 'cases.yml');
    const tests = alertCases.flatMap((one) => [silent(one), fires(one)]);
    await writeFile(file, stringify({ rule_files: bare, evaluation_interval: '1m', tests }));
    await runPromtool(['test', 'rules', file]);
  });

  // The test above can fail: what fires is not silent.
  test('a rule whose threshold is another one does not pass', async () => {
    const [queue] = alertCases.filter(({ alert }) => alert === 'NaruQueueCritical');
    if (queue === undefined) throw new Error('there is no case of the queue');
    const file = path.join(dir, 'wrong.yml');
    const tests = [silent({ ...queue, silent: queue.fires })];
    await writeFile(file, stringify({ rule_files: bare, evaluation_interval: '1m', tests }));
    await expect(runPromtool(['test', 'rules', file])).rejects.toThrow(/NaruQueueCritical/);
  });
});

function seriesOf(series: Series) {
  return Object.entries(series).map(([name, values]) => ({ series: name, values }));
}

function silent({ alert, silent: series }: AlertCase) {
  return {
    interval: '1m',
    input_series: seriesOf(series),
    alert_rule_test: [5, 20].map((minute) => ({ eval_time: `${minute}m`, alertname: alert, exp_alerts: [] })),
  };
}

function fires(one: AlertCase) {
  const labels = { severity: one.severity, ...one.labels };
  const fired = { eval_time: `${one.after}m`, alertname: one.alert };
  const before =
    one.after === 0 || one.ramps === true
      ? []
      : [{ eval_time: `${one.after - 1}m`, alertname: one.alert, exp_alerts: [] }];
  return {
    interval: '1m',
    input_series: seriesOf(one.fires),
    alert_rule_test: [...before, { ...fired, exp_alerts: [{ exp_labels: labels }] }],
  };
}
