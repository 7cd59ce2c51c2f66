import type { Database } from '@naru/db/database.ts';
import { sleep } from '@naru/kit/clock.ts';
import { errorText } from '@naru/kit/errors.ts';
import { newUuid, toPublicId } from '@naru/kit/ids.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { Secret } from '@naru/kit/secret.ts';
import { decideAfterTry } from './decisions/after-try.ts';
import { createLanes, type Lanes } from './lanes.ts';
import type { SendResult, WebhookSender } from './ports.ts';
import { type EndedTry, recordEndedTries } from './record-tries.ts';
import type { SecretBox } from './secret-box.ts';
import { signMessage } from './sign-message.ts';
import { ENDPOINTS_PER_STEP_MAX, LEASE_MS, RECORD_BATCH_MAX, TRY_TIMEOUT_MS } from './webhook.limits.ts';
import { readSecrets, readTargets } from './webhook-endpoint.store.ts';
import { type Claimed, claimMessages, listDueEndpoints, releaseMessages } from './webhook-message.store.ts';

export type DispatcherDeps = {
  db: Database;
  logger: Logger;
  send: WebhookSender;
  secretBox: SecretBox;
  /** How long an endpoint fails before it is paused; left out: `PAUSE_AFTER_MS`. */
  pauseAfterMs?: number;
  onTry?: (ended: { outcome: string; durationMs: number }) => void;
  /** Told when there is room for more: look again. */
  onRoom?: () => void;
};

export type Dispatcher = {
  /** Takes what is due and there is room for, and begins to try it. True: more may be due, and there is room for it. */
  step(): Promise<boolean>;
  /** Begins nothing more, waits a little for what is under way, and gives back the rest. */
  stop(): Promise<void>;
};

/** Taken, and ready to go. */
type Ready = Claimed & { url: string; secrets: readonly Secret[]; leaseEndsMs: number };

/** How long a stop waits for answers; a try without one by then is noted as interrupted by whoever goes on. */
const STOP_GRACE_MS = 2_000;
/** After a transaction that could not be made, while the claims still hold. */
const RECORD_AGAIN_MS = 250;
const BODY_HEADERS = { 'content-type': 'application/json', 'user-agent': 'Naru-Webhooks/1' };

/**
 * Sends messages: takes those that are due (a lease each), tries many at once with no transaction open, and records how
 * they went, many in one transaction. Endpoints have lanes of their own, so a slow one holds up itself only.
 */
export function createDispatcher(deps: DispatcherDeps): Dispatcher {
  const lanes: Lanes<Ready> = createLanes();
  const stopping = new AbortController();
  const ended: EndedTry[] = [];
  const tries = new Set<Promise<void>>();
  let recording: Promise<void> | null = null;

  async function step(): Promise<boolean> {
    if (stopping.signal.aborted) return false;
    const due = await listDueEndpoints(deps.db, ENDPOINTS_PER_STEP_MAX);
    const wanted = lanes.room(due);
    if (wanted.length === 0) return false;
    const leaseEndsMs = performance.now() + LEASE_MS;
    const claimed = await claimMessages(deps.db, wanted, { id: newUuid(), leaseMs: LEASE_MS });
    for (const ready of await makeReady(claimed, leaseEndsMs)) lanes.add(ready.endpointId, ready);
    pump();
    // What was asked for and not there is not due: it waits for an earlier one, or another instance has it.
    return claimed.length > 0 && lanes.room(due).length > 0;
  }

  async function makeReady(claimed: readonly Claimed[], leaseEndsMs: number): Promise<Ready[]> {
    if (claimed.length === 0) return [];
    const ids = [...new Set(claimed.map(({ endpointId }) => endpointId))];
    const [targets, secrets] = [await readTargets(deps.db, ids), await readSecrets(deps.db, ids)];
    const opened = new Map<string, Secret[]>();
    const ready: Ready[] = [];
    const useless: Claimed[] = [];
    for (const message of claimed) {
      const { endpointId } = message;
      const target = targets.get(endpointId);
      const known = opened.get(endpointId) ?? openAll(endpointId, secrets.get(endpointId) ?? []);
      opened.set(endpointId, known);
      if (target === undefined || known.length === 0) useless.push(message);
      else ready.push({ ...message, url: target.url, secrets: known, leaseEndsMs });
    }
    // Without a secret nothing can be signed. Their lease runs out by itself, so that this is not tried all the time.
    if (useless.length > 0)
      deps.logger.error(
        { count: useless.length },
        'webhooks wait: no secret of their endpoint can be opened',
      );
    return ready;
  }

  function openAll(endpointId: string, sealed: readonly { keyId: string; sealed: Buffer }[]): Secret[] {
    return sealed.flatMap((one) => {
      try {
        return [deps.secretBox.open(endpointId, one)];
      } catch (error) {
        deps.logger.error(
          { webhookEndpointId: toPublicId('webhookEndpoint', endpointId), error: errorText(error) },
          'a webhook secret cannot be opened',
        );
        return [];
      }
    });
  }

  function pump(): void {
    const late: Ready[] = [];
    for (let next = take(); next !== null; next = take()) {
      if (next.leaseEndsMs - performance.now() < TRY_TIMEOUT_MS + RECORD_AGAIN_MS) {
        late.push(next);
        lanes.end(next.endpointId, null);
        continue;
      }
      const running: Promise<void> = tryOne(next).finally(() => tries.delete(running));
      tries.add(running);
    }
    releaseMessages(deps.db, late).catch((error: unknown) =>
      deps.logger.warn({ error: errorText(error) }, 'messages were not given back; their lease runs out'),
    );
  }

  function take(): Ready | null {
    return stopping.signal.aborted ? null : lanes.take();
  }

  async function tryOne(message: Ready): Promise<void> {
    const at = new Date();
    const startedMs = performance.now();
    const publicId = toPublicId('webhookMessage', message.id);
    const headers = {
      ...BODY_HEADERS,
      ...signMessage({ id: publicId, body: message.body }, message.secrets, at),
    };
    const { url, body } = message;
    const timeoutMs = TRY_TIMEOUT_MS;
    const result = await deps
      .send({ url, headers, body, timeoutMs, signal: stopping.signal })
      .catch((error: unknown): SendResult => ({ kind: 'unanswered', error: errorText(error) }));
    const durationMs = Math.round(performance.now() - startedMs);
    lanes.end(message.endpointId, durationMs);
    if (stopping.signal.aborted && result.kind === 'unanswered') return;
    const decision = decideAfterTry(result, message.failureCount, new Date(), Math.random());
    deps.onTry?.({ outcome: decision.outcome, durationMs });
    ended.push({ ...toRecord(message, result), ...decision, at, durationMs, requestHeaders: headers });
    recording ??= recordAll();
    pump();
    if (lanes.isHungry(message.endpointId)) deps.onRoom?.();
  }

  /** One transaction at a time; what ends meanwhile goes into the next. */
  async function recordAll(): Promise<void> {
    try {
      // The rest of this turn ends first: tries that ended together are recorded together.
      await new Promise(setImmediate);
      while (ended.length > 0) {
        const batch = ended.splice(0, RECORD_BATCH_MAX);
        try {
          await recordEndedTries(deps, batch);
        } catch (error) {
          deps.logger.error({ error: errorText(error), count: batch.length }, 'tries were not recorded');
          ended.unshift(...batch.filter(({ at }) => Date.now() - at.getTime() < LEASE_MS));
          await sleep(RECORD_AGAIN_MS);
        }
      }
    } finally {
      recording = null;
    }
    deps.onRoom?.();
  }

  return {
    step,
    async stop() {
      const waiting = lanes.drain();
      const inTime = Promise.all(tries);
      await Promise.race([inTime, sleep(STOP_GRACE_MS)]);
      stopping.abort();
      waiting.push(...lanes.drain());
      await inTime;
      while (recording !== null) await recording;
      await releaseMessages(deps.db, waiting).catch(() => undefined);
    },
  };
}

function toRecord(message: Ready, result: SendResult) {
  const { id, claim, endpointId, url } = message;
  const answer = result.kind === 'answered' ? result : null;
  return {
    id,
    claim,
    endpointId,
    url,
    address: answer?.address ?? null,
    status: answer?.status ?? null,
    responseHeaders: answer?.headers ?? null,
    responseBody: answer?.body ?? null,
  };
}
