import { errorText } from '@naru/kit/errors.ts';

export type Readiness = { ok: true } | { ok: false; problem: string };
/** A URL that answers 2xx when ready, or a check of your own. */
export type ReadinessProbe = string | (() => Promise<Readiness>);

const PROBE_TIMEOUT_MS = 3_000; // a little above the two seconds that /readyz gives its own checks
const BODY_LENGTH_MAX = 1_000;

/** Asks once. Never rejects: a probe that fails is a process that is not ready. */
export async function probeReadiness(probe: ReadinessProbe): Promise<Readiness> {
  try {
    return typeof probe === 'string' ? await probeUrl(probe) : await probe();
  } catch (error) {
    const subject = typeof probe === 'string' ? `${probe}: ` : '';
    return { ok: false, problem: `${subject}${errorText(error)}` };
  }
}

async function probeUrl(url: string): Promise<Readiness> {
  const response = await fetch(url, { signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
  const body = (await response.text()).trim().slice(0, BODY_LENGTH_MAX);
  return response.ok ? { ok: true } : { ok: false, problem: `${url} answered ${response.status} ${body}` };
}
