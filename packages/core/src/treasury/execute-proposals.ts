import { type Database, withTransaction } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { newUuid } from '@naru/kit/ids.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { packSignatures } from '@naru/safe/owner-signature.ts';
import { buildPayload, type Payload } from '@naru/signer-protocol/payload.ts';
import { assetIdOf, type Chain } from '../chain/chain.ts';
import { insertChainTx } from '../chain-tx/chain-tx.store.ts';
import { isNonceOpen, readChainCounts } from '../chain-tx/check-nonce-slots.ts';
import type { ChainPort } from '../chain-tx/ports.ts';
import type { AccountRole } from '../sub-account/sub-account.machine.ts';
import { listHeldAccounts, takeNonce } from '../sub-account/sub-account.store.ts';
import { signal } from '../withdrawal/withdrawal.store.ts';
import { readSafe } from './read-safe.ts';
import { isExecutable } from './sign-proposal.ts';
import {
  EXECUTION_BASE_GAS,
  EXECUTION_SIGNATURE_GAS,
  EXECUTION_WAIT_MS,
  EXECUTIONS_MAX,
} from './treasury.limits.ts';
import {
  type Executions,
  findTreasury,
  insertExecution,
  listOpenProposals,
  lockOpenProposal,
  readExecutions,
  recordNewest,
  recordProblem,
} from './treasury.store.ts';
import { type Proposal, type Treasury, validSignatures } from './treasury.ts';

/** Who pays the gas: any account may, since the Safe asks for signatures and not for a sender. */
const PREFERENCE: readonly AccountRole[] = ['GAS', 'MAIN', 'PAYOUT'];

type ExecuteDeps = { db: Database; chainPort: ChainPort; logger: Logger; owner: string };

/**
 * Hands the next proposal that is signed by enough owners to the Safe: a chain transaction like any other, one under way
 * for each proposal. That it cannot happen twice is the Safe's doing, whose nonce is in the hash; so it does no harm that
 * anybody who sees the signatures can execute them as well. True: one was written.
 */
export async function executeProposals(deps: ExecuteDeps, chain: Chain): Promise<boolean> {
  const known = await findTreasury(deps.db, chain.id);
  if (known === null) return false;
  const open = await listOpenProposals(deps.db, chain.id);
  if (!open.some((proposal) => proposal.signatures.length >= known.threshold)) return false;
  const treasury = await readNow(deps, chain, known);
  const next = treasury === null ? undefined : open.find((proposal) => isExecutable(proposal, treasury));
  if (treasury === null || next === undefined) return false;
  const executions = await readExecutions(deps.db, next.id);
  if (executions.all >= EXECUTIONS_MAX && executions.open === 0) await giveUp(deps, next);
  if (!isDue(executions)) return false;
  return await planExecution(deps, chain, treasury, next);
}

/** Owners, threshold and nonce of this moment: what the row knows may be some seconds old. */
async function readNow(deps: ExecuteDeps, chain: Chain, known: Treasury): Promise<Treasury | null> {
  const answer = await readSafe(deps.chainPort, chain, known.safe);
  if (answer.kind !== 'read') return null;
  const { owners, threshold, nonce } = answer.reading;
  await recordNewest(deps.db, { chainId: chain.id, safe: known.safe, owners, threshold, nonce });
  return { ...known, owners, threshold, nonce };
}

/** After one that did not execute it the next one waits, twice as long each time. Pure. */
export function isDue({ all, open, lastMsAgo }: Executions): boolean {
  if (open > 0 || all >= EXECUTIONS_MAX) return false;
  return all === 0 || lastMsAgo >= EXECUTION_WAIT_MS * 2 ** (all - 1);
}

async function giveUp(deps: ExecuteDeps, { id, problem }: Proposal): Promise<void> {
  const why = `${EXECUTIONS_MAX} transactions did not execute it: execute it with the Safe itself, or reject it`;
  if (problem?.startsWith(why) === true) return;
  await recordProblem(deps.db, id, problem === null ? why : `${why}; lastly: ${problem}`);
}

async function planExecution(
  deps: ExecuteDeps,
  chain: Chain,
  treasury: Treasury,
  proposal: Proposal,
): Promise<boolean> {
  const held = { chainId: chain.id, owner: deps.owner };
  const counts = await readChainCounts(deps, await listHeldAccounts(deps.db, held));
  // A Safe takes exactly as many as it asks for; more would only cost gas.
  const signatures = packSignatures(validSignatures(proposal, treasury).slice(0, treasury.threshold));
  const accounts = (await listHeldAccounts(deps.db, held)).toSorted(
    (one, other) => PREFERENCE.indexOf(one.role) - PREFERENCE.indexOf(other.role),
  );
  for (const account of accounts) {
    if (!(await isNonceOpen(deps, account, counts))) continue;
    const payload = payloadOf(proposal, signatures, account.address);
    const refused = await deps.chainPort.tryCall({ from: account.address, ...payload });
    if (refused !== null) {
      await recordProblem(deps.db, proposal.id, `the chain says: ${refused}`);
      return false;
    }
    const gas =
      EXECUTION_BASE_GAS +
      EXECUTION_SIGNATURE_GAS * BigInt(treasury.threshold) +
      (proposal.asset?.transferGasMax ?? 0n);
    const chainTxId = await write(deps, chain, { proposal, account, payload, signatures, gas });
    if (chainTxId === null) continue;
    deps.logger.info(
      { proposalId: proposal.id, chainTxId, subAccount: account.address },
      'treasury proposal planned',
    );
    return true;
  }
  return false;
}

function payloadOf({ safe, asset, to, amount, safeNonce }: Proposal, signatures: Hex, from: Hex): Payload {
  const token = asset?.token ?? null;
  return buildPayload({ kind: 'safe', safe, token, to, amount, safeNonce, signatures }, { from });
}

/** Null: somebody else has planned it, it is open no more, or the account has no nonce to give. */
async function write(
  deps: ExecuteDeps,
  chain: Chain,
  planned: {
    proposal: Proposal;
    account: { id: string; epoch: bigint };
    payload: Payload;
    signatures: Hex;
    gas: bigint;
  },
): Promise<string | null> {
  const { proposal, account, payload, signatures, gas } = planned;
  const id = newUuid();
  return await withTransaction(deps.db, async (tx) => {
    // Under the proposal's lock, so that two instances cannot both find none under way.
    if ((await lockOpenProposal(tx, proposal.id)) === null) return null;
    if ((await readExecutions(tx, proposal.id)).open > 0) return null;
    const nonce = await takeNonce(tx, { accountId: account.id, owner: deps.owner, epoch: account.epoch });
    if (nonce === null) return null;
    await insertChainTx(tx, {
      id,
      chainId: chain.id,
      subAccountId: account.id,
      nonce,
      kind: 'SAFE',
      assetId: assetIdOf(chain.id, chain.nativeSymbol),
      priority: 'VIP',
      itemCount: 0,
      amount: 0n,
      ...payload,
      gas,
      gasPerItem: 0n,
    });
    await insertExecution(tx, { chainTxId: id, proposalId: proposal.id, signatures });
    await signal(tx, 'naru_signer');
    return id;
  });
}
