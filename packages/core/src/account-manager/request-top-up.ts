import { createHash } from 'node:crypto';
import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import { recordAudit, setAuditContext } from '../audit/audit.store.ts';
import type { AuditContext } from '../audit/audit.ts';
import type { Asset } from '../chain/chain.ts';
import { claimKey } from '../command/idempotency.store.ts';
import { keyRefusals } from '../command/run-once.ts';
import { lockByAddress } from '../sub-account/sub-account.store.ts';
import { signal } from '../withdrawal/withdrawal.store.ts';
import { AccountError } from './account-manager.errors.ts';
import { TRANSFER_AMOUNT_MAX } from './account-manager.limits.ts';
import { insertMoves, listTransfers, lockTransfers } from './account-transfer.store.ts';
import type { AccountTransfer } from './account-transfer.ts';
import { readRichest } from './forecast.store.ts';

export type TopUpRequest = {
  asset: Asset;
  /** EIP-55. */
  to: Hex;
  /** Smallest unit. */
  amount: bigint;
  /** Coin for gas, from a GAS account; else from a MAIN account. */
  isGas: boolean;
};

/**
 * A person wants an account topped up now. It is the same transfer that the accounts role would write, and at most one of
 * its sort is open: who asks while one is under way is told so. `key`: of a client that may not hear the answer.
 */
export async function requestTopUp(
  deps: { db: Database },
  request: TopUpRequest,
  audit: AuditContext & { reason: string },
  key: { organisationId: string; key: string } | null = null,
): Promise<{ transfer: AccountTransfer; replayed: boolean }> {
  const { asset, amount } = request;
  if (amount <= 0n || amount > TRANSFER_AMOUNT_MAX)
    throw new AccountError('amount_malformed', 'nothing was moved: the amount must be more than zero', {
      details: { pointer: '/amount' },
    });
  const { id, replayed } = await withTransaction(deps.db, async (tx) => {
    const claimed = key === null ? null : await claim(tx, request, key);
    if (claimed?.kind === 'done') return { id: claimed.id, replayed: true };
    await lockTransfers(tx, asset.chainId);
    // What is refused is rolled back with its claim: nothing was done, so the key can be used again.
    return { id: await write(tx, request, audit, claimed?.id ?? newUuid()), replayed: false };
  });
  const [transfer] = await listTransfers(deps.db, { id }, { limit: 1, before: null });
  return { transfer: assertPresent(transfer, 'transfer that was asked for'), replayed };
}

async function claim(
  tx: Tx,
  { asset, to, amount, isGas }: TopUpRequest,
  { organisationId, key }: { organisationId: string; key: string },
): Promise<{ kind: 'new' | 'done'; id: string }> {
  const inputHash = createHash('sha256')
    .update(JSON.stringify([asset.id, to.toLowerCase(), String(amount), isGas]))
    .digest();
  const id = newUuid();
  const command = { organisationId, key, command: 'account-top-up', inputHash, resourceId: id };
  const claimed = await claimKey(tx, command);
  switch (claimed.kind) {
    case 'new':
      return { kind: 'new', id };
    case 'done':
      return { kind: 'done', id: assertPresent(claimed.resourceId, 'transfer of a key') };
    case 'reused':
      throw new AccountError('idempotency_key_reused', keyRefusals.reused.message);
    case 'in_flight':
      throw new AccountError('idempotency_in_flight', keyRefusals.in_flight.message, { retryable: true });
  }
}

async function write(
  tx: Tx,
  request: TopUpRequest,
  audit: AuditContext & { reason: string },
  id: string,
): Promise<string> {
  const { asset, to, amount, isGas } = request;
  const { chainId } = asset;
  const found = await lockByAddress(tx, chainId, to);
  if (found === null) throw new AccountError('account_unknown', `${to} is no sub-account of ${chainId}`);
  const { account } = found;
  if (account.state !== 'ACTIVE' && account.state !== 'PAUSED')
    throw new AccountError('account_state', `nothing was moved: the account is ${account.state}`);
  if (account.drainAt !== null && !isGas)
    throw new AccountError('account_state', 'nothing was moved: the account is being drained');
  await insert(tx, { id, asset, accountId: account.id, amount, isGas }, audit);
  return id;
}

async function insert(
  tx: Tx,
  move: { id: string; asset: Asset; accountId: string; amount: bigint; isGas: boolean },
  audit: AuditContext & { reason: string },
): Promise<void> {
  const { id, asset, accountId, amount, isGas } = move;
  const { chainId } = asset;
  const role = isGas ? 'GAS' : 'MAIN';
  const source = await readRichest(tx, { chainId, assetId: asset.id, role, except: accountId });
  const text = `${formatAmount(amount, asset.decimals)} ${asset.code}`;
  if (source === null || source.balance < amount)
    throw new AccountError(
      'no_reserve',
      source === null
        ? `nothing was moved: there is no ${role} account on ${chainId} to take it from`
        : `nothing was moved: no ${role} account of ${chainId} holds ${text}; the richest has ${formatAmount(source.balance, asset.decimals)}`,
    );
  const purpose = isGas ? 'GAS' : 'TOP_UP';
  const moves = [
    {
      id,
      purpose,
      fromAccountId: source.id,
      toAccountId: accountId,
      assetId: asset.id,
      amount,
      reason: audit.reason,
      failuresBefore: 0,
    } as const,
  ];
  const [written] = await insertMoves(tx, { chainId, actor: audit.actor }, moves);
  if (written == null)
    throw new AccountError(
      'transfer_under_way',
      `nothing was moved: a ${purpose} of ${asset.code} to this account is under way already`,
    );
  await setAuditContext(tx, audit);
  const after = { asset: asset.id, amount: String(amount), purpose, to: accountId };
  await recordAudit(tx, { action: 'account_transfer.request', subject: `account_transfer ${id}`, after });
  await signal(tx, 'naru_processor');
}
