import type { Tx } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { type RawBuilder, sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { createHistoryWorld, sealAll, submit, tamper } from '../audit/history.fixture.ts';
import { readCatalogue } from '../chain/chain.store.ts';
import type { Chain } from '../chain/chain.ts';
import type { ChainPort } from '../chain-tx/ports.ts';
import { addSubAccount } from '../sub-account/sub-account.store.ts';
import { PAYOUT_CONTRACT, type World, walkTo } from '../withdrawal/withdrawal.fixture.ts';
import { listAlarms } from './alarm.store.ts';
import {
  checkChains,
  checkHistory,
  checkInvariant,
  checkLedgerFull,
  checkLedgerReplay,
  checkReserves,
  checkSealing,
} from './check-invariants.ts';
import type { CheckResult, Invariant } from './invariants.ts';
import { replayLedger } from './ledger-replay.store.ts';

let world: World & { caller: Caller };
beforeEach(async () => {
  world = await createHistoryWorld();
});
afterEach(() => world.close());

const look = (invariant: Invariant, check: () => Promise<CheckResult>) =>
  checkInvariant({ db: world.db, logger: silentLogger }, invariant, check);

async function openAlarms(): Promise<string[]> {
  const alarms = await listAlarms(world.db, { onlyOpen: true, limit: 100 });
  return alarms.map(({ invariant, subject }) => `${invariant}: ${subject}`);
}

async function customerAccount(): Promise<string> {
  const { rows } = await sql<{ id: string }>`
    SELECT id FROM ledger_account WHERE organisation_id = ${world.caller.organisationId}`.execute(world.db);
  return assertPresent(rows[0], 'account').id;
}

/** Breaks it, expects an alarm whose subject matches, repairs it, and expects that alarm closed with both times. */
async function breakAndRepair(
  invariant: Invariant,
  check: () => Promise<CheckResult>,
  change: { break: RawBuilder<unknown>; repair: RawBuilder<unknown>; subject: string | RegExp },
): Promise<void> {
  expect(await look(invariant, check)).toMatchObject({ ok: true, findings: 0 });
  await tamper(world.db, (tx: Tx) => change.break.execute(tx));
  expect(await look(invariant, check)).toMatchObject({ ok: false });
  const [alarm, ...others] = await listAlarms(world.db, { onlyOpen: true, limit: 10 });
  expect(others).toEqual([]);
  expect(alarm).toMatchObject({ invariant, closedAt: null });
  expect(alarm?.subject).toMatch(change.subject);
  // A second look is the same alarm.
  await look(invariant, check);
  expect(await openAlarms()).toHaveLength(1);

  await tamper(world.db, (tx: Tx) => change.repair.execute(tx));
  expect(await look(invariant, check)).toMatchObject({ ok: true });
  expect(await openAlarms()).toEqual([]);
  const [closed] = await listAlarms(world.db, { onlyOpen: false, limit: 10 });
  expect(closed?.id).toBe(alarm?.id);
  expect(assertPresent(closed?.closedAt, 'time').getTime()).toBeGreaterThan(closed?.openedAt.getTime() ?? 0);
}

describe('the ledger since the last look', () => {
  const check = () => checkLedgerReplay(world.db);

  test('follows every account, and reads each row once', async () => {
    await submit(world, 5);
    expect((await replayLedger(world.db, 1_000n)).accounts).toBe(3);
    expect(await replayLedger(world.db, 1_000n)).toEqual({ findings: [], accounts: 0, behind: 0 });
    await submit(world, 2);
    expect((await replayLedger(world.db, 1_000n)).accounts).toBe(2);
  });

  test('a backlog is worked off over several looks, and no alarm closes meanwhile', async () => {
    await submit(world, 12);
    const first = await replayLedger(world.db, 5n);
    expect(first).toMatchObject({ findings: [] });
    expect(first.behind).toBeGreaterThan(0);
    for (let looks = 0; (await replayLedger(world.db, 5n)).behind > 0; looks++) expect(looks).toBeLessThan(5);
    expect(await look('ledger_replay', check)).toMatchObject({ ok: true });
  });

  test('a balance that was raised by hand: the account and the totals of its asset', async () => {
    await submit(world, 2);
    const id = await customerAccount();
    const raise = (units: number) =>
      tamper(world.db, (tx) =>
        sql`UPDATE ledger_account SET credits_posted = credits_posted + ${units} WHERE id = ${id}`.execute(
          tx,
        ),
      );
    await raise(5);
    expect(await look('ledger_replay', check)).toMatchObject({ ok: false });
    expect((await openAlarms()).sort()).toEqual(
      [`ledger_replay: ${id}`, 'ledger_replay: localhost:USDC'].sort(),
    );
    await raise(-5);
    expect(await look('ledger_replay', check)).toMatchObject({ ok: true });
    expect(await openAlarms()).toEqual([]);
  });

  test('money moved between two accounts by hand: totals still agree, the replay does not', async () => {
    await submit(world, 2);
    const id = await customerAccount();
    const house = sql`(SELECT id FROM ledger_account WHERE kind = 'HOUSE' AND asset_id = 'localhost:USDC')`;
    const move = (units: number) => sql`
      UPDATE ledger_account SET credits_posted = credits_posted + CASE WHEN id = ${id} THEN ${sql.lit(units)} ELSE ${sql.lit(-units)} END
       WHERE id = ${id} OR id = ${house}`;
    expect(await look('ledger_replay', check)).toMatchObject({ ok: true });
    await tamper(world.db, (tx) => move(7).execute(tx));
    expect(await look('ledger_replay', check)).toMatchObject({ ok: false, findings: 2 });
    expect(await openAlarms()).toContain(`ledger_replay: ${id}`);
    await tamper(world.db, (tx) => move(-7).execute(tx));
    expect(await look('ledger_replay', check)).toMatchObject({ ok: true });
    expect(await openAlarms()).toEqual([]);
  });

  test('a new transfer that is gone, and one whose amount was changed', async () => {
    await look('ledger_replay', check);
    const [id] = await submit(world, 1);
    await tamper(world.db, (tx) =>
      sql`UPDATE ledger_transfer SET amount = amount + 1 WHERE reference_id = ${id}`.execute(tx),
    );
    expect(await look('ledger_replay', check)).toMatchObject({ ok: false, findings: 2 });
    await tamper(world.db, (tx) => sql`DELETE FROM ledger_transfer WHERE reference_id = ${id}`.execute(tx));
    expect(await look('ledger_replay', check)).toMatchObject({ ok: false });
    expect(await openAlarms()).toContain(`ledger_replay: ${await customerAccount()}`);
  });

  test('is quiet while money moves: forty looks beside two hundred submits raise nothing', async () => {
    const work = submit(world, 200);
    for (let index = 0; index < 40; index++) {
      await look('ledger_replay', check);
      await look('reserves', () => checkReserves(world.db, 'fast'));
    }
    await work;
    expect(await listAlarms(world.db, { onlyOpen: false, limit: 10 })).toEqual([]);
  });
});

test('an old row, which the replay has passed, is found by the full check', async () => {
  const [id] = await submit(world, 1);
  await look('ledger_replay', () => checkLedgerReplay(world.db));
  await breakAndRepair('ledger_full', () => checkLedgerFull(world.db), {
    break: sql`UPDATE ledger_transfer SET asset_id = 'localhost:ETH' WHERE reference_id = ${id}`,
    repair: sql`UPDATE ledger_transfer SET asset_id = 'localhost:USDC' WHERE reference_id = ${id}`,
    subject: /both sides of a transfer hold its asset$/,
  });
  expect(await look('ledger_replay', () => checkLedgerReplay(world.db))).toMatchObject({ ok: true });
});

describe.each(['fast', 'full'] as const)('reserved is what open withdrawals ask for, %s', (how) => {
  test.each(['PENDING', 'VALIDATING', 'REVIEW', 'SIGNING', 'BROADCASTED', 'CONFIRMING'] as const)(
    'sees a withdrawal in %s',
    async (state) => {
      const [id] = await submit(world, 2);
      if (state !== 'PENDING') await walkTo(world.db, assertPresent(id, 'id'), state);
      await breakAndRepair(
        how === 'fast' ? 'reserves' : 'reserves_full',
        () => checkReserves(world.db, how),
        {
          break: sql`UPDATE withdrawal SET amount = amount + 1 WHERE id = ${id}`,
          repair: sql`UPDATE withdrawal SET amount = amount - 1 WHERE id = ${id}`,
          subject: `${world.caller.organisationId} localhost:USDC`,
        },
      );
    },
  );
});

describe('the ledger against the chain', () => {
  let chain: Chain;
  let onChain: Record<string, bigint>;
  let isReachable: boolean;
  const head: ChainPort['head'] = async () => ({ number: 9n, hash: '0x09', parentHash: '0x08' });
  const port = {
    head,
    async balances(pairs: readonly { token: string | null }[]) {
      if (!isReachable) throw new Error('no provider in reach');
      return pairs.map(({ token }) => onChain[token === null ? 'ETH' : token] ?? 0n);
    },
  } as unknown as ChainPort;
  const check = () =>
    checkChains({ db: world.db, logger: silentLogger }, [{ chain, port }], { lookAgainMs: 1 });

  beforeEach(async () => {
    chain = assertPresent((await readCatalogue(world.db)).chains.get('localhost'), 'chain');
    await addSubAccount(world.db, { chainId: 'localhost', address: PAYOUT_CONTRACT, nextNonce: 0n });
    const { rows } = await sql<{ token: string; units: bigint }>`
      SELECT s.address AS token, l.debits_posted - l.credits_posted AS units
        FROM ledger_account l JOIN asset s ON s.id = l.asset_id WHERE l.kind = 'HOT_WALLET'`.execute(
      world.db,
    );
    onChain = Object.fromEntries(rows.map(({ token, units }) => [token, units]));
    isReachable = true;
  });

  test('money that is missing on chain: an alarm that names both figures, closed when it is back', async () => {
    expect(await look('chain_balance', check)).toMatchObject({ ok: true });
    const [token = ''] = Object.keys(onChain);
    onChain[token] = (onChain[token] ?? 0n) - 1_000_000n;
    expect(await look('chain_balance', check)).toMatchObject({ ok: false, findings: 1 });
    const [alarm] = await listAlarms(world.db, { onlyOpen: true, limit: 10 });
    expect(alarm).toMatchObject({ subject: 'localhost:USDC', detail: expect.stringContaining('the chain') });

    isReachable = false;
    expect(await look('chain_balance', check)).toMatchObject({
      ok: null,
      note: expect.stringContaining('localhost'),
    });
    expect(await openAlarms()).toEqual(['chain_balance: localhost:USDC']);

    isReachable = true;
    onChain[token] = (onChain[token] ?? 0n) + 1_000_000n;
    expect(await look('chain_balance', check)).toMatchObject({ ok: true });
    expect(await openAlarms()).toEqual([]);
  });

  test('a difference that the next look does not see is none', async () => {
    const [token = ''] = Object.keys(onChain);
    const right = onChain[token] ?? 0n;
    onChain[token] = right - 1n;
    let looks = 0;
    const passing = {
      head,
      async balances(pairs: readonly { token: string | null }[]) {
        looks += 1;
        if (looks > 1) onChain[token] = right;
        return await port.balances(pairs as Parameters<ChainPort['balances']>[0]);
      },
    } as unknown as ChainPort;
    expect(
      await look('chain_balance', () =>
        checkChains({ db: world.db, logger: silentLogger }, [{ chain, port: passing }], { lookAgainMs: 1 }),
      ),
    ).toMatchObject({ ok: true });
    expect(looks).toBe(2);
  });
});

test('sealed history that was edited', async () => {
  const [id] = await submit(world, 3);
  await sealAll(world.db);
  await breakAndRepair('history_seals', () => checkHistory(world.db), {
    break: sql`UPDATE withdrawal_event SET reason = 'forged' WHERE withdrawal_id = ${id}`,
    repair: sql`UPDATE withdrawal_event SET reason = 'accepted' WHERE withdrawal_id = ${id}`,
    subject: new RegExp(`withdrawal_event ${id} version 1: row_edited`),
  });
});

test('history that nobody seals', async () => {
  const [id] = await submit(world, 1);
  await breakAndRepair('sealing', () => checkSealing(world.db), {
    break: sql`UPDATE withdrawal_event SET at = at - interval '10 minutes' WHERE withdrawal_id = ${id}`,
    repair: sql`UPDATE withdrawal_event SET at = at + interval '10 minutes' WHERE withdrawal_id = ${id}`,
    subject: 'withdrawal_event',
  });
});
