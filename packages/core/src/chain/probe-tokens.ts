import type { Database } from '@naru/db/database.ts';
import { errorText } from '@naru/kit/errors.ts';
import type { Hex } from '@naru/kit/hex.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { listSubAccounts } from '../sub-account/sub-account.store.ts';
import type { TokenFacts } from './judge-token.ts';
import { claimProbe, recordProbe } from './token-probe.store.ts';

export type ProbePort = (token: Hex, holders: readonly Hex[]) => Promise<TokenFacts>;

/**
 * Asks the nodes of a chain about the oldest token that an operator wants to know of: claim, ask, record. A node that
 * cannot be asked ends it FAILED, with why: nothing depends on it, and the operator asks again. True: there may be more.
 */
export async function probeTokens(
  deps: { db: Database; probeToken: ProbePort; logger: Logger },
  chainId: string,
): Promise<boolean> {
  const probe = await claimProbe(deps.db, chainId);
  if (probe === null) return false;
  const accounts = await listSubAccounts(deps.db, chainId);
  const holders = [
    ...(probe.holder === null ? [] : [probe.holder]),
    ...accounts.map((account) => account.address),
  ];
  try {
    const facts = await deps.probeToken(probe.address, holders);
    await recordProbe(deps.db, probe.id, { facts });
  } catch (error) {
    deps.logger.warn({ probe: probe.id, error: errorText(error) }, 'a token could not be asked about');
    await recordProbe(deps.db, probe.id, { error: errorText(error) });
  }
  return true;
}
