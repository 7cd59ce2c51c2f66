import type { ShownProposal } from '@naru/core/treasury/create-treasuries.ts';
import type { TreasuryOverview } from '@naru/core/treasury/read-treasuries.ts';
import { typedDataTextOf } from '@naru/core/treasury/typed-data.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import type { TreasuryBody, TreasuryProposalBody } from '@naru/wire/treasury.ts';
import { toActor } from '../reconciliation/to-reconciliation-body.ts';

export function toTreasuryBody({ treasury, balances }: TreasuryOverview): TreasuryBody {
  const { chainId, safe, owners, threshold, nonce, readAt } = treasury;
  return {
    object: 'treasury',
    chain: chainId,
    safe,
    owners,
    threshold,
    nonce: String(nonce),
    readAt: readAt.toISOString(),
    balances: balances.map(({ assetId, decimals, units, leaving }) => ({
      asset: assetId.split(':')[1] ?? '',
      amount: formatAmount(units, decimals),
      leaving: formatAmount(leaving, decimals),
    })),
  };
}

export function toProposalBody({ proposal, asked }: ShownProposal): TreasuryProposalBody {
  const { id, chainId, safe, purpose, asset, amount, to, safeNonce, safeTxHash, state } = proposal;
  return {
    object: 'treasury_proposal',
    id: toPublicId('treasuryProposal', id),
    chain: chainId,
    safe,
    purpose,
    asset: asset?.code ?? null,
    amount: asset === null ? null : formatAmount(amount, asset.decimals),
    to,
    nonce: String(safeNonce),
    hash: safeTxHash,
    typedData: typedDataTextOf(proposal),
    reason: proposal.reason,
    proposedBy: toActor(proposal.actor),
    state,
    waitsFor: { signatures: asked.signatures, earlierTransactions: String(asked.earlierTransactions) },
    problem: proposal.problem,
    signatures: proposal.signatures.map(({ owner, actor, addedAt }) => ({
      owner,
      addedBy: toActor(actor),
      addedAt: addedAt.toISOString(),
    })),
    transactionHash: proposal.executedHash,
    createdAt: proposal.createdAt.toISOString(),
    endedAt: proposal.endedAt?.toISOString() ?? null,
  };
}
