import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listChannels } from '@naru/core/alert/alert-channel.store.ts';
import { listAlarms } from '@naru/core/reconciliation/alarm.store.ts';
import { fromPublicId } from '@naru/kit/ids.ts';
import { startPrometheus } from '@naru/local-servers/prometheus.ts';
import { createNaru, type Naru } from '@naru/sdk/create-naru.ts';
import { localhostCertificate } from '@naru/testkit/localhost-certificate.ts';
import { type MailServer, startMailServer } from '@naru/testkit/mail-server.ts';
import { sql } from 'kysely';
import { Webhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { dashboards } from '../../tools/observability/dashboards.data.ts';
import { findUnknownMetrics, metricsIn } from '../../tools/observability/metric-names.ts';
import { RULES_DIR, readRuleFile, readRules, ruleFiles } from '../../tools/observability/rule-files.ts';
import { spansOf } from '../support/otlp.ts';
import { randomAddress } from '../support/payouts.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { runNaru } from '../support/run-naru.ts';
import { eventually, type Stack, type StackProcess, startStack } from '../support/stack.ts';

/** What watches the platform, against a platform that runs: every role but the processor, which is what is broken. */
let stack: Stack;
let naru: Naru;
let roles: Record<string, StackProcess>;
let receiver: Receiver;
let mail: MailServer;
let alertEnv: Record<string, string>;
let dir: string;
beforeAll(async () => {
  [stack, receiver, dir] = await Promise.all([
    startStack({ accounts: 3 }),
    startReceiver(),
    mkdtemp(path.join(tmpdir(), 'naru-alerts-')),
  ]);
  mail = await startMailServer();
  alertEnv = await writeSecrets();
  const otlp = { OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/otlp` };
  const key = { NARU_ALERT_KEY_FILE: alertEnv['NARU_ALERT_KEY_FILE'] ?? '' };
  const api = await stack.startApi({ ...key, ...otlp });
  const monitor = await stack.startWorker('monitor');
  const rest = await stack.startWorker('broadcaster,accounts');
  const jobs = await stack.startWorker('jobs', { ...alertEnv, ...otlp });
  roles = { api, monitor, rest, jobs };
  naru = createNaru({ baseUrl: api.url, apiKey: stack.apiKey });
});
afterAll(async () => {
  await stack?.stop();
  await Promise.all([receiver?.close(), mail?.close()]);
  if (dir !== undefined) await rm(dir, { recursive: true, force: true });
});

/** What the jobs role needs to tell people: files with secrets, and a server of mail with TLS and AUTH. */
async function writeSecrets(): Promise<Record<string, string>> {
  const write = async (name: string, text: string) => {
    const file = path.join(dir, name);
    await writeFile(file, text);
    return file;
  };
  return {
    NARU_ALERT_KEY_FILE: await write('alert-key', 'k'.repeat(64)),
    NARU_SMTP_URL: `smtp://naru@127.0.0.1:${mail.port}`,
    NARU_SMTP_PASSWORD_FILE: await write('smtp-password', 'correct horse\n'),
    NARU_SMTP_CA_FILE: await write('smtp-ca.pem', localhostCertificate),
    NARU_SMTP_FROM: 'naru@example.com',
    NARU_WEBHOOK_KEY: randomBytes(32).toString('base64'), // so that the jobs role tells of webhooks
  };
}

/** Missing on purpose until somebody needs it. */
async function startProcessor(): Promise<void> {
  roles['processor'] ??= await stack.startWorker('processor');
}

const api = () => `http://127.0.0.1:${portOf('api')}`;
const portOf = (role: string) => roles[role]?.port ?? 0;
const metricsOf = async (port: number) => await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();

/** Told only where signals travel over SQS. */
const ONLY_WITH_SQS = ['naru_signal_failures_total', 'naru_signal_queue_depth'];

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
  expect(unknown).toEqual(ONLY_WITH_SQS);
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

    await startProcessor();
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

test('one withdrawal is one trace, through every role, also when the jobs role is killed in between', async () => {
  await startProcessor();
  const caller = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`;
  const answer = await fetch(`${api()}/v1/withdrawals`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${stack.apiKey}`,
      'content-type': 'application/json',
      'idempotency-key': 'traced',
      traceparent: caller,
    },
    body: JSON.stringify({ chain: 'localhost', asset: 'USDC', to: randomAddress(), amount: '1' }),
  });
  const { id } = (await answer.json()) as { id: string };
  const traceId = (fromPublicId('withdrawal', id) ?? '').replaceAll('-', '');
  expect(answer.headers.get('traceparent')).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`));
  roles['jobs']?.kill('SIGKILL');
  await roles['jobs']?.ended;
  await naru.withdrawals.waitFor(id, { until: ['CONFIRMED'], timeoutMs: 30_000 });
  const otlp = { OTEL_EXPORTER_OTLP_ENDPOINT: `${receiver.url}/otlp` };
  roles['jobs'] = await stack.startWorker('jobs', { ...alertEnv, ...otlp });
  const spans = await eventually('the whole trace', async () => {
    const found = new Map(spansOf(receiver, traceId).map((span) => [span.spanId, span]));
    return [...found.values()].some(({ parentSpanId }) => parentSpanId === undefined)
      ? [...found.values()]
      : null;
  });
  const root = spans.find(({ parentSpanId }) => parentSpanId === undefined);
  const steps = spans
    .filter((span) => span !== root && span.service !== 'naru-signer' && !span.name.startsWith('POST'))
    .sort((a, b) => Number(BigInt(a.endTimeUnixNano) - BigInt(b.endTimeUnixNano)));
  expect(root?.name).toBe('withdrawal');
  expect(steps.every(({ parentSpanId }) => parentSpanId === root?.spanId)).toBe(true);
  expect(steps.map(({ service, name }) => `${service} ${name}`)).toEqual([
    'naru-api accepted',
    'naru-processor PENDING',
    'naru-processor VALIDATING',
    'naru-processor SIGNING',
    'naru-broadcaster SIGNED',
    'naru-broadcaster BROADCASTING',
    'naru-monitor BROADCASTED',
    'naru-monitor CONFIRMING',
  ]);
  // The signer talks to nobody: what it said of its part came back with the signature.
  const signer = spans.filter(({ service }) => service === 'naru-signer');
  const signing = steps.find(({ name }) => name === 'SIGNING');
  expect(signer).toMatchObject([{ name: 'sign', parentSpanId: signing?.spanId }]);
  expect(signer[0]?.attributes).toContainEqual({
    key: 'naru.signer.backend',
    value: { stringValue: 'keystore' },
  });
  for (const { startTimeUnixNano, endTimeUnixNano } of spans)
    expect(BigInt(endTimeUnixNano) >= BigInt(startTimeUnixNano)).toBe(true);
  const call = spans.find(({ name }) => name === 'POST /v1/withdrawals');
  expect(call).toMatchObject({ service: 'naru-api', parentSpanId: root?.spanId });
  expect(call?.links).toEqual([{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }]);
  const told = receiver.received.filter(({ path: at }) => at === '/otlp/v1/traces').map(({ body }) => body);
  expect(told.join()).not.toMatch(/amount|0x[0-9a-fA-F]{40}"/);
  expect(await roles['api']?.log()).toContain(`"traceId":"${traceId}"`);
});

/** The command line as an operator runs it. */
const cli = (...args: string[]) =>
  runNaru(args, {
    DATABASE_URL: stack.database.url,
    NARU_ALERT_KEY_FILE: alertEnv['NARU_ALERT_KEY_FILE'] ?? '',
    NARU_OPERATOR: 'kim',
  });

/** The reserves of the books of this stack are put off by as much, as somebody with psql could. */
async function breakReserves(units: number): Promise<void> {
  await stack.database.db.transaction().execute(async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx);
    await sql`UPDATE ledger_account SET debits_pending = debits_pending + ${units} WHERE kind = 'CUSTOMER'
               AND asset_id = 'localhost:USDC'`.execute(tx);
  });
  await sql`SELECT graphile_worker.add_job('check-reserves')`.execute(stack.database.db);
}

/** What minutes would do: a new alarm has waited for others, the last message was a while ago, the next try is due. */
async function letTimePass(): Promise<void> {
  await stack.database.db.transaction().execute(async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx);
    await sql`UPDATE alarm SET opened_at = opened_at - interval '1 minute'`.execute(tx);
    await sql`UPDATE alert_message SET created_at = created_at - interval '1 minute', next_attempt_at = now()
               WHERE attempts = 0 OR last_error IS NOT NULL OR state = 'SENT'`.execute(tx);
  });
}

test('without Prometheus, books that do not hold reach a pager and a mailbox, and so does their end', {
  timeout: 120_000,
}, async () => {
  const { db } = stack.database;
  const input = { kind: 'webhook', name: 'on-call', url: `${receiver.url}/pager` } as const;
  const pager = await naru.admin.alertChannels.create(input, { idempotencyKey: 'pager' });
  expect(await naru.admin.alertChannels.create(input, { idempotencyKey: 'pager' })).toEqual(pager);
  const [team, wrong] = await Promise.all([
    cli('alarms', 'channels', 'add', 'team', '--mail', 'kim@example.com,lee@example.com'),
    cli('alarms', 'channels', 'add', 'wrong', '--mail', 'nobody@example.com'),
  ]);
  expect([team.code, wrong.code]).toEqual([0, 0]);
  mail.fault = 'unknown-recipients';
  const [taken, refused, again] = await Promise.all([
    cli('alarms', 'channels', 'test', 'team'),
    cli('alarms', 'channels', 'test', 'wrong'),
    cli('alarms', 'channels', 'add', 'team', '--mail', 'x@example.com'),
  ]);
  expect(taken).toMatchObject({ code: 0, out: 'Taken by the receiver.\n' });
  expect(refused).toMatchObject({ code: 1, out: expect.stringMatching(/^Not taken: .*550/) });
  expect(again).toMatchObject({ code: 1, err: expect.stringContaining('nothing was changed') });
  const { alertChannels } = naru.admin;
  const gone = (await alertChannels.list()).find(({ name }) => name === 'wrong');
  expect(gone?.lastMessage).toMatchObject({ state: 'given_up', error: expect.stringMatching(/550/) });
  await alertChannels.remove(gone?.id ?? '');
  await expect(alertChannels.remove(gone?.id ?? '')).rejects.toMatchObject({
    code: 'alert_channel_not_found',
  });
  await expect(
    alertChannels.create({ kind: 'webhook', name: 'bad', url: 'ftp://example.com' }),
  ).rejects.toMatchObject({ code: 'validation_failed', problem: { errors: [{ pointer: '/url' }] } });
  await expect(
    alertChannels.create({ kind: 'email', name: 'team', to: ['x@example.com'] }),
  ).rejects.toMatchObject({ code: 'alert_channel_exists' });
  mail.fault = 'greylist';
  receiver.answer = 'hang-up';

  await breakReserves(1);
  // A busy machine may have alarms of its own: those of its resources.
  const openAlarms = async () =>
    (await listAlarms(db, { onlyOpen: true, limit: 99 })).filter((one) => one.invariant === 'reserves')
      .length;
  await eventually('the alarm', async () => ((await openAlarms()) === 1 ? true : null));
  await letTimePass();
  const hook = new Webhook(pager.secret ?? '');
  const told = () =>
    receiver.received
      .filter(({ path: at }) => at === '/pager')
      .map(({ headers, body }) => ({
        id: headers['webhook-id'],
        body: hook.verify(body, headers as Record<string, string>) as AlarmsBody,
      }))
      .flatMap(({ id, body }) => body.data.alarms.map((alarm) => ({ id, ...alarm })))
      .filter(({ name }) => name === 'reserves');
  await eventually('both tries have failed', async () => {
    const last = (await listChannels(db)).map(({ lastMessage }) => lastMessage);
    return last.every((message) => message?.state === 'PENDING' && message.lastError !== null) ? true : null;
  });
  receiver.answer = 200;
  mail.fault = null;
  await letTimePass();
  const mails = (subject: RegExp) => mail.received.filter(({ body }) => subject.test(body));
  await eventually('both are told', async () =>
    told().length >= 2 && mails(/^New:\r?\n(.*\r?\n)*CRITICAL {2}reserves/m).length === 1 ? true : null,
  );
  expect(new Set(told().map(({ id }) => id)).size).toBe(1);
  expect(told()[0]).toMatchObject({ status: 'raised', severity: 'critical' });
  expect(mails(/CRITICAL {2}reserves/)[0]).toMatchObject({
    to: ['kim@example.com', 'lee@example.com'],
    secure: true,
    body: expect.stringMatching(/^새 알람이 열렸어요:[\s\S]+긴급 {2}reserves[\s\S]+New:/),
  });
  expect(await cli('alarms')).toMatchObject({ code: 1, out: expect.stringContaining('critical  reserves') });

  await breakReserves(-1);
  await eventually('the alarm is closed', async () => ((await openAlarms()) === 0 ? true : null));
  await letTimePass();
  await eventually('its end arrives', async () =>
    told().at(-1)?.status === 'resolved' &&
    mails(/^Resolved:\r?\n(.*\r?\n)*CRITICAL {2}reserves/m).length === 1
      ? true
      : null,
  );
  const { rows } = await sql<{ action: string; actor: string }>`
    SELECT action, actor FROM audit_event WHERE subject LIKE 'alert_channel %' ORDER BY action`.execute(db);
  expect(rows.map(({ action }) => action)).toEqual([
    ...Array.from({ length: 3 }, () => 'alert_channel.insert'),
    ...Array.from({ length: 2 }, () => 'alert_channel.test'),
    'alert_channel.update',
  ]);
  expect(new Set(rows.map(({ actor }) => actor.split(/[:@]/).slice(0, 1).join()))).toEqual(
    new Set(['operator', 'api_key']),
  );
});

type AlarmsBody = { data: { alarms: { status: string; name: string; severity: string }[] } };
