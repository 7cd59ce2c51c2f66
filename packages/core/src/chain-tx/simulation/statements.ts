import type { ChainTxState } from '../chain-tx.machine.ts';
import { openChainTxStates } from '../chain-tx.machine.ts';
import type { OpenChainTx } from '../chain-tx.store.ts';
import type { Attempt } from '../chain-tx.ts';
import type { Seen } from '../decisions/batch-records.ts';
import { lanes } from '../planner.ts';
import { Trouble } from './failures.ts';
import type { AccountRow, ChainTxRow, WithdrawalRow } from './tables.ts';
import { isLeaseFree, type World } from './world.ts';

/** The statements of the stores, on the model's rows. Each says what its namesake in SQL says, and no more. */

export const signableStates: readonly ChainTxState[] = ['SIGNED', 'BROADCASTING', 'BROADCASTED'];

export function openRows({ db }: World): ChainTxRow[] {
  const rows = [...db.tables.chainTxs.values()].filter((row) => openChainTxStates.includes(row.state));
  return rows.sort((one, other) =>
    one.accountId === other.accountId
      ? Number(one.nonce - other.nonce)
      : one.accountId < other.accountId
        ? -1
        : 1,
  );
}

export function byUrgency(rows: ChainTxRow[]): ChainTxRow[] {
  return rows.sort((one, other) => lanes.indexOf(one.priority) - lanes.indexOf(other.priority));
}

export function accountOf(world: World, id: string): AccountRow {
  const account = world.db.tables.accounts.get(id);
  if (account === undefined) throw new Error(`no account ${id}`);
  return account;
}

export function attemptsOf(world: World, id: string): Attempt[] {
  return (world.db.tables.attempts.get(id) ?? []).map((row) => ({ ...row }));
}

export function itemsOf(world: World, chainTxId: string): WithdrawalRow[] {
  return [...world.db.tables.withdrawals.values()].filter((row) => row.chainTxId === chainTxId);
}

/** `listOpen`: a copy, as of now. */
export function listOpen(world: World): OpenChainTx[] {
  const now = world.kernel.nowMs;
  return openRows(world).map((row) => {
    const attempts = world.db.tables.attempts.get(row.id) ?? [];
    const newest = attempts.at(-1);
    return {
      id: row.id,
      kind: 'PAYOUT',
      state: row.state,
      version: row.version,
      subAccountId: row.accountId,
      from: accountOf(world, row.accountId).address,
      nonce: row.nonce,
      wanted: row.wanted,
      blockNumber: row.blockNumber,
      blockHash: row.blockHash,
      minedAttempt: row.minedAttempt,
      newestAttemptAgeMs: newest === undefined ? null : now - newest.createdAtMs,
      attemptCount: attempts.length,
      itemCount: row.items.length,
    };
  });
}

/** The chain transaction's withdrawals take a step, those that are in one of the states `from`. */
export function advanceItems(
  world: World,
  chainTxId: string,
  from: readonly WithdrawalRow['state'][],
  to: WithdrawalRow['state'],
): void {
  for (const row of itemsOf(world, chainTxId))
    if (from.includes(row.state)) world.db.advance(row, to, { updatedAtMs: world.kernel.nowMs });
}

/** `mine` of follow-chain.ts with `recordMined`. */
export function mine(world: World, id: string, seen: Seen): void {
  const row = world.db.tables.chainTxs.get(id);
  if (row === undefined || row.state === 'MINED' || !openChainTxStates.includes(row.state)) return;
  world.db.move(row, 'MINED', {
    blockNumber: seen.blockNumber,
    blockHash: seen.blockHash,
    minedAttempt: seen.attempt,
    leaseOwner: null,
    wanted: null,
  });
  advanceItems(world, id, ['BROADCASTED', 'BROADCASTING', 'SIGNED', 'SIGNING'], 'CONFIRMING');
}

/** `unmine` of follow-chain.ts with `recordUnmined`. */
export function unmine(world: World, id: string): void {
  const row = world.db.tables.chainTxs.get(id);
  if (row?.state !== 'MINED') return;
  const hasBytes = (world.db.tables.attempts.get(id) ?? []).length > 0;
  world.db.move(row, 'BROADCASTED', {
    blockNumber: null,
    blockHash: null,
    minedAttempt: null,
    notBeforeMs: world.kernel.nowMs,
    wanted: hasBytes ? row.wanted : 'BUMP',
  });
  advanceItems(world, id, ['CONFIRMING'], 'BROADCASTED');
}

/** Gives a claimed row back. */
export function release(
  world: World,
  claim: { id: string; owner: string },
  outcome: { delayMs: number; failed: boolean; wanted?: 'BUMP' | 'CANCEL' },
): void {
  const row = world.db.tables.chainTxs.get(claim.id);
  if (row === undefined || row.leaseOwner !== claim.owner) return;
  world.db.change(row, {
    leaseOwner: null,
    failureCount: outcome.failed ? row.failureCount + 1 : 0,
    wanted: row.wanted === 'CANCEL' ? 'CANCEL' : (outcome.wanted ?? row.wanted),
    notBeforeMs: world.kernel.nowMs + outcome.delayMs,
  });
}

export function pause(world: World, id: string, reason: string): void {
  const account = accountOf(world, id);
  if (account.state !== 'ACTIVE') return;
  world.db.change(account, { state: 'PAUSED', pauseReason: reason });
  world.tell(() => `${account.id} is paused: ${reason}`);
}

export function pauseAll(world: World, reason: string): void {
  for (const account of world.db.tables.accounts.values()) pause(world, account.id, reason);
}

export function resume(world: World, id: string, reasons: readonly string[]): void {
  const account = accountOf(world, id);
  if (account.state !== 'PAUSED' || !reasons.includes(account.pauseReason ?? '')) return;
  world.db.change(account, { state: 'ACTIVE', pauseReason: null });
  world.tell(() => `${account.id} goes on`);
}

export type Lease = { owner: string; epoch: bigint; scanned: bigint };

export function leaseCursor(world: World, owner: string, leaseMs: number): Lease | null {
  const { cursor } = world.db.tables;
  const now = world.kernel.nowMs;
  const isOwn = cursor.leaseOwner === owner;
  if (!isOwn && !isLeaseFree(cursor.leaseOwner, cursor.leaseUntilMs, owner, now)) return null;
  world.db.change(cursor, {
    epoch: cursor.epoch + (isOwn ? 0n : 1n),
    leaseOwner: owner,
    leaseUntilMs: now + leaseMs,
  });
  return { owner, epoch: cursor.epoch, scanned: cursor.scanned };
}

export function moveCursor(world: World, lease: Lease, scanned: bigint): void {
  const { cursor } = world.db.tables;
  if (cursor.leaseOwner !== lease.owner || cursor.epoch !== lease.epoch)
    throw new Trouble('the lease of the cursor was lost');
  world.db.change(cursor, { scanned });
}
