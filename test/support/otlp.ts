import type { Receiver } from './receiver.ts';

export type OtlpSpan = {
  service: string;
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  links: { traceId: string; spanId: string }[];
  attributes: { key: string; value: { stringValue?: string; intValue?: string } }[];
};
type OtlpBody = {
  resourceSpans: {
    resource: { attributes: { key: string; value: { stringValue: string } }[] };
    scopeSpans: { spans: Omit<OtlpSpan, 'service'>[] }[];
  }[];
};
/** Spans of a trace that a receiver was sent at `/otlp`, in the order in which they came. */
export const spansOf = (receiver: Receiver, traceId: string): OtlpSpan[] =>
  receiver.received
    .filter(({ path: at }) => at === '/otlp/v1/traces')
    .flatMap(({ body }) => (JSON.parse(body) as OtlpBody).resourceSpans)
    .flatMap(({ resource, scopeSpans }) => {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? '';
      return scopeSpans.flatMap(({ spans }) => spans.map((span) => ({ service, ...span })));
    })
    .filter((span) => span.traceId === traceId);
