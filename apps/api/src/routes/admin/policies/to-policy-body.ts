import type { DryRunReport } from '@naru/core/policy/dry-run.ts';
import type { Decision, PolicyVersion } from '@naru/core/policy/policy.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import type { DecisionBody, FullDecisionBody, PolicyBody, PolicyDryRunBody } from '@naru/wire/policy.ts';

export function toPolicyBody(version: PolicyVersion): PolicyBody {
  const { organisationId, number, state, document, author, note } = version;
  return {
    id: toPublicId('policy', version.id),
    object: 'policy',
    organisationId: organisationId === null ? null : toPublicId('organisation', organisationId),
    number,
    state,
    document,
    author,
    note,
    createdAt: version.createdAt.toISOString(),
    effectiveAt: version.effectiveAt?.toISOString() ?? null,
    endsAt: version.endsAt?.toISOString() ?? null,
  };
}

export function toDryRunBody(report: DryRunReport): PolicyDryRunBody {
  return {
    object: 'policy_dry_run',
    ...report,
    from: report.from.toISOString(),
    to: report.to.toISOString(),
    changes: report.changes.map((change) => ({
      ...change,
      examples: change.examples.map(({ withdrawalId, ...example }) => ({
        withdrawalId: toPublicId('withdrawal', withdrawalId),
        ...example,
      })),
    })),
  };
}

export function toDecisionBody(decision: Decision): DecisionBody {
  return {
    object: 'decision',
    withdrawalId: toPublicId('withdrawal', decision.withdrawalId),
    verdict: decision.verdict,
    approvalsRequired: decision.approvalsRequired,
    decidedAt: decision.decidedAt.toISOString(),
  };
}

export function toFullDecisionBody(decision: Decision): FullDecisionBody {
  const { policyVersionId, policyNumber, score, reasons, inputs } = decision;
  return {
    ...toDecisionBody(decision),
    organisationId: toPublicId('organisation', decision.organisationId),
    policyId: policyVersionId === null ? null : toPublicId('policy', policyVersionId),
    policyNumber,
    score,
    reasons: [...reasons],
    inputs: { ...inputs },
  };
}
