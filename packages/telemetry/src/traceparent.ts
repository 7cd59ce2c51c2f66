export type TraceParent = { traceId: string; spanId: string };

/** Source: W3C Trace Context, https://www.w3.org/TR/trace-context/#traceparent-header; all zeroes are none. */
const PATTERN = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?$/;

/** What a caller says that its call belongs to; null when it says nothing that can be understood. */
export function parseTraceParent(header: string | string[] | undefined): TraceParent | null {
  const found = typeof header === 'string' ? PATTERN.exec(header) : null;
  const [, traceId, spanId] = found ?? [];
  return traceId === undefined || spanId === undefined ? null : { traceId, spanId };
}

export function formatTraceParent({ traceId, spanId }: TraceParent): string {
  return `00-${traceId}-${spanId}-01`;
}
