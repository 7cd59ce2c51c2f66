import type { Clock } from '@naru/kit/clock.ts';
import { errorText } from '@naru/kit/errors.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { Journal } from './journal.ts';
import type { SignerMetrics } from './metrics.ts';
import { loadPolicy, type Policy } from './policy.ts';
import { compareLimits, limitsOf, type PolicyLimits } from './policy-changes.ts';
import { POLICY_CHANGES_SHOWN } from './signer.limits.ts';

/** The policy that is applied, and how it is replaced while the signer runs. */
export type PolicyInForce = {
  current(): Policy;
  since(): Date;
  /** Why the file as it is now is not applied; null when it is. */
  problem(): string | null;
  /** Reads the file again. A broken one is refused and the old policy stays. Never rejects. */
  reload(): Promise<void>;
};

export type PolicyDeps = { clock: Clock; log: Logger; journal: Journal; metrics: SignerMetrics };

/**
 * Reads the policy and puts it into force. Each change is in the journal, on disk, before it is applied, with every
 * limit that it lifts: also one that was made while the signer was stopped.
 * @throws {ConfigError} when the first one cannot be read: without a policy nothing starts.
 */
export async function openPolicy(deps: PolicyDeps, file: string): Promise<PolicyInForce> {
  let policy = await loadPolicy(file);
  let since = await record(deps, file, policy);
  let problem: string | null = null;
  let reloading: Promise<void> = Promise.resolve();
  deps.metrics.policyInForce(policy);

  async function reloadOnce(): Promise<void> {
    try {
      const next = await loadPolicy(file);
      if (next.sha256 !== policy.sha256) {
        since = await record(deps, file, next);
        policy = next;
        deps.metrics.policyInForce(policy);
      }
      problem = null;
      deps.metrics.reloaded('policy', 'ok');
    } catch (error) {
      problem = errorText(error);
      deps.metrics.reloaded('policy', 'refused');
      deps.log.error(
        { file, reason: problem, policySha256: policy.sha256 },
        'the changed policy is refused, the old one stays in force',
      );
    }
  }

  return {
    current: () => policy,
    since: () => since,
    problem: () => problem,
    reload() {
      reloading = reloading.then(reloadOnce);
      return reloading;
    },
  };
}

async function record(deps: PolicyDeps, file: string, policy: Policy): Promise<Date> {
  const before = deps.journal.policies().at(-1);
  if (before?.sha256 === policy.sha256) return new Date(before.atMs);
  const limits: PolicyLimits = limitsOf(policy);
  const changes = before === undefined ? { lifted: [], lowered: [] } : compareLimits(before.limits, limits);
  const entry = deps.journal.enterPolicy({ sha256: policy.sha256, limits, ...changes });
  await deps.journal.durable();
  const about = {
    file,
    policySha256: policy.sha256,
    policyVersion: policy.version,
    lifted: changes.lifted.slice(0, POLICY_CHANGES_SHOWN),
    liftedCount: changes.lifted.length,
    loweredCount: changes.lowered.length,
  };
  // A lifted limit is what a thief who can write the file would do: it is to be seen among the warnings.
  if (changes.lifted.length > 0) deps.log.warn(about, 'another policy is in force, and it lifts limits');
  else deps.log.info(about, before === undefined ? 'policy in force' : 'another policy is in force');
  return new Date(entry.atMs);
}
