import type { TransferQuery } from '@naru/sdk/sub-accounts.ts';
import type { DepositBody } from '@naru/wire/deposit.ts';
import type { AccountTransferBody } from '@naru/wire/sub-account.ts';
import type { Wrong } from '../judge.ts';
import type { Payout } from '../payouts.ts';
import type { TortureStack } from '../torture-stack.ts';
import { type Arrival, arrivalKey, type Batch } from './chain-evidence.ts';
import type { Mix } from './mix.ts';
import { type Holdings, readCustomer, readHoldings, tokenNames, unitsOf } from './own-money.ts';

const PAGE = 100;

/** Of our own accounts, as the API tells of them. */
export async function listTransfers({ clients }: Mix): Promise<AccountTransferBody[]> {
  const found: AccountTransferBody[] = [];
  let cursor: string | undefined;
  for (;;) {
    const query: TransferQuery = { limit: PAGE, ...(cursor === undefined ? {} : { cursor }) };
    const page = await clients.call('transfers', (naru) => naru.admin.subAccounts.transfers(query));
    found.push(...page.data);
    if (page.nextCursor === null) return found;
    cursor = page.nextCursor;
  }
}

export async function listDeposits({ clients }: Mix): Promise<DepositBody[]> {
  return await clients.call('deposits', async (naru) => {
    const found: DepositBody[] = [];
    for await (const one of naru.deposits.list()) found.push(one);
    return found;
  });
}

/** What the contract paid that no client asked for went between accounts of ours, once, as the API says it did. */
export function judgeTransfers(
  stack: TortureStack,
  payouts: readonly Payout[],
  transfers: readonly AccountTransferBody[],
  batches: readonly Batch[],
): Wrong[] {
  const wrong: Wrong[] = [];
  const say = (id: string, text: string) => wrong.push({ kind: 'account move', id, text });
  const own = new Set(stack.accounts.map((address) => address.toLowerCase()));
  const asked = new Set(payouts.map(({ id }) => id));
  const known = new Map(transfers.map((one) => [one.id, one]));
  const moved = new Map<string, number>();
  for (const item of batches.flatMap(({ items }) => items)) {
    if (!item.isPaid || asked.has(item.id)) continue;
    moved.set(item.id, (moved.get(item.id) ?? 0) + 1);
    const transfer = known.get(item.id);
    if (transfer === undefined) {
      wrong.push({ kind: 'unknown payment', id: item.id, text: `${item.hash} paid what nobody asked for` });
      continue;
    }
    if (!own.has(item.to.toLowerCase()))
      say(item.id, `${item.hash} moved it to ${item.to}, which is not ours`);
    if (item.to !== transfer.to || item.from !== transfer.from)
      say(item.id, `it went from ${item.from} to ${item.to}, and is told as ${JSON.stringify(transfer)}`);
    if (item.units !== unitsOf(transfer.asset, transfer.amount))
      say(item.id, `${item.units} units moved, and ${transfer.amount} ${transfer.asset} is told`);
  }
  for (const { id, state } of transfers) {
    const times = moved.get(id) ?? 0;
    if (times > 1) say(id, `it moved ${times} times`);
    else if ((times === 1) !== (state === 'CONFIRMED'))
      say(id, `it moved ${times} times by the logs, and is ${state}`);
  }
  return wrong;
}

/** Each log of the chain is credited once, and nothing else is. */
export function judgeDeposits(arrivals: readonly Arrival[], deposits: readonly DepositBody[]): Wrong[] {
  const wrong: Wrong[] = [];
  const say = (id: string | null, text: string) => wrong.push({ kind: 'deposit', id, text });
  const credited = new Map<string, DepositBody[]>();
  for (const one of deposits) {
    if (one.state === 'DETECTED' || one.state === 'UNCREDITED') say(one.id, `it is ${JSON.stringify(one)}`);
    if (one.state !== 'CREDITED') continue;
    const key = arrivalKey(one.transactionHash, one.logIndex);
    credited.set(key, [...(credited.get(key) ?? []), one]);
  }
  for (const { key, address, units } of arrivals) {
    const found = credited.get(key) ?? [];
    credited.delete(key);
    if (found.length !== 1) say(null, `${key} is credited ${found.length} times`);
    for (const one of found) {
      if (
        unitsOf(one.asset ?? '', one.amount) !== units ||
        one.address.toLowerCase() !== address.toLowerCase()
      )
        say(one.id, `the log says ${units} at ${address}, we say ${JSON.stringify(one)}`);
    }
  }
  for (const [key, [one]] of credited) say(one?.id ?? null, `credited, and ${key} is not on the chain`);
  return wrong;
}

/** What the chain says at the end: payouts that it made, and what came to deposit addresses. */
export type ChainFacts = {
  payouts: readonly Payout[];
  paid: ReadonlySet<string>;
  arrivals: readonly Arrival[];
};

/** Tokens come from where they were, or from depositors, and leave by payouts: nothing else happens to them. */
export async function judgeConservation(stack: TortureStack, mix: Mix, facts: ChainFacts): Promise<Wrong[]> {
  const places = [...stack.accounts, ...mix.depositors.addresses];
  const now: Holdings = await readHoldings(stack, places);
  return tokenNames.flatMap((asset): Wrong[] => {
    const expected = mix.atFirst[asset] + flowOf(stack, asset, facts);
    if (now[asset] === expected) return [];
    const text = `accounts and deposit addresses hold ${now[asset]} ${asset}, and should hold ${expected}`;
    return [{ kind: 'books', id: null, text }];
  });
}

/** What the customer has is what he had, and what arrived, less what he was paid. */
export async function judgeBalances(stack: TortureStack, mix: Mix, facts: ChainFacts): Promise<Wrong[]> {
  const told = await readCustomer(mix.clients);
  return (['USDC', 'USDT', 'ETH'] as const).flatMap((asset): Wrong[] => {
    const expected = (mix.customerAtFirst.get(asset) ?? 0n) + flowOf(stack, asset, facts);
    const available = told.get(asset) ?? 0n;
    if (available === expected) return [];
    const text = `the customer has ${available} ${asset}, and should have ${expected} by the chain`;
    return [{ kind: 'deposit', id: null, text }];
  });
}

/** Arrived less paid. */
function flowOf({ contracts }: TortureStack, asset: Payout['asset'], facts: ChainFacts): bigint {
  const token = asset === 'ETH' ? null : contracts[asset === 'USDC' ? 'usdc' : 'usdt'].toLowerCase();
  const arrived = facts.arrivals.filter((one) => (one.token?.toLowerCase() ?? null) === token);
  const paid = facts.payouts.filter(
    (one) => one.asset === asset && one.id !== null && facts.paid.has(one.id),
  );
  return sum(arrived) - sum(paid);
}

function sum(list: readonly { units: bigint }[]): bigint {
  return list.reduce((total, { units }) => total + units, 0n);
}
