import type { Database } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { pause } from '../sub-account/sub-account.store.ts';
import { NONCE_AHEAD } from './chain-tx.pauses.ts';
import { judgeNonceSlot } from './decisions/nonce-slot.ts';
import type { ChainPort } from './ports.ts';

type Counter = { id: string; address: Hex; nextNonce: bigint };

/**
 * How many transactions the chain has of each account: by one provider, and by a second one too where the first says that
 * a counter is behind, since one alone pauses no account. To be read before the counters that they are compared with.
 */
export async function readChainCounts(
  deps: { chainPort: ChainPort },
  accounts: readonly Counter[],
): Promise<ReadonlyMap<string, readonly bigint[]>> {
  if (accounts.length === 0) return new Map();
  const addresses = accounts.map((account) => account.address);
  const [counts = []] = await deps.chainPort.transactionCounts(addresses, 'latest', 1);
  const isAhead = accounts.some((account, index) => (counts[index] ?? 0n) > account.nextNonce);
  const lists =
    !isAhead || deps.chainPort.providerCount < 2
      ? [counts]
      : [counts, ...(await deps.chainPort.transactionCounts(addresses, 'latest', 2))];
  return new Map(accounts.map(({ id }, index) => [id, lists.map((list) => list[index] ?? 0n)]));
}

/**
 * May the account's next nonce be given out? Not where the chain is said to have used it: something else uses the key, or
 * the database is older than the chain. An account of which all say so is paused.
 */
export async function isNonceOpen(
  deps: { db: Database; logger: Logger },
  account: Counter,
  counts: ReadonlyMap<string, readonly bigint[]>,
): Promise<boolean> {
  const told = counts.get(account.id);
  // Nobody was asked about it: it was not held then.
  if (told === undefined) return false;
  const slot = judgeNonceSlot(account.nextNonce, told);
  if (slot === 'open') return true;
  const detail = {
    subAccount: account.address,
    nextNonce: String(account.nextNonce),
    chainCounts: told.map(String),
  };
  if (slot === 'doubtful')
    deps.logger.warn(detail, 'providers disagree about the transactions of an account; not planning from it');
  else if (await pause(deps.db, account.id, NONCE_AHEAD))
    deps.logger.error(detail, `account paused: ${NONCE_AHEAD}`);
  return false;
}
