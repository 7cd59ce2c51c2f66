import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { CodedError } from '@naru/kit/errors.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { setAuditContext } from '../audit/audit.store.ts';
import type { AuditContext } from '../audit/audit.ts';
import { GAS_MONEY_LOW, NONCE_AHEAD, UNKNOWN_BATCH } from '../chain-tx/chain-tx.pauses.ts';
import type { AccountRole, SubAccountState } from './sub-account.machine.ts';
import {
  beginDrain,
  endDrain,
  hasOtherMain,
  lockByAddress,
  type SubAccount,
  setRole,
  setState,
} from './sub-account.store.ts';

/** Pauses that the machinery sets and lifts: going on in spite of one could pay twice, or gain nothing. */
const MACHINE_REASONS: readonly string[] = [GAS_MONEY_LOW, NONCE_AHEAD, UNKNOWN_BATCH];

export const accountChanges = ['pause', 'resume', 'retire', 'drain'] as const;
export type AccountChange = (typeof accountChanges)[number];

/**
 * What a person decides about an account: no new nonces for now, new ones again, never again, or no more withdrawals and
 * everything back to a main account. What has a nonce is signed, sent and settled whatever its account's state is.
 * `isRepeat`: said by a program that may not have heard the answer; what is so already is then no problem. Returns the
 * state that was left.
 */
export async function changeAccount(
  deps: { db: Database },
  target: { chainId: string; address: Hex },
  change: AccountChange,
  audit: AuditContext & { reason: string },
  options: { isRepeat?: boolean } = {},
): Promise<SubAccountState> {
  return await withTransaction(deps.db, async (tx) => {
    const { account, openCount } = await lockOrFail(tx, target);
    if (isMade(account, change) && (options.isRepeat === true || change === 'drain')) return account.state;
    const problem =
      problemOf(account, openCount, change) ??
      (change === 'drain' && !(await hasOtherMain(tx, account))
        ? 'there is no other main account on the chain that could take what it holds: add one, or give one the role MAIN'
        : null);
    if (problem !== null) throw new CodedError('account_state', `nothing was changed: ${problem}`);
    await setAuditContext(tx, audit);
    await apply(tx, account, change, audit.reason);
    return account.state;
  });
}

/** What an account is for from now on. What it holds and has under way stays. Returns the role that was left. */
export async function changeRole(
  deps: { db: Database },
  target: { chainId: string; address: Hex },
  role: AccountRole,
  audit: AuditContext & { reason: string },
): Promise<AccountRole> {
  return await withTransaction(deps.db, async (tx) => {
    const { account } = await lockOrFail(tx, target);
    const { state } = account;
    if (state === 'RETIRED' || state === 'DRAINED')
      throw new CodedError('account_state', `nothing was changed: the account is ${state}`);
    if (account.role === role) return role;
    await setAuditContext(tx, audit);
    await setRole(tx, account.id, role);
    return account.role;
  });
}

async function lockOrFail(tx: Tx, target: { chainId: string; address: Hex }) {
  const found = await lockByAddress(tx, target.chainId, target.address);
  if (found !== null) return found;
  throw new CodedError(
    'account_unknown',
    `${target.address} is no sub-account of ${target.chainId}: see  naru accounts list`,
  );
}

function isMade({ state, drainAt }: SubAccount, change: AccountChange): boolean {
  switch (change) {
    case 'pause':
      return state === 'PAUSED';
    case 'resume':
      return state === 'ACTIVE' && drainAt === null;
    case 'drain':
      return state === 'DRAINED' || (drainAt !== null && state !== 'RETIRED');
    case 'retire':
      return state === 'RETIRED';
  }
}

async function apply(tx: Tx, account: SubAccount, change: AccountChange, reason: string): Promise<void> {
  switch (change) {
    case 'pause':
      return await setState(tx, account.id, 'PAUSED', reason);
    case 'resume':
      // One that was paused while it is drained goes on being drained; resumed once more, it pays again.
      if (account.state !== 'PAUSED') await endDrain(tx, account.id);
      return await setState(tx, account.id, 'ACTIVE', null);
    case 'retire':
      return await setState(tx, account.id, 'RETIRED', null);
    case 'drain':
      return await beginDrain(tx, account.id);
  }
}

function problemOf(account: SubAccount, openCount: number, change: AccountChange): string | null {
  const { state, pauseReason, drainAt } = account;
  const is = `the account is ${state}${pauseReason === null ? '' : ` (${pauseReason})`}`;
  switch (change) {
    case 'pause':
      return state === 'ACTIVE' ? null : is;
    case 'resume':
      if (state === 'DRAINED' || (state === 'ACTIVE' && drainAt !== null)) return null;
      if (state !== 'PAUSED') return is;
      return MACHINE_REASONS.includes(pauseReason ?? '') ? `the machinery paused it: ${pauseReason}` : null;
    case 'retire':
      if (state === 'RETIRED') return is;
      if (state === 'ACTIVE') return `${is}: drain it, or pause it, and let what it has under way end`;
      return openCount === 0 ? null : `${openCount} of its transactions are not final yet`;
    case 'drain':
      return state === 'ACTIVE' || state === 'PAUSED' ? null : is;
  }
}
