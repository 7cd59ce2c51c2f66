import { withTransaction } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { type RawBuilder, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { insertChainTx } from '../chain-tx/chain-tx.store.ts';
import { subAccountStates, subAccountTransitions } from '../sub-account/sub-account.machine.ts';
import { PAYOUT_CONTRACT } from '../withdrawal/withdrawal.fixture.ts';
import { createReserve, type Reserve, TOKEN } from './account-manager.fixture.ts';
import { accountTransferStates, accountTransferTransitions } from './account-transfer.machine.ts';

/* What the database refuses of transfers and accounts, whoever asks. SQLSTATE 23001 is restrict_violation. */

let reserve: Reserve;
beforeAll(async () => {
  reserve = await createReserve();
});
afterAll(() => reserve.close());

/** The SQLSTATE that a step is refused with, or `taken`. Rolled back either way; `prepare` puts rows where it likes. */
async function outcomeOf(
  statement: RawBuilder<unknown>,
  prepare: readonly RawBuilder<unknown>[] = [],
): Promise<string> {
  return await withTransaction(reserve.db, async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx);
    for (const one of prepare) await one.execute(tx);
    await sql`SET LOCAL session_replication_role = origin`.execute(tx);
    await statement.execute(tx);
    throw new Error('taken');
  }).catch((error: { code?: string; message: string }) => error.code ?? error.message);
}

const REFUSED = '23001';
let id: string;
let chainTxId: string;

/** A PLANNED transfer in a chain transaction of one item. */
beforeAll(async () => {
  id = newUuid();
  chainTxId = newUuid();
  const [main, one] = [reserve.account('main'), reserve.account('one')];
  await withTransaction(reserve.db, async (tx) => {
    await insertChainTx(tx, {
      id: chainTxId,
      chainId: 'localhost',
      subAccountId: main.id,
      nonce: 0n,
      kind: 'TRANSFER',
      assetId: TOKEN,
      priority: 'VIP',
      itemCount: 1,
      amount: 5n,
      to: PAYOUT_CONTRACT,
      data: '0x',
      valueWei: 0n,
      gas: 1n,
      gasPerItem: 1n,
    });
    await insertTransfer(id, main.id, one.id).execute(tx);
    await sql`UPDATE account_transfer SET state = 'PLANNED', version = 2, chain_tx_id = ${chainTxId},
                     chain_tx_position = 0 WHERE id = ${id}`.execute(tx);
  });
});

function insertTransfer(newId: string, from: string, to: string, purpose = 'TOP_UP'): RawBuilder<unknown> {
  return sql`
    INSERT INTO account_transfer (id, chain_id, asset_id, from_account_id, to_account_id, amount, purpose, actor, reason)
    VALUES (${newId}, 'localhost', ${TOKEN}, ${from}, ${to}, 5, ${purpose}, 'system:test', 'a test')`;
}

/** As the chain would have ended the transaction. */
const ended = (state: string, outcome: number | null) =>
  sql`UPDATE chain_tx SET state = ${state}, outcomes = ${outcome === null ? null : Buffer.from([outcome])}
       WHERE id = ${chainTxId}`;
const step = (to: string) => sql`
  UPDATE account_transfer SET state = ${to}, version = version + 1, ended_at = now(), failure_code = 'x', failure_message = 'x'
   WHERE id = ${id}`;

describe('the tables of steps', () => {
  test('of transfers and of accounts are those of the machines', async () => {
    const transfers = await sql`
      SELECT from_state AS "from", to_state AS "to", proof FROM account_transfer_transition`.execute(
      reserve.db,
    );
    const text = (row: unknown) => JSON.stringify(row);
    expect(transfers.rows.map(text).toSorted()).toEqual(accountTransferTransitions.map(text).toSorted());
    const accounts =
      await sql`SELECT from_state AS "from", to_state AS "to" FROM sub_account_transition`.execute(
        reserve.db,
      );
    expect(accounts.rows.map(text).toSorted()).toEqual(subAccountTransitions.map(text).toSorted());
  });

  test('every other step of a transfer is refused', async () => {
    for (const from of accountTransferStates)
      for (const to of accountTransferStates) {
        if (from === to || accountTransferTransitions.some((one) => one.from === from && one.to === to))
          continue;
        const place = sql`UPDATE account_transfer SET state = ${from} WHERE id = ${id}`;
        const unchecked = sql`ALTER TABLE account_transfer DROP CONSTRAINT account_transfer_check2,
          DROP CONSTRAINT account_transfer_check3, DROP CONSTRAINT account_transfer_check4`;
        expect([from, to, await outcomeOf(step(to), [unchecked, place])]).toEqual([from, to, REFUSED]);
      }
  });

  test('every other step of an account is refused', async () => {
    const account = reserve.account('two').id;
    for (const from of subAccountStates)
      for (const to of subAccountStates) {
        if (from === to || subAccountTransitions.some((one) => one.from === from && one.to === to)) continue;
        const reason = (state: string) => (state === 'PAUSED' ? 'a test' : null);
        const place = sql`UPDATE sub_account SET state = ${from}, pause_reason = ${reason(from)} WHERE id = ${account}`;
        const take = sql`UPDATE sub_account SET state = ${to}, pause_reason = ${reason(to)} WHERE id = ${account}`;
        expect([from, to, await outcomeOf(take, [place])]).toEqual([from, to, REFUSED]);
      }
  });
});

describe('a transfer', () => {
  test('is CONFIRMED only when the contract recorded it as paid, at final depth', async () => {
    expect(await outcomeOf(step('CONFIRMED'), [ended('EXECUTED', 1)])).toBe('taken');
    expect(await outcomeOf(step('CONFIRMED'))).toBe(REFUSED);
    expect(await outcomeOf(step('CONFIRMED'), [ended('MINED', null)])).toBe(REFUSED);
    for (const outcome of [0, 2, 3])
      expect(await outcomeOf(step('CONFIRMED'), [ended('EXECUTED', outcome)])).toBe(REFUSED);
    for (const state of ['REVERTED', 'CANCELED', 'DISPLACED'])
      expect(await outcomeOf(step('CONFIRMED'), [ended(state, null)])).toBe(REFUSED);
  });

  test('is FAILED only when its nonce was consumed, at final depth, by something that did not pay it', async () => {
    expect(await outcomeOf(step('FAILED'))).toBe(REFUSED);
    expect(await outcomeOf(step('FAILED'), [ended('MINED', null)])).toBe(REFUSED);
    expect(await outcomeOf(step('FAILED'), [ended('EXECUTED', 1)])).toBe(REFUSED);
    expect(await outcomeOf(step('FAILED'), [ended('EXECUTED', 2)])).toBe('taken');
    for (const state of ['REVERTED', 'CANCELED', 'DISPLACED'])
      expect(await outcomeOf(step('FAILED'), [ended(state, null)])).toBe('taken');
  });

  test('has one open twin neither for its account nor in its transaction, and stays what was decided', async () => {
    const [main, one, two] = ['main', 'one', 'two'].map((name) => reserve.account(name).id);
    expect(await outcomeOf(insertTransfer(newUuid(), main ?? '', one ?? ''))).toBe('23505');
    expect(await outcomeOf(insertTransfer(newUuid(), main ?? '', two ?? ''))).toBe('taken');
    expect(await outcomeOf(insertTransfer(newUuid(), main ?? '', one ?? '', 'GAS'))).toBe('taken');
    for (const change of [
      sql`amount = 6`,
      sql`to_account_id = ${two}`,
      sql`chain_tx_id = NULL, chain_tx_position = NULL`,
      sql`version = 9`,
    ])
      expect(await outcomeOf(sql`UPDATE account_transfer SET ${change} WHERE id = ${id}`)).toBe(REFUSED);
    expect(await outcomeOf(sql`DELETE FROM account_transfer WHERE id = ${id}`)).toBe(REFUSED);
  });

  test('goes only into a transfer transaction of its own source and asset', async () => {
    const other = newUuid();
    const [main, two] = [reserve.account('main').id, reserve.account('two').id];
    const attach = sql`UPDATE account_transfer SET state = 'PLANNED', version = 2, chain_tx_id = ${chainTxId},
                              chain_tx_position = 1 WHERE id = ${other}`;
    const roomy = sql`UPDATE chain_tx SET item_count = 2 WHERE id = ${chainTxId}`;
    expect(await outcomeOf(attach, [insertTransfer(other, main, two), roomy])).toBe('taken');
    expect(await outcomeOf(attach, [insertTransfer(other, main, two)])).toBe(REFUSED);
    expect(await outcomeOf(attach, [insertTransfer(other, two, main), roomy])).toBe(REFUSED);
    const payout = sql`UPDATE chain_tx SET kind = 'PAYOUT', item_count = 2 WHERE id = ${chainTxId}`;
    expect(await outcomeOf(attach, [insertTransfer(other, main, two), payout])).toBe(REFUSED);
  });
});

test('an account with a transaction that is not final is neither drained nor retired, whoever says so', async () => {
  const main = reserve.account('main').id;
  for (const state of ['DRAINED', 'RETIRED'])
    expect(await outcomeOf(sql`UPDATE sub_account SET state = ${state} WHERE id = ${main}`)).toBe(REFUSED);
});
