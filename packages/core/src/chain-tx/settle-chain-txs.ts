import { type Tx, withTransaction } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { assetIdOf, type Chain } from '../chain/chain.ts';
import { ensureAccounts } from '../ledger/ledger.store.ts';
import { type NewTransfer, postTransfersOrFail } from '../ledger/ledger.ts';
import {
  confirmItems,
  failExhaustedItems,
  failItems,
  planItemsAgain,
} from '../withdrawal/settlement.store.ts';
import { PLANS_MAX } from '../withdrawal/withdrawal.limits.ts';
import { giveBackUsage, signal } from '../withdrawal/withdrawal.store.ts';
import { SETTLE_AT_ONCE_MAX } from './chain-tx.limits.ts';
import { listOpen, type OpenChainTx, readAttempts, readPlaces, recordFinal } from './chain-tx.store.ts';
import { type FollowDeps, unmine } from './follow-chain.ts';
import { type BatchRecord, ITEM_PAID, type Receipt } from './ports.ts';

/** What is final about a transaction, as agreed by the providers asked. */
type Verdict =
  | { state: 'EXECUTED'; outcomes: Buffer | null; receipt: Receipt }
  | { state: 'REVERTED' | 'CANCELED'; receipt: Receipt }
  | { state: 'DISPLACED'; receipt: null };

/**
 * Ends what is deep enough: asks two providers (where two are configured) for the contract's record and the receipt,
 * and only when they agree writes the end: state, withdrawals and ledger in one transaction.
 */
export async function settleChainTxs(deps: FollowDeps, chain: Chain, head: bigint): Promise<void> {
  const deep = (await listOpen(deps.db, chain.id)).filter(
    (one) =>
      one.state === 'MINED' &&
      (one.blockNumber === null || one.blockNumber + BigInt(chain.confirmations) - 1n <= head),
  );
  for (let first = 0; first < deep.length; first += SETTLE_AT_ONCE_MAX)
    await Promise.all(
      deep.slice(first, first + SETTLE_AT_ONCE_MAX).map((chainTx) => settleOne(deps, chain, chainTx)),
    );
}

async function settleOne(deps: FollowDeps, chain: Chain, chainTx: OpenChainTx): Promise<void> {
  const verdict = await judge(deps, chainTx);
  if (verdict === null) return;
  await withTransaction(deps.db, async (tx) => {
    const ended = await recordFinal(tx, {
      id: chainTx.id,
      version: chainTx.version,
      state: verdict.state,
      outcomes: verdict.state === 'EXECUTED' ? verdict.outcomes : null,
      gasUsed: verdict.receipt?.gasUsed ?? null,
      gasPriceWei: verdict.receipt?.gasPriceWei ?? null,
    });
    if (!ended) return;
    await settleMoney(tx, chain, chainTx, verdict);
    // A slot of the account is free again.
    await signal(tx, 'naru_processor');
  });
}

/** Null: the providers do not agree (yet). A record that one of them no longer has sends the transaction back. */
async function judge(deps: FollowDeps, chainTx: OpenChainTx): Promise<Verdict | null> {
  const { blockNumber, blockHash } = chainTx;
  if (blockHash === null || blockNumber === null) return { state: 'DISPLACED', receipt: null };
  const attempts = await readAttempts(deps.db, [chainTx.id]);
  const mined = attempts.find((attempt) => attempt.number === chainTx.minedAttempt);
  const providers = Math.min(2, deps.chainPort.providerCount);
  const paid = chainTx.kind === 'PAYOUT' && mined?.purpose !== 'CANCEL';
  const records = paid
    ? await deps.chainPort.batchInBlock({ number: blockNumber, hash: blockHash }, chainTx.from, chainTx.id)
    : [];
  const hash = mined?.hash ?? records.find((record) => record !== null)?.transactionHash;
  if (hash === undefined) return null;
  const receipts = (await deps.chainPort.receipts([hash], providers)).map(([receipt]) => receipt ?? null);
  const receipt = receipts[0] ?? null;
  const agreed =
    receipt !== null &&
    receipts.every((one) => one?.blockHash === blockHash && one.succeeded === receipt.succeeded);
  if (!agreed) {
    const gone = receipts.every((one) => one === null || one.blockHash !== blockHash);
    // A node may show a block before the receipts in it: only another block in its place takes the payment back.
    const [inPlace] = gone ? await deps.chainPort.headers(blockNumber, blockNumber) : [];
    if (gone && inPlace !== undefined && inPlace.hash !== blockHash) {
      deps.logger.warn(
        { chainTxId: chainTx.id, hash },
        'no provider has it in that block any more; watching on',
      );
      await withTransaction(deps.db, (tx) => unmine(tx, chainTx));
    } else deps.logger.warn({ chainTxId: chainTx.id, hash }, 'providers disagree about its block; waiting');
    return null;
  }
  if (mined?.purpose === 'CANCEL') return { state: 'CANCELED', receipt };
  if (!receipt.succeeded) {
    // A contract that recorded the batch in a transaction that failed is not possible: somebody lies.
    return records.some((record) => record !== null) ? null : { state: 'REVERTED', receipt };
  }
  if (chainTx.kind === 'APPROVAL') return { state: 'EXECUTED', outcomes: null, receipt };
  const outcomes = agreeOnOutcomes(records);
  if (outcomes === null) {
    deps.logger.warn(
      { chainTxId: chainTx.id, hash },
      "providers disagree about the contract's record; waiting",
    );
    return null;
  }
  return { state: 'EXECUTED', outcomes: await checkItems(deps, chainTx, outcomes), receipt };
}

function agreeOnOutcomes(records: readonly (BatchRecord | null)[]): BatchRecord | null {
  const first = records[0] ?? null;
  if (first === null) return null;
  const text = (record: BatchRecord | null) =>
    record?.items.map((item) => `${item.withdrawalId}:${item.outcome}`).join() ?? null;
  return records.every((record) => text(record) === text(first)) ? first : null;
}

/**
 * Every withdrawal of the batch must stand in the record at its place (a batch that `naru recover` restored may have
 * others beside them). Then one byte for each outcome.
 */
async function checkItems(deps: FollowDeps, chainTx: OpenChainTx, record: BatchRecord): Promise<Buffer> {
  const places = await readPlaces(deps.db, chainTx.id);
  assert(
    record.items.length === chainTx.itemCount &&
      places.every(({ id, position }) => record.items[position]?.withdrawalId === id),
    `chain transaction ${chainTx.id}: the contract's record names other items`,
  );
  return Buffer.from(record.items.map((item) => item.outcome));
}

async function settleMoney(tx: Tx, chain: Chain, chainTx: OpenChainTx, verdict: Verdict): Promise<void> {
  const gas = await gasTransfer(tx, chain, chainTx, verdict.receipt);
  if (chainTx.kind !== 'PAYOUT') return await postTransfersOrFail(tx, gas);
  const settled = {
    chainTxId: chainTx.id,
    outcomes: verdict.state === 'EXECUTED' ? verdict.outcomes : null,
    actor: 'system:monitor',
  };
  // When every one of several items reverts, it is the token (paused, say), not the recipients: try again later.
  const tokenTrouble = isTokenTrouble(verdict);
  const unpaid = tokenTrouble ? [NOT_ATTEMPTED, REVERTED] : [NOT_ATTEMPTED];
  const refused = tokenTrouble ? [RETURNED_FALSE] : [REVERTED, RETURNED_FALSE];
  const why = tokenTrouble ? 'the token refused the whole batch' : reasonToPlanAgain[verdict.state];

  const paid = await confirmItems(tx, settled, [ITEM_PAID]);
  const rejected = await failItems(tx, settled, refused, {
    reason: 'the transfer was refused on chain',
    failure: {
      code: 'transfer_rejected',
      message:
        'The token or the recipient refused the transfer. Nothing was paid; the amount is available again.',
      retryable: true,
    },
  });
  const exhausted = await failExhaustedItems(tx, settled, unpaid, {
    reason: `${why}; ${PLANS_MAX} plans made`,
    failure: {
      code: 'attempts_exhausted',
      message: `${PLANS_MAX} transactions ended without paying it. Nothing was paid; the amount is available again.`,
      retryable: true,
    },
  });
  await planItemsAgain(tx, settled, unpaid, `${why}; planned again`);
  // Usage before ledger, the order in which requests take these locks.
  await giveBackUsage(tx, [...rejected, ...exhausted]);
  const resolve =
    (kind: 'POST' | 'VOID') =>
    (id: string): NewTransfer => ({
      id: newUuid(),
      kind,
      pendingId: id,
      amount: null,
      reason: 'WITHDRAWAL',
      referenceId: id,
    });
  await postTransfersOrFail(tx, [
    ...paid.map(resolve('POST')),
    ...[...rejected, ...exhausted].map(resolve('VOID')),
    ...gas,
  ]);
}

function isTokenTrouble(verdict: Verdict): boolean {
  if (verdict.state !== 'EXECUTED' || verdict.outcomes === null) return false;
  return verdict.outcomes.length > 1 && verdict.outcomes.every((outcome) => outcome === REVERTED);
}

const NOT_ATTEMPTED = 0;
const REVERTED = 2;
const RETURNED_FALSE = 3;

const reasonToPlanAgain = {
  EXECUTED: 'the batch ended before its turn',
  REVERTED: 'its transaction reverted and paid nothing',
  CANCELED: 'its nonce was freed by a self-transfer',
  DISPLACED: 'a foreign transaction used its nonce',
} as const;

/** What the transaction burnt, out of the hot wallet's coin. The transaction's id names it: booked once. */
async function gasTransfer(
  tx: Tx,
  chain: Chain,
  chainTx: OpenChainTx,
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
