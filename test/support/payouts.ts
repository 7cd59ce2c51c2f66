import { randomBytes } from 'node:crypto';
import { createWithdrawals } from '@naru/core/withdrawal/create-withdrawals.ts';
import type { WithdrawalState } from '@naru/core/withdrawal/withdrawal.machine.ts';
import type { Withdrawal, WithdrawalRequest } from '@naru/core/withdrawal/withdrawal.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { getAddress } from 'viem';
import { eventually, type Stack } from './stack.ts';

export function randomAddress(): Hex {
  return `0x${randomBytes(20).toString('hex')}`;
}

/** In EIP-55, as pages show it. */
export const newAddress = (): Hex => getAddress(randomAddress());

/** Submits a payout as its owner would, without HTTP. */
export async function pay(stack: Stack, request: Partial<WithdrawalRequest> = {}): Promise<Withdrawal> {
  const withdrawals = createWithdrawals({ db: stack.database.db });
  const result = await withdrawals.request(stack.caller, newUuid(), {
    chain: 'localhost',
    asset: 'USDC',
    to: randomAddress(),
    amount: '1.5',
    reference: null,
    priority: 'STANDARD',
    metadata: {},
    ...request,
  });
  if (result.kind === 'refused') throw new Error(`${result.refusal.code}: ${result.refusal.message}`);
  return result.value;
}

/** Submits payouts in one file: accepted in one commit, they are planned into one batch. */
export async function payTogether(stack: Stack, count: number): Promise<Withdrawal[]> {
  const withdrawals = createWithdrawals({ db: stack.database.db });
  const requests = Array.from({ length: count }, (_, index) => ({
    row: index + 1,
    request: {
      chain: 'localhost',
      asset: 'USDC',
      to: randomAddress(),
      amount: '1.5',
      reference: null,
      priority: 'STANDARD' as const,
      metadata: {},
    },
  }));
  const file = {
    rows: (async function* () {
      yield requests;
    })(),
    inputHash: () => randomBytes(32),
    dryRun: false,
  };
  const answer = await withdrawals.requestBulk(stack.caller, newUuid(), file);
  if (answer.kind !== 'done' || 'dryRun' in answer.value) throw new Error(JSON.stringify(answer));
  const found: Withdrawal[] = [];
  for await (const rows of withdrawals.bulkRows(stack.caller, answer.value.id)) found.push(...rows);
  return found;
}

export async function read(stack: Stack, id: string): Promise<Withdrawal> {
  const found = await createWithdrawals({ db: stack.database.db }).get(stack.caller, id);
  if (found === null) throw new Error(`no withdrawal ${id}`);
  return found;
}

export async function states(stack: Stack, id: string): Promise<WithdrawalState[]> {
  const events = await createWithdrawals({ db: stack.database.db }).events(stack.caller, id);
  return (events ?? []).map((event) => event.to);
}

/** Waits until the withdrawal is in one of the states. */
export async function until(
  stack: Stack,
  id: string,
  wanted: readonly WithdrawalState[],
  timeoutMs = 30_000,
): Promise<Withdrawal> {
  return await eventually(
    `${id} ${wanted.join(' or ')}`,
    async () => {
      const now = await read(stack, id);
      return wanted.includes(now.state) ? now : null;
    },
    timeoutMs,
  ).catch(async (error: unknown) => {
    throw new Error(`${String(error)}; it is ${JSON.stringify(await states(stack, id))}`);
  });
}

/** The chain transactions that a withdrawal has been planned in, oldest first. */
export async function chainTxs(
  stack: Stack,
  id: string,
): Promise<{ id: string; state: string; nonce: bigint; subAccount: Hex; attempts: number }[]> {
  const { rows } = await sql<{ id: string; state: string; nonce: bigint; subAccount: Hex; attempts: number }>`
    SELECT x.id, x.state, x.nonce, s.address AS "subAccount",
           (SELECT count(*)::integer FROM chain_tx_attempt t WHERE t.chain_tx_id = x.id) AS attempts
      FROM chain_tx x JOIN sub_account s ON s.id = x.sub_account_id
     WHERE x.id IN (SELECT chain_tx_id FROM withdrawal_event WHERE withdrawal_id = ${id})
     ORDER BY x.created_at`.execute(stack.database.db);
  return rows;
}

/** Speaks to Anvil in its own methods. */
export async function anvil(stack: Stack, method: string, ...params: unknown[]): Promise<unknown> {
  return await stack.devnet.client.request({ method, params } as never);
}
