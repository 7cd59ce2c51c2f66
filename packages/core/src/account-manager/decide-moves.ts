import { maxUnits, minUnits, sumUnits } from '@naru/kit/money.ts';
import type { Asset, Chain } from '../chain/chain.ts';
import { batchGas, itemsMax } from '../chain-tx/planner.ts';
import type { AccountRole, SubAccountState } from '../sub-account/sub-account.machine.ts';
import {
  DRAIN_FEE_MARGIN,
  DRAIN_FEE_PER_GAS_WEI_MIN,
  TRANSFER_AMOUNT_MAX,
} from './account-manager.limits.ts';
import type { Levels } from './account-threshold.ts';
import type { TransferPurpose } from './account-transfer.machine.ts';
import type { NewMove } from './account-transfer.ts';

/** What is to be moved between our accounts, free of time and storage. */

/** What an account has of an asset, as of one block. */
export type Holding = {
  /** On chain at the block, less what is under way out of the account and not in that block, gas included for the coin. */
  available: bigint;
  /** Under way to the account and not in that block, by what it is for. */
  incoming: Partial<Record<TransferPurpose, bigint>>;
  /** Null: none is set. */
  levels: Levels | null;
};

export type AccountHoldings = {
  id: string;
  address: string;
  role: AccountRole;
  state: SubAccountState;
  /** PAUSED because it cannot pay for gas, which is what a move can change. */
  lacksGas: boolean;
  isDraining: boolean;
  /** Transactions that are not final, and transfers from or to it that have not ended. */
  openCount: number;
  /** By asset. */
  holdings: ReadonlyMap<string, Holding>;
  /** For coin that is gas money; null: none is set. */
  gasLevels: Levels | null;
};

export type Waiting = { count: number; total: bigint; largest: bigint };

export type Reserves = {
  chain: Chain;
  coin: Asset;
  /** All of the chain, the coin and disabled ones too. */
  assets: readonly Asset[];
  accounts: readonly AccountHoldings[];
  /** Withdrawals that wait for an account with enough money, by asset. */
  waiting: ReadonlyMap<string, Waiting>;
  /** Today's. */
  feePerGasWei: bigint;
  /** Of subject, asset and purpose: one is open, or has just failed. `subjectKey` makes the keys. */
  busy: ReadonlySet<string>;
};

export type Move = Omit<NewMove, 'failuresBefore'>;
export type Decision = {
  moves: Move[] /** Ids of draining accounts that hold nothing worth a move. */;
  drained: string[];
};

export function subjectKey(accountId: string, assetId: string, purpose: TransferPurpose): string {
  return `${accountId}/${assetId}/${purpose}`;
}

/**
 * Gas money first, since without it nothing else moves; then what draining accounts still hold; then top-ups of accounts
 * that are low, or that waiting withdrawals need more of; then sweeps of what is too much. What a source gives to one
 * move is not given to the next.
 */
export function decideMoves(reserves: Reserves): Decision {
  const pot = createPot(reserves);
  const moves = decideGas(reserves, pot);
  const drain = decideDrains(reserves);
  moves.push(...drain.moves);
  for (const asset of reserves.assets) {
    if (!asset.enabled) continue;
    moves.push(...decideTopUps(reserves, asset, pot), ...decideSweeps(reserves, asset));
  }
  return { moves, drained: drain.drained };
}

function isIn(account: AccountHoldings): boolean {
  return account.state === 'ACTIVE' && !account.isDraining;
}

function holdingOf(account: AccountHoldings, assetId: string): Holding {
  return account.holdings.get(assetId) ?? { available: 0n, incoming: {}, levels: null };
}

/** What one full transaction may cost today: an account with less is paused. */
function fullTransactionWei({ chain, feePerGasWei }: Reserves): bigint {
  return chain.txGasMax * feePerGasWei;
}

/** Coin of an account that pays for gas and nothing else. */
function keptWei(reserves: Reserves, account: AccountHoldings): bigint {
  return maxUnits(account.gasLevels?.target ?? 0n, fullTransactionWei(reserves));
}

/** What sources have left to give in this look. */
type Pot = {
  /** Of these accounts the one that has most of the asset; null: none has any. */
  richest(accounts: readonly AccountHoldings[], assetId: string): { id: string; left: bigint } | null;
  take(accountId: string, assetId: string, amount: bigint): void;
};

function createPot(reserves: Reserves): Pot {
  const taken = new Map<string, bigint>();
  const leftOf = (account: AccountHoldings, assetId: string) => {
    const kept =
      assetId !== reserves.coin.id
        ? 0n
        : account.role === 'GAS'
          ? fullTransactionWei(reserves)
          : keptWei(reserves, account);
    return holdingOf(account, assetId).available - kept - (taken.get(`${account.id}/${assetId}`) ?? 0n);
  };
  return {
    richest(accounts, assetId) {
      let best: { id: string; left: bigint } | null = null;
      for (const account of accounts) {
        const left = leftOf(account, assetId);
        if (left > 0n && (best === null || left > best.left)) best = { id: account.id, left };
      }
      return best;
    },
    take(accountId, assetId, amount) {
      const key = `${accountId}/${assetId}`;
      taken.set(key, (taken.get(key) ?? 0n) + amount);
    },
  };
}

/** A wish for money. `least`: with less than this it is not worth a transaction. */
type Need = { account: AccountHoldings; want: bigint; least: bigint; reason: string };

function give(
  needs: readonly Need[],
  pot: Pot,
  from: { sources: readonly AccountHoldings[]; asset: Asset; purpose: 'TOP_UP' | 'GAS' },
): Move[] {
  const moves: Move[] = [];
  for (const { account, want, least, reason } of needs) {
    const source = pot.richest(
      from.sources.filter((one) => one.id !== account.id),
      from.asset.id,
    );
    if (source === null) continue;
    const amount = minUnits(minUnits(want, source.left), TRANSFER_AMOUNT_MAX);
    if (amount < least) continue;
    pot.take(source.id, from.asset.id, amount);
    moves.push({
      purpose: from.purpose,
      fromAccountId: source.id,
      toAccountId: account.id,
      assetId: from.asset.id,
      amount,
      reason,
    });
  }
  return moves;
}

/** Half of what lies between low and target, and at least one unit: less would be topped up again at once. */
function leastOf(levels: Levels): bigint {
  return maxUnits(1n, (levels.target - levels.low) / 2n);
}

/**
 * Coin for gas, from accounts that hold nothing else. One full transaction at today's fee is needed whatever the
 * threshold says: with less the account is paused.
 */
function decideGas(reserves: Reserves, pot: Pot): Move[] {
  const { coin } = reserves;
  const sources = reserves.accounts.filter((one) => one.role === 'GAS' && isIn(one));
  const needs: Need[] = [];
  for (const account of reserves.accounts) {
    const { gasLevels } = account;
    if (account.role === 'GAS' || gasLevels === null || !mayNeedGas(reserves, account)) continue;
    if (reserves.busy.has(subjectKey(account.id, coin.id, 'GAS'))) continue;
    const full = fullTransactionWei(reserves);
    const low = maxUnits(gasLevels.low, full);
    const target = maxUnits(gasLevels.target, 2n * full);
    const { available, incoming } = holdingOf(account, coin.id);
    const level = available + (incoming.GAS ?? 0n);
    if (level >= low) continue;
    needs.push({
      account,
      want: target - level,
      least: leastOf({ low, target, high: null }),
      reason: 'its gas money is below low',
    });
  }
  return give(needs, pot, { sources, asset: coin, purpose: 'GAS' });
}

function mayNeedGas({ coin }: Reserves, account: AccountHoldings): boolean {
  if (account.state !== 'ACTIVE' && !(account.state === 'PAUSED' && account.lacksGas)) return false;
  if (!account.isDraining) return true;
  const hasTokens = [...account.holdings].some(([id, { available }]) => id !== coin.id && available > 0n);
  return hasTokens || account.openCount > 0;
}

/** Once nothing of a draining account is under way: its tokens, and when they are gone its coin. */
function decideDrains(reserves: Reserves): Decision {
  const decision: Decision = { moves: [], drained: [] };
  const { coin, chain, busy } = reserves;
  for (const account of reserves.accounts) {
    if (!account.isDraining || account.state !== 'ACTIVE' || account.openCount > 0) continue;
    const tokens = reserves.assets.filter(
      (asset) => asset.id !== coin.id && holdingOf(account, asset.id).available > 0n,
    );
    const costWei = batchGas(chain, coin, 1) * drainFeeWei(reserves);
    const { available: coinWei } = holdingOf(account, coin.id);
    if (tokens.length === 0 && coinWei <= 2n * costWei) {
      decision.drained.push(account.id);
      continue;
    }
    for (const asset of tokens.length > 0 ? tokens : [coin]) {
      const to = mainOf(reserves, asset.id, account.id);
      if (to === null || busy.has(subjectKey(account.id, asset.id, 'DRAIN'))) continue;
      const { available } = holdingOf(account, asset.id);
      const amount = minUnits(asset.id === coin.id ? available - costWei : available, TRANSFER_AMOUNT_MAX);
      decision.moves.push({
        purpose: 'DRAIN',
        fromAccountId: account.id,
        toAccountId: to.id,
        assetId: asset.id,
        amount,
        reason: 'it is being drained',
      });
    }
  }
  return decision;
}

function drainFeeWei({ chain, feePerGasWei }: Reserves): bigint {
  const fee = maxUnits(feePerGasWei * DRAIN_FEE_MARGIN, DRAIN_FEE_PER_GAS_WEI_MIN);
  return minUnits(fee, chain.feePerGasWeiMax);
}

/** The main account that takes more of an asset: the one that has most of it already. */
function mainOf({ accounts }: Reserves, assetId: string, except: string): AccountHoldings | null {
  let best: AccountHoldings | null = null;
  for (const account of accounts) {
    if (account.role !== 'MAIN' || !isIn(account) || account.id === except) continue;
    if (best === null || holdingOf(account, assetId).available > holdingOf(best, assetId).available)
      best = account;
  }
  return best;
}

/** An account that pays withdrawals, with what it can pay of an asset now and when what is under way has come. */
type Payer = { account: AccountHoldings; spendable: bigint; level: bigint; levels: Levels | null };

function payersOf(reserves: Reserves, asset: Asset): Payer[] {
  return reserves.accounts
    .filter((account) => account.role === 'PAYOUT' && isIn(account))
    .map((account) => {
      const { available, incoming, levels } = holdingOf(account, asset.id);
      const spendable = maxUnits(0n, available - keptForPayouts(reserves, account, asset));
      return { account, spendable, level: spendable + (incoming.TOP_UP ?? 0n), levels };
    });
}

/** Coin that the planner of withdrawals would not touch: gas money, or the gas of the batch at the fee ceiling. */
function keptForPayouts(reserves: Reserves, account: AccountHoldings, asset: Asset): bigint {
  if (asset.id !== reserves.coin.id) return 0n;
  const { chain } = reserves;
  const count = reserves.waiting.get(asset.id)?.count ?? 0;
  const items = Math.min(Math.max(1, count), itemsMax(chain, asset, 'STANDARD'));
  return maxUnits(account.gasLevels?.target ?? 0n, batchGas(chain, asset, items) * chain.feePerGasWeiMax);
}

function decideTopUps(reserves: Reserves, asset: Asset, pot: Pot): Move[] {
  const payers = payersOf(reserves, asset).filter(
    ({ account }) => !reserves.busy.has(subjectKey(account.id, asset.id, 'TOP_UP')),
  );
  const below = payers
    .filter(({ level, levels }) => levels !== null && level < levels.low)
    .sort((one, other) => compare(one.level, other.level));
  const needs = new Map<string, Need>();
  for (const { account, level, levels } of below)
    if (levels !== null)
      needs.set(account.id, {
        account,
        want: levels.target - level,
        least: leastOf(levels),
        reason: 'it is below low',
      });
  addDemand(reserves, asset, payers, needs);
  const sources = reserves.accounts.filter((account) => account.role === 'MAIN' && isIn(account));
  return give([...needs.values()], pot, { sources, asset, purpose: 'TOP_UP' });
}

/**
 * Withdrawals that wait need more than all accounts will have, or one of them more than any single account will have: the
 * account that will have most gets the rest. Accounts whose top-up is under way count with what comes.
 */
function addDemand(
  reserves: Reserves,
  asset: Asset,
  payers: readonly Payer[],
  needs: Map<string, Need>,
): void {
  const waiting = reserves.waiting.get(asset.id);
  if (waiting === undefined || waiting.count === 0) return;
  const levelWith = ({ account, level }: Payer) => level + (needs.get(account.id)?.want ?? 0n);
  const all = payersOf(reserves, asset);
  const total = sumUnits(all.map(levelWith));
  const most = all.reduce((best, payer) => maxUnits(best, levelWith(payer)), 0n);
  if (total >= waiting.total && most >= waiting.largest) return;
  const [first, ...rest] = payers;
  if (first === undefined) return;
  const chosen = rest.reduce((best, payer) => (levelWith(payer) > levelWith(best) ? payer : best), first);
  const level = levelWith(chosen);
  const more = maxUnits(maxUnits(waiting.total - total, waiting.largest - level), 0n);
  if (more === 0n) return;
  const had = needs.get(chosen.account.id)?.want ?? 0n;
  // First in line: a withdrawal that somebody waits for comes before a balance that is low.
  const others = [...needs.values()].filter(({ account }) => account.id !== chosen.account.id);
  needs.clear();
  const want = had + more;
  needs.set(chosen.account.id, {
    account: chosen.account,
    want,
    least: maxUnits(1n, minUnits(want, waiting.largest - chosen.level)),
    reason: 'withdrawals wait for more than the accounts hold',
  });
  for (const need of others) needs.set(need.account.id, need);
}

/** What an account has above high goes back to the main account, unless waiting withdrawals need it. */
function decideSweeps(reserves: Reserves, asset: Asset): Move[] {
  const payers = payersOf(reserves, asset);
  const waiting = reserves.waiting.get(asset.id) ?? { count: 0, total: 0n, largest: 0n };
  let spare = sumUnits(payers.map(({ spendable }) => spendable)) - waiting.total;
  const moves: Move[] = [];
  for (const { account, spendable, levels } of payers) {
    if (levels?.high == null || spendable <= levels.high) continue;
    const to = mainOf(reserves, asset.id, account.id);
    const isBusy = (['SWEEP', 'TOP_UP'] as const).some((purpose) =>
      reserves.busy.has(subjectKey(account.id, asset.id, purpose)),
    );
    if (to === null || isBusy) continue;
    const excess = spendable - maxUnits(levels.target, waiting.largest);
    const amount = minUnits(minUnits(excess, spare), TRANSFER_AMOUNT_MAX);
    // Less is not worth a transaction: it was left alone up to here.
    if (amount < levels.high - levels.target) continue;
    spare -= amount;
    moves.push({
      purpose: 'SWEEP',
      fromAccountId: account.id,
      toAccountId: to.id,
      assetId: asset.id,
      amount,
      reason: 'it is above high',
    });
  }
  return moves;
}

function compare(one: bigint, other: bigint): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
