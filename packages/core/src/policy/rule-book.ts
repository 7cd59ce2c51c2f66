import type { Database, Tx } from '@naru/db/database.ts';
import { readDatabaseTime } from '@naru/db/database-time.ts';
import type { Caller } from '../access/access.ts';
import { listEntries, readEntry } from '../address-book/address-book.store.ts';
import type { AddressBookEntry, BlockedAddress } from '../address-book/address-book.ts';
import { listBlocked, readBlocked } from '../address-book/block-list.store.ts';
import { addEntry, blockAddress, dropEntry, unblockAddress } from '../address-book/change-address-book.ts';
import type { AuditContext } from '../audit/audit.ts';
import { readCatalogue } from '../chain/chain.store.ts';
import { runKeyed } from '../command/run-keyed.ts';
import { type PairInput, setPair, setRate } from '../exchange-rate/change-rates.ts';
import { readPairs } from '../exchange-rate/exchange-rate.store.ts';
import type { QuotedPair, RateQuote } from '../exchange-rate/exchange-rate.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import { activatePolicy, draftPolicy, retirePolicy } from './change-policy.ts';
import { changeTierOf, setTier } from './change-tier.ts';
import { type DryRunReport, dryRunPolicy } from './dry-run.ts';
import { listVersions, readDecision, readVersion } from './policy.store.ts';
import type { Decision, PolicyState, PolicyVersion, Tier } from './policy.ts';
import { readRules } from './rules.ts';
import { listTiers } from './tier.store.ts';

/** A command with its key, and who gives it. */
export type Order = { caller: Caller; key: string; audit: AuditContext };
export type Done = Promise<CommandResult<string>>;

/**
 * The rules as the API uses them: what people decide about, each change with a key and audited. Results of changes are
 * the ids of what was made or changed. Reads of an unknown id give null.
 */
export type RuleBook = {
  tiers(): Promise<(Tier & { organisations: number })[]>;
  setTier(order: Order, tier: Tier): Done;
  assignTier(order: Order, input: { organisationId: string; code: string | null }): Done;
  policies(filter: {
    organisationId?: string | undefined;
    state?: PolicyState | undefined;
  }): Promise<PolicyVersion[]>;
  policy(id: string): Promise<PolicyVersion | null>;
  draft(order: Order, input: { organisationId: string | null; document: unknown; note: string | null }): Done;
  activate(order: Order, id: string): Done;
  retire(order: Order, id: string): Done;
  dryRun(id: string, days: number): Promise<DryRunReport | null>;
  /** `organisationId` null: whoever owns it. */
  decision(organisationId: string | null, withdrawalId: string): Promise<Decision | null>;
  entries(organisationId: string, page: { limit: number; after: string | null }): Promise<AddressBookEntry[]>;
  entry(organisationId: string, id: string): Promise<AddressBookEntry | null>;
  addEntry(order: Order, input: { chain: string; address: string; label: string }): Done;
  removeEntry(order: Order, id: string): Done;
  blocked(filter: { address?: string | undefined }): Promise<BlockedAddress[]>;
  blockedOne(id: string): Promise<BlockedAddress | null>;
  block(order: Order, input: { chain: string | null; address: string; reason: string }): Done;
  unblock(order: Order, id: string): Done;
  pairs(): Promise<QuotedPair[]>;
  setPair(order: Order, input: PairInput): Done;
  setRate(order: Order, input: { base: string; quote: RateQuote; rate: string }): Done;
};

export function createRuleBook(deps: { db: Database }): RuleBook {
  const { db } = deps;
  const run = (
    { caller, key, audit }: Order,
    command: string,
    input: readonly unknown[],
    work: (tx: Tx, id: string) => Promise<unknown>,
    resourceId?: string,
  ): Done =>
    runKeyed(
      { db },
      {
        organisationId: caller.organisationId,
        key,
        command,
        input,
        audit,
        ...(resourceId === undefined ? {} : { resourceId }),
      },
      work,
    );
  return {
    tiers: () => listTiers(db),
    setTier: (order, tier) =>
      run(order, 'set-tier', Object.values(tier).map(String), (tx) => setTier(tx, tier)),
    assignTier: (order, input) =>
      run(order, 'assign-tier', [input.organisationId, input.code], (tx) => changeTierOf(tx, input)),
    policies: (filter) => listVersions(db, filter),
    policy: (id) => readVersion(db, id),
    draft: (order, input) =>
      run(order, 'draft-policy', [input.organisationId, input.document, input.note], (tx, id) =>
        draftPolicy(tx, { ...input, id, author: order.audit.actor }),
      ),
    activate: (order, id) => run(order, 'activate-policy', [id], (tx) => activatePolicy(tx, id), id),
    retire: (order, id) => run(order, 'retire-policy', [id], (tx) => retirePolicy(tx, id), id),
    async dryRun(id, days) {
      const version = await readVersion(db, id);
      if (version === null) return null;
      const { assets } = await readCatalogue(db);
      const { organisationId, document } = version;
      const target = { assets, rules: await readRules(db) };
      return await dryRunPolicy({ db }, target, { organisationId, document, days });
    },
    decision: (organisationId, withdrawalId) => readDecision(db, organisationId, withdrawalId),
    entries: (organisationId, page) => listEntries(db, organisationId, page),
    entry: (organisationId, id) => readEntry(db, organisationId, id),
    async addEntry(order, input) {
      const catalogue = await readCatalogue(db);
      const { caller, audit } = order;
      return await run(order, 'add-address', [input.chain, input.address, input.label], (tx, id) =>
        addEntry(tx, catalogue, caller, { ...input, id, addedBy: audit.actor }),
      );
    },
    removeEntry: (order, id) =>
      run(order, 'remove-address', [id], (tx) => dropEntry(tx, order.caller.organisationId, id), id),
    blocked: (filter) => listBlocked(db, filter),
    blockedOne: (id) => readBlocked(db, id),
    async block(order, input) {
      const catalogue = await readCatalogue(db);
      return await run(order, 'block-address', [input.chain, input.address, input.reason], (tx, id) =>
        blockAddress(tx, catalogue, { ...input, id, addedBy: order.audit.actor }),
      );
    },
    unblock: (order, id) => run(order, 'unblock-address', [id], (tx) => unblockAddress(tx, id), id),
    pairs: () => readPairs(db),
    setPair: (order, input) =>
      run(
        order,
        'set-rate-pair',
        [JSON.stringify(input, (_, value) => (typeof value === 'bigint' ? `${value}` : value))],
        (tx) => setPair(tx, input),
      ),
    setRate: (order, input) =>
      run(order, 'set-rate', [input.base, input.quote, input.rate], async (tx) =>
        setRate(tx, input, order.audit.actor, await readDatabaseTime(tx)),
      ),
  };
}
