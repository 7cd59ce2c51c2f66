import type { TraceParent } from './traceparent.ts';

export type Span = TraceParent & {
  /** The role in whose name it is told: `service.name`. */
  service: string;
  /** Null: it begins its trace. */
  parentSpanId: string | null;
  name: string;
  /** `server`: an answered call. */
  kind: 'internal' | 'server';
  startedAt: Date;
  endedAt: Date;
  attributes: Readonly<Record<string, string | number | boolean | null>>;
  /** Other traces that it belongs to as well. */
  links: readonly TraceParent[];
  isError: boolean;
};

const KINDS = { internal: 1, server: 2 } as const;
const STATUS_OK = 1;
const STATUS_ERROR = 2;
const NANOS_PER_MS = 1_000_000n;

/** The body of a POST to `/v1/traces`. Source: OTLP 1.7, JSON encoding: ids in hex, 64-bit numbers as text. */
export function toOtlpJson(spans: readonly Span[]): string {
  const services = Map.groupBy(spans, (span) => span.service);
  const resourceSpans = [...services].map(([service, own]) => ({
    resource: { attributes: attributesOf({ 'service.name': service, 'service.namespace': 'naru' }) },
    scopeSpans: [{ scope: { name: 'naru' }, spans: own.map(toSpan) }],
  }));
  return JSON.stringify({ resourceSpans });
}

function toSpan(span: Span): object {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId === null ? {} : { parentSpanId: span.parentSpanId }),
    name: span.name,
    kind: KINDS[span.kind],
    startTimeUnixNano: nanosOf(span.startedAt),
    endTimeUnixNano: nanosOf(span.endedAt),
    attributes: attributesOf(span.attributes),
    links: span.links.map(({ traceId, spanId }) => ({ traceId, spanId })),
    status: { code: span.isError ? STATUS_ERROR : STATUS_OK },
  };
}

function nanosOf(at: Date): string {
  return String(BigInt(at.getTime()) * NANOS_PER_MS);
}

function attributesOf(attributes: Span['attributes']): object[] {
  return Object.entries(attributes).flatMap(([key, value]): object[] => {
    if (value === null) return [];
    if (typeof value === 'string') return [{ key, value: { stringValue: value } }];
    if (typeof value === 'boolean') return [{ key, value: { boolValue: value } }];
    return [{ key, value: Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value } }];
  });
}
