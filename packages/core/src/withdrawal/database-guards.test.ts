import { withTransaction } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import {
  type ChainTxState,
  chainTxStates,
  chainTxTransitions,
  openChainTxStates,
  voidChainTxStates,
} from '../chain-tx/chain-tx.machine.ts';
import {
  createWorld,
  doneValue,
  endChainTx,
  plan,
  requestOf,
  type World,
  walkTo,
} from './withdrawal.fixture.ts';
import {
  cancelableWithdrawalStates,
  finalWithdrawalStates,
  type WithdrawalState,
  withdrawalStates,
  withdrawalTransitions,
} from './withdrawal.machine.ts';

/*
 * What the database itself refuses, whoever asks: a bug in a loop, or a person with psql. SQLSTATE 23001 is
 * restrict_violation, 23514 a CHECK.
 */

let world: World;
let owner: Caller;
beforeAll(async () => {
  world = await createWorld();
  owner = await world.owner();
});
afterAll(() => world.close());

async function submit(): Promise<string> {
  return doneValue(await world.withdrawals.request(owner, newUuid(), requestOf())).id;
}

/** The SQLSTATE that the statement was refused with, or `taken`. Rolled back either way. */
async function outcomeOf(statement: RawBuilder<unknown>, prepare?: RawBuilder<unknown>): Promise<string> {
  return await withTransaction(world.db, async (tx) => {
    if (prepare !== undefined) {
      // Puts a row where no legal step leads, to try the steps from there.
      await sql`SET LOCAL session_replication_role = replica`.execute(tx);
      await prepare.execute(tx);
      await sql`SET LOCAL session_replication_role = origin`.execute(tx);
    }
    const { numAffectedRows } = await statement.execute(tx);
    expect(numAffectedRows).toBe(1n);
    throw new Error('taken');
  }).catch((error: { code?: string; message: string }) => error.code ?? error.message);
}

const REFUSED = '23001';

describe('the tables of steps', () => {
  test('withdrawal.machine.ts and withdrawal_transition are equal', async () => {
    const { rows } = await sql`
      SELECT from_state AS "from", to_state AS "to", proof FROM withdrawal_transition`.execute(world.db);
    expect(new Set(rows.map(text))).toEqual(new Set(withdrawalTransitions.map(text)));
    expect(rows).toHaveLength(withdrawalTransitions.length);
  });

  test('chain-tx.machine.ts and chain_tx_transition are equal', async () => {
    const { rows } =
      await sql`SELECT from_state AS "from", to_state AS "to" FROM chain_tx_transition`.execute(world.db);
    expect(new Set(rows.map(text))).toEqual(new Set(chainTxTransitions.map(text)));
    expect(rows).toHaveLength(chainTxTransitions.length);
  });

  test('final means that no step leads on, and every other state leads to an end', () => {
    const ends = withdrawalStates.filter(
      (state) => !withdrawalTransitions.some(({ from }) => from === state),
    );
    expect(new Set(ends)).toEqual(new Set(finalWithdrawalStates));
    expect(withdrawalStates.filter((state) => !leadsToAny(state, ends))).toEqual([]);
    const open = chainTxStates.filter((state) => chainTxTransitions.some(({ from }) => from === state));
    expect(new Set(open)).toEqual(new Set(openChainTxStates));
    for (const state of voidChainTxStates) expect(openChainTxStates).not.toContain(state);
  });

  test('a withdrawal can be canceled exactly where the table lets it', () => {
    const cancelable = withdrawalTransitions.filter(({ to }) => to === 'CANCELED').map(({ from }) => from);
    expect(new Set(cancelable)).toEqual(new Set(cancelableWithdrawalStates));
  });

  test('once a dispatch is recorded, a way back leads only through a block that vanished or proof that nothing was paid', () => {
    const order = ['PENDING', 'VALIDATING', 'SIGNING', 'SIGNED', 'BROADCASTING', 'BROADCASTED', 'CONFIRMING'];
    const backward = withdrawalTransitions.filter(
      ({ from, to }) =>
        order.indexOf(from) >= order.indexOf('SIGNING') &&
        order.includes(to) &&
        order.indexOf(to) < order.indexOf(from),
    );
    expect(backward).toEqual([
      { from: 'CONFIRMING', to: 'BROADCASTED', proof: null },
      { from: 'CONFIRMING', to: 'VALIDATING', proof: 'UNPAID' },
    ]);
  });

  function leadsToAny(
    state: WithdrawalState,
    ends: readonly WithdrawalState[],
    seen = new Set<WithdrawalState>(),
  ): boolean {
    if (ends.includes(state)) return true;
    seen.add(state);
    return withdrawalTransitions.some(
      ({ from, to }) => from === state && !seen.has(to) && leadsToAny(to, ends, seen),
    );
  }
});

describe('steps of a withdrawal', () => {
  /** Columns that a row in this state must have. */
  const columnsOf = (state: WithdrawalState, chainTxId: string) => {
    const isPlanned = !['PENDING', 'VALIDATING', 'REVIEW', 'CANCELED', 'FAILED'].includes(state);
    return sql`state = ${state}, chain_tx_id = ${isPlanned ? chainTxId : null}, chain_tx_position = ${isPlanned ? 0 : null},
      failure_code = ${state === 'FAILED' ? 'test' : null}, confirmed_at = ${state === 'CONFIRMED' ? new Date(0) : null}`;
  };

  test('every pair of states: taken where the table has it without proof, refused everywhere else', async () => {
    const id = await submit();
    await walkTo(world.db, id, 'VALIDATING');
    const chainTxId = await plan(world.db, [id]);
    const wrong: string[] = [];
    for (const from of withdrawalStates)
      for (const to of withdrawalStates) {
        if (from === to) continue;
        const edge = withdrawalTransitions.find((one) => one.from === from && one.to === to);
        const outcome = await outcomeOf(
          sql`UPDATE withdrawal SET ${columnsOf(to, chainTxId)}, version = version + 1 WHERE id = ${id}`,
          sql`UPDATE withdrawal SET ${columnsOf(from, chainTxId)} WHERE id = ${id}`,
        );
        // The chain transaction is only planned: it proves nothing, so edges that ask for proof are refused here.
        const expected = edge !== undefined && edge.proof === null ? 'taken' : REFUSED;
        if (outcome !== expected) wrong.push(`${from} → ${to}: ${outcome}`);
      }
    expect(wrong).toEqual([]);
  });

  test('a withdrawal cannot borrow the proof of a transaction that it was not planned in', async () => {
    const [id, other] = [await submit(), await submit()];
    await walkTo(world.db, id, 'CONFIRMING');
    const { chainTxId } = await walkTo(world.db, other, 'CONFIRMING');
    await endChainTx(world.db, chainTxId ?? '', 'EXECUTED', [1]);
    const borrow = sql`UPDATE withdrawal SET chain_tx_id = ${chainTxId}, chain_tx_position = 5 WHERE id = ${id}`;
    expect(await outcomeOf(borrow)).toBe(REFUSED);
  });

  const END = {
    paid: { state: 'EXECUTED', outcomes: [1] },
    'not attempted': { state: 'EXECUTED', outcomes: [0] },
    reverted: { state: 'EXECUTED', outcomes: [2] },
    'returned false': { state: 'EXECUTED', outcomes: [3] },
    'an outcome nobody knows': { state: 'EXECUTED', outcomes: [255] },
    'transaction reverted': { state: 'REVERTED', outcomes: null },
    'nonce used by a cancel': { state: 'CANCELED', outcomes: null },
    'nonce used by another': { state: 'DISPLACED', outcomes: null },
  } as const;

  test.each(Object.entries(END))('with the proof "%s" exactly the right ends are open', async (name, end) => {
    const id = await submit();
    const { chainTxId } = await walkTo(world.db, id, 'CONFIRMING');
    await endChainTx(world.db, chainTxId ?? '', end.state, end.outcomes);
    const to = (state: WithdrawalState) => {
      // What failed on chain keeps the transaction that shows it.
      const columns =
        state === 'FAILED' ? sql`state = 'FAILED', failure_code = 'test'` : columnsOf(state, chainTxId ?? '');
      return outcomeOf(sql`UPDATE withdrawal SET ${columns}, version = version + 1 WHERE id = ${id}`);
    };

    const isPaid = name === 'paid';
    expect(await to('CONFIRMED')).toBe(isPaid ? 'taken' : REFUSED);
    expect(await to('FAILED')).toBe(isPaid ? REFUSED : 'taken');
    expect(await to('VALIDATING')).toBe(isPaid ? REFUSED : 'taken');
  });

  test('a transaction that is in a block but not final proves nothing', async () => {
    const id = await submit();
    const { chainTxId } = await walkTo(world.db, id, 'CONFIRMING');
    await sql`UPDATE chain_tx SET state = 'MINED', outcomes = '\\x01' WHERE id = ${chainTxId}`.execute(
      world.db,
    );
    for (const state of ['CONFIRMED', 'FAILED', 'VALIDATING'] as const)
      expect(
        await outcomeOf(
          sql`UPDATE withdrawal SET ${columnsOf(state, chainTxId ?? '')}, version = version + 1 WHERE id = ${id}`,
        ),
      ).toBe(REFUSED);
  });

  test('in a batch, each item needs its own proof: one bad row refuses the whole statement', async () => {
    const ids = [await submit(), await submit()];
    for (const id of ids) await walkTo(world.db, id, 'VALIDATING');
    const chainTxId = await plan(world.db, ids);
    await sql`UPDATE withdrawal SET state = 'CONFIRMING', version = version + 1 WHERE chain_tx_id = ${chainTxId}`.execute(
      world.db,
    );
    await endChainTx(world.db, chainTxId, 'EXECUTED', [1, 2]);
    const confirm = (where: RawBuilder<unknown>) =>
      outcomeOf(
        sql`UPDATE withdrawal SET state = 'CONFIRMED', confirmed_at = now(), version = version + 1 WHERE ${where}`,
      );
    expect(await confirm(sql`chain_tx_id = ${chainTxId}`)).toBe(REFUSED);
    expect(await confirm(sql`chain_tx_id = ${chainTxId} AND chain_tx_position = 0`)).toBe('taken');
    expect(await confirm(sql`chain_tx_id = ${chainTxId} AND chain_tx_position = 1`)).toBe(REFUSED);
  });

  test.each([
    ['amount', sql`amount = amount + 1`],
    ['recipient', sql`to_address = '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359'`],
    ['asset', sql`asset_id = 'localhost:ETH'`],
    ['chain', sql`chain_id = 'polygon'`],
    ['version without a step', sql`version = version + 1`],
    ['a step without its version', sql`state = 'VALIDATING'`],
    ['two versions for one step', sql`state = 'VALIDATING', version = version + 2`],
  ])('%s cannot be changed', async (_, change) => {
    const id = await submit();
    expect(await outcomeOf(sql`UPDATE withdrawal SET ${change} WHERE id = ${id}`)).toBe(REFUSED);
  });

  test('it cannot be given to another organisation', async () => {
    const id = await submit();
    const { organisationId } = await world.owner();
    expect(
      await outcomeOf(sql`UPDATE withdrawal SET organisation_id = ${organisationId} WHERE id = ${id}`),
    ).toBe(REFUSED);
  });

  test('it cannot be moved to another transaction while one may pay it', async () => {
    const id = await submit();
    await walkTo(world.db, id, 'SIGNED');
    const other = await submit();
    await walkTo(world.db, other, 'VALIDATING');
    const second = await plan(world.db, [other]);
    expect(
      await outcomeOf(
        sql`UPDATE withdrawal SET chain_tx_id = ${second}, chain_tx_position = 5 WHERE id = ${id}`,
      ),
    ).toBe(REFUSED);
  });

  test.each(['withdrawal', 'withdrawal_event', 'chain_tx'])(
    'a row of %s cannot be deleted',
    async (table) => {
      const id = await submit();
      const { chainTxId } = await walkTo(world.db, id, 'SIGNING');
      const where =
        table === 'withdrawal_event'
          ? sql`withdrawal_id = ${id} AND version = 1`
          : sql`id = ${table === 'chain_tx' ? chainTxId : id}`;
      expect(await outcomeOf(sql`DELETE FROM ${sql.table(table)} WHERE ${where}`)).toBe(REFUSED);
    },
  );

  test('its history cannot be rewritten', async () => {
    const id = await submit();
    expect(
      await outcomeOf(sql`UPDATE withdrawal_event SET reason = 'another' WHERE withdrawal_id = ${id}`),
    ).toBe(REFUSED);
  });

  test.each([
    ['zero', '0'],
    ['negative', '-1'],
    ['more than 128 bits', (2n ** 128n).toString()],
  ])('an amount that is %s is not stored', async (_, amount) => {
    const insert = sql`
      INSERT INTO withdrawal (id, organisation_id, chain_id, asset_id, to_address, amount, priority, created_at)
      VALUES (${newUuid()}, ${owner.organisationId}, 'localhost', 'localhost:USDC', ${requestOf().to}, ${amount}, 'VIP', now())`;
    expect(await outcomeOf(insert)).toBe('23514');
  });
});

describe('chain transactions', () => {
  async function planned(): Promise<string> {
    const id = await submit();
    const { chainTxId } = await walkTo(world.db, id, 'SIGNING');
    return chainTxId ?? '';
  }

  test('every pair of states: taken where the table has it, refused everywhere else', async () => {
    const id = await planned();
    const set = (state: ChainTxState) =>
      sql`UPDATE chain_tx SET state = ${state}, outcomes = '\\x01' WHERE id = ${id}`;
    const wrong: string[] = [];
    for (const from of chainTxStates)
      for (const to of chainTxStates) {
        if (from === to) continue;
        const outcome = await outcomeOf(set(to), set(from));
        const isEdge = chainTxTransitions.some((one) => one.from === from && one.to === to);
        if (outcome !== (isEdge ? 'taken' : REFUSED)) wrong.push(`${from} → ${to}: ${outcome}`);
      }
    expect(wrong).toEqual([]);
  });

  test.each([
    sql`nonce = nonce + 1`,
    sql`to_address = '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359'`,
    sql`data = '\\x00'`,
    sql`value_wei = value_wei + 1`,
    sql`gas = gas + 1`,
    sql`gas_per_item = gas_per_item + 1`,
    sql`item_count = item_count + 1`,
    sql`amount = amount + 1`,
    sql`kind = 'APPROVAL'`,
    sql`asset_id = 'localhost:ETH'`,
  ])('its payload is frozen (%#)', async (change) => {
    const id = await planned();
    expect(await outcomeOf(sql`UPDATE chain_tx SET ${change} WHERE id = ${id}`)).toBe(REFUSED);
  });

  test('executed needs one outcome for each item', async () => {
    const id = await planned();
    await sql`UPDATE chain_tx SET state = 'MINED' WHERE id = ${id}`.execute(world.db);
    const end = (outcomes: Buffer) =>
      outcomeOf(sql`UPDATE chain_tx SET state = 'EXECUTED', outcomes = ${outcomes} WHERE id = ${id}`);
    for (const length of [0, 2]) expect(await end(Buffer.alloc(length))).toBe('23514');
    expect(await end(Buffer.alloc(1))).toBe('taken');
  });

  test('one nonce of an account is taken once', async () => {
    const id = await planned();
    const copy = sql`
      INSERT INTO chain_tx (id, chain_id, sub_account_id, nonce, kind, asset_id, priority, item_count, amount, to_address,
                            data, value_wei, gas, gas_per_item)
      SELECT ${newUuid()}::uuid, chain_id, sub_account_id, nonce, kind, asset_id, priority, item_count, amount, to_address,
             data, value_wei, gas, gas_per_item FROM chain_tx WHERE id = ${id}`;
    expect(await outcomeOf(copy)).toBe('23505');
  });

  test('a nonce counter never runs backward, and stays with its address', async () => {
    const { rows } = await sql<{
      id: string;
    }>`SELECT id FROM sub_account WHERE next_nonce > 0 LIMIT 1`.execute(world.db);
    const id = rows[0]?.id ?? '';
    const update = (change: RawBuilder<unknown>) =>
      outcomeOf(sql`UPDATE sub_account SET ${change} WHERE id = ${id}`);
    expect(await update(sql`next_nonce = next_nonce - 1`)).toBe(REFUSED);
    expect(await update(sql`next_nonce = 0`)).toBe(REFUSED);
    expect(await update(sql`address = '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359'`)).toBe(REFUSED);
    expect(await update(sql`chain_id = 'polygon'`)).toBe(REFUSED);
    expect(await update(sql`next_nonce = next_nonce + 1`)).toBe('taken');
  });

  test('what was signed is kept as it is; only what nodes said to it is added', async () => {
    const id = await planned();
    await sql`INSERT INTO chain_tx_attempt (chain_tx_id, number, purpose, hash, raw, fee_per_gas_wei_max, tip_per_gas_wei)
              VALUES (${id}, 1, 'PAY', ${`0x${'c'.repeat(64)}`}, '\\x01', 1, 0)`.execute(world.db);
    const update = (change: RawBuilder<unknown>) =>
      outcomeOf(sql`UPDATE chain_tx_attempt SET ${change} WHERE chain_tx_id = ${id}`);
    for (const change of [
      sql`raw = '\\x02'`,
      sql`hash = ${`0x${'d'.repeat(64)}`}`,
      sql`number = 2`,
      sql`purpose = 'CANCEL'`,
    ])
      expect(await update(change)).toBe(REFUSED);
    expect(await outcomeOf(sql`DELETE FROM chain_tx_attempt WHERE chain_tx_id = ${id}`)).toBe(REFUSED);
    expect(await update(sql`send_count = send_count + 1, last_outcome = 'accepted'`)).toBe('taken');
  });
});

function text(row: unknown): string {
  const { from, to, proof } = row as { from: string; to: string; proof?: string | null };
  return `${from} → ${to} ${proof ?? ''}`;
}
