import type { Hex } from '@naru/kit/hex.ts';
import type { TokenFacts } from './judge-token.ts';

/** A token that an operator asks about over the API: an accounts role asks its nodes, and what they told stays. */
export type TokenProbe = {
  /** UUID. */
  id: string;
  chainId: string;
  address: Hex;
  /** An account that may hold some, where a balance cannot be made up for the try. */
  holder: Hex | null;
  requestedBy: string;
  requestedAt: Date;
} & (
  | { state: 'REQUESTED' }
  | { state: 'DONE'; facts: TokenFacts; endedAt: Date }
  | { state: 'FAILED'; error: string; endedAt: Date }
);

/** Probes that wait, of all chains: with no accounts role to ask, more would only pile up. */
export const PROBES_REQUESTED_MAX = 20;
/** What was found longer ago than this says too little of the token as it is now: proxies change their code. */
export const PROBE_VALID_MS = 3_600_000;
/** How long an instance may take; then another one asks. Asking twice does no harm. */
export const PROBE_LEASE_MS = 60_000;

/** For the column: JSON has no bigint, so amounts are digits. */
export function encodeFacts(facts: TokenFacts): string {
  return JSON.stringify(facts, (_key, value) => (typeof value === 'bigint' ? value.toString() : value));
}

type Encoded<T> = { [K in keyof T]: T[K] extends bigint ? string : T[K] };
export type EncodedFacts = Omit<TokenFacts, 'payment'> & {
  payment: Encoded<NonNullable<TokenFacts['payment']>> | null;
};

export function decodeFacts({ payment, ...rest }: EncodedFacts): TokenFacts {
  if (payment === null) return { ...rest, payment };
  const { asked, taken, received, gasUsed } = payment;
  return {
    ...rest,
    payment: {
      ...payment,
      asked: BigInt(asked),
      taken: BigInt(taken),
      received: BigInt(received),
      gasUsed: BigInt(gasUsed),
    },
  };
}
