import { withTransaction } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { describe as describeOutcome } from '../chain-tx/decisions/after-send.ts';
import { createWorld, doneValue, requestOf, type World, walkTo } from '../withdrawal/withdrawal.fixture.ts';
import { classifyError, findCause } from './classify.ts';
import { listDeadLetters } from './dead-letter.reader.ts';
import { closeLetter } from './dead-letter.store.ts';
import { findDeadLetters } from './find-dead-letters.ts';
import { errorCodes, errorTaxonomy, retryDelayMs, type TaxonomyEntry } from './taxonomy.ts';

let world: World;
let owner: Caller;
beforeAll(async () => {
  world = await createWorld();
  owner = await world.owner();
});
afterAll(() => world.close());

const HOUR_MS = 3_600_000;

describe('causes', () => {
  test.each([
    ['fee ceiling: the market asks 90 wei per gas, the ceiling is 50', 'fee_ceiling'],
    ['signer: token_not_allowed: not in the policy', 'signer_refused'],
    ['signer unreachable: connect ECONNREFUSED', 'signer_unreachable'],
    ['40 attempts made; no more', 'replacements_exhausted'],
    [describeOutcome({ kind: 'unknown', reason: 'timeout' }), 'send_unknown'],
    [describeOutcome({ kind: 'insufficient_funds' }), 'gas_money_low'],
    [describeOutcome({ kind: 'underpriced', below: 'base_fee' }), 'fee_too_low'],
    [describeOutcome({ kind: 'rejected', cause: 'intrinsic_gas_too_low' }), 'send_rejected'],
    ['what nobody has seen', 'other_trouble'],
  ])('%s: %s', (text, code) => {
    expect(classifyError(text)).toBe(code);
  });

  test('what has just begun, or is in a block, is nobody’s work yet', () => {
    const young = {
      state: 'PLANNED',
      lastError: 'fee ceiling: x',
      ageMs: 1_000,
      broadcastedForMs: null,
    } as const;
    expect(findCause(young)).toBeNull();
    expect(findCause({ ...young, ageMs: HOUR_MS })).toBe('fee_ceiling');
    expect(findCause({ ...young, ageMs: HOUR_MS, state: 'MINED' })).toBeNull();
    const sent = {
      state: 'BROADCASTED',
      lastError: null,
      ageMs: HOUR_MS,
      broadcastedForMs: HOUR_MS,
    } as const;
    expect(findCause(sent)).toBe('not_mined');
    expect(findCause({ ...sent, state: 'BROADCASTING', broadcastedForMs: null })).toBe('send_unknown');
  });

  test.each(errorCodes)('%s: what waits is tried again, and its delays grow up to a limit', (code) => {
    const entry: TaxonomyEntry = errorTaxonomy[code];
    if (entry.class === 'FINAL') expect(entry.retry).toBeNull();
    if (entry.retry === null) return;
    const delays = Array.from({ length: 14 }, (_, failures) => retryDelayMs(code, failures, () => 1));
    expect(delays[0]).toBe(entry.retry.baseMs);
    expect(delays.at(-1)).toBe(entry.retry.maxMs);
    expect(retryDelayMs(code, 14, () => 0)).toBeLessThan(entry.retry.maxMs);
  });
});

describe('a search', () => {
  async function stuck(error: string | null): Promise<string> {
    const { id } = doneValue(await world.withdrawals.request(owner, newUuid(), requestOf()));
    const { chainTxId } = await walkTo(world.db, id, 'SIGNED');
    await sql`UPDATE chain_tx SET last_error = ${error}, created_at = now() - interval '1 hour'
               WHERE id = ${chainTxId}`.execute(world.db);
    return chainTxId ?? '';
  }
  const search = () => findDeadLetters({ db: world.db }, ['check-ledger']);
  const lettersOf = async (subject: string) =>
    (await listDeadLetters(world.db, { subject }, { limit: 10, after: null })).data;

  test('opens one letter for each thing and cause, counts what it sees again, and closes what is gone', async () => {
    const id = await stuck('fee ceiling: the market asks 90');
    expect((await search()).opened).toBeGreaterThan(0);
    expect(await search()).toMatchObject({ opened: 0, closed: 0 });
    expect(await lettersOf(id)).toMatchObject([
      { kind: 'CHAIN_TX', cause: 'fee_ceiling', state: 'OPEN', seenCount: 2, asset: 'USDC', amount: 1n },
    ]);
    await sql`UPDATE chain_tx SET last_error = NULL WHERE id = ${id}`.execute(world.db);
    expect(await search()).toMatchObject({ closed: 1 });
    expect(await lettersOf(id)).toMatchObject([{ state: 'CLOSED', closedBy: 'system:jobs', present: false }]);
  });

  test('what a person has closed stays closed while it is so, and is new when it comes again', async () => {
    const id = await stuck('signer: daily_limit: reached');
    await search();
    const [letter] = await lettersOf(id);
    await withTransaction(world.db, (tx) =>
      closeLetter(tx, letter?.id ?? '', { actor: 'api_key:x', reason: 'known' }),
    );
    expect(await search()).toMatchObject({ opened: 0 });
    expect(await lettersOf(id)).toMatchObject([{ state: 'CLOSED', closedBy: 'api_key:x', present: true }]);
    await sql`UPDATE chain_tx SET last_error = NULL WHERE id = ${id}`.execute(world.db);
    await search();
    await sql`UPDATE chain_tx SET last_error = 'signer: daily_limit: again' WHERE id = ${id}`.execute(
      world.db,
    );
    await search();
    expect((await lettersOf(id)).map(({ state, closedBy }) => [state, closedBy])).toEqual([
      ['OPEN', null],
      ['CLOSED', 'api_key:x'],
    ]);
  });

  test('withdrawals that wait are one letter for each asset and state, with their number and sum', async () => {
    const ids = [];
    for (let n = 0; n < 3; n++)
      ids.push(doneValue(await world.withdrawals.request(owner, newUuid(), requestOf({ amount: '2' }))).id);
    await sql`UPDATE withdrawal SET updated_at = now() - interval '1 hour' WHERE id = ANY (${ids}::uuid[])`.execute(
      world.db,
    );
    await search();
    expect(await lettersOf('localhost:USDC PENDING')).toMatchObject([
      {
        kind: 'QUEUE',
        cause: 'withdrawals_wait',
        amount: 6_000_000n,
        detail: expect.stringMatching(/^3 wait in PENDING/),
      },
    ]);
  });

  test('a job whose last run failed is a letter until it has done its work again', async () => {
    const run = (outcome: string) =>
      sql`INSERT INTO job_run (id, job, instance, ended_at, outcome, error)
          VALUES (${newUuid()}, 'check-ledger', 'test', now(), ${outcome}, 'no disk')`.execute(world.db);
    await run('FAILED');
    await search();
    expect(await lettersOf('check-ledger')).toMatchObject([
      { cause: 'job_failed', detail: 'no disk', state: 'OPEN' },
    ]);
    await run('DONE');
    await search();
    expect(await lettersOf('check-ledger')).toMatchObject([{ state: 'CLOSED' }]);
  });

  test('several at once open no letter twice', async () => {
    const id = await stuck('40 attempts made; no more');
    await Promise.all([1, 2, 3].map(search));
    expect(await lettersOf(id)).toHaveLength(1);
  });
});
