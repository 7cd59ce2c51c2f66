import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import type { PolicyDocument } from '@naru/wire/policy-document.ts';
import { REVIEW_REASONS_MAX } from '../approval/approval.limits.ts';
import { openReviews } from '../approval/open-reviews.ts';
import type { Asset } from '../chain/chain.ts';
import { valueAsset, valueInKrw } from '../exchange-rate/value-in-krw.ts';
import { postTransfersOrFail } from '../ledger/ledger.ts';
import { advanceByIds, advancePending, failByIds, giveBackUsage } from '../withdrawal/withdrawal.store.ts';
import { evaluate } from './evaluate.ts';
import { deferPending, lockPending, type Subject } from './facts.store.ts';
import { type Governed, gatherFacts, type Valuer } from './gather-facts.ts';
import { JUDGE_ROWS_MAX, REVIEW_EXPIRES_HOURS_DEFAULT } from './policy.limits.ts';
import { insertDecisions, readVersionsById } from './policy.store.ts';
import type { Decision, Facts, Verdict } from './policy.ts';
import type { Rules } from './rules.ts';

const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export type TakenUp = {
  /** That left PENDING. */
  taken: number;
  /** There may be more at once. */
  more: boolean;
  verdicts: Readonly<Record<Verdict, number>>;
};

const nothingJudged = { ALLOW: 0, REVIEW: 0, DENY: 0 };

/**
 * PENDING → VALIDATING for withdrawals of a chain, and, in the same transaction, on to REVIEW or FAILED for those that the
 * rules of their organisation do not simply allow: none can be planned before it was judged. Without rules it is one
 * statement.
 */
export async function takeUp(
  deps: { db: Database },
  target: { chainId: string; assets: ReadonlyMap<string, Asset>; rules: Rules },
  limit: number,
): Promise<TakenUp> {
  const { rules, chainId } = target;
  if (!rules.hasPolicies && rules.tiers.size === 0) {
    const taken = await withTransaction(deps.db, (tx) => advancePending(tx, chainId, limit));
    return { taken, more: taken === limit, verdicts: nothingJudged };
  }
  return await withTransaction(deps.db, async (tx) => {
    const subjects = await lockPending(tx, chainId, limit);
    const isGoverned = ({ policyVersionId, hasValue, amountKrw }: Subject) =>
      policyVersionId !== null || (hasValue && amountKrw === null);
    const free = subjects.filter((subject) => !isGoverned(subject));
    const toJudge = subjects.filter(isGoverned).slice(0, JUDGE_ROWS_MAX);
    const now = rules.now();
    const judged = await judge(tx, toJudge, valuerOf(target, now), now);
    const ids = [...free.map(({ id }) => id), ...judged.map(({ withdrawalId }) => withdrawalId)];
    const moved = await advanceByIds(tx, ids, {
      from: 'PENDING',
      to: 'VALIDATING',
      actor: 'system:processor',
      reason: 'taken up',
    });
    assert(moved.length === ids.length, `took up ${moved.length} withdrawals of ${ids.length}`);
    await insertDecisions(tx, judged);
    await review(tx, judged);
    await deny(tx, judged);
    const verdicts = { ...nothingJudged };
    for (const { verdict } of judged) verdicts[verdict] += 1;
    const more = subjects.length === limit || free.length + toJudge.length < subjects.length;
    return { taken: ids.length, more, verdicts };
  });
}

/** At the rates of now: for earlier withdrawals that were not valued when they were accepted. */
export function valuerOf(target: { assets: ReadonlyMap<string, Asset>; rules: Rules }, now: Date): Valuer {
  return ({ assetId, amount }) => {
    const asset = target.assets.get(assetId);
    return asset === undefined ? null : valueInKrw(amount, valueAsset(target.rules.pairs, asset, now));
  };
}

type Judged = Omit<Decision, 'decidedAt' | 'policyNumber'> & { expiresInMs: number };

/** Without a version: the tier could not be judged, and a person does. */
const onlyTier: PolicyDocument = {
  schema: 1,
  addressBook: { mode: 'OFF', coolingOffHours: 0 },
  velocity: [],
  screening: null,
  risk: null,
  approvals: { steps: [], expiresInHours: REVIEW_EXPIRES_HOURS_DEFAULT },
};

/** Judges all that have their answers; those that wait for one are put off, up to the policy's patience. */
async function judge(tx: Tx, subjects: readonly Subject[], valuer: Valuer, now: Date): Promise<Judged[]> {
  if (subjects.length === 0) return [];
  const versions = await readVersionsById(tx, [
    ...new Set(subjects.flatMap(({ policyVersionId }) => policyVersionId ?? [])),
  ]);
  const governed = subjects.map((subject): Governed => {
    const { policyVersionId: id } = subject;
    const document =
      id === null ? onlyTier : assertPresent(versions.get(id), `policy version ${id}`).document;
    return { subject, document };
  });
  const facts = await gatherFacts(tx, governed, { now, valuer });
  const waiting: { id: string; until: Date }[] = [];
  const judged: Judged[] = [];
  for (const [index, { subject, document }] of governed.entries()) {
    const fact = assertPresent(facts[index], `facts of ${subject.id}`);
    const until = patienceEnd(document, fact);
    if (until !== null && until > now) {
      waiting.push({ id: subject.id, until });
      continue;
    }
    judged.push({
      withdrawalId: subject.id,
      organisationId: subject.organisationId,
      policyVersionId: subject.policyVersionId,
      ...evaluate(document, fact),
      inputs: inputsOf(fact, subject),
      expiresInMs: document.approvals.expiresInHours * HOUR_MS,
    });
  }
  await deferPending(tx, waiting);
  return judged;
}

/** Until when a withdrawal waits for the sources that have not answered; null: all have. */
function patienceEnd({ screening }: PolicyDocument, facts: Facts): Date | null {
  if (screening === null || facts.screening.every(({ answer }) => answer !== 'MISSING')) return null;
  return new Date(facts.at.getTime() + screening.patienceMinutes * MINUTE_MS);
}

/** What the decision was made from, for whoever asks later. Of the history its extent; the rows are there still. */
export function inputsOf(facts: Facts, subject: Subject): Record<string, unknown> {
  const { history } = facts;
  return {
    acceptedAt: facts.at.toISOString(),
    chain: facts.chainId,
    asset: facts.assetId,
    amount: formatAmount(facts.amount, 0),
    to: facts.to,
    amountKrw: facts.amountKrw?.toString() ?? null,
    valuedBy: subject.rates,
    isKnownDestination: facts.isKnownDestination,
    inBookSince: facts.inBookSince?.toISOString() ?? null,
    blockedWhy: facts.blockedWhy,
    screening: facts.screening,
    history: {
      count: history.length,
      isCut: facts.isHistoryCut,
      from: history.at(-1)?.id ?? null,
      to: history[0]?.id ?? null,
    },
  };
}

async function review(tx: Tx, judged: readonly Judged[]): Promise<void> {
  await openReviews(
    tx,
    judged
      .filter(({ verdict }) => verdict === 'REVIEW')
      .map(({ withdrawalId, approvalsRequired, expiresInMs, reasons, policyVersionId }) => ({
        withdrawalId,
        quorum: approvalsRequired,
        expiresInMs,
        reasons: reasons.slice(0, REVIEW_REASONS_MAX).map(({ code, text }) => ({ code, text })),
        policyVersionId,
      })),
  );
}

async function deny(tx: Tx, judged: readonly Judged[]): Promise<void> {
  const denied = judged.filter(({ verdict }) => verdict === 'DENY').map(({ withdrawalId }) => withdrawalId);
  if (denied.length === 0) return;
  const failed = await failByIds(
    tx,
    denied,
    { from: 'VALIDATING', actor: 'system:policy', reason: 'denied by the rules' },
    {
      code: 'policy_denied',
      message:
        'The rules of your account do not allow this withdrawal. Nothing was paid; the amount is available again.',
      retryable: false,
    },
  );
  assert(failed.length === denied.length, `denied ${failed.length} withdrawals of ${denied.length}`);
  // Usage before ledger, the order in which requests take these locks.
  await giveBackUsage(tx, denied);
  await postTransfersOrFail(
    tx,
    denied.map((id) => ({
      id: newUuid(),
      kind: 'VOID',
      pendingId: id,
      amount: null,
      reason: 'WITHDRAWAL',
      referenceId: id,
    })),
  );
}
