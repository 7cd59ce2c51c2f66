import { bumpFees, computeFees } from '@naru/evm/fees.ts';
import type { Hex } from '@naru/kit/hex.ts';
import type { Priority } from '../../withdrawal/withdrawal.ts';
import { SIGN_CLAIM_MAX } from '../chain-tx.limits.ts';
import { openChainTxStates } from '../chain-tx.machine.ts';
import { NONCE_AHEAD } from '../chain-tx.pauses.ts';
import { itemsMax, lanes } from '../planner.ts';
import { ensure, Trouble } from './failures.ts';

import type { Routine } from './kernel.ts';
import type { SignAnswer } from './model-signer.ts';
import {
  accountOf,
  advanceItems,
  attemptsOf,
  byUrgency,
  openRows,
  pause,
  release,
  signableStates,
} from './statements.ts';
import type { AccountRow, ChainTxRow, WithdrawalRow } from './tables.ts';
import { type Instance, isLeaseFree, query, type World } from './world.ts';

export const LEASE_MS = 3_000;
/** A signer that does not answer is asked again after this long. */
const SIGNER_RETRY_MS = 500;

/** `holdAccounts`: its share of the accounts, renewed; what is more than that is given back. */
export function* hold(it: Instance): Routine<boolean> {
  const { world, owner } = it;
  yield* query(it, () => {
    const { accounts, presence } = world.db.tables;
    const now = world.kernel.nowMs;
    world.db.remove(presence, owner);
    world.db.insert(presence, owner, now + LEASE_MS);
    for (const [other, untilMs] of [...presence])
      if (other !== owner && isLeaseFree(other, untilMs, owner, now)) world.db.remove(presence, other);
    const all = [...accounts.values()];
    const held = all.filter((account) => account.leaseOwner === owner);
    for (const account of held) world.db.change(account, { leaseUntilMs: now + LEASE_MS });
    const share = Math.ceil(all.length / presence.size);
    for (const account of held.slice(share)) world.db.change(account, { leaseOwner: null });
    const isFree = (one: AccountRow) =>
      one.leaseOwner !== owner && isLeaseFree(one.leaseOwner, one.leaseUntilMs, owner, now);
    for (const account of all.filter(isFree).slice(0, Math.max(0, share - held.length)))
      world.db.change(account, {
        leaseOwner: owner,
        leaseUntilMs: now + LEASE_MS,
        epoch: account.epoch + 1n,
      });
  });
  return false;
}

type Load = {
  id: string;
  address: AccountRow['address'];
  epoch: bigint;
  nextNonce: bigint;
  inFlight: number;
  amountInFlight: bigint;
};

function readLoads(world: World, owner: string): Load[] {
  const now = world.kernel.nowMs;
  const open = openRows(world);
  return [...world.db.tables.accounts.values()]
    .filter((one) => one.state === 'ACTIVE' && one.leaseOwner === owner && one.leaseUntilMs > now)
    .map((account) => {
      const own = open.filter((row) => row.accountId === account.id);
      return {
        id: account.id,
        address: account.address,
        epoch: account.epoch,
        nextNonce: account.nextNonce,
        inFlight: own.length,
        amountInFlight: own.flatMap((row) => row.items).reduce((sum, item) => sum + item.amount, 0n),
      };
    });
}

function listWaiting(world: World, lane: Priority): WithdrawalRow[] {
  const now = world.kernel.nowMs;
  return [...world.db.tables.withdrawals.values()].filter(
    (row) => row.state === 'VALIDATING' && row.priority === lane && row.notBeforeMs <= now,
  );
}

export function* plan(it: Instance): Routine<boolean> {
  const { world } = it;
  yield* query(it, () => {
    for (const row of world.db.tables.withdrawals.values())
      if (row.state === 'PENDING') world.db.advance(row, 'VALIDATING', { updatedAtMs: world.kernel.nowMs });
  });
  let planned = false;
  for (const lane of lanes) {
    if (listWaiting(world, lane).length === 0) continue;
    const accounts = yield* readAccounts(it);
    while (accounts.length > 0 && (yield* planOne(it, lane, accounts))) planned = true;
  }
  return planned;
}

type Account = { id: string; epoch: bigint; inFlight: number; available: bigint };

/** `readAccounts` of plan-payouts.ts. */
function* readAccounts(it: Instance): Routine<Account[]> {
  const { world, owner } = it;
  const { decisions, port } = world;
  const before = yield* query(it, () => readLoads(world, owner));
  if (before.length === 0) return [];
  const addresses = before.map((load) => load.address);
  const balances = yield* port.balances(addresses);
  const counts = yield* port.transactionCounts(addresses, 'latest', 1);
  if (before.some((load, index) => (counts[0]?.[index] ?? 0n) > load.nextNonce))
    counts.push(...(yield* port.transactionCounts(addresses, 'latest', 2)));
  const after = yield* query(it, () => readLoads(world, owner));
  const accounts: Account[] = [];
  for (const [index, load] of before.entries()) {
    const now = after.find(({ id }) => id === load.id);
    if (now === undefined) continue;
    const named = counts.map((list) => list[index] ?? 0n);
    const slot = decisions.judgeNonceSlot(now.nextNonce, named);
    if (slot === 'ahead') yield* query(it, () => pause(world, load.id, NONCE_AHEAD));
    if (slot !== 'open') continue;
    const available = decisions.availableOf({
      owned: balances[index] ?? 0n,
      allowance: null,
      inFlight: [load.amountInFlight, now.amountInFlight],
      gasInFlightWei: [],
    });
    accounts.push({ id: load.id, epoch: now.epoch, inFlight: now.inFlight, available });
  }
  return accounts;
}

/** `planOne` of plan-payouts.ts: one transaction. True: go on with this lane. */
function* planOne(it: Instance, lane: Priority, accounts: Account[]): Routine<boolean> {
  const { world, owner } = it;
  const { chain, asset } = world.config;
  return yield* query(it, () => {
    const now = world.kernel.nowMs;
    const waiting = listWaiting(world, lane)
      .slice(0, itemsMax(chain, asset, lane))
      .map((row) => ({ row, amount: row.amount, ageMs: now - row.updatedAtMs }));
    const next = world.decisions.planLane({ chain, asset, lane, moreComing: false }, waiting, accounts);
    if (next.kind !== 'plan') return false;
    const account = accountOf(world, next.account.id);
    const isHeld = account.state === 'ACTIVE' && account.leaseOwner === owner && account.leaseUntilMs > now;
    if (!isHeld || account.epoch !== next.account.epoch) {
      next.account.inFlight = Number.MAX_SAFE_INTEGER;
      return true;
    }
    const nonce = account.nextNonce;
    world.db.change(account, { nextNonce: nonce + 1n });
    insertPlan(
      world,
      account.id,
      nonce,
      lane,
      next.items.map(({ row }) => row),
    );
    next.account.inFlight += 1;
    next.account.available -= next.items.reduce((sum, { amount }) => sum + amount, 0n);
    return true;
  });
}

function insertPlan(
  world: World,
  accountId: string,
  nonce: bigint,
  priority: Priority,
  rows: readonly WithdrawalRow[],
): void {
  const { chainTxs } = world.db.tables;
  for (const other of chainTxs.values())
    if (other.accountId === accountId && other.nonce === nonce)
      throw new Error(`${accountId}: nonce ${nonce} twice`);
  // Ids are not given out twice, not even by a database that went back in time.
  const id = `tx-${accountId}-${nonce}-${world.kernel.steps}`;
  const row: ChainTxRow = {
    id,
    accountId,
    nonce,
    priority,
    items: rows.map((one) => ({ id: one.id, amount: one.amount })),
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
  world.db.insert(chainTxs, id, row);
  for (const [position, one] of rows.entries())
    world.db.advance(one, 'SIGNING', { chainTxId: id, position, planCount: one.planCount + 1 });
  world.tell(() => `${id} is planned for ${rows.map((one) => one.id).join(' ')}`);
}

type Claimed = ChainTxRow & { accountEpoch: bigint };

/** `signChainTxs`. */
export function* sign(it: Instance): Routine<boolean> {
  const { world } = it;
  const claimed = yield* query(it, () => claimToSign(it));
  if (claimed.length === 0) return false;
  const { feePolicy } = world.config;
  const quote = computeFees({ baseFeeWei: world.chain.weather.baseFeeWei, priorityFeeWei: 1n }, feePolicy);
  for (const row of claimed) {
    const next = world.decisions.decideAttempt(row, attemptsOf(world, row.id), {
      gasModel: 'eip1559',
      quote,
      bump: (previous, market) => bumpFees(previous, market, feePolicy),
      random: world.random.next,
    });
    if (next.kind === 'postpone') {
      yield* query(it, () =>
        release(world, { id: row.id, owner: it.owner }, { delayMs: next.delayMs, failed: true }),
      );
      continue;
    }
    yield world.random.whole(1, 40);
    const answer = askSigner(world, row, next);
    yield world.random.whole(1, 40);
    yield* query(it, () => recordAnswer(it, row, next, answer));
  }
  return claimed.length === SIGN_CLAIM_MAX;
}

type Signing = { purpose: 'PAY' | 'CANCEL'; fees: Parameters<World['signer']['sign']>[0]['fees'] };

function askSigner(world: World, row: Claimed, next: Signing): SignAnswer | null {
  const from = accountOf(world, row.accountId).address;
  try {
    return world.signer.sign({ chainTx: row, from, ...next });
  } catch (error) {
    if (error instanceof Trouble) return null;
    throw error;
  }
}

function claimToSign({ world, owner }: Instance): Claimed[] {
  const now = world.kernel.nowMs;
  const isDue = (row: ChainTxRow) => {
    const account = accountOf(world, row.accountId);
    const isHeld = account.leaseOwner === owner && account.leaseUntilMs > now;
    const isFree =
      isLeaseFree(row.leaseOwner, row.leaseUntilMs, owner, now) ||
      (row.state === 'PLANNED' && row.leaseOwner !== owner);
    const isWanted = row.state === 'PLANNED' || (row.wanted !== null && signableStates.includes(row.state));
    return isHeld && isWanted && row.notBeforeMs <= now && isFree;
  };
  const picked = byUrgency(openRows(world).filter(isDue)).slice(0, SIGN_CLAIM_MAX);
  for (const row of picked) world.db.change(row, { leaseOwner: owner, leaseUntilMs: now + LEASE_MS });
  return picked.map((row) => ({ ...row, accountEpoch: accountOf(world, row.accountId).epoch }));
}

function recordAnswer(it: Instance, claimed: Claimed, next: Signing, answer: SignAnswer | null): void {
  const { world, owner } = it;
  const claim = { id: claimed.id, owner };
  if (answer === null) release(world, claim, { delayMs: SIGNER_RETRY_MS, failed: true });
  else if (answer.kind === 'refused')
    release(world, claim, {
      ...world.decisions.decideAfterRefusal(answer.code, claimed.failureCount, world.random.next),
      failed: true,
    });
  else recordSignature(it, claimed, next, answer.hash);
}

function recordSignature({ world, owner }: Instance, claimed: Claimed, next: Signing, hash: Hex): void {
  const row = world.db.tables.chainTxs.get(claimed.id);
  if (row === undefined || !openChainTxStates.includes(row.state) || row.state === 'MINED') return;
  const account = accountOf(world, claimed.accountId);
  const isHeld =
    row.version === claimed.version &&
    row.leaseOwner === owner &&
    account.leaseOwner === owner &&
    account.epoch === claimed.accountEpoch;
  if (!isHeld && !world.weakness.isFencingIgnored) return;
  const given = { wanted: null, leaseOwner: null, notBeforeMs: world.kernel.nowMs, failureCount: 0 };
  if (row.state === 'PLANNED') {
    world.db.move(row, 'SIGNED', given);
    advanceItems(world, row.id, ['SIGNING'], 'SIGNED');
  } else world.db.change(row, given);
  const { fees, purpose } = next;
  const rows = world.db.tables.attempts.get(row.id) ?? [];
  ensure(
    purpose === 'CANCEL' || rows.every((one) => one.purpose === 'PAY'),
    () => `${row.id} is to pay although a cancel was signed`,
  );
  const attempt = {
    chainTxId: row.id,
    number: rows.length + 1,
    purpose,
    hash,
    raw: hash,
    feePerGasWeiMax: fees.kind === 'legacy' ? fees.gasPriceWei : fees.maxFeePerGasWei,
    tipPerGasWei: fees.kind === 'legacy' ? fees.gasPriceWei : fees.maxPriorityFeePerGasWei,
    sendCount: 0,
    createdAtMs: world.kernel.nowMs,
  };
  world.db.remove(world.db.tables.attempts, row.id);
  world.db.insert(world.db.tables.attempts, row.id, [...rows, attempt]);
  world.tell(() => `${row.id} has attempt ${attempt.number}, ${purpose} at ${attempt.feePerGasWeiMax}`);
}
