import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import type { EcdsaSignature } from '@naru/keystore/curve.ts';
import { isKeyBackendError } from '@naru/keystore/key-backend.ts';
import { assert } from '@naru/kit/assert.ts';
import type { Clock } from '@naru/kit/clock.ts';
import { toBuffer } from '@naru/kit/hex.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { SIGN_MS_MAX } from '@naru/signer-protocol/limits.ts';
import { buildPayload, hashPayload, type Payload } from '@naru/signer-protocol/payload.ts';
import { refusals } from '@naru/signer-protocol/refusal.ts';
import {
  type SignRequest,
  type SignResult,
  type SignTimes,
  signRequestSchema,
} from '@naru/signer-protocol/schema.ts';
import {
  buildUnsignedTransaction,
  hashForSigning,
  serializeSigned,
  type UnsignedTransaction,
} from '@naru/signer-protocol/transaction.ts';
import { checkPolicy, type Refusal, refuse } from './check-policy.ts';
import type { Journal } from './journal.ts';
import type { KeyRing, RingSigner } from './key-ring.ts';
import type { SignerMetrics } from './metrics.ts';
import type { PolicyInForce } from './policy-in-force.ts';

export type SignDeps = {
  keys: Pick<KeyRing, 'signer' | 'has'>;
  policy: Pick<PolicyInForce, 'current'>;
  journal: Journal;
  metrics: SignerMetrics;
  log: Logger;
  clock: Clock;
  /** Whether the caller wants to be told how long it took. */
  isTimed: boolean;
};

/** A request of which nothing but its id is known to be well formed. */
export type UnreadRequest = { requestId: string };

type Timed = { times?: SignTimes };
/** The moment at which a call was read, by both clocks. */
type Began = { at: Date; ms: number };

type Ready = { kind: 'ready'; request: SignRequest; payload: Payload; signer: RingSigner };

/**
 * Judges and signs the requests of one call; one result for each, in order. All judging comes first, then one wait for
 * the disk, then the signing: nothing is signed that the journal does not hold. Gives way to other work between two
 * requests, since one of 1,200 items takes tens of milliseconds. Keys that are elsewhere sign side by side, and are waited
 * for at the end.
 * @throws {JournalError} `journal_failed`: nothing was signed.
 */
export async function signRequests(deps: SignDeps, unread: readonly UnreadRequest[]): Promise<SignResult[]> {
  const began: Began = { at: deps.clock.now(), ms: deps.clock.monotonicMs() };
  const judged: (Ready | Refusal)[] = [];
  for (const request of unread) {
    judged.push(judge(deps, request));
    await yieldToEventLoop();
  }
  if (judged.some((one) => one.kind === 'ready')) await deps.journal.durable();
  const results: (SignResult | Promise<SignResult>)[] = [];
  for (const [index, { requestId }] of unread.entries()) {
    const one = judged[index];
    if (one?.kind === 'ready') {
      const result = sign(deps, one, began);
      if (result instanceof Promise) result.catch(() => {}); // it is waited for below, when all are under way
      results.push(result);
      await yieldToEventLoop();
    } else {
      assert(one !== undefined, `request ${requestId} was not judged`);
      results.push(toRefusal(deps, requestId, one));
    }
  }
  return await Promise.all(results);
}

function judge(deps: SignDeps, unread: UnreadRequest): Ready | Refusal {
  const parsed = signRequestSchema.safeParse(unread);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return refuse('malformed', `at /${issue?.path.join('/') ?? ''}: ${issue?.message ?? 'not a request'}`);
  }
  const request = parsed.data;
  const signer = deps.keys.signer(request.from);
  if (signer === null) return refuse('unknown_key', `there is no key for ${request.from}`);
  const approval = checkPolicy(deps.policy.current(), deps.keys.has, request);
  if (approval.kind === 'refused') return approval;
  const payload = buildPayload(request.intent, request);
  const verdict = deps.journal.enter({
    chainId: request.chainId,
    from: request.from,
    nonce: request.nonce,
    payloadHash: hashPayload(request, payload),
    isCancel: request.intent.kind === 'cancel',
    spend: approval.spend,
    fee: approval.fee,
  });
  return verdict.kind === 'refused' ? verdict : { kind: 'ready', request, payload, signer };
}

function sign(
  deps: SignDeps,
  { request, payload, signer }: Ready,
  began: Began,
): SignResult | Promise<SignResult> {
  const unsigned = buildUnsignedTransaction(request, payload);
  const keyBeganMs = deps.clock.monotonicMs();
  const times = () => timesOf(deps, signer, began, keyBeganMs);
  const signature = signer.signDigest(toBuffer(hashForSigning(unsigned)));
  if (!(signature instanceof Promise)) return toSigned(deps, request, unsigned, signature, times());
  return signature.then(
    (given) => toSigned(deps, request, unsigned, given, times()),
    (error: unknown) => withoutSignature(deps, request, signer, error),
  );
}

/** Nothing of the request, the policy or the key is in it but the name of the backend, which the worker can ask for. */
function timesOf(deps: SignDeps, { backend }: RingSigner, began: Began, keyBeganMs: number): Timed {
  if (!deps.isTimed) return {};
  const nowMs = deps.clock.monotonicMs();
  const spent = (sinceMs: number) => Math.min(SIGN_MS_MAX, Math.max(0, Math.round(nowMs - sinceMs)));
  const [tookMs, keyMs] = [spent(began.ms), spent(keyBeganMs)];
  return { times: { beganAt: began.at.toISOString(), tookMs, keyMs, backend } };
}

function toSigned(
  deps: SignDeps,
  request: SignRequest,
  unsigned: UnsignedTransaction,
  signature: EcdsaSignature,
  timed: Timed,
): SignResult {
  const { raw, hash } = serializeSigned(unsigned, signature);
  const { requestId, chainId, from, nonce, intent } = request;
  deps.metrics.signed(intent.kind, chainId);
  const batch = intent.kind === 'payout' ? { batchId: intent.batchId, items: intent.items.length } : {};
  deps.log.info({ requestId, chainId, from, nonce, intent: intent.kind, ...batch, hash }, 'signed');
  return { requestId, kind: 'signed', hash, raw, ...timed };
}

/** The journal holds the payload, and its part of the limits stays taken: the same request is known when it comes again. */
function withoutSignature(
  deps: SignDeps,
  { requestId, from }: SignRequest,
  { backend }: RingSigner,
  error: unknown,
): SignResult {
  if (!isKeyBackendError(error)) throw error;
  deps.metrics.keyFailed(backend, error.code);
  deps.log.error({ requestId, from, backend, code: error.code, err: error }, 'no signature from the key');
  return toRefusal(deps, requestId, refuse('key_unavailable', `${backend}: ${error.message}`));
}

function toRefusal(deps: SignDeps, requestId: string, { code, message }: Refusal): SignResult {
  deps.metrics.refused(code);
  deps.log.warn({ requestId, code, reason: message }, 'refused');
  return { requestId, kind: 'refused', code, message, retryable: refusals[code].retryable };
}
