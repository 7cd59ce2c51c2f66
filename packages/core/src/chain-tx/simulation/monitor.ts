import type { Hex } from '@naru/kit/hex.ts';
import { maxUnits, minUnits } from '@naru/kit/money.ts';
import { PLANS_MAX } from '../../withdrawal/withdrawal.limits.ts';
import { BLOCKS_REMEMBERED_EXTRA, RECORDS_SEARCHED_BLOCKS, SCAN_BLOCKS_MAX } from '../chain-tx.limits.ts';
import { UNKNOWN_BATCH } from '../chain-tx.pauses.ts';
import type { OpenChainTx } from '../chain-tx.store.ts';
import type { Attempt } from '../chain-tx.ts';
import { bumpAfterMs } from '../decisions/stuck.ts';
import type { Verdict } from '../decisions/verdict.ts';
import type { BatchRecord, BlockRef, Receipt } from '../ports.ts';
import type { Routine } from './kernel.ts';
import { LEASE_MS } from './processor.ts';
import {
  attemptsOf,
  itemsOf,
  type Lease,
  leaseCursor,
  listOpen,
  mine,
  moveCursor,
  pauseAll,
  signableStates,
  unmine,
} from './statements.ts';
import type { WithdrawalRow } from './tables.ts';
import { type Instance, query, type World } from './world.ts';

/** The monitor's step, as the worker runs it. */
export function* follow(it: Instance): Routine<boolean> {
  const { world } = it;
  const lease = yield* query(it, () => leaseCursor(world, it.owner, LEASE_MS));
  if (lease === null) return false;
  const followed = yield* followChain(it, lease);
  yield* settle(it, followed.head.number);
  if (followed.behind) return true;
  yield* resolveNonces(it, { scanned: followed.scanned, head: followed.head.number });
  yield* healStuck(it);
  return false;
}

type Followed = { head: BlockRef; scanned: bigint; behind: boolean };

/** `followChain`. */
function* followChain(it: Instance, lease: Lease): Routine<Followed> {
  const { world } = it;
  const { decisions, port, db } = world;
  const { confirmations } = world.config.chain;
  const { scanned } = lease;
  const head = yield* port.head();
  const remembered = [...db.tables.blocks]
    .map(([number, hash]) => ({ number, hash }))
    .sort((one, other) => Number(other.number - one.number));
  const ancestor = yield* findAncestor(it, remembered, scanned, head);
  if (ancestor < scanned) {
    world.tell(() => `reorganisation: back from ${scanned} to ${ancestor}`);
    yield* query(it, () => {
      moveCursor(world, lease, ancestor);
      for (const number of [...db.tables.blocks.keys()])
        if (number > ancestor) db.remove(db.tables.blocks, number);
      for (const undone of decisions.selectUndone(listOpen(world), ancestor)) unmine(world, undone.id);
    });
    return { head, scanned: ancestor, behind: true };
  }
  if (head.number <= scanned) return { head, scanned, behind: false };
  const first = scanned + 1n;
  const last = minUnits(head.number, scanned + SCAN_BLOCKS_MAX);
  const headers = yield* port.headers(first, last);
  const batches = yield* port.batches(first, last);
  const parentHash = remembered.find(({ number }) => number === scanned)?.hash ?? null;
  if (!decisions.isConsistent(headers, batches, { first, last, parentHash }))
    return { head, scanned, behind: true };
  yield* query(it, () => {
    moveCursor(world, lease, last);
    for (const { number, hash } of headers) {
      db.remove(db.tables.blocks, number);
      db.insert(db.tables.blocks, number, hash);
    }
    const keepFrom = last - BigInt(confirmations) - BLOCKS_REMEMBERED_EXTRA;
    for (const number of [...db.tables.blocks.keys()])
      if (number < keepFrom) db.remove(db.tables.blocks, number);
    const attempts = batches.flatMap((batch) => attemptsOf(world, batch.batchId));
    for (const { chainTx, seen } of decisions.matchRecords(listOpen(world), attempts, batches))
      mine(world, chainTx.id, seen);
    const known = new Set(db.tables.chainTxs.keys());
    if (decisions.selectUnknown(batches, known).length > 0) pauseAll(world, UNKNOWN_BATCH);
  });
  return { head, scanned: last, behind: last < head.number };
}

function* findAncestor(
  it: Instance,
  remembered: readonly { number: bigint; hash: Hex }[],
  scanned: bigint,
  head: BlockRef,
): Routine<bigint> {
  const { decisions, port } = it.world;
  const comparable = decisions.selectComparable(remembered, head.number);
  const newest = comparable[0];
  const oldest = comparable.at(-1);
  if (newest === undefined || oldest === undefined)
    return decisions.ancestorUnseen(remembered, scanned, head.number);
  const [onChain] =
    newest.number === head.number ? [head] : yield* port.headers(newest.number, newest.number);
  if (onChain?.hash === newest.hash) return scanned;
  return decisions.findCommonBlock(comparable, yield* port.headers(oldest.number, newest.number));
}

function providersAsked(world: World): number {
  return Math.min(2, world.port.providerCount);
}

/** `settleChainTxs`. */
function* settle(it: Instance, head: bigint): Routine {
  const { world } = it;
  const { confirmations } = world.config.chain;
  const open = yield* query(it, () => listOpen(world));
  if (world.decisions.selectDeep(open, [head], confirmations).length === 0) return;
  const heads = yield* world.port.heads(providersAsked(world));
  for (const chainTx of world.decisions.selectDeep(open, [head, ...heads], confirmations)) {
    const verdict = yield* findVerdict(it, chainTx);
    if (verdict !== null) yield* query(it, () => recordEnd(world, chainTx, verdict));
  }
}

/** `findVerdict` of settle-chain-txs.ts. */
function* findVerdict(it: Instance, chainTx: OpenChainTx): Routine<Verdict | null> {
  const { world } = it;
  const { decisions, port } = world;
  const evidence = yield* readEvidence(it, chainTx);
  const judgement = decisions.judge(chainTx, evidence.mined, evidence);
  if (judgement.kind === 'final') return judgement.verdict;
  const { blockNumber, blockHash } = chainTx;
  if (judgement.kind === 'wait' || blockNumber === null) return null;
  const [inPlace] = yield* port.headers(blockNumber, blockNumber);
  if (!decisions.isReplaced(inPlace, blockHash)) return null;
  world.tell(() => `${chainTx.id} is not in block ${blockNumber} any more`);
  yield* query(it, () => unmine(world, chainTx.id));
  return null;
}

type Evidence = {
  mined: Attempt | undefined;
  receipts: (Receipt | null)[];
  records: (BatchRecord | null)[];
};

function* readEvidence(it: Instance, chainTx: OpenChainTx): Routine<Evidence> {
  const { world } = it;
  const { decisions, port } = world;
  const { blockNumber: number, blockHash } = chainTx;
  if (blockHash === null || number === null) return { mined: undefined, receipts: [], records: [] };
  const attempts = yield* query(it, () => attemptsOf(world, chainTx.id));
  const mined = attempts.find((attempt) => attempt.number === chainTx.minedAttempt);
  const records = decisions.hasRecordToAsk(chainTx, mined)
    ? yield* port.batchInBlock({ number, hash: blockHash }, chainTx.id)
    : [];
  const hash = decisions.hashToAsk(mined, records);
  const lists = hash === null ? [] : yield* port.receipts([hash], providersAsked(world));
  return { mined, records, receipts: lists.map(([receipt]) => receipt ?? null) };
}

/** `recordFinal` and `settleMoney`: state, withdrawals and ledger together. */
function recordEnd(world: World, chainTx: OpenChainTx, verdict: Verdict): void {
  const { db, decisions } = world;
  const row = db.tables.chainTxs.get(chainTx.id);
  if (row === undefined || row.version !== chainTx.version || row.state !== 'MINED') return;
  const items = itemsOf(world, chainTx.id);
  const places = items.map((item) => ({ id: item.id, position: item.position ?? -1 }));
  const outcomes =
    verdict.state === 'EXECUTED' && verdict.record !== null
      ? decisions.encodeOutcomes(chainTx, places, verdict.record)
      : null;
  db.move(row, verdict.state, { outcomes });
  world.tell(
    () => `${row.id} is ${verdict.state}${outcomes === null ? '' : `, outcomes ${outcomes.join(' ')}`}`,
  );
  const fates = decisions.decideFates(verdict.state, outcomes);
  for (const item of items) {
    const outcome = outcomes === null ? 0 : (outcomes[item.position ?? -1] ?? -1);
    if (fates.paid.includes(outcome)) db.advance(item, 'CONFIRMED', { hold: 'POSTED' });
    else if (fates.refused.includes(outcome)) db.advance(item, 'FAILED', { hold: 'VOIDED' });
    else if (fates.again.includes(outcome)) planAgain(world, item);
  }
}

function planAgain(world: World, item: WithdrawalRow): void {
  const now = world.kernel.nowMs;
  if (item.planCount >= PLANS_MAX) world.db.advance(item, 'FAILED', { hold: 'VOIDED' });
  else
    world.db.advance(item, 'VALIDATING', {
      chainTxId: null,
      position: null,
      updatedAtMs: now,
      notBeforeMs: now + Math.min(60, 2 ** item.planCount) * 1_000,
    });
}

type At = { scanned: bigint; head: bigint };

/** `resolveNonces`. */
function* resolveNonces(it: Instance, at: At): Routine {
  const { world } = it;
  const { decisions, port } = world;
  const open = yield* query(it, () => listOpen(world));
  const waiting = open.filter((one) => one.state !== 'MINED');
  if (waiting.length === 0) return;
  const accounts = [...new Set(waiting.map((one) => one.from))];
  const [counts] = yield* port.transactionCounts(accounts, 'latest', 1);
  const countOf = new Map(accounts.map((account, index) => [account, counts?.[index] ?? 0n]));
  const consumed = decisions.selectConsumed(waiting, countOf);
  if (consumed.length === 0) return;
  const attempts = yield* query(it, () => consumed.flatMap((one) => attemptsOf(world, one.id)));
  const receipts = yield* readReceipts(it, attempts, 1);
  const unexplained: OpenChainTx[] = [];
  for (const chainTx of consumed) {
    const own = attempts.filter((attempt) => attempt.chainTxId === chainTx.id);
    const explained = decisions.explainByReceipts(chainTx, own, receipts, at.scanned);
    if (explained.kind === 'unexplained') unexplained.push(chainTx);
    if (explained.kind !== 'mined') continue;
    if (explained.needsRecord) {
      const { blockNumber: number, blockHash: hash } = explained.receipt;
      const records = yield* port.batchInBlock({ number, hash }, chainTx.id);
      if (!records.some((record) => record !== null)) continue;
    }
    yield* query(it, () => mine(world, chainTx.id, explained.seen));
  }
  yield* resolveForeign(it, at, unexplained, attempts);
}

function* readReceipts(
  it: Instance,
  attempts: readonly Attempt[],
  providers: number,
): Routine<Map<Hex, Receipt>> {
  if (attempts.length === 0) return new Map();
  const hashes = attempts.map((attempt) => attempt.hash);
  const lists = yield* it.world.port.receipts(hashes, providers);
  const found = lists.flat().filter((receipt) => receipt !== null);
  return new Map(found.map((receipt) => [receipt.transactionHash, receipt]));
}

/** `resolveForeign` of resolve-nonces.ts. */
function* resolveForeign(
  it: Instance,
  at: At,
  unexplained: readonly OpenChainTx[],
  attempts: readonly Attempt[],
): Routine {
  const { world } = it;
  const { decisions, port } = world;
  if (unexplained.length === 0) return;
  const providers = providersAsked(world);
  const heads = yield* port.heads(providers);
  const depth = decisions.foreignDepth(
    { ...at, head: heads.reduce(minUnits, at.head) },
    world.config.chain.confirmations,
  );
  if (depth === null) return;
  const accounts = [...new Set(unexplained.map((one) => one.from))];
  const countLists = yield* port.transactionCounts(accounts, depth, providers);
  const receipts = yield* readReceipts(it, attempts, providers);
  const first = maxUnits(at.scanned - RECORDS_SEARCHED_BLOCKS, 1n);
  const records = (yield* port.batchesFromEach(first, at.scanned, providers)).flat();
  for (const chainTx of unexplained) {
    const index = accounts.indexOf(chainTx.from);
    const verdict = decisions.decideForeign(chainTx, {
      counts: countLists.map((counts) => counts[index] ?? 0n),
      attempts: attempts.filter((attempt) => attempt.chainTxId === chainTx.id),
      receipts,
      itemIds: itemsOf(world, chainTx.id).map(({ id }) => id),
      records,
    });
    if (verdict.kind === 'wait') continue;
    world.tell(() => `${chainTx.id}: what used its nonce is found: ${verdict.kind}`);
    yield* query(it, () => {
      if (verdict.kind === 'displaced' && verdict.paidElsewhere) pauseAll(world, UNKNOWN_BATCH);
      const nobody = { blockNumber: null, blockHash: null, attempt: null };
      mine(world, chainTx.id, verdict.kind === 'mined' ? verdict.seen : nobody);
    });
  }
}

/** `healStuck`. */
function* healStuck(it: Instance): Routine {
  const { world } = it;
  const open = yield* query(it, () => listOpen(world));
  for (const stuck of world.decisions.selectStuck(open, bumpAfterMs(world.config.chain)))
    yield* query(it, () => {
      const row = world.db.tables.chainTxs.get(stuck.id);
      if (row === undefined || row.wanted !== null || !signableStates.includes(row.state)) return;
      world.db.change(row, { wanted: 'BUMP', notBeforeMs: world.kernel.nowMs });
    });
}
