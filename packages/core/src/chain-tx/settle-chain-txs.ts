import { type Tx, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { assetIdOf, type Chain } from '../chain/chain.ts';
import { openLetters } from '../dead-letter/dead-letter.store.ts';
import { POST_TRANSFERS_MAX } from '../ledger/ledger.limits.ts';
import { ensureAccounts, lockAccountsOfHolds } from '../ledger/ledger.store.ts';
import { type NewTransfer, postTransfersOrFail } from '../ledger/ledger.ts';
import { signal } from '../withdrawal/withdrawal.store.ts';
import { carriedItems } from './carried-items.ts';
import { SETTLE_AT_ONCE_MAX } from './chain-tx.limits.ts';
import { listOpen, type OpenChainTx, readAttempts, recordFinal } from './chain-tx.store.ts';
import {
  encodeOutcomes,
  hashToAsk,
  hasRecordToAsk,
  isReplaced,
  judge,
  selectDeep,
  type Verdict,
} from './decisions/verdict.ts';
import { type FollowDeps, unmine } from './follow-chain.ts';
import type { Receipt } from './ports.ts';

/**
 * Ends what is deep enough: asks two providers (where two are configured) how far they are, for the contract's record
 * and for the receipt, and only when they agree writes the end: state, withdrawals and ledger in one transaction.
 */
export async function settleChainTxs(deps: FollowDeps, chain: Chain, head: bigint): Promise<void> {
  const open = await listOpen(deps.db, chain.id);
  if (selectDeep(open, [head], chain.confirmations).length === 0) return;
  // One provider's word on the head would let it decide alone what is deep.
  const heads = await deps.chainPort.heads(providersAsked(deps));
  const deep = selectDeep(open, [head, ...heads], chain.confirmations);
  for (let first = 0; first < deep.length; first += SETTLE_AT_ONCE_MAX)
    await Promise.all(
      deep.slice(first, first + SETTLE_AT_ONCE_MAX).map((chainTx) => settleOne(deps, chain, chainTx)),
    );
}

function providersAsked(deps: FollowDeps): number {
  return Math.min(2, deps.chainPort.providerCount);
}

async function settleOne(deps: FollowDeps, chain: Chain, chainTx: OpenChainTx): Promise<void> {
  const verdict = await findVerdict(deps, chainTx);
  if (verdict === null) return;
  const outcomes = await readOutcomes(deps, chainTx, verdict);
  await withTransaction(deps.db, async (tx) => {
    const ended = await recordFinal(tx, {
      id: chainTx.id,
      version: chainTx.version,
      state: verdict.state,
      outcomes,
      gasUsed: verdict.receipt?.gasUsed ?? null,
      gasPriceWei: verdict.receipt?.gasPriceWei ?? null,
    });
    if (!ended) return;
    if (verdict.state === 'DISPLACED') await tellOfDisplaced(tx, chainTx);
    await settleMoney(tx, chain, chainTx, { state: verdict.state, outcomes, receipt: verdict.receipt });
    // A slot of the account is free again.
    await signal(tx, 'naru_processor');
  });
}

/** Null: the providers do not agree (yet). What nobody has in its block any more is sent back. */
async function findVerdict(deps: FollowDeps, chainTx: OpenChainTx): Promise<Verdict | null> {
  const evidence = await readEvidence(deps, chainTx);
  const judgement = judge(chainTx, evidence.mined, evidence);
  if (judgement.kind === 'final') return judgement.verdict;
  const detail = { chainTxId: chainTx.id, hash: evidence.hash };
  const { blockNumber, blockHash } = chainTx;
  if (judgement.kind === 'wait' || blockNumber === null) {
    deps.logger.warn(detail, judgement.kind === 'wait' ? `${judgement.why}; waiting` : 'waiting');
    return null;
  }
  const [inPlace] = await deps.chainPort.headers(blockNumber, blockNumber);
  if (!isReplaced(inPlace, blockHash)) return null;
  deps.logger.warn(detail, 'no provider has it in that block any more; watching on');
  await withTransaction(deps.db, (tx) => unmine(tx, chainTx));
  return null;
}

async function readEvidence(deps: FollowDeps, chainTx: OpenChainTx) {
  const { blockNumber: number, blockHash } = chainTx;
  const nothing = { mined: undefined, hash: null, receipts: [], records: [] };
  if (blockHash === null || number === null) return nothing;
  const attempts = await readAttempts(deps.db, [chainTx.id]);
  const mined = attempts.find((attempt) => attempt.number === chainTx.minedAttempt);
  const records = hasRecordToAsk(chainTx, mined)
    ? await deps.chainPort.batchInBlock({ number, hash: blockHash }, chainTx.from, chainTx.id)
    : [];
  const hash = hashToAsk(mined, records);
  const lists = hash === null ? [] : await deps.chainPort.receipts([hash], providersAsked(deps));
  return { mined, hash, records, receipts: lists.map(([receipt]) => receipt ?? null) };
}

async function readOutcomes(
  deps: FollowDeps,
  chainTx: OpenChainTx,
  verdict: Verdict,
): Promise<Buffer | null> {
  if (verdict.state !== 'EXECUTED' || verdict.record === null) return null;
  const places = await carriedItems[chainTx.kind].readPlaces(deps.db, chainTx.id);
  return Buffer.from(encodeOutcomes(chainTx, places, verdict.record));
}

/** What the end of a chain transaction means for what it carried and for the books. */
export async function settleMoney(
  tx: Tx,
  chain: Chain,
  chainTx: Pick<OpenChainTx, 'id' | 'kind'>,
  ended: { state: Verdict['state']; outcomes: Buffer | null; receipt: Receipt | null },
): Promise<void> {
  const { state, outcomes, receipt } = ended;
  const gas = await gasTransfer(tx, chain, chainTx, receipt);
  const resolved = await carriedItems[chainTx.kind].settled(tx, { id: chainTx.id, state, outcomes });
  await postAll(tx, [...resolved, ...gas]);
}

/** In one call as a rule. The largest batches with fees take several: all locks come first, in the one order that is safe. */
async function postAll(tx: Tx, transfers: readonly NewTransfer[]): Promise<void> {
  if (transfers.length > POST_TRANSFERS_MAX) {
    const holds = transfers.flatMap((one) => ('pendingId' in one ? [one.pendingId] : []));
    const others = transfers.flatMap((one) =>
      'pendingId' in one ? [] : [one.debitAccountId, one.creditAccountId],
    );
    await lockAccountsOfHolds(tx, holds, others);
  }
  for (let first = 0; first < transfers.length; first += POST_TRANSFERS_MAX)
    await postTransfersOrFail(tx, transfers.slice(first, first + POST_TRANSFERS_MAX));
}

/** Somebody else has signed for this account: nothing of ours is lost by it, but a person must know. */
async function tellOfDisplaced(tx: Tx, chainTx: OpenChainTx): Promise<void> {
  const detail = `nonce ${chainTx.nonce} of ${chainTx.from} was used by a transaction that is none of ours`;
  const letter = {
    kind: 'CHAIN_TX',
    subject: chainTx.id,
    cause: 'nonce_displaced',
    detail,
    atStake: null,
  } as const;
  await openLetters(tx, [letter]);
}

/** What the transaction burnt, out of the hot wallet's coin. The transaction's id names it: booked once. */
async function gasTransfer(
  tx: Tx,
  chain: Chain,
  chainTx: Pick<OpenChainTx, 'id'>,
  receipt: Receipt | null,
): Promise<NewTransfer[]> {
  // A node that does not tell the price leaves the gas unbooked, which `naru verify` shows; payments do not wait for it.
  const amount = (receipt?.gasUsed ?? 0n) * (receipt?.gasPriceWei ?? 0n);
  if (amount === 0n) return [];
  const assetId = assetIdOf(chain.id, chain.nativeSymbol);
  const [gasAccount, hotWallet] = await ensureAccounts(tx, [
    { kind: 'GAS', assetId },
    { kind: 'HOT_WALLET', assetId },
  ]);
  return [
    {
      id: chainTx.id,
      kind: 'SINGLE',
      debitAccountId: assertPresent(gasAccount, 'gas account'),
      creditAccountId: assertPresent(hotWallet, 'hot wallet account'),
      amount,
      reason: 'GAS',
      referenceId: chainTx.id,
    },
  ];
}
