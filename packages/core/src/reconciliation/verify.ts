import type { Database } from '@naru/db/database.ts';
import { sleep } from '@naru/kit/clock.ts';
import { maxUnits, sumUnits } from '@naru/kit/money.ts';
import type { Chain } from '../chain/chain.ts';
import type { ChainPort } from '../chain-tx/ports.ts';
import { checkLedger, type LedgerProblem } from '../ledger/ledger.store.ts';
import { listSubAccounts } from '../sub-account/sub-account.store.ts';
import { readTreasuryBooks } from '../treasury/treasury.store.ts';
import {
  findReserveMismatches,
  type HotWallet,
  type Mismatch,
  readHotWallets,
} from './reconciliation.store.ts';

export type ChainCheck = {
  chainId: string;
  /** The sub-accounts together, or the chain's Safe. */
  holder: 'HOT_WALLET' | 'TREASURY';
  assetId: string;
  decimals: number;
  ledger: bigint;
  onChain: bigint;
  /** Moved on chain or not yet: the two may differ by this much, in this direction. */
  inFlight: bigint;
  agrees: boolean;
};

export type VerifyReport = {
  ledger: LedgerProblem[];
  reserves: Mismatch[];
  chains: ChainCheck[];
  /** Chains that could not be asked, and why. */
  unreachable: { chainId: string; problem: string }[];
  ok: boolean;
};

/** Tries to find a moment between two reads in which nothing moved. */
const TRIES_MAX = 5;
const TRY_AGAIN_MS = 300;

/**
 * Checks the ledger against itself, what is reserved against what is open, and the hot wallets and treasuries of the
 * ledger against the balances on the chains. While payments are under way the two may differ by what is in flight, never by more.
 */
export async function verify(
  deps: { db: Database },
  chains: readonly { chain: Chain; port: ChainPort }[],
): Promise<VerifyReport> {
  const [ledger, reserves] = await Promise.all([checkLedger(deps.db), findReserveMismatches(deps.db)]);
  const checks: ChainCheck[] = [];
  const unreachable: VerifyReport['unreachable'] = [];
  for (const { chain, port } of chains) {
    try {
      checks.push(...(await checkChain(deps.db, chain, port)));
    } catch (error) {
      unreachable.push({
        chainId: chain.id,
        problem: error instanceof Error ? error.message : String(error),
      });
    }
  }
  const ok =
    ledger.length === 0 &&
    reserves.length === 0 &&
    unreachable.length === 0 &&
    checks.every((check) => check.agrees);
  return { ledger, reserves, chains: checks, unreachable, ok };
}

/** One look at the hot wallets and the treasury of a chain. Throws when the chain cannot be asked. */
export async function checkChain(db: Database, chain: Chain, port: ChainPort): Promise<ChainCheck[]> {
  const accounts = await listSubAccounts(db, chain.id);
  for (let attempt = 1; ; attempt++) {
    const before = await readBooks(db, chain.id);
    // All at one block: a transfer between two accounts is then seen in both of them or in neither.
    const { number } = await port.head();
    const { safe, holdings } = before.treasury;
    const pairs = [
      ...before.hot.wallets.flatMap(({ token }) =>
        accounts.map(({ address }) => ({ account: address, token })),
      ),
      ...(safe === null ? [] : holdings.map(({ token }) => ({ account: safe, token }))),
    ];
    const balances = await port.balances(pairs, number);
    const after = await readBooks(db, chain.id);
    const moved = JSON.stringify(before, bigints) !== JSON.stringify(after, bigints);
    if (moved && attempt < TRIES_MAX) {
      await sleep(TRY_AGAIN_MS);
      continue;
    }
    const { wallets } = before.hot;
    const ofSafe = balances.slice(wallets.length * accounts.length);
    return [
      ...wallets.map((wallet, index) => {
        const own = balances.slice(index * accounts.length, (index + 1) * accounts.length);
        return compare(chain, 'HOT_WALLET', wallet, after.hot.wallets[index] ?? wallet, sumUnits(own));
      }),
      ...holdings.map((holding, index) =>
        compare(chain, 'TREASURY', holding, after.treasury.holdings[index] ?? holding, ofSafe[index] ?? 0n),
      ),
    ];
  }
}

async function readBooks(db: Database, chainId: string) {
  return { hot: await readHotWallets(db, chainId), treasury: await readTreasuryBooks(db, chainId) };
}

/**
 * Between the lower ledger figure less all that is in flight and the higher one with all that may have
 * arrived, the chain is where it should be.
 */
function compare(
  chain: Chain,
  holder: ChainCheck['holder'],
  before: HotWallet,
  after: HotWallet,
  onChain: bigint,
): ChainCheck {
  const highest = maxUnits(before.ledger, after.ledger) + maxUnits(before.arriving, after.arriving);
  const lowest =
    (before.ledger < after.ledger ? before.ledger : after.ledger) - maxUnits(before.inFlight, after.inFlight);
  return {
    chainId: chain.id,
    holder,
    assetId: before.assetId,
    decimals: before.decimals,
    ledger: after.ledger,
    onChain,
    inFlight: after.inFlight,
    agrees: onChain >= lowest && onChain <= highest,
  };
}

const bigints = (_key: string, value: unknown) => (typeof value === 'bigint' ? value.toString() : value);
