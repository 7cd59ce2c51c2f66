import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { Chain } from '../chain/chain.ts';
import type { ChainPort } from '../chain-tx/ports.ts';
import { ensureAccounts } from '../ledger/ledger.store.ts';
import { postTransfersOrFail } from '../ledger/ledger.ts';
import { readSafe, type SafeReading } from './read-safe.ts';
import { endProposal, findTreasury, listOpenProposals, recordFinal, recordNewest } from './treasury.store.ts';
import type { Proposal, Treasury } from './treasury.ts';

type FollowDeps = { db: Database; chainPort: ChainPort; logger: Logger };

/**
 * Reads what the Safe of a chain says of itself, and ends the proposals whose nonce it has used at final depth: executed
 * where its own record names the proposal's hash, whoever sent it; superseded where it does not. Two providers must say
 * the same. Returns how many ended.
 */
export async function followTreasury(deps: FollowDeps, chain: Chain): Promise<number> {
  const treasury = await findTreasury(deps.db, chain.id);
  if (treasury === null) return 0;
  const answer = await readSafe(deps.chainPort, chain, treasury.safe);
  if (answer.kind !== 'read') {
    deps.logger.warn(
      { chain: chain.id, safe: treasury.safe, answer: answer.kind },
      'the treasury was not read',
    );
    return 0;
  }
  const { reading } = answer;
  const read = { chainId: chain.id, safe: treasury.safe, ...reading };
  await recordNewest(deps.db, read);
  const passed = (await listOpenProposals(deps.db, chain.id)).filter(
    (proposal) => proposal.safe === treasury.safe && proposal.safeNonce < reading.finalNonce,
  );
  let ended = 0;
  for (const proposal of passed) if (await endPassed(deps, treasury, proposal, reading)) ended += 1;
  // Last: what has not been ended is looked for from the same block again.
  if (ended === passed.length) await recordFinal(deps.db, read);
  return ended;
}

async function endPassed(
  deps: FollowDeps,
  treasury: Treasury,
  proposal: Proposal,
  { finalBlock }: SafeReading,
): Promise<boolean> {
  const providers = Math.min(2, deps.chainPort.providerCount);
  const { safe, safeTxHash } = proposal;
  // At a block at which its nonce was free it had not happened.
  const wasFree = treasury.finalNonce <= proposal.safeNonce;
  const fromBlock = wasFree ? treasury.finalBlock : proposal.fromBlock;
  const records = await deps.chainPort.safeExecution(safe, safeTxHash, fromBlock, finalBlock, providers);
  const [record = null] = records;
  if (records.some((one) => one?.transactionHash !== record?.transactionHash)) {
    deps.logger.warn({ proposalId: proposal.id }, 'providers disagree about an execution of the treasury');
    return false;
  }
  const ended = await withTransaction(deps.db, async (tx) => {
    if (record === null) return await endProposal(tx, proposal, { state: 'SUPERSEDED' });
    const { transactionHash, blockNumber } = record;
    const end = { state: 'EXECUTED', executedHash: transactionHash, executedBlock: blockNumber } as const;
    if (!(await endProposal(tx, proposal, end))) return false;
    await book(tx, proposal);
    return true;
  });
  const state = record === null ? 'SUPERSEDED' : 'EXECUTED';
  if (ended) deps.logger.info({ proposalId: proposal.id, state }, 'treasury proposal ended');
  // Somebody else has ended it: it is ended all the same.
  return true;
}

/** What was paid, by the proposal's id. A rejection pays nothing. */
async function book(tx: Tx, { id, asset, amount }: Proposal): Promise<void> {
  if (asset === null) return;
  assert(amount > 0n, `proposal ${id} pays nothing`);
  const [hotWallet, treasury] = await ensureAccounts(tx, [
    { kind: 'HOT_WALLET', assetId: asset.id },
    { kind: 'TREASURY', assetId: asset.id },
  ]);
  await postTransfersOrFail(tx, [
    {
      id,
      kind: 'SINGLE',
      debitAccountId: assertPresent(hotWallet, 'hot wallet account'),
      creditAccountId: assertPresent(treasury, 'treasury account'),
      amount,
      reason: 'TREASURY',
      referenceId: id,
    },
  ]);
}
