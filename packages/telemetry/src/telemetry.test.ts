import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { newUuid } from '@naru/kit/ids.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { describe, expect, test } from 'vitest';
import { type Span, toOtlpJson } from './otlp.ts';
import { sendSpans } from './send-spans.ts';
import { readTelemetrySettings, type TelemetrySettings } from './settings.ts';
import { createSpanBuffer } from './span-buffer.ts';
import { isSampled, spanIdOf, traceIdOf } from './trace-ids.ts';
import { formatTraceParent, parseTraceParent } from './traceparent.ts';

const span = (change: Partial<Span> = {}): Span => ({
  traceId: traceIdOf(newUuid()),
  spanId: '0123456789abcdef',
  parentSpanId: null,
  service: 'naru-api',
  name: 'one',
  kind: 'internal',
  startedAt: new Date(1_000),
  endedAt: new Date(2_000),
  attributes: { text: 'x', count: 2, share: 0.5, flag: true, none: null },
  links: [],
  isError: false,
  ...change,
});

test('ids follow from the withdrawal, and about the share that is asked for is told', () => {
  const uuid = newUuid();
  expect(traceIdOf(uuid)).toBe(uuid.replaceAll('-', ''));
  expect(spanIdOf(traceIdOf(uuid), 'a')).toMatch(/^[0-9a-f]{16}$/);
  expect(spanIdOf(traceIdOf(uuid), 'a')).not.toBe(spanIdOf(traceIdOf(uuid), 'b'));
  const traces = Array.from({ length: 4_000 }, () => traceIdOf(newUuid()));
  expect(traces.filter((id) => isSampled(id, 1))).toHaveLength(4_000);
  expect(traces.filter((id) => isSampled(id, 0))).toHaveLength(0);
  const told = traces.filter((id) => isSampled(id, 0.25)).length;
  expect(told).toBeGreaterThan(800);
  expect(told).toBeLessThan(1_200);
});

test('a traceparent is read as the specification has it, and nothing else is taken for one', () => {
  const parent = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) };
  expect(parseTraceParent(formatTraceParent(parent))).toEqual(parent);
  expect(parseTraceParent(`01-${'a'.repeat(32)}-${'b'.repeat(16)}-00-more`)).toEqual(parent);
  for (const wrong of [
    undefined,
    '',
    `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
    `00-${'0'.repeat(32)}-${'b'.repeat(16)}-01`,
    `00-${'a'.repeat(32)}-${'0'.repeat(16)}-01`,
    `00-${'A'.repeat(32)}-${'b'.repeat(16)}-01`,
  ])
    expect(parseTraceParent(wrong)).toBeNull();
});

describe('settings', () => {
  const read = (env: Record<string, string>) => readTelemetrySettings(env);

  test('off without an address, and when told so', () => {
    for (const env of [
      {},
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318', OTEL_SDK_DISABLED: 'true' },
      { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318', OTEL_TRACES_EXPORTER: 'none' },
    ])
      expect(read(env as Record<string, string>)).toEqual({ settings: null, problems: [] });
  });

  test('the standard variables, headers as secrets', () => {
    const { settings } = read({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a:4318/',
      OTEL_EXPORTER_OTLP_HEADERS: 'authorization=Bearer%20x,x-team=pay',
      OTEL_TRACES_SAMPLER_ARG: '0.1',
    });
    expect(settings).toMatchObject({ url: 'http://a:4318/v1/traces', ratio: 0.1 });
    expect(settings?.headers.get('authorization')?.reveal()).toBe('Bearer x');
    expect(read({ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://b/t' }).settings?.url).toBe('http://b/t');
  });

  test('every problem is named', () => {
    const { settings, problems } = read({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
      OTEL_TRACES_SAMPLER_ARG: '2',
      OTEL_EXPORTER_OTLP_HEADERS: 'nonsense',
    });
    expect(settings).toBeNull();
    expect(problems).toHaveLength(4);
  });
});

test('the document is what OTLP asks for', () => {
  const one = span({ links: [{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }], isError: true });
  const { resourceSpans } = JSON.parse(toOtlpJson([one, span({ service: 'naru-monitor' })]));
  expect(resourceSpans).toHaveLength(2);
  expect(resourceSpans[0].resource.attributes[0]).toEqual({
    key: 'service.name',
    value: { stringValue: 'naru-api' },
  });
  expect(resourceSpans[0].scopeSpans[0].spans[0]).toEqual({
    traceId: one.traceId,
    spanId: one.spanId,
    name: 'one',
    kind: 1,
    startTimeUnixNano: '1000000000',
    endTimeUnixNano: '2000000000',
    attributes: [
      { key: 'text', value: { stringValue: 'x' } },
      { key: 'count', value: { intValue: '2' } },
      { key: 'share', value: { doubleValue: 0.5 } },
      { key: 'flag', value: { boolValue: true } },
    ],
    links: [{ traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }],
    status: { code: 2 },
  });
});

test('a collector that is away or busy is asked again, one that refuses is not; a buffer keeps what waits', async () => {
  let status = 503;
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (status === 200) bodies.push(Buffer.concat(chunks).toString());
    response.writeHead(status).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/traces`;
  const settings: TelemetrySettings = { url, headers: new Map(), ratio: 1 };
  expect(await sendSpans(settings, [span()])).toEqual({ kind: 'again', reason: 'HTTP 503' });
  status = 400;
  expect(await sendSpans(settings, [span()])).toEqual({ kind: 'refused', reason: 'HTTP 400' });
  status = 200;
  expect(await sendSpans(settings, [])).toEqual({ kind: 'taken' });
  const buffer = createSpanBuffer({ logger: silentLogger }, settings);
  buffer.add(span({ name: 'kept' }));
  await buffer.close();
  expect(bodies.join()).toContain('"kept"');
  server.close();
  expect(await sendSpans({ ...settings, url: 'http://127.0.0.1:1/' }, [span()])).toMatchObject({
    kind: 'again',
  });
});
