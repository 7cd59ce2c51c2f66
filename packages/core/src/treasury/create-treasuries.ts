import type { Database } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { Caller } from '../access/access.ts';
import type { Origin } from '../account-manager/create-account-manager.ts';
import type { AuditContext } from '../audit/audit.ts';
import { readCatalogue } from '../chain/chain.store.ts';
import { type Catalogue, isReachable } from '../chain/chain.ts';
import { parseOwnAddress } from '../sub-account/parse-own-address.ts';
import { type Proposed, proposeRejection, proposeTopUp } from './propose.ts';
import { readTreasuryOverviews, type TreasuryOverview } from './read-treasuries.ts';
import { cancelProposal, signProposal } from './sign-proposal.ts';
import { TreasuryError } from './treasury.errors.ts';
import { findProposal, listProposals, listTreasuries } from './treasury.store.ts';
import { type Asked, askedOf, type Proposal, type ProposalState } from './treasury.ts';

/** A proposal with what it still takes. */
export type ShownProposal = { proposal: Proposal; asked: Asked };

/**
 * What operators do with treasuries, by the API. A key reaches the chains of its network, as everywhere. Refusals are
 * thrown as `TreasuryError`: nothing was changed then.
 */
export type Treasuries = {
  list(caller: Caller, chain: string | null): Promise<TreasuryOverview[]>;
  proposals(
    caller: Caller,
    filter: { chain: string | null; state: ProposalState | null },
    page: { limit: number; after: string | null },
  ): Promise<{ data: ShownProposal[]; next: string | null }>;
  proposal(caller: Caller, id: string): Promise<ShownProposal>;
  /** `amount` and `to` as they came in. */
  propose(
    caller: Caller,
    key: string,
    input: { chain: string; asset: string; amount: string; to: string; reason: string },
    from: Origin,
  ): Promise<ShownProposal & { replayed: boolean }>;
  reject(
    caller: Caller,
    key: string,
    input: { id: string; reason: string },
    from: Origin,
  ): Promise<ShownProposal & { replayed: boolean }>;
  sign(caller: Caller, input: { id: string; signature: string }, from: Origin): Promise<ShownProposal>;
  cancel(caller: Caller, input: { id: string; reason: string }, from: Origin): Promise<ShownProposal>;
};

export function createTreasuries(deps: { db: Database }): Treasuries {
  const { db } = deps;
  const auditOf = (caller: Caller, from: Origin, reason: string | null): AuditContext => ({
    actor: `api_key:${caller.apiKeyId}`,
    reason,
    ...from,
  });
  const show = async (proposals: readonly Proposal[]): Promise<ShownProposal[]> => {
    const treasuries = await listTreasuries(db);
    return proposals.map((proposal) => ({
      proposal,
      asked: askedOf(
        proposal,
        treasuries.find(({ safe }) => safe === proposal.safe),
      ),
    }));
  };
  const showOne = async (proposal: Proposal): Promise<ShownProposal> => {
    const [shown] = await show([proposal]);
    return assertPresent(shown, 'proposal that is shown');
  };
  const showProposed = async ({ proposal, replayed }: Proposed) => ({
    ...(await showOne(proposal)),
    replayed,
  });
  /** One of a chain that the key does not reach is not there. */
  const requireOwn = async (caller: Caller, id: string): Promise<Proposal> => {
    const proposal = await findProposal(db, id);
    const chain = (await readCatalogue(db)).chains.get(proposal?.chainId ?? '');
    if (proposal === null || chain === undefined || !isReachable(chain, caller.network))
      throw new TreasuryError('proposal_not_found', 'There is no such proposal.');
    return proposal;
  };

  return {
    async list(caller, chain) {
      const { chains } = await requireChain(db, caller, chain);
      const all = await readTreasuryOverviews(db, chain);
      return all.filter(({ treasury }) => chains.has(treasury.chainId));
    },
    async proposals(caller, { chain, state }, { limit, after }) {
      const { chains } = await requireChain(db, caller, chain);
      const chainIds = chain === null ? [...chains.keys()] : [chain];
      const rows = await listProposals(db, { chainIds, state, after, limit: limit + 1 });
      const data = rows.slice(0, limit);
      return { data: await show(data), next: rows.length > limit ? (data.at(-1)?.id ?? null) : null };
    },
    async proposal(caller, id) {
      return await showOne(await requireOwn(caller, id));
    },
    async propose(caller, key, { chain, to: text, ...rest }, from) {
      const catalogue = await requireChain(db, caller, chain);
      const to = parseOwnAddress(text);
      if (to === null)
        throw new TreasuryError(
          'account_not_found',
          `${text} is no address, or its checksum is wrong. Nothing was proposed.`,
        );
      const claim = { organisationId: caller.organisationId, key };
      const audit = auditOf(caller, from, rest.reason);
      return await showProposed(
        await proposeTopUp(deps, catalogue, { chainId: chain, to, ...rest }, audit, claim),
      );
    },
    async reject(caller, key, { id, reason }, from) {
      await requireOwn(caller, id);
      const claim = { organisationId: caller.organisationId, key };
      const input = { proposalId: id, reason };
      const audit = auditOf(caller, from, reason);
      return await showProposed(await proposeRejection(deps, await readCatalogue(db), input, audit, claim));
    },
    async sign(caller, { id, signature }, from) {
      await requireOwn(caller, id);
      const signed = await signProposal(deps, { proposalId: id, signature }, auditOf(caller, from, null));
      return await showOne(signed.proposal);
    },
    async cancel(caller, { id, reason }, from) {
      await requireOwn(caller, id);
      return await showOne(await cancelProposal(deps, { proposalId: id }, auditOf(caller, from, reason)));
    },
  };
}

/** The chains that the key reaches, among them the one that was asked for. */
async function requireChain(db: Database, caller: Caller, chain: string | null): Promise<Catalogue> {
  const catalogue = await readCatalogue(db);
  const chains = new Map([...catalogue.chains].filter(([, one]) => isReachable(one, caller.network)));
  if (chain !== null && !chains.has(chain))
    throw new TreasuryError('chain_not_supported', `The chain "${chain}" is not available here.`);
  return { ...catalogue, chains };
}
