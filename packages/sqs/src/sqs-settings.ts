import { type Secret, secret } from '@naru/kit/secret.ts';

type Environment = Readonly<Record<string, string | undefined>>;

export type SqsSettings = Readonly<{
  region: string;
  /** Null: that of AWS for the region. */
  endpoint: string | null;
  queuePrefix: string;
  credentials: Readonly<{ accessKeyId: string; secretAccessKey: Secret; sessionToken: Secret | null }>;
}>;

/** How wake-ups travel: `settings` null is PostgreSQL's own LISTEN and NOTIFY. */
export type SignalSettings = { settings: SqsSettings | null; problems: string[] };

const QUEUE_PREFIX_DEFAULT = 'naru-';
/** With the longest of our names behind it, within the 80 characters that SQS allows. */
const QUEUE_PREFIX = /^[A-Za-z0-9_-]{1,60}$/;

/**
 * `NARU_SIGNALS` (`postgres` or `sqs`), and for SQS `NARU_SQS_REGION` (or `AWS_REGION`), `NARU_SQS_ENDPOINT`,
 * `NARU_SQS_QUEUE_PREFIX`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
 */
export function readSignalSettings(environment: Environment): SignalSettings {
  const kind = environment['NARU_SIGNALS'] ?? 'postgres';
  if (kind === 'postgres') return { settings: null, problems: [] };
  if (kind !== 'sqs')
    return { settings: null, problems: ['NARU_SIGNALS must be postgres (the default) or sqs'] };
  return readSqsSettings(environment);
}

/** As above, whatever `NARU_SIGNALS` says: for whoever makes the queues. */
export function readSqsSettings(environment: Environment): SignalSettings {
  const text = (name: string) => (environment[name] === '' ? undefined : environment[name]);
  const region = text('NARU_SQS_REGION') ?? text('AWS_REGION');
  const endpoint = text('NARU_SQS_ENDPOINT') ?? null;
  const queuePrefix = text('NARU_SQS_QUEUE_PREFIX') ?? QUEUE_PREFIX_DEFAULT;
  const accessKeyId = text('AWS_ACCESS_KEY_ID');
  const secretAccessKey = text('AWS_SECRET_ACCESS_KEY');
  const sessionToken = text('AWS_SESSION_TOKEN');
  const problems: string[] = [];
  if (region === undefined)
    problems.push('NARU_SQS_REGION is not set: signals over SQS need it, as in eu-central-1');
  if (endpoint !== null && !(URL.canParse(endpoint) && /^https?:$/.test(new URL(endpoint).protocol)))
    problems.push('NARU_SQS_ENDPOINT must be an http or https address');
  if (!QUEUE_PREFIX.test(queuePrefix))
    problems.push('NARU_SQS_QUEUE_PREFIX must be 1 to 60 letters, digits, hyphens and underscores');
  if (accessKeyId === undefined || secretAccessKey === undefined)
    problems.push(
      'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set for signals over SQS: nothing else is asked for credentials',
    );
  if (problems.length > 0 || region === undefined || accessKeyId === undefined || !secretAccessKey)
    return { settings: null, problems };
  const credentials = {
    accessKeyId,
    secretAccessKey: secret(secretAccessKey),
    sessionToken: sessionToken === undefined ? null : secret(sessionToken),
  };
  return { settings: Object.freeze({ region, endpoint, queuePrefix, credentials }), problems };
}
