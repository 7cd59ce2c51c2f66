/**
 * What goes wrong with calls, until it is switched off.
 * - `throttle`: 400 ThrottlingException. `internal`: 500 KMSInternalException.
 * - `hang`: the request is taken and never answered. `lose`: it is carried out, and the connection is cut.
 * - `wrongKey`: a valid signature by another key. `corrupt`: one bit of the signature is another.
 * - `garbage`: an answer that is no signature.
 */
export type FaultKind = 'throttle' | 'internal' | 'hang' | 'lose' | 'wrongKey' | 'corrupt' | 'garbage';

/** `times`: how many calls; then it is over. */
export type Fault = { operation: string; kind: FaultKind; times: number };

export type Faults = {
  set(faults: readonly Fault[]): void;
  /** The fault of this call, used up by it. */
  take(operation: string): FaultKind | null;
};

export function createFaults(): Faults {
  let active: Fault[] = [];
  return {
    set(faults) {
      active = faults.map((fault) => ({ ...fault }));
    },
    take(operation) {
      const fault = active.find((one) => one.operation === operation && one.times > 0);
      if (fault === undefined) return null;
      fault.times -= 1;
      return fault.kind;
    },
  };
}
