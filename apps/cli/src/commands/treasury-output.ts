import type { TreasuryOverview } from '@naru/core/treasury/read-treasuries.ts';
import { askedOf, type Proposal, type Treasury, validSignatures } from '@naru/core/treasury/treasury.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import type { CliContext } from '../context.ts';
import { plural, showAmount, showText, showTime } from '../format.ts';
import { renderFields } from '../output.ts';

/** A proposal that was just made, and what comes next. */
export function printProposed(context: CliContext, proposal: Proposal, options: { json?: boolean }): void {
  const id = toPublicId('treasuryProposal', proposal.id);
  if (options.json === true) {
    context.output.json(proposalJson(proposal));
    return;
  }
  context.output.line(
    `${id} proposed: ${whatItDoes(proposal)}, nonce ${proposal.safeNonce} of ${proposal.safe}.`,
  );
  context.output.line(`Owners sign ${proposal.safeTxHash}:  naru treasury data ${id}`);
}

export function whatItDoes({ purpose, amount, asset, to, safeNonce }: Proposal): string {
  if (purpose === 'REJECTION' || asset === null) return `nothing, in the place of nonce ${safeNonce}`;
  return `${showAmount(amount, asset.decimals, asset.code)} to ${to}`;
}

/** What an open proposal waits for, in words; empty for one that has ended. */
export function askedText(proposal: Proposal, treasury: Treasury | undefined): string {
  if (proposal.state !== 'OPEN' || treasury === undefined) return '';
  const asked = askedOf(proposal, treasury);
  const parts = [
    asked.signatures > 0
      ? `${plural(asked.signatures, 'signature')} (${validSignatures(proposal, treasury).length} of ${treasury.threshold})`
      : null,
    asked.earlierTransactions > 0n
      ? `${plural(Number(asked.earlierTransactions), 'earlier transaction')} of the Safe`
      : null,
    proposal.problem === null ? null : showText(proposal.problem),
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'nothing: it is being executed' : parts.join('; ');
}

export function proposalJson({ id, signatures, asset, ...rest }: Proposal) {
  return {
    id: toPublicId('treasuryProposal', id),
    ...rest,
    asset: asset?.code ?? null,
    signatures: signatures.map(({ owner, actor, addedAt }) => ({ owner, actor, addedAt })),
  };
}

/** Owners, balances and what is open, of one treasury. */
export function printTreasury(
  { output }: CliContext,
  { treasury, balances }: TreasuryOverview,
  open: readonly Proposal[],
): void {
  const { colours } = output;
  const { owners, threshold, nonce, finalNonce, finalBlock } = treasury;
  const held = balances.filter(({ units }) => units !== 0n);
  const amounts = held.map(({ assetId, units, decimals }) =>
    showAmount(units, decimals, assetId.split(':')[1] ?? ''),
  );
  output.line(colours.bold(treasury.chainId));
  const fields: [string, string][] = [
    ['safe', treasury.safe],
    ['owners', `${threshold} of ${owners.length} sign: ${owners.join(', ')}`],
    ['next', `transaction ${nonce}; at final depth (block ${finalBlock}) ${finalNonce}`],
    ['read', `${showTime(treasury.readAt)} UTC`],
    ['books', amounts.length === 0 ? 'nothing' : amounts.join(', ')],
    ['open', open.length === 0 ? 'no proposal' : plural(open.length, 'proposal')],
  ];
  output.line(renderFields(colours, fields, '  '));
}
