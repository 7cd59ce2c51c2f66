import type { PolicyDocument, VelocityRule } from '@naru/wire/policy-document.ts';
import { showKrw } from '../exchange-rate/value-in-krw.ts';
import type { Evaluation, Facts, HistoryRow, Reason, Verdict } from './policy.ts';
import { inWindow, scoreRisk } from './score-risk.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

type Finding = { verdict: Verdict; reason: Reason };

/**
 * What a document says of a withdrawal. Pure: the same document and facts give the same answer, in a dry run as in
 * earnest. Whatever is not known counts against the withdrawal, never for it.
 */
export function evaluate(document: PolicyDocument, facts: Facts): Evaluation {
  const findings = [
    ...judgeBlock(facts),
    ...judgeAddressBook(document, facts),
    ...judgeScreening(document, facts),
    ...document.velocity.flatMap((rule) => judgeVelocity(rule, facts)),
    ...judgeValue(facts),
  ];
  const risk = document.risk === null ? null : scoreRisk(document.risk, facts);
  if (document.risk !== null && risk !== null) {
    const { reviewAt, denyAt } = document.risk;
    const crossed =
      denyAt !== null && risk.score >= denyAt ? denyAt : risk.score >= reviewAt ? reviewAt : null;
    if (crossed !== null)
      findings.push({
        verdict: crossed === denyAt ? 'DENY' : 'REVIEW',
        reason: reasonOf(
          'risk_score',
          `the risk score is ${risk.score}, from ${crossed} on it is ${crossed === denyAt ? 'denied' : 'reviewed'}`,
        ),
      });
  }
  const quorum = quorumOf(document, facts.amountKrw);
  if (quorum > 0 && facts.amountKrw !== null)
    findings.push({
      verdict: 'REVIEW',
      reason: reasonOf(
        'approval_required',
        `${showKrw(facts.amountKrw)} needs the approval of ${quorum === 1 ? 'one person' : `${quorum} people`}`,
      ),
    });
  const verdict = worstOf(findings.map((finding) => finding.verdict));
  return {
    verdict,
    score: risk?.score ?? 0,
    reasons: [...sortByWeight(findings), ...(risk?.reasons ?? [])],
    approvalsRequired: verdict === 'REVIEW' ? Math.max(1, quorum) : 0,
  };
}

/** People who must approve an amount: that of the last step it reaches. What has no value needs as many as any. */
export function quorumOf({ approvals }: PolicyDocument, amountKrw: bigint | null): number {
  const reached = approvals.steps.filter((step) => amountKrw === null || amountKrw >= BigInt(step.fromKrw));
  return reached.reduce((most, step) => Math.max(most, step.quorum), 0);
}

const RANK: Readonly<Record<Verdict, number>> = { ALLOW: 0, REVIEW: 1, DENY: 2 };

function worstOf(found: readonly Verdict[]): Verdict {
  return found.reduce<Verdict>((worst, verdict) => (RANK[verdict] > RANK[worst] ? verdict : worst), 'ALLOW');
}

function sortByWeight(findings: readonly Finding[]): Reason[] {
  return [...findings]
    .sort((one, other) => RANK[other.verdict] - RANK[one.verdict])
    .map(({ reason }) => reason);
}

function reasonOf(code: Reason['code'], text: string): Reason {
  return { code, text, points: null };
}

function judgeBlock({ blockedWhy, to }: Facts): Finding[] {
  if (blockedWhy === null) return [];
  return [{ verdict: 'DENY', reason: reasonOf('address_blocked', `${to} is blocked: ${blockedWhy}`) }];
}

/** Refused at submit already; what stands here was removed from the book since, and is a matter for a person. */
function judgeAddressBook({ addressBook }: PolicyDocument, facts: Facts): Finding[] {
  if (addressBook.mode === 'OFF') return [];
  if (facts.inBookSince === null)
    return [
      {
        verdict: 'REVIEW',
        reason: reasonOf('address_not_in_book', `${facts.to} does not stand in the address book`),
      },
    ];
  const coolsUntil = coolingOffEnd(addressBook, facts.inBookSince);
  if (facts.at >= coolsUntil) return [];
  const text = `${facts.to} is in the address book since ${facts.inBookSince.toISOString()} and cooling off until ${coolsUntil.toISOString()}`;
  return [{ verdict: 'REVIEW', reason: reasonOf('address_cooling_off', text) }];
}

export function coolingOffEnd(addressBook: PolicyDocument['addressBook'], since: Date): Date {
  return new Date(since.getTime() + addressBook.coolingOffHours * HOUR_MS);
}

function judgeScreening({ screening }: PolicyDocument, { screening: answers, to }: Facts): Finding[] {
  if (screening === null) return [];
  return screening.sources.flatMap((source): Finding[] => {
    const fact = answers.find((answer) => answer.source === source);
    if (fact === undefined || fact.answer === 'MISSING') {
      const text = `${source} gave no answer about ${to} within ${screening.patienceMinutes} minutes`;
      return [{ verdict: 'REVIEW', reason: reasonOf('screening_unavailable', text) }];
    }
    if (fact.answer === 'CLEAR') return [];
    const text = `${source} lists ${to} as sanctioned${fact.detail === null ? '' : `: ${fact.detail}`}`;
    return [{ verdict: screening.onListed, reason: reasonOf('sanctioned', text) }];
  });
}

function judgeVelocity(rule: VelocityRule, facts: Facts): Finding[] {
  const [history, isHistoryCut] =
    rule.per === 'ADDRESS'
      ? [facts.addressHistory, facts.isAddressHistoryCut]
      : [facts.history, facts.isHistoryCut];
  const rows = inWindow(history, facts.at, rule.windowMinutes);
  const where = `in ${rule.windowMinutes} minutes${rule.per === 'ADDRESS' ? ' to this address' : ''}`;
  const count = rows.length + 1;
  // More than was read is more than any rule may name.
  const isCut = isHistoryCut && isCutWithin(history, facts.at, rule.windowMinutes);
  if (rule.countMax !== undefined && (count > rule.countMax || isCut))
    return found(rule, `${rule.name}: ${count} withdrawals ${where}, ${rule.countMax} are allowed`);
  if (rule.amountKrwMax === undefined) return [];
  const max = BigInt(rule.amountKrwMax);
  const known = [facts.amountKrw, ...rows.map((row) => row.amountKrw)];
  const sumKrw = known.reduce<bigint>((sum, krw) => sum + (krw ?? 0n), 0n);
  if (sumKrw > max)
    return found(rule, `${rule.name}: ${showKrw(sumKrw)} ${where}, ${showKrw(max)} are allowed`);
  if (isCut) return unknown(rule, `more withdrawals ${where} than can be added up`);
  if (known.includes(null)) return unknown(rule, `withdrawals ${where} without a value in won`);
  return [];
}

function found(rule: VelocityRule, text: string): Finding[] {
  return [{ verdict: rule.action, reason: reasonOf('velocity', text) }];
}

function unknown(rule: VelocityRule, what: string): Finding[] {
  return [{ verdict: 'REVIEW', reason: reasonOf('velocity_unknown', `${rule.name}: ${what}`) }];
}

/** The window reaches back beyond the oldest row that was read. */
function isCutWithin(history: readonly HistoryRow[], at: Date, windowMinutes: number): boolean {
  const oldest = history.at(-1);
  return oldest === undefined || oldest.at.getTime() > at.getTime() - windowMinutes * MINUTE_MS;
}

function judgeValue({ amountKrw, unvaluedWhy }: Facts): Finding[] {
  if (amountKrw !== null) return [];
  const text = `its value in won is unknown: ${unvaluedWhy ?? 'it was not valued'}`;
  return [{ verdict: 'REVIEW', reason: reasonOf('amount_not_valued', text) }];
}
