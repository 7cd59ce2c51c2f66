import { type Database, withTransaction } from '@naru/db/database.ts';
import { CodedError } from '@naru/kit/errors.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { setAuditContext } from '../audit/audit.store.ts';
import type { AuditContext } from '../audit/audit.ts';
import { GAS_MONEY_LOW, NONCE_AHEAD, UNKNOWN_BATCH } from '../chain-tx/chain-tx.pauses.ts';
import { lockByAddress, type SubAccount, setState } from './sub-account.store.ts';

/** Pauses that the machinery sets and lifts: going on in spite of one could pay twice, or gain nothing. */
const MACHINE_REASONS: readonly string[] = [GAS_MONEY_LOW, NONCE_AHEAD, UNKNOWN_BATCH];

export type AccountChange = 'pause' | 'resume' | 'retire';

/**
 * What a person decides about an account: no new nonces for now, new ones again, or never again. What has a nonce is
 * signed, sent and settled whatever its account's state is. Returns the state that was left.
 */
export async function changeAccount(
  deps: { db: Database },
  target: { chainId: string; address: Hex },
  change: AccountChange,
  audit: AuditContext & { reason: string },
): Promise<SubAccount['state']> {
  return await withTransaction(deps.db, async (tx) => {
    const found = await lockByAddress(tx, target.chainId, target.address);
    if (found === null)
      throw new CodedError(
        'account_unknown',
        `${target.address} is no sub-account of ${target.chainId}: see  naru accounts list`,
      );
    const { account, openCount } = found;
    const problem = problemOf(account, openCount, change);
    if (problem !== null) throw new CodedError('account_state', `nothing was changed: ${problem}`);
    await setAuditContext(tx, audit);
    const [state, reason] =
      change === 'pause'
        ? (['PAUSED', audit.reason] as const)
        : ([change === 'resume' ? 'ACTIVE' : 'RETIRED', null] as const);
    await setState(tx, account.id, state, reason);
    return account.state;
  });
}

function problemOf(account: SubAccount, openCount: number, change: AccountChange): string | null {
  const { state, pauseReason } = account;
  switch (change) {
    case 'pause':
      return state === 'ACTIVE'
        ? null
        : `the account is ${state}${pauseReason === null ? '' : ` (${pauseReason})`}`;
    case 'resume':
      if (state !== 'PAUSED') return `the account is ${state}`;
      return MACHINE_REASONS.includes(pauseReason ?? '') ? `the machinery paused it: ${pauseReason}` : null;
    case 'retire':
      if (state !== 'PAUSED') return `the account is ${state}: pause it, and let what it has under way end`;
      return openCount === 0 ? null : `${openCount} of its transactions are not final yet`;
  }
}
