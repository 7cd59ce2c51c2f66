import { errorText } from '@naru/kit/errors.ts';
import { type Span, toOtlpJson } from './otlp.ts';
import type { TelemetrySettings } from './settings.ts';

const TIMEOUT_MS = 5_000;
/** What a collector says that may take the same later. Source: OTLP 1.7, Retryable Response Codes. */
const STATUSES_TO_RETRY: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

export type SentSpans = { kind: 'taken' } | { kind: 'refused' | 'again'; reason: string };

/** Sends spans once. `refused`: the same would be refused again, so they are lost; `again`: later. Never throws. */
export async function sendSpans(settings: TelemetrySettings, spans: readonly Span[]): Promise<SentSpans> {
  if (spans.length === 0) return { kind: 'taken' };
  try {
    const headers = new Headers({ 'content-type': 'application/json' });
    for (const [name, value] of settings.headers) headers.set(name, value.reveal());
    const response = await fetch(settings.url, {
      method: 'POST',
      headers,
      body: toOtlpJson(spans),
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    if (response.ok) return { kind: 'taken' };
    const kind = STATUSES_TO_RETRY.has(response.status) ? 'again' : 'refused';
    return { kind, reason: `HTTP ${response.status}` };
  } catch (error) {
    return { kind: 'again', reason: errorText(error) };
  }
}
