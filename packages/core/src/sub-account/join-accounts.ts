import type { Database } from '@naru/db/database.ts';
import type { Hex } from '@naru/kit/hex.ts';
import type { Logger } from '@naru/kit/logger.ts';
import type { Chain } from '../chain/chain.ts';
import { agreeOnCounts } from '../chain-tx/decisions/recovery.ts';
import type { ChainPort } from '../chain-tx/ports.ts';
import { letIn, listJoining, noteJoinProblem } from './sub-account.store.ts';

/** What is needed of the signer to know whether an address can pay. */
export type KeyList = { listKeys(): Promise<readonly Hex[]> };

/**
 * Lets in accounts that were added: the signer must have the key, and the chain's transaction count, on which two
 * providers agree, becomes the next nonce. Until then the account gives none and says what is missing. Returns how many
 * are in now.
 */
export async function joinAccounts(
  deps: { db: Database; chainPort: ChainPort; signer: KeyList; logger: Logger },
  chain: Chain,
): Promise<number> {
  const joining = await listJoining(deps.db, chain.id);
  if (joining.length === 0) return 0;
  const keys = new Set((await deps.signer.listKeys()).map((address) => address.toLowerCase()));
  const providers = Math.min(2, deps.chainPort.providerCount);
  let joined = 0;
  for (const account of joining) {
    const counts = await deps.chainPort.transactionCounts([account.address], 'latest', providers);
    const [pending] = await deps.chainPort.pendingCounts([account.address]);
    const [count] = agreeOnCounts(counts) ?? [];
    const problem = !keys.has(account.address.toLowerCase())
      ? 'the signer has no key for it: make it there (naru keys create), and let the signer read its keys again'
      : count === undefined
        ? 'the providers name different numbers of its transactions'
        : (pending ?? 0n) > count
          ? 'a transaction of it waits in a pool: it joins when that is in a block'
          : null;
    if (problem !== null || count === undefined) {
      await noteJoinProblem(deps.db, account.id, problem ?? 'its transactions could not be counted');
      continue;
    }
    if (!(await letIn(deps.db, account.id, count))) continue;
    joined += 1;
    const { address, role } = account;
    deps.logger.info({ subAccount: address, role, nextNonce: String(count) }, 'account joined');
  }
  return joined;
}
