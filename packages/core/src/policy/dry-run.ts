import type { Database } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { PolicyDocument } from '@naru/wire/policy-document.ts';
import type { Asset } from '../chain/chain.ts';
import { evaluate } from './evaluate.ts';
import { listSubjects, type Subject } from './facts.store.ts';
import { gatherFacts, type Valuer } from './gather-facts.ts';
import {
  DRY_RUN_CHUNK_ROWS,
  DRY_RUN_DAYS_MAX,
  DRY_RUN_EXAMPLES_MAX,
  DRY_RUN_REASONS_MAX,
  DRY_RUN_ROWS_MAX,
} from './policy.limits.ts';
import type { Facts, Reason, Verdict } from './policy.ts';
import type { Rules } from './rules.ts';
import { valuerOf } from './take-up.ts';

const DAY_MS = 86_400_000;

/** What became of a withdrawal: what the rules of then said of it; NONE where none governed it. */
export type Happened = Verdict | 'NONE';

export type DryRunReport = {
  from: Date;
  to: Date;
  /** Withdrawals that were looked at. */
  total: number;
  /** There were more in that time than one dry run looks at; the oldest were. */
  isCut: boolean;
  verdicts: Record<Verdict, number>;
  /** By what happened then and what the document says. */
  changes: { happened: Happened; verdict: Verdict; count: number; examples: DryRunExample[] }[];
  reasons: { code: string; count: number }[];
  /** Without any answer of a source that the document asks for: taken for clear here. */
  notScreened: number;
  /** Valued at the rates of now, since they were not valued when they were accepted. */
  valuedNow: number;
};
export type DryRunExample = { withdrawalId: string; reasons: Reason[]; score: number };

/**
 * What a document would have said of the withdrawals of the last days. Reads only, in chunks; the same evaluation and the
 * same facts as in earnest, with two differences, which the report counts: addresses that no source was asked about are
 * taken for clear, and amounts that were not valued then are valued at the rates of now.
 */
export async function dryRunPolicy(
  deps: { db: Database },
  target: { assets: ReadonlyMap<string, Asset>; rules: Rules },
  input: { organisationId: string | null; document: PolicyDocument; days: number },
): Promise<DryRunReport> {
  const to = target.rules.now();
  const days = Math.min(Math.max(input.days, 1), DRY_RUN_DAYS_MAX);
  const from = new Date(to.getTime() - days * DAY_MS);
  const tally = createTally();
  const valuer = valuerOf(target, to);
  let after: string | null = null;
  let total = 0;
  let isCut = false;
  for (;;) {
    const filter = { organisationId: input.organisationId, from, after };
    const subjects = await listSubjects(deps.db, filter, DRY_RUN_CHUNK_ROWS);
    if (subjects.length === 0) break;
    const valued = subjects.map((subject) => withValue(subject, valuer));
    const governed = valued.map(({ subject }) => ({ subject, document: input.document }));
    const facts = await gatherFacts(deps.db, governed, { now: to, valuer, answersOfAnyAge: true });
    for (const [index, subject] of subjects.entries())
      tally.add(subject, input.document, {
        facts: assertPresent(facts[index], 'facts of a withdrawal'),
        wasValuedNow: valued[index]?.wasValuedNow === true,
      });
    total += subjects.length;
    after = subjects.at(-1)?.id ?? null;
    if (total >= DRY_RUN_ROWS_MAX) {
      isCut = true;
      break;
    }
  }
  return { from, to, total, isCut, ...tally.report() };
}

function withValue<S extends Subject>(subject: S, valuer: Valuer): { subject: S; wasValuedNow: boolean } {
  if (subject.hasValue) return { subject, wasValuedNow: false };
  const amountKrw = valuer(subject);
  return { subject: { ...subject, amountKrw }, wasValuedNow: amountKrw !== null };
}

function createTally() {
  const verdicts: Record<Verdict, number> = { ALLOW: 0, REVIEW: 0, DENY: 0 };
  const changes = new Map<string, DryRunReport['changes'][number]>();
  const reasons = new Map<string, number>();
  let notScreened = 0;
  let valuedNow = 0;
  return {
    add(
      subject: { id: string; verdict: string | null },
      document: PolicyDocument,
      { facts, wasValuedNow }: { facts: Facts; wasValuedNow: boolean },
    ) {
      const isSilent = facts.screening.some(({ answer }) => answer === 'MISSING');
      const screening = facts.screening.map((fact) =>
        fact.answer === 'MISSING' ? { ...fact, answer: 'CLEAR' as const } : fact,
      );
      const evaluation = evaluate(document, { ...facts, screening });
      const happened = (subject.verdict ?? 'NONE') as Happened;
      const { verdict, score } = evaluation;
      verdicts[verdict] += 1;
      notScreened += isSilent ? 1 : 0;
      valuedNow += wasValuedNow ? 1 : 0;
      for (const code of new Set(evaluation.reasons.map((reason) => reason.code)))
        reasons.set(code, (reasons.get(code) ?? 0) + 1);
      const name = `${happened}/${verdict}`;
      const change = changes.get(name) ?? { happened, verdict, count: 0, examples: [] };
      change.count += 1;
      if (change.examples.length < DRY_RUN_EXAMPLES_MAX)
        change.examples.push({ withdrawalId: subject.id, reasons: evaluation.reasons, score });
      changes.set(name, change);
    },
    report: () => ({
      verdicts,
      changes: [...changes.values()].sort((one, other) => other.count - one.count),
      reasons: [...reasons]
        .map(([code, count]) => ({ code, count }))
        .sort((one, other) => other.count - one.count)
        .slice(0, DRY_RUN_REASONS_MAX),
      notScreened,
      valuedNow,
    }),
  };
}
