import { type RefusalCode, refusalCodes } from '@naru/signer-protocol/refusal.ts';
import type { SignIntent } from '@naru/signer-protocol/schema.ts';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

export type SignerMetrics = {
  signed(intent: SignIntent['kind'], chainId: number): void;
  refused(code: RefusalCode): void;
  unauthorized(): void;
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
