import type { PolicyState } from './policy.ts';

/** The only steps of a policy version. The table `policy_transition` mirrors this one, and a trigger refuses every other. */
export const policyTransitions: readonly { from: PolicyState; to: PolicyState }[] = [
  { from: 'DRAFT', to: 'ACTIVE' },
  // A draft that nobody wants.
  { from: 'DRAFT', to: 'RETIRED' },
  { from: 'ACTIVE', to: 'RETIRED' },
];
