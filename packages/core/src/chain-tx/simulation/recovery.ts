import { maxUnits, minUnits } from '@naru/kit/money.ts';
import { openChainTxStates } from '../chain-tx.machine.ts';
import { NONCE_AHEAD, UNKNOWN_BATCH } from '../chain-tx.pauses.ts';
import type { BatchRecord, PayoutCall } from '../ports.ts';
import { ensure, Trouble } from './failures.ts';
import type { Routine } from './kernel.ts';
import { pauseAll, resume } from './statements.ts';
import type { ChainTxRow } from './tables.ts';
import { type Instance, query, type World } from './world.ts';

/** `recoverFromChain`. Returns the number of batches that could not be restored yet. */
export function* recover(it: Instance): Routine<number> {
  const { world } = it;
  const { decisions, port, db } = world;
  const accounts = [...db.tables.accounts.values()];
  const addresses = accounts.map((account) => account.address);
  const pending = yield* port.pendingCounts(addresses);
  const counts = decisions.agreeOnCounts(yield* port.transactionCounts(addresses, 'latest', 2));
  if (counts === null) throw new Trouble('providers disagree');
  const newest = (yield* port.heads(2)).reduce(minUnits);
  const depth = maxUnits(newest - BigInt(world.config.chain.confirmations) + 1n, 1n);
  const [final] = yield* port.transactionCounts(addresses, depth, 1);
  if (decisions.selectBusy(addresses, { pending, latest: counts, final: final ?? null }).length > 0)
    throw new Trouble('chain not quiet');
  const head = yield* port.head();
  const records = decisions.uniteRecords(yield* port.batchesFromEach(1n, head.number, 2));
  let conflicts = 0;
  for (const record of records) {
    if (db.tables.chainTxs.has(record.batchId)) continue;
    const call = yield* port.payoutCall(record.transactionHash);
    if (call === null) throw new Trouble('its transaction is not known');
    const problem = yield* query(it, () => restoreBatch(world, record, call));
    if (problem === null) continue;
    conflicts += 1;
    world.tell(() => `${record.batchId} cannot be restored: ${problem}`);
  }
  yield* query(it, () => {
    for (const [index, account] of accounts.entries()) {
      const count = counts[index] ?? 0n;
      if (count > account.nextNonce) db.change(account, { nextNonce: count });
      if (conflicts === 0) resume(world, account.id, [NONCE_AHEAD, UNKNOWN_BATCH]);
    }
    if (conflicts > 0) pauseAll(world, UNKNOWN_BATCH);
    // The monitor reads the chain again from the start.
    for (const number of [...db.tables.blocks.keys()]) db.remove(db.tables.blocks, number);
    const { cursor } = db.tables;
    db.change(cursor, { scanned: 0n, leaseOwner: null, epoch: cursor.epoch + 1n });
  });
  return conflicts;
}

function restoreBatch(world: World, record: BatchRecord, call: PayoutCall): string | null {
  const { db, decisions } = world;
  const { chainTxs, withdrawals, accounts } = db.tables;
  const account = [...accounts.values()].find((one) => one.address === call.from);
  if (account === undefined) return 'its account is not known here';
  const taken = [...chainTxs.values()].find(
    (one) => one.accountId === account.id && one.nonce === call.nonce,
  );
  const places = call.items.flatMap((item) => {
    const chainTxId = withdrawals.get(item.id)?.chainTxId ?? '';
    const chainTx = chainTxs.get(chainTxId);
    const isOpen = chainTx !== undefined && openChainTxStates.includes(chainTx.state);
    return isOpen ? [{ withdrawalId: item.id, chainTxId }] : [];
  });
  const problem = decisions.findConflict(call, taken?.id ?? null, places);
  if (problem !== null) return problem;
  const row: ChainTxRow = {
    id: record.batchId,
    accountId: account.id,
    nonce: call.nonce,
    priority: 'STANDARD',
    items: call.items.map(({ id, amount }) => ({ id, amount })),
    state: 'PLANNED',
    version: 1,
    wanted: null,
    failureCount: 0,
    leaseOwner: null,
    leaseUntilMs: 0,
    notBeforeMs: 0,
    blockNumber: null,
    blockHash: null,
    minedAttempt: null,
    outcomes: null,
  };
  db.insert(chainTxs, row.id, row);
  db.move(row, 'MINED', { blockNumber: record.blockNumber, blockHash: record.blockHash });
  for (const [position, item] of call.items.entries()) {
    const withdrawal = withdrawals.get(item.id);
    if (withdrawal?.state === 'PENDING') db.advance(withdrawal, 'VALIDATING');
    if (withdrawal?.state !== 'VALIDATING') continue;
    db.advance(withdrawal, 'SIGNING', {
      chainTxId: row.id,
      position,
      planCount: withdrawal.planCount + 1,
    });
    db.advance(withdrawal, 'CONFIRMING');
  }
  ensure(row.items.length > 0, () => 'a batch without items');
  world.tell(() => `${row.id} is restored from the chain`);
  return null;
}
