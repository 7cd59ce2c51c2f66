import { chainQuery } from '@naru/wire/sub-account.ts';
import {
  ownerSignatureRequest,
  proposalReasonRequest,
  proposeRequest,
  treasuryList,
  treasuryProposal,
  treasuryProposalPage,
  treasuryProposalQuery,
} from '@naru/wire/treasury.ts';
import { encodeCursor } from '../../../http/cursor.ts';
import { defineRoute } from '../../../http/define-route.ts';
import { readPageCursor } from '../../../http/page-after.ts';
import { treasuryProposalParams, uuidOf } from '../../params.ts';
import { operatorRead } from '../operator-read.ts';
import { toProposalBody, toTreasuryBody } from './treasury-body.ts';
import { orProblem } from './treasury-problems.ts';

const write = { method: 'POST', tag: 'Operators', scope: 'operations:write', rateLimit: 'per_key' } as const;
const PROPOSALS = '/v1/admin/treasury-proposals';

export const listTreasuriesRoute = defineRoute({
  ...operatorRead,
  path: '/v1/admin/treasuries',
  operationId: 'listTreasuries',
  summary: 'List treasuries',
  description:
    'The Safe of each chain that has one, with its owners as last read from the chain and what the books say it holds. `naru treasury set` names one.',
  request: { params: null, query: chainQuery, body: null },
  responses: { 200: { description: 'All of them.', schema: treasuryList } },
  errors: ['chain_not_supported'],
  handler: async ({ treasuries }, { caller, query }) => {
    const found = await orProblem(treasuries.list(caller, query.chain ?? null));
    return { status: 200, body: { data: found.map(toTreasuryBody) } } as const;
  },
});

export const listTreasuryProposalsRoute = defineRoute({
  ...operatorRead,
  path: PROPOSALS,
  operationId: 'listTreasuryProposals',
  summary: 'List proposals of treasuries',
  description: 'What owners were asked to sign, newest first.',
  request: { params: null, query: treasuryProposalQuery, body: null },
  responses: { 200: { description: 'One page.', schema: treasuryProposalPage } },
  errors: ['chain_not_supported'],
  handler: async ({ treasuries }, { caller, query }) => {
    const { limit, cursor, ...filter } = query;
    const after = readPageCursor(cursor, filter);
    const wanted = { chain: filter.chain ?? null, state: filter.state ?? null };
    const page = await orProblem(treasuries.proposals(caller, wanted, { limit, after }));
    const nextCursor = page.next === null ? null : encodeCursor(page.next, filter);
    return { status: 200, body: { data: page.data.map(toProposalBody), nextCursor } } as const;
  },
});

export const getTreasuryProposalRoute = defineRoute({
  ...operatorRead,
  path: `${PROPOSALS}/:id`,
  operationId: 'getTreasuryProposal',
  summary: 'Read a proposal of a treasury',
  description: 'What it pays, what an owner signs (`typedData`), who has signed, what it waits for.',
  request: { params: treasuryProposalParams, query: null, body: null },
  responses: { 200: { description: 'The proposal.', schema: treasuryProposal } },
  errors: ['treasury_proposal_not_found'],
  handler: async ({ treasuries }, { caller, params }) => {
    const found = await orProblem(treasuries.proposal(caller, uuidOf('treasuryProposal', params.id)));
    return { status: 200, body: toProposalBody(found) } as const;
  },
});

export const proposeTopUpRoute = defineRoute({
  ...write,
  path: PROPOSALS,
  operationId: 'proposeTreasuryTopUp',
  summary: 'Ask the owners of a treasury to pay an account of ours',
  description:
    "Takes the lowest of the Safe's nonces that is free. Nothing moves before as many owners have signed as the Safe asks for; then it is executed by itself.",
  idempotency: 'required',
  audit: 'treasury_proposal.insert',
  request: { params: null, query: null, body: proposeRequest },
  responses: { 201: { description: 'To be signed.', schema: treasuryProposal } },
  errors: [
    'asset_not_supported',
    'chain_not_supported',
    'treasury_account_not_found',
    'treasury_not_found',
    'treasury_proposal_exists',
    'treasury_proposals_too_many',
  ],
  handler: async ({ treasuries }, { caller, idempotencyKey, body, audit }) => {
    const proposed = await orProblem(treasuries.propose(caller, idempotencyKey, body, audit));
    return { status: 201, headers: replayHeaders(proposed), body: toProposalBody(proposed) } as const;
  },
});

export const rejectProposalRoute = defineRoute({
  ...write,
  path: `${PROPOSALS}/:id/rejections`,
  operationId: 'rejectTreasuryProposal',
  summary: 'Make a proposal impossible',
  description:
    'Proposes nothing for the same nonce of the Safe. Once its owners have signed that and it is executed, the first one can never be. What nobody has signed can just be canceled.',
  idempotency: 'required',
  audit: 'treasury_proposal.insert',
  request: { params: treasuryProposalParams, query: null, body: proposalReasonRequest },
  responses: { 201: { description: 'To be signed in its stead.', schema: treasuryProposal } },
  errors: [
    'treasury_proposal_exists',
    'treasury_proposal_not_found',
    'treasury_proposal_not_open',
    'treasury_proposals_too_many',
  ],
  handler: async ({ treasuries }, { caller, idempotencyKey, params, body, audit }) => {
    const input = { id: uuidOf('treasuryProposal', params.id), reason: body.reason };
    const proposed = await orProblem(treasuries.reject(caller, idempotencyKey, input, audit));
    return { status: 201, headers: replayHeaders(proposed), body: toProposalBody(proposed) } as const;
  },
});

export const signProposalRoute = defineRoute({
  ...write,
  path: `${PROPOSALS}/:id/signatures`,
  operationId: 'signTreasuryProposal',
  summary: "Add an owner's signature",
  description:
    'Finds out which owner signed and keeps the signature. With the last one that the Safe asks for, it is executed. The same again changes nothing; a signature cannot be taken back.',
  idempotency: 'none',
  audit: 'treasury_signature.insert',
  request: { params: treasuryProposalParams, query: null, body: ownerSignatureRequest },
  responses: { 200: { description: 'With the signature.', schema: treasuryProposal } },
  errors: [
    'treasury_proposal_not_found',
    'treasury_proposal_not_open',
    'treasury_signature_malformed',
    'treasury_signer_not_an_owner',
  ],
  handler: async ({ treasuries }, { caller, params, body, audit }) => {
    const input = { id: uuidOf('treasuryProposal', params.id), signature: body.signature };
    const signed = await orProblem(treasuries.sign(caller, input, audit));
    return { status: 200, body: toProposalBody(signed) } as const;
  },
});

export const cancelProposalRoute = defineRoute({
  ...write,
  path: `${PROPOSALS}/:id/cancel`,
  operationId: 'cancelTreasuryProposal',
  summary: 'Take back a proposal that nobody has signed',
  description: 'Its nonce is free for the next one. The same call again changes nothing.',
  idempotency: 'none',
  audit: 'treasury_proposal.update',
  request: { params: treasuryProposalParams, query: null, body: proposalReasonRequest },
  responses: { 200: { description: 'It is canceled.', schema: treasuryProposal } },
  errors: ['treasury_proposal_not_found', 'treasury_proposal_not_open', 'treasury_proposal_signed'],
  handler: async ({ treasuries }, { caller, params, body, audit }) => {
    const input = { id: uuidOf('treasuryProposal', params.id), reason: body.reason };
    const canceled = await orProblem(treasuries.cancel(caller, input, audit));
    return { status: 200, body: toProposalBody(canceled) } as const;
  },
});

function replayHeaders({ replayed }: { replayed: boolean }): Record<string, string> {
  return replayed ? { 'idempotency-replayed': 'true' } : {};
}
