import { type Database, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { Asset, Chain } from '../chain/chain.ts';
import { assetIdOf } from '../chain/chain.ts';
import { GAS_MONEY_LOW } from '../chain-tx/chain-tx.pauses.ts';
import type { ChainPort } from '../chain-tx/ports.ts';
import { signal } from '../withdrawal/withdrawal.store.ts';
import { FAILED_RETRY_BASE_MS, FAILED_RETRY_MS_MAX, MOVES_PER_LOOK_MAX } from './account-manager.limits.ts';
import { thresholdOf } from './account-threshold.ts';
import { expirePending, insertMoves, lockTransfers } from './account-transfer.store.ts';
import {
  type AccountHoldings,
  type Decision,
  decideMoves,
  type Holding,
  type Reserves,
  subjectKey,
} from './decide-moves.ts';
import { isManaged, markDrained, type ReserveFacts, readReserveFacts } from './reserves.store.ts';

export type MoveDeps = { db: Database; chainPort: ChainPort; logger: Logger };

export type Moved = { written: number; drained: number };

/**
 * Looks at what all accounts of a chain hold and writes what has to be moved between them, for processors to plan. The
 * balances are those of the very block up to which the monitor has read, so that what is in them and what is still under
 * way never count twice nor get lost between the two. What was decided is written only if no transfer was written
 * meanwhile: of several instances that look at once one writes, and one that slept over a whole top-up writes nothing.
 */
export async function moveReserves(
  deps: MoveDeps,
  target: { chain: Chain; assets: readonly Asset[] },
): Promise<Moved> {
  const nothing = { written: 0, drained: 0 };
  const { chain } = target;
  if (!(await isManaged(deps.db, chain.id))) return nothing;
  const facts = await readReserveFacts(deps.db, chain.id);
  if (facts === null) return nothing;
  // The monitor reads the chain again (after `naru recover`): balances of its block lack transfers that have ended.
  if (facts.newestEndBlock !== null && facts.newestEndBlock > facts.block) return nothing;
  const quote = await deps.chainPort.quoteFees(chain.feePerGasWeiMax);
  if (quote.kind === 'ceiling_exceeded') return nothing;
  const reserves = toReserves(target, facts, {
    feePerGasWei: quote.kind === 'legacy' ? quote.gasPriceWei : quote.maxFeePerGasWei,
    balances: await readBalances(deps, target, facts),
  });
  return await write(deps, chain, facts, decideMoves(reserves));
}

/** By account and asset, at the block of the facts. */
async function readBalances(
  deps: MoveDeps,
  { assets }: { assets: readonly Asset[] },
  { accounts, block }: ReserveFacts,
): Promise<ReadonlyMap<string, bigint>> {
  const pairs = accounts.flatMap((account) => assets.map((asset) => ({ account, asset })));
  const balances = await deps.chainPort.balances(
    pairs.map(({ account, asset }) => ({ account: account.address, token: asset.address })),
    block,
  );
  return new Map(
    pairs.map(({ account, asset }, index) => [
      `${account.id}/${asset.id}`,
      assertPresent(balances[index], 'balance'),
    ]),
  );
}

function toReserves(
  { chain, assets }: { chain: Chain; assets: readonly Asset[] },
  facts: ReserveFacts,
  read: { feePerGasWei: bigint; balances: ReadonlyMap<string, bigint> },
): Reserves {
  const coin = assertPresent(
    assets.find((asset) => asset.id === assetIdOf(chain.id, chain.nativeSymbol)),
    `coin of ${chain.id}`,
  );
  const holdingOf = (account: ReserveFacts['accounts'][number], asset: Asset): Holding => {
    const isOwn = (one: { accountId: string; assetId: string }) =>
      one.accountId === account.id && one.assetId === asset.id;
    const out = facts.outgoing.find(isOwn)?.amount ?? 0n;
    const gasWei =
      asset.id === coin.id ? (facts.gas.find((one) => one.accountId === account.id)?.wei ?? 0n) : 0n;
    return {
      available: (read.balances.get(`${account.id}/${asset.id}`) ?? 0n) - out - gasWei,
      incoming: Object.fromEntries(facts.incoming.filter(isOwn).map((one) => [one.purpose, one.amount])),
      levels: thresholdOf(facts.thresholds, account, asset.id, 'BALANCE'),
    };
  };
  return {
    chain,
    coin,
    assets,
    feePerGasWei: read.feePerGasWei,
    accounts: facts.accounts.map((account): AccountHoldings => {
      const { id, address, role, state, openCount } = account;
      return {
        id,
        address,
        role,
        state,
        openCount,
        lacksGas: account.pauseReason === GAS_MONEY_LOW,
        isDraining: account.drainAt !== null,
        holdings: new Map(assets.map((asset) => [asset.id, holdingOf(account, asset)])),
        gasLevels: thresholdOf(facts.thresholds, account, coin.id, 'GAS'),
      };
    }),
    waiting: new Map(facts.waiting.map((one) => [one.assetId, one])),
    busy: new Set(
      facts.newest
        .filter(isBusy)
        .map(({ subjectId, assetId, purpose }) => subjectKey(subjectId, assetId, purpose)),
    ),
  };
}

/** Open, or failed so lately that the same would probably fail again. */
export function isBusy(newest: ReserveFacts['newest'][number]): boolean {
  const { state, failuresBefore, endedMsAgo } = newest;
  if (state === 'PENDING' || state === 'PLANNED') return true;
  if (state !== 'FAILED' || endedMsAgo === null) return false;
  return endedMsAgo < Math.min(FAILED_RETRY_BASE_MS * 2 ** failuresBefore, FAILED_RETRY_MS_MAX);
}

async function write(
  { db, logger }: MoveDeps,
  chain: Chain,
  facts: ReserveFacts,
  decision: Decision,
): Promise<Moved> {
  const failuresOf = new Map(
    facts.newest.map(({ subjectId, assetId, purpose, state, failuresBefore }) => [
      subjectKey(subjectId, assetId, purpose),
      state === 'FAILED' ? failuresBefore + 1 : 0,
    ]),
  );
  const moves = decision.moves.slice(0, MOVES_PER_LOOK_MAX).map((move) => {
    const subjectId =
      move.purpose === 'TOP_UP' || move.purpose === 'GAS' ? move.toAccountId : move.fromAccountId;
    const failuresBefore = failuresOf.get(subjectKey(subjectId, move.assetId, move.purpose)) ?? 0;
    return { ...move, failuresBefore };
  });
  const { written, drained, expired } = await withTransaction(db, async (tx) => {
    const newest = await lockTransfers(tx, chain.id);
    const expired = await expirePending(tx, chain.id);
    // Another instance has decided since the balances were read.
    if (newest !== facts.number || expired > 0) return { written: 0, drained: [], expired };
    const ids = await insertMoves(tx, { chainId: chain.id, actor: 'system:accounts' }, moves);
    const written = ids.filter((id) => id !== null).length;
    if (written > 0) await signal(tx, 'naru_processor');
    return { written, drained: await markDrained(tx, decision.drained), expired };
  });
  if (expired > 0) logger.warn({ expired }, 'transfers between accounts waited too long and were forgotten');
  if (written > 0)
    logger.info(
      { moves: moves.map(({ purpose, assetId, amount }) => `${purpose} ${assetId} ${amount}`), written },
      'moves between accounts decided',
    );
  for (const address of drained)
    logger.info({ subAccount: address }, 'account is drained: it can be retired');
  return { written, drained: drained.length };
}
