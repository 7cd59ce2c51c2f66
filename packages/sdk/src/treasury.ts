import {
  type OwnerSignatureInput,
  type ProposalReasonInput,
  type ProposeTopUpInput,
  type TreasuryBody,
  type TreasuryProposalBody,
  type TreasuryProposalPageBody,
  treasuryList,
  treasuryProposal,
  treasuryProposalPage,
} from '@naru/wire/treasury.ts';
import { allPages, type CallOptions, callsOf, type WriteOptions } from './calls.ts';
import type { Transport } from './transport.ts';

export type ProposalFilter = { chain?: string; state?: TreasuryProposalBody['state'] };
export type ProposalQuery = ProposalFilter & { limit?: number; cursor?: string };

/** For operators: the Safe of a chain, and what its owners are asked to sign. Needs the scope `admin`. */
export type TreasuryClient = {
  list(filter?: { chain?: string }, options?: CallOptions): Promise<TreasuryBody[]>;
  proposals: {
    list(query?: ProposalQuery, options?: CallOptions): Promise<TreasuryProposalPageBody>;
    /** All of them, a page at a time, newest first. */
    listAll(filter?: ProposalFilter, options?: CallOptions): AsyncGenerator<TreasuryProposalBody>;
    get(id: string, options?: CallOptions): Promise<TreasuryProposalBody>;
    /** Pays an account of ours once enough owners have signed. */
    propose(input: ProposeTopUpInput, options?: WriteOptions): Promise<TreasuryProposalBody>;
    /** Proposes nothing for the same nonce: executed first, it makes the other one impossible. */
    reject(id: string, input: ProposalReasonInput, options?: WriteOptions): Promise<TreasuryProposalBody>;
    /** What an owner's wallet returned for `typedData`. The same again changes nothing. */
    sign(id: string, input: OwnerSignatureInput, options?: CallOptions): Promise<TreasuryProposalBody>;
    /** Only while nobody has signed. The same again changes nothing. */
    cancel(id: string, input: ProposalReasonInput, options?: CallOptions): Promise<TreasuryProposalBody>;
  };
};

export function createTreasuryClient(transport: Transport): TreasuryClient {
  const { read, post, send } = callsOf(transport);
  const all = '/v1/admin/treasury-proposals';
  const pathOf = (id: string) => `${all}/${encodeURIComponent(id)}`;
  const list: TreasuryClient['proposals']['list'] = (query, options) =>
    read(all, treasuryProposalPage, options, query);
  return {
    list: async (filter, options) => (await read('/v1/admin/treasuries', treasuryList, options, filter)).data,
    proposals: {
      list,
      listAll: (filter, options) => allPages((page) => list({ ...filter, ...page }, options)),
      get: (id, options) => read(pathOf(id), treasuryProposal, options),
      propose: (input, options) => post(all, treasuryProposal, options, input),
      reject: (id, input, options) => post(`${pathOf(id)}/rejections`, treasuryProposal, options, input),
      sign: (id, input, options) =>
        send('POST', `${pathOf(id)}/signatures`, treasuryProposal, options, input),
      cancel: (id, input, options) => send('POST', `${pathOf(id)}/cancel`, treasuryProposal, options, input),
    },
  };
}
