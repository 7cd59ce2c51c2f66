import { type Secret, secret } from '@naru/kit/secret.ts';

export type TelemetrySettings = Readonly<{
  /** Where spans are posted to. */
  url: string;
  /** Often a token of whoever keeps the traces. */
  headers: ReadonlyMap<string, Secret>;
  /** Share of withdrawals whose traces are told, from 0 to 1. */
  ratio: number;
}>;

type Env = Readonly<Record<string, string | undefined>>;

/**
 * The standard variables, as far as they say something here; null: traces are off. Source: OpenTelemetry, Environment
 * Variable Specification and OTLP Exporter Configuration.
 */
export function readTelemetrySettings(env: Env): { settings: TelemetrySettings | null; problems: string[] } {
  const problems: string[] = [];
  const base = env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? '';
  const own = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] ?? '';
  const isOff = env['OTEL_SDK_DISABLED']?.toLowerCase() === 'true' || env['OTEL_TRACES_EXPORTER'] === 'none';
  if (isOff || (base === '' && own === '')) return { settings: null, problems };
  const url = own !== '' ? own : `${base.replace(/\/+$/, '')}/v1/traces`;
  const name = own !== '' ? 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT' : 'OTEL_EXPORTER_OTLP_ENDPOINT';
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    problems.push(`${name}: must be an http or https address, as in http://127.0.0.1:4318`);
  const protocol =
    env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] ?? env['OTEL_EXPORTER_OTLP_PROTOCOL'] ?? 'http/json';
  if (protocol !== 'http/json')
    problems.push(
      `OTEL_EXPORTER_OTLP_PROTOCOL: only http/json is spoken here, not ${protocol}; every collector takes it on port 4318`,
    );
  const ratio = Number(env['OTEL_TRACES_SAMPLER_ARG'] ?? '1');
  if (!(ratio >= 0 && ratio <= 1)) problems.push('OTEL_TRACES_SAMPLER_ARG: must be a share from 0 to 1');
  const headers = readHeaders(
    env['OTEL_EXPORTER_OTLP_TRACES_HEADERS'] ?? env['OTEL_EXPORTER_OTLP_HEADERS'] ?? '',
    problems,
  );
  return { settings: problems.length > 0 ? null : Object.freeze({ url, headers, ratio }), problems };
}

/** `name=value,name=value`, values percent-encoded. */
function readHeaders(text: string, problems: string[]): Map<string, Secret> {
  const headers = new Map<string, Secret>();
  for (const pair of text.split(',').filter((part) => part.trim() !== '')) {
    const [name = '', ...rest] = pair.split('=');
    if (!/^[A-Za-z0-9-]+$/.test(name.trim()) || rest.length === 0)
      problems.push('OTEL_EXPORTER_OTLP_HEADERS: must look like name=value,name=value');
    else headers.set(name.trim(), secret(decodeURIComponent(rest.join('=').trim())));
  }
  return headers;
}
