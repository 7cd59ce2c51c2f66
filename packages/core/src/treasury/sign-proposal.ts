import { type Database, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { readOwnerSignature } from '@naru/safe/owner-signature.ts';
import { setAuditContext } from '../audit/audit.store.ts';
import type { AuditContext } from '../audit/audit.ts';
import { signal } from '../withdrawal/withdrawal.store.ts';
import { TreasuryError } from './treasury.errors.ts';
import {
  endProposal,
  findProposal,
  findTreasury,
  insertSignature,
  lockOpenProposal,
} from './treasury.store.ts';
import { askedOf, type Proposal, type Treasury } from './treasury.ts';

const PROBLEMS = {
  malformed: 'it is not 65 bytes of hex as a wallet returns them',
  unsupported:
    'signatures of contracts (EIP-1271) cannot be taken here: execute this proposal with the Safe itself',
  unrecoverable: 'no key gives this signature',
} as const;

/**
 * Keeps what an owner's wallet returned for the proposal's hash. The same owner again changes nothing.
 * @returns the proposal, and whose signature it was
 * @throws {TreasuryError} proposal_not_found, proposal_not_open, signature_malformed, signature_not_an_owner
 */
export async function signProposal(
  deps: { db: Database },
  input: { proposalId: string; signature: string },
  audit: AuditContext,
): Promise<{ proposal: Proposal; treasury: Treasury; owner: string }> {
  const { proposal, treasury } = await requireProposal(deps.db, input.proposalId);
  if (proposal.state !== 'OPEN') throw notOpen(proposal);
  const read = await readOwnerSignature(proposal.safeTxHash, input.signature, treasury.owners);
  if (!read.ok)
    throw new TreasuryError(
      'signature_malformed',
      `The signature cannot be used: ${PROBLEMS[read.problem]}.`,
    );
  const { owner, signature } = read.value;
  if (!treasury.owners.some((one) => one.toLowerCase() === owner.toLowerCase()))
    throw new TreasuryError(
      'signature_not_an_owner',
      `The signature is by ${owner}, who is no owner of ${treasury.safe}; or it is for another transaction. Nothing was kept.`,
    );
  await withTransaction(deps.db, async (tx) => {
    if ((await lockOpenProposal(tx, proposal.id)) === null) throw notOpen(proposal);
    await setAuditContext(tx, audit);
    await insertSignature(tx, proposal.id, { owner, signature, actor: audit.actor });
    await signal(tx, 'naru_processor');
  });
  const signed = await findProposal(deps.db, proposal.id);
  return { proposal: assertPresent(signed, 'proposal that was signed'), treasury, owner };
}

/**
 * Takes back a proposal that nobody has signed. One that is canceled stays so.
 * @throws {TreasuryError} proposal_not_found, proposal_not_open, proposal_is_signed
 */
export async function cancelProposal(
  deps: { db: Database },
  input: { proposalId: string },
  audit: AuditContext,
): Promise<Proposal> {
  const { proposal } = await requireProposal(deps.db, input.proposalId);
  if (proposal.state === 'CANCELED') return proposal;
  await withTransaction(deps.db, async (tx) => {
    const locked = await lockOpenProposal(tx, proposal.id);
    if (locked === null) throw notOpen(proposal);
    if (((await findProposal(tx, proposal.id))?.signatures.length ?? 0) > 0)
      throw new TreasuryError(
        'proposal_is_signed',
        'An owner has signed it, and a signature cannot be taken back: reject it, which uses its nonce for nothing.',
      );
    await setAuditContext(tx, audit);
    await endProposal(tx, { id: proposal.id, ...locked }, { state: 'CANCELED' });
  });
  const canceled = await findProposal(deps.db, proposal.id);
  return assertPresent(canceled, 'proposal that was canceled');
}

async function requireProposal(
  db: Database,
  id: string,
): Promise<{ proposal: Proposal; treasury: Treasury }> {
  const proposal = await findProposal(db, id);
  const treasury = proposal === null ? null : await findTreasury(db, proposal.chainId);
  if (proposal === null || treasury === null)
    throw new TreasuryError('proposal_not_found', 'There is no such proposal.');
  return { proposal, treasury };
}

function notOpen(proposal: Proposal): TreasuryError {
  const state = proposal.state === 'OPEN' ? 'no more open' : proposal.state;
  return new TreasuryError('proposal_not_open', `The proposal is ${state}. Nothing was changed.`);
}

/** Has all that it takes to be executed, as far as the database knows. */
export function isExecutable(proposal: Proposal, treasury: Treasury): boolean {
  return askedOf(proposal, treasury).signatures === 0 && proposal.safeNonce === treasury.nonce;
}
