import { type Database, withTransaction } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { minUnits } from '@naru/kit/money.ts';
import type { Asset, Chain } from '../chain/chain.ts';
import { bookFinal, type FinalRange } from './book-deposits.ts';
import { agreeOnLogs, agreeOnUnknown, toArrivals } from './decisions/deposit-logs.ts';
import { DEPOSIT_SCAN_BLOCKS_MAX, UNKNOWN_TOKEN_LOGS_MAX } from './deposit.limits.ts';
import type { DepositLogQuery, DepositPort } from './deposit.ports.ts';
import { reconcileArrivals } from './deposit.store.ts';
import { listWatched, type Watched } from './deposit-address.store.ts';
import { type DepositLease, moveDepositCursor } from './deposit-cursor.store.ts';

export type WatchDeps = { db: Database; port: DepositPort; logger: Logger };
export type WatchTarget = { chain: Chain; assets: readonly Asset[] };

/**
 * One look at a chain's deposits. First what is final: read from two providers where two are configured, and only what both
 * say is booked. Then what is new: read from one, shown as DETECTED, and made right by the first part whatever became of
 * it. So nothing hangs on a reorganisation being noticed. True: there may be more.
 */
export async function watchDeposits(
  deps: WatchDeps,
  target: WatchTarget,
  lease: DepositLease,
): Promise<boolean> {
  const providers = Math.min(2, deps.port.providerCount);
  const head = (await deps.port.heads(providers)).reduce(minUnits);
  // After the heads: an address that is given out from now on cannot have been paid in a block that is there already.
  const watched = await listWatched(deps.db, target.chain.id);
  const finalized = await finalize(deps, target, lease, watched, head);
  if (finalized === null) return false;
  const seen = await detect(deps, target, finalized.lease, watched);
  return finalized.behind || seen;
}

function queryOf(
  target: WatchTarget,
  watched: readonly Watched[],
  range: { first: bigint; last: bigint },
): DepositLogQuery {
  const tokens = target.assets.flatMap((asset) =>
    asset.chainId === target.chain.id && asset.address !== null ? [asset.address] : [],
  );
  return {
    fromBlock: range.first,
    toBlock: range.last,
    factories: [...new Set(watched.map((one) => one.factory))],
    tokens,
    addresses: watched.map((one) => one.address),
  };
}

/** Null: the providers do not agree; nothing was booked. */
async function finalize(
  deps: WatchDeps,
  target: WatchTarget,
  lease: DepositLease,
  watched: readonly Watched[],
  head: bigint,
): Promise<{ lease: DepositLease; behind: boolean } | null> {
  const { chain } = target;
  const providers = Math.min(2, deps.port.providerCount);
  const finalBlock = head - BigInt(chain.confirmations) + 1n;
  if (finalBlock <= lease.final) return { lease, behind: false };
  const range = {
    first: lease.final + 1n,
    last: minUnits(finalBlock, lease.final + DEPOSIT_SCAN_BLOCKS_MAX),
  };
  const query = queryOf(target, watched, range);
  const answers = watched.length === 0 ? [] : await deps.port.depositLogs(providers, query);
  const logs = agreeOnLogs(answers);
  if (logs === null) {
    deps.logger.error(
      { chain: chain.id, first: String(range.first), last: String(range.last) },
      'providers disagree about final deposits; nothing of these blocks is credited until they agree',
    );
    return null;
  }
  const unknown = watched.length === 0 ? [] : await readUnknown(deps, providers, query);
  const seenHash = lease.seen > range.last ? lease.seenHash : null;
  const moved = { final: range.last, seen: lease.seen > range.last ? lease.seen : range.last, seenHash };
  const final: FinalRange = { ...range, head, logs: [...logs, ...unknown] };
  await withTransaction(deps.db, async (tx) => {
    await moveDepositCursor(tx, lease, moved);
    await bookFinal(tx, { ...target, logger: deps.logger }, watched, final);
  });
  return { lease: { ...lease, ...moved }, behind: range.last < finalBlock };
}

/**
 * Transfers of tokens that the catalogue does not have. Kept for people to see and never credited by themselves, so it is
 * no matter when there are too many: anyone can make a token that logs what it likes.
 */
async function readUnknown(deps: WatchDeps, providers: number, query: DepositLogQuery) {
  const known = new Set(query.tokens);
  try {
    const answers = await deps.port.depositLogs(providers, { ...query, tokens: null });
    const logs = agreeOnUnknown(answers, known);
    if (logs.length <= UNKNOWN_TOKEN_LOGS_MAX) return logs;
    deps.logger.warn(
      { logs: logs.length, kept: UNKNOWN_TOKEN_LOGS_MAX, first: String(query.fromBlock) },
      'more transfers of unknown tokens than are kept',
    );
    return logs.slice(0, UNKNOWN_TOKEN_LOGS_MAX);
  } catch (error) {
    deps.logger.warn(
      { error: error instanceof Error ? error.message : String(error), first: String(query.fromBlock) },
      'transfers of unknown tokens could not be read; they are left out',
    );
    return [];
  }
}

/** True: more blocks are there to be read at once. */
async function detect(
  deps: WatchDeps,
  target: WatchTarget,
  lease: DepositLease,
  watched: readonly Watched[],
): Promise<boolean> {
  const { chain } = target;
  const head = await deps.port.head();
  if (head.number <= lease.final) return false;
  const isThere = await isOnChain(deps, lease, head);
  if (isThere && head.number <= lease.seen) return false;
  if (!isThere)
    deps.logger.warn(
      { chain: chain.id, from: String(lease.seen), to: String(lease.final) },
      'reorganisation: reading deposits again',
    );
  const first = (isThere ? lease.seen : lease.final) + 1n;
  const last = minUnits(head.number, first + DEPOSIT_SCAN_BLOCKS_MAX - 1n);
  const [answer] = await readSeen(deps, target, watched, { first, last });
  const arrivals = toArrivals(chain, answer?.logs ?? [], watched, target.assets);
  await withTransaction(deps.db, async (tx) => {
    await moveDepositCursor(tx, lease, { final: lease.final, seen: last, seenHash: answer?.hash ?? null });
    await reconcileArrivals(tx, chain.id, { first, last }, arrivals);
  });
  return last < head.number;
}

async function readSeen(
  deps: WatchDeps,
  target: WatchTarget,
  watched: readonly Watched[],
  range: { first: bigint; last: bigint },
) {
  if (watched.length > 0) return await deps.port.depositLogs(1, queryOf(target, watched, range));
  const [header] = await deps.port.headers(range.last, range.last);
  return header === undefined ? [] : [{ hash: header.hash, logs: [] }];
}

/** A chain that ends before what was seen is a node that lags, or was reorganised to a shorter one: read again. */
async function isOnChain(
  deps: WatchDeps,
  lease: DepositLease,
  head: { number: bigint; hash: Hex },
): Promise<boolean> {
  if (lease.seen <= lease.final || lease.seenHash === null) return lease.seen <= lease.final;
  if (lease.seen > head.number) return false;
  if (lease.seen === head.number) return head.hash === lease.seenHash;
  const [header] = await deps.port.headers(lease.seen, lease.seen);
  return header?.hash === lease.seenHash;
}
