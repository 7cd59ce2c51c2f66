import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { parseAmount } from '@naru/kit/money.ts';
import { hashSafeTransaction } from '@naru/safe/safe-transaction.ts';
import { safeTransactionOf } from '@naru/safe/safe-transfer.ts';
import { setAuditContext } from '../audit/audit.store.ts';
import type { AuditContext } from '../audit/audit.ts';
import { assetIdOf, type Catalogue, type Chain } from '../chain/chain.ts';
import { runOnce } from '../command/run-once.ts';
import { listSubAccounts } from '../sub-account/sub-account.store.ts';
import { AMOUNT_MAX } from '../withdrawal/withdrawal.limits.ts';
import { TreasuryError } from './treasury.errors.ts';
import { OPEN_PROPOSALS_MAX } from './treasury.limits.ts';
import { findProposal, insertProposal, listOpenProposals, lockTreasury } from './treasury.store.ts';
import type { Proposal, Treasury } from './treasury.ts';

/**
 * Proposes that the treasury pays one of our accounts. It takes the lowest nonce of the Safe that no open proposal has: the
 * Safe executes them in the order of their nonces. `key`: of a client that may not hear the answer.
 * @throws {TreasuryError} treasury_not_found, account_not_found, asset_not_supported, amount_malformed, proposals_too_many
 */
export async function proposeTopUp(
  deps: { db: Database },
  catalogue: Catalogue,
  input: { chainId: string; asset: string; to: Hex; amount: string; reason: string },
  audit: AuditContext,
  key: CallerKey | null = null,
): Promise<Proposed> {
  const asset = catalogue.assets.get(assetIdOf(input.chainId, input.asset));
  const amount = asset === undefined ? null : parseAmount(input.amount, asset.decimals);
  if (asset === undefined)
    throw new TreasuryError('asset_not_supported', `There is no asset "${input.asset}" on ${input.chainId}.`);
  if (amount === null || !amount.ok || amount.units === 0n || amount.units > AMOUNT_MAX)
    throw new TreasuryError(
      'amount_malformed',
      `The amount must be a positive number with at most ${asset.decimals} decimals. Nothing was proposed.`,
      { details: { pointer: '/amount' } },
    );
  const { units } = amount;
  const call = { chainId: input.chainId, key, input: ['top-up', input], audit };
  return await writeProposal(deps, catalogue, call, async (tx, treasury, open) => {
    const account = (await listSubAccounts(tx, input.chainId)).find(
      ({ address, state }) =>
        (state === 'ACTIVE' || state === 'PAUSED') && address.toLowerCase() === input.to.toLowerCase(),
    );
    if (account === undefined)
      throw new TreasuryError(
        'account_not_found',
        `${input.to} is no account of ours on ${input.chainId} that is in use. The treasury pays our own accounts only.`,
      );
    const taken = new Set(open.map(({ safeNonce }) => safeNonce));
    let safeNonce = treasury.nonce;
    while (taken.has(safeNonce)) safeNonce += 1n;
    return {
      purpose: 'TOP_UP',
      assetId: asset.id,
      toAccountId: account.id,
      token: asset.address,
      to: account.address,
      amount: units,
      safeNonce,
      reason: input.reason,
    };
  });
}

/**
 * Proposes nothing for the nonce of another proposal: executed first, it makes that one impossible. What has signatures
 * cannot be taken back in any other way.
 * @throws {TreasuryError} proposal_not_found, proposal_not_open, proposal_exists
 */
export async function proposeRejection(
  deps: { db: Database },
  catalogue: Catalogue,
  input: { proposalId: string; reason: string },
  audit: AuditContext,
  key: CallerKey | null = null,
): Promise<Proposed> {
  const target = await findProposal(deps.db, input.proposalId);
  if (target === null) throw new TreasuryError('proposal_not_found', 'There is no such proposal.');
  const call = { chainId: target.chainId, key, input: ['reject', input], audit };
  return await writeProposal(deps, catalogue, call, async (_tx, treasury, open) => {
    if (!open.some(({ id }) => id === target.id))
      throw new TreasuryError(
        'proposal_not_open',
        `The proposal is ${target.state}: there is nothing to reject.`,
      );
    return {
      purpose: 'REJECTION',
      assetId: null,
      toAccountId: null,
      token: null,
      to: treasury.safe,
      amount: 0n,
      safeNonce: target.safeNonce,
      reason: input.reason,
    };
  });
}

/** Names a call of a client that may not hear its answer. */
export type CallerKey = { organisationId: string; key: string };
/** `replayed`: the same call had written it before. */
export type Proposed = { proposal: Proposal; replayed: boolean };

type Planned = Pick<Proposal, 'purpose' | 'to' | 'amount' | 'safeNonce' | 'reason'> & {
  assetId: string | null;
  toAccountId: string | null;
  token: Hex | null;
};

async function writeProposal(
  deps: { db: Database },
  catalogue: Catalogue,
  call: { chainId: string; key: CallerKey | null; input: unknown; audit: AuditContext },
  plan: (tx: Tx, treasury: Treasury, open: readonly Proposal[]) => Promise<Planned>,
): Promise<Proposed> {
  const { chainId, key, input, audit } = call;
  const chain = catalogue.chains.get(chainId);
  if (chain === undefined) throw new TreasuryError('chain_not_supported', `There is no chain "${chainId}".`);
  // What is refused is thrown and rolled back with its key: nothing was done, so the key can be used again.
  const once = {
    organisationId: key?.organisationId ?? '',
    key: key?.key ?? null,
    command: 'treasury-propose',
    input,
    resourceId: newUuid(),
  };
  const answer = await withTransaction(deps.db, (tx) =>
    runOnce(tx, once, async () => {
      await write(tx, { id: once.resourceId, chain, audit }, plan);
      return null;
    }),
  );
  if (answer.kind === 'refused')
    throw new TreasuryError(
      answer.refusal.code === 'idempotency_in_flight' ? 'idempotency_in_flight' : 'idempotency_key_reused',
      answer.refusal.message,
    );
  const proposal = await findProposal(deps.db, answer.resourceId);
  return { proposal: assertPresent(proposal, 'proposal that was written'), replayed: answer.replayed };
}

async function write(
  tx: Tx,
  { id, chain, audit }: { id: string; chain: Chain; audit: AuditContext },
  plan: (tx: Tx, treasury: Treasury, open: readonly Proposal[]) => Promise<Planned>,
): Promise<void> {
  const chainId = chain.id;
  const treasury = await lockTreasury(tx, chainId);
  if (treasury === null)
    throw new TreasuryError(
      'treasury_not_found',
      `${chainId} has no treasury: name its Safe with  naru treasury set ${chainId} <address>.`,
    );
  const open = await listOpenProposals(tx, chainId);
  if (open.length >= OPEN_PROPOSALS_MAX)
    throw new TreasuryError(
      'proposals_too_many',
      `${open.length} proposals are open on ${chainId}, the most there may be. Sign or reject some first.`,
    );
  const { token, ...planned } = await plan(tx, treasury, open);
  const transaction = safeTransactionOf({ ...planned, token, nonce: planned.safeNonce });
  const safeTxHash = hashSafeTransaction({ evmChainId: chain.evmChainId, safe: treasury.safe }, transaction);
  await setAuditContext(tx, audit);
  const written = await insertProposal(tx, {
    ...planned,
    id,
    chainId,
    safe: treasury.safe,
    safeTxHash,
    actor: audit.actor,
    fromBlock: treasury.finalBlock,
  });
  if (!written)
    throw new TreasuryError(
      'proposal_exists',
      `The very same transaction is proposed already (${safeTxHash}).`,
    );
}
