import type { AddressBookEntry, BlockedAddress } from '@naru/core/address-book/address-book.ts';
import { Refused } from '@naru/core/command/run-keyed.ts';
import type { Decision, PolicyVersion, Tier } from '@naru/core/policy/policy.ts';
import type { Order, RuleBook } from '@naru/core/policy/rule-book.ts';
import type { WithdrawalErrorCode } from '@naru/core/withdrawal/withdrawal.errors.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { policyDocument } from '@naru/wire/policy-document.ts';

/**
 * A stand-in for the rules, for tests of the edge alone: it keeps what it is given, and who sees what. What rules mean is
 * the core's matter (`policy/*.test.ts`).
 */
export type InMemoryRules = RuleBook & { decide(organisationId: string, withdrawalId: string): void };

export function createInMemoryRules(): InMemoryRules {
  const versions = new Map<string, PolicyVersion>();
  const entries = new Map<string, AddressBookEntry & { organisationId: string }>();
  const blocked = new Map<string, BlockedAddress>();
  const decisions = new Map<string, Decision>();
  const tiers = new Map<string, Tier>();
  const done = async (value: string) => ({ kind: 'done', value, replayed: false }) as const;
  const refused = async (code: WithdrawalErrorCode) =>
    ({
      kind: 'refused',
      refusal: new Refused(code, 'There is no such thing.').toRefusal(),
      replayed: false,
    }) as const;
  const change = (id: string, state: PolicyVersion['state']) => {
    const version = versions.get(id);
    if (version === undefined) return refused('policy_not_found');
    versions.set(id, { ...version, state });
    return done(id);
  };
  const own = (organisationId: string, id: string) => {
    const entry = entries.get(id);
    return entry?.organisationId === organisationId ? entry : null;
  };
  return {
    decide: (organisationId, withdrawalId) =>
      void decisions.set(withdrawalId, {
        ...{
          withdrawalId,
          organisationId,
          policyVersionId: newUuid(),
          policyNumber: 1,
          verdict: 'ALLOW',
          score: 0,
        },
        ...{ reasons: [], approvalsRequired: 0, inputs: { amountKrw: '1350' }, decidedAt: new Date() },
      }),
    tiers: async () => [...tiers.values()].map((tier) => ({ ...tier, organisations: 0 })),
    setTier(_order, tier) {
      tiers.set(tier.code, tier);
      return done(newUuid());
    },
    assignTier: (_order, { code }) =>
      code === null || tiers.has(code) ? done(newUuid()) : refused('tier_not_found'),
    policies: async () => [...versions.values()],
    policy: async (id) => versions.get(id) ?? null,
    draft(order: Order, input) {
      const id = newUuid();
      versions.set(id, {
        ...{
          id,
          organisationId: input.organisationId,
          number: versions.size + 1,
          state: 'DRAFT',
          note: input.note,
        },
        ...{
          document: policyDocument.parse(input.document),
          author: order.audit.actor,
          createdAt: new Date(),
        },
        ...{ effectiveAt: null, endsAt: null },
      });
      return done(id);
    },
    activate: (_order, id) => change(id, 'ACTIVE'),
    retire: (_order, id) => change(id, 'RETIRED'),
    dryRun: async (id) =>
      versions.has(id)
        ? {
            ...{ from: new Date(), to: new Date(), total: 0, isCut: false, notScreened: 0, valuedNow: 0 },
            ...{ verdicts: { ALLOW: 0, REVIEW: 0, DENY: 0 }, changes: [], reasons: [] },
          }
        : null,
    decision: async (organisationId, withdrawalId) => {
      const found = decisions.get(withdrawalId) ?? null;
      return organisationId === null || found?.organisationId === organisationId ? found : null;
    },
    entries: async (organisationId) => [...entries.values()].filter((entry) => own(organisationId, entry.id)),
    entry: async (organisationId, id) => own(organisationId, id),
    addEntry({ caller, audit }, input) {
      const id = newUuid();
      const { organisationId } = caller;
      entries.set(id, { ...input, id, organisationId, addedBy: audit.actor, createdAt: new Date() });
      return done(id);
    },
    removeEntry: ({ caller }, id) =>
      own(caller.organisationId, id) === null ? refused('address_book_entry_not_found') : done(id),
    blocked: async () => [...blocked.values()],
    blockedOne: async (id) => blocked.get(id) ?? null,
    block({ audit }, { chain, address, reason }) {
      const id = newUuid();
      blocked.set(id, { id, chainId: chain, address, reason, addedBy: audit.actor, createdAt: new Date() });
      return done(id);
    },
    unblock: (_order, id) => (blocked.has(id) ? done(id) : refused('blocked_address_not_found')),
    pairs: async () => [],
    setPair: () => done(newUuid()),
    setRate: () => refused('exchange_rate_pair_not_found'),
  };
}
