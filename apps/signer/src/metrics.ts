import { type RefusalCode, refusalCodes } from '@naru/signer-protocol/refusal.ts';
import type { SignIntent } from '@naru/signer-protocol/schema.ts';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { Journal } from './journal.ts';
import type { Policy } from './policy.ts';
import type { PolicyInForce } from './policy-in-force.ts';

export type SignerMetrics = {
  signed(intent: SignIntent['kind'], chainId: number): void;
  refused(code: RefusalCode): void;
  unauthorized(): void;
  /** What may be signed now. */
  policyInForce(policy: Pick<Policy, 'version' | 'sha256'>): void;
  /** Policy or keys were looked at again. */
  reloaded(what: 'policy' | 'keys', outcome: 'ok' | 'refused'): void;
  /** Keys that can be signed with, by backend. */
  keys(backend: string, count: number): void;
  /** A backend gave no usable signature. */
  keyFailed(backend: string, code: string): void;
  /** A call is under way until the result is called. */
  startCall(): () => void;
};

export function createSignerMetrics(registry: Registry): SignerMetrics {
  const registers = [registry];
  const signed = new Counter({
    name: 'naru_signer_signed_total',
    help: 'Transactions signed, repetitions with other fees included',
    labelNames: ['intent', 'chain_id'],
    registers,
  });
  const refused = new Counter({
    name: 'naru_signer_refused_total',
    help: 'Requests refused, by code',
    labelNames: ['code'],
    registers,
  });
  // Every code is there from the start, so that an alert on its increase sees the first one.
  for (const code of refusalCodes) refused.inc({ code }, 0);
  const unauthorized = new Counter({
    name: 'naru_signer_unauthorized_total',
    help: 'Calls without a valid signature or outside the clock window',
    registers,
  });
  const policy = new Gauge({
    name: 'naru_signer_policy_info',
    help: '1 for the policy in force, by the version of its format and the SHA-256 of its file',
    labelNames: ['version', 'sha256'],
    registers,
  });
  const reloads = new Counter({
    name: 'naru_signer_reloads_total',
    help: 'Times that the policy or the keys were read again; refused: what was there before stays',
    labelNames: ['what', 'outcome'],
    registers,
  });
  for (const what of ['policy', 'keys']) reloads.inc({ what, outcome: 'refused' }, 0);
  const keys = new Gauge({
    name: 'naru_signer_keys',
    help: 'Keys by the backend that holds them',
    labelNames: ['backend'],
    registers,
  });
  const keyFailures = new Counter({
    name: 'naru_signer_key_failures_total',
    help: 'Signatures that a backend did not give, or that were not its own',
    labelNames: ['backend', 'code'],
    registers,
  });
  const callSeconds = new Histogram({
    name: 'naru_signer_sign_call_seconds',
    help: 'Time of a POST /v1/sign, from its body to its answer',
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const callsUnderWay = new Gauge({
    name: 'naru_signer_calls_under_way',
    help: 'Calls of POST /v1/sign being served',
    registers,
  });
  return {
    signed: (intent, chainId) => signed.inc({ intent, chain_id: String(chainId) }),
    refused: (code) => refused.inc({ code }),
    unauthorized: () => unauthorized.inc(),
    policyInForce({ version, sha256 }) {
      policy.reset();
      policy.set({ version, sha256 }, 1);
    },
    reloaded: (what, outcome) => reloads.inc({ what, outcome }),
    keys: (backend, count) => keys.set({ backend }, count),
    keyFailed: (backend, code) => keyFailures.inc({ backend, code }),
    startCall() {
      callsUnderWay.inc();
      const observe = callSeconds.startTimer();
      return () => {
        callsUnderWay.dec();
        observe();
      };
    },
  };
}

/** How much of each limit over all accounts is used, from 0 to 1, so that an alert needs no amounts. */
export function addUseMetrics(
  registry: Registry,
  of: { policy: Pick<PolicyInForce, 'current'>; journal: Pick<Journal, 'spentOf' | 'feesOf'> },
): void {
  new Gauge({
    name: 'naru_signer_limit_used_ratio',
    help: 'Part of a limit that is used up, by chain, token (its address, native, or gas) and window',
    labelNames: ['chain_id', 'token', 'window'],
    registers: [registry],
    collect() {
      this.reset();
      for (const [chainId, chain] of of.policy.current().chains) {
        const set = (token: string, window: string, used: bigint, max: bigint | null) => {
          if (max !== null) this.set({ chain_id: String(chainId), token, window }, ratioOf(used, max));
        };
        for (const [token, limits] of chain.tokens) {
          const { hour, day } = of.journal.spentOf(chainId, token);
          set(token ?? 'native', 'hour', hour.amount, limits.perHourMax);
          set(token ?? 'native', 'day', day.amount, limits.perDayMax);
        }
        if (chain.gasMoney === null) continue;
        const fees = of.journal.feesOf(chainId);
        set('gas', 'hour', fees.hour.amount, chain.gasMoney.perHourWeiMax);
        set('gas', 'day', fees.day.amount, chain.gasMoney.perDayWeiMax);
      }
    },
  });
}

/** To a ten-thousandth; a limit of nothing is used up. */
function ratioOf(used: bigint, max: bigint): number {
  return max === 0n ? 1 : Number((used * 10_000n) / max) / 10_000;
}
