import type { PolicyBody } from '@naru/wire/policy.ts';
import type { PolicyDocument, VelocityRule } from '@naru/wire/policy-document.ts';
import { formatCount, formatWon } from '../../format/number.ts';
import type { policyTexts } from './policy.texts.ts';

export type Words = (typeof policyTexts)['ko'];
export type Section = { title: string; sentences: string[] };

export const policyTones = {
  DRAFT: 'info',
  ACTIVE: 'good',
  RETIRED: 'idle',
} as const satisfies Record<PolicyBody['state'], string>;

/** The document as somebody would say it. */
export function tellPolicy(
  document: PolicyDocument,
  words: Words,
  window: (minutes: number) => string,
): Section[] {
  const { addressBook, velocity, screening, approvals } = document;
  return [
    {
      title: words.approvals,
      sentences: [
        ...(approvals.steps.length === 0
          ? [words.approvalsNone]
          : approvals.steps.map((step) =>
              words.approvalStep(formatWon(step.fromKrw), formatCount(step.quorum)),
            )),
        words.approvalExpiry(formatCount(approvals.expiresInHours)),
      ],
    },
    {
      title: words.velocity,
      sentences:
        velocity.length === 0
          ? [words.velocityNone]
          : velocity.map((rule) => `${rule.name}: ${tellVelocity(rule, words, window)}`),
    },
    {
      title: words.addressBook,
      sentences: [
        addressBook.mode === 'OFF' ? words.bookOff : words.bookOnly(formatCount(addressBook.coolingOffHours)),
      ],
    },
    {
      title: words.screening,
      sentences:
        screening === null
          ? [words.screeningNone]
          : [
              words.screeningText(
                screening.sources.map((source) => words[source]).join(', '),
                formatCount(screening.resultHours),
                formatCount(screening.patienceMinutes),
              ),
              words.screeningListed(words[screening.onListed]),
            ],
    },
    { title: words.risk, sentences: tellRisk(document, words, window) },
  ];
}

function tellVelocity(rule: VelocityRule, words: Words, window: (minutes: number) => string): string {
  const limits = [
    ...(rule.countMax === undefined ? [] : [words.countLimit(formatCount(rule.countMax))]),
    ...(rule.amountKrwMax === undefined ? [] : [words.amountLimit(formatWon(rule.amountKrwMax))]),
  ];
  return words.velocityRule(
    rule.per === 'ADDRESS' ? words.perAddress : words.perOrganisation,
    window(rule.windowMinutes),
    limits.join(words.or),
    words[rule.action],
  );
}

function tellRisk({ risk }: PolicyDocument, words: Words, window: (minutes: number) => string): string[] {
  if (risk === null) return [words.riskNone];
  const { unusualAmount, hours, velocity, recentAddress, refusals } = risk;
  const gives = (points: number, what: string) => words.pointsFor(String(points), what);
  return [
    words.riskReview(String(risk.reviewAt)),
    ...(risk.denyAt === null ? [] : [words.riskDeny(String(risk.denyAt))]),
    words.riskHistory(String(risk.historyDays)),
    ...(risk.newDestination === 0 ? [] : [gives(risk.newDestination, words.newDestination)]),
    ...(unusualAmount === null
      ? []
      : [gives(unusualAmount.points, words.unusual(String(unusualAmount.times)))]),
    ...(hours === null ? [] : [gives(hours.points, words.hours(String(hours.from), String(hours.to)))]),
    ...(velocity === null
      ? []
      : [
          gives(
            velocity.points,
            words.velocityPoints(window(velocity.windowMinutes), formatCount(velocity.countMin)),
          ),
        ]),
    ...(recentAddress === null
      ? []
      : [gives(recentAddress.points, words.recent(formatCount(recentAddress.withinHours)))]),
    ...Object.entries(risk.categories).map(([name, points]) => gives(points, words.category(name))),
    ...(refusals === null ? [] : [gives(refusals.points, words.refusals(formatCount(refusals.countMin)))]),
  ];
}

export type Difference = { path: string; before: string | null; after: string | null };

/** What differs between two documents, by where it stands; null: not there. */
export function compareDocuments(before: unknown, after: unknown): Difference[] {
  const old = flatten(before);
  const now = flatten(after);
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((path) => old.get(path) !== now.get(path))
    .map((path) => ({ path, before: old.get(path) ?? null, after: now.get(path) ?? null }));
}

function flatten(value: unknown, path = '', into = new Map<string, string>()): Map<string, string> {
  if (typeof value === 'object' && value !== null)
    for (const [key, one] of Object.entries(value)) flatten(one, path === '' ? key : `${path}.${key}`, into);
  else if (value !== null) into.set(path, String(value));
  return into;
}
