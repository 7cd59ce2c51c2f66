import { withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { blockAddress } from '../address-book/change-address-book.ts';
import { readCatalogue } from '../chain/chain.store.ts';
import { screenAddresses } from '../screening/screen-addresses.ts';
import type { ScreeningAnswer, ScreeningPort } from '../screening/screening.ts';
import { createWithdrawals } from '../withdrawal/create-withdrawals.ts';
import { openFaultyDatabase } from '../withdrawal/faulty-database.fixture.ts';
import {
  balanceOf,
  createWorld,
  doneValue,
  problemsOf,
  RECIPIENT,
  requestOf,
  rowsOf,
  type World,
} from '../withdrawal/withdrawal.fixture.ts';
import {
  giveActivePolicy,
  giveTier,
  dayRules as rules,
  setRates,
  submitFresh,
  takeUpAll,
} from './policy.fixture.ts';
import { readDecision } from './policy.store.ts';
import { readRules } from './rules.ts';
import { readTierOf } from './tier.store.ts';

let world: World;
beforeAll(async () => {
  world = await createWorld();
  await setRates(world.db);
});
afterAll(() => world.close());

const submit = (owner: Caller, amount: string, to?: string) => submitFresh(world.db, owner, amount, to);
const stateOf = async (owner: Caller, id: string) => (await world.withdrawals.get(owner, id))?.state;
const decisionOf = async (id: string) =>
  assertPresent(await readDecision(world.db, null, id), `decision of ${id}`);

describe('a verdict', () => {
  test('is kept with its version, reasons and inputs, and moves the withdrawal', async () => {
    const owner = await world.owner();
    await giveTier(world.db, owner.organisationId, {});
    const version = await giveActivePolicy(world.db, owner.organisationId, rules);
    const [allowed, reviewed, denied] = [
      await submit(owner, '99'),
      await submit(owner, '100'),
      await submit(owner, '802'),
    ];
    expect((await takeUpAll(world.db)).verdicts).toEqual({ ALLOW: 1, REVIEW: 1, DENY: 1 });
    expect([await stateOf(owner, allowed), await stateOf(owner, reviewed)]).toEqual(['VALIDATING', 'REVIEW']);
    expect(await world.withdrawals.get(owner, denied)).toMatchObject({
      state: 'FAILED',
      failure: { code: 'policy_denied', retryable: false },
    });
    expect(await decisionOf(allowed)).toMatchObject({
      verdict: 'ALLOW',
      policyVersionId: version,
      policyNumber: 1,
      reasons: [],
      approvalsRequired: 0,
      inputs: { amountKrw: '133650', to: RECIPIENT, history: { count: 0 } },
    });
    expect(await decisionOf(reviewed)).toMatchObject({
      verdict: 'REVIEW',
      approvalsRequired: 2,
      reasons: [{ code: 'approval_required', text: '₩135,000 needs the approval of 2 people' }],
    });
    expect(await decisionOf(denied)).toMatchObject({
      verdict: 'DENY',
      reasons: [
        { code: 'velocity', text: 'a day: ₩1,351,350 in 1440 minutes, ₩1,350,000 are allowed' },
        { code: 'approval_required' },
      ],
    });
    const { rows } = await sql<{ quorum: number }>`
      SELECT quorum FROM withdrawal_review WHERE withdrawal_id = ${reviewed}`.execute(world.db);
    expect(rows).toEqual([{ quorum: 2 }]);
    // The denied one is given back: to the balance and to the tier.
    expect((await balanceOf(world, owner)).reserved).toBe(199_000_000n);
    expect((await readTierOf(world.db, owner.organisationId))?.day).toEqual({
      count: 2n,
      amountKrw: 268_650n,
    });
    expect(await problemsOf(world.db)).toEqual([]);
  });

  test('is never changed, and another organisation does not see it', async () => {
    const owner = await world.owner();
    await giveActivePolicy(world.db, owner.organisationId, {});
    const id = await submit(owner, '1');
    await takeUpAll(world.db);
    expect(await readDecision(world.db, owner.organisationId, id)).toMatchObject({ verdict: 'ALLOW' });
    expect(await readDecision(world.db, newUuid(), id)).toBeNull();
    await expect(
      sql`UPDATE policy_decision SET verdict = 'ALLOW' WHERE withdrawal_id = ${id}`.execute(world.db),
    ).rejects.toThrow('immutable');
  });

  test('comes once, however many processors take up at once', async () => {
    const owner = await world.owner();
    await giveActivePolicy(world.db, owner.organisationId, rules);
    for (let count = 0; count < 30; count++) await submit(owner, '1');
    const steps = await Promise.all([1, 2, 3, 4].map(() => takeUpAll(world.db)));
    expect(steps.reduce((sum, step) => sum + step.verdicts.ALLOW, 0)).toBe(30);
    expect((await rowsOf(world, owner)).every((row) => row.state === 'VALIDATING')).toBe(true);
  });

  test('the default governs whoever has no policy, and nobody else', async () => {
    const [owner, other] = [await world.owner(), await world.owner()];
    await giveActivePolicy(world.db, other.organisationId, {});
    const standard = await giveActivePolicy(world.db, null, {
      approvals: { steps: [{ fromKrw: '1', quorum: 1 }] },
    });
    const [mine, theirs] = [await submit(owner, '1'), await submit(other, '1')];
    await takeUpAll(world.db);
    await expect([await stateOf(owner, mine), await stateOf(other, theirs)]).toEqual([
      'REVIEW',
      'VALIDATING',
    ]);
    await sql`UPDATE policy_version SET state = 'RETIRED', ends_at = clock_timestamp() WHERE id = ${standard}`.execute(
      world.db,
    );
  });
});

test('a rule for an address looks at what goes to that address, however much the organisation asks for elsewhere', async () => {
  const owner = await world.owner();
  const [there, elsewhere] = [1, 2].map((digit) => `0x${String(digit).repeat(40)}`) as [string, string];
  await giveActivePolicy(world.db, owner.organisationId, {
    velocity: [{ name: 'two', per: 'ADDRESS', windowMinutes: 60, countMax: 2, action: 'DENY' }],
  });
  for (let count = 0; count < 3; count++) await submit(owner, '1', elsewhere);
  const ids = [
    await submit(owner, '1', there),
    await submit(owner, '2', there),
    await submit(owner, '3', there),
  ];
  const faulty = openFaultyDatabase(world.database.url, world.db);
  try {
    const { assets } = await readCatalogue(world.db);
    const { takeUp } = await import('./take-up.ts');
    faulty.arm(null);
    const target = { chainId: 'localhost', assets, rules: await readRules(world.db) };
    const { verdicts } = await takeUp({ db: faulty.db }, target, 2_000);
    expect(verdicts).toEqual({ ALLOW: 4, REVIEW: 0, DENY: 2 });
    const histories = faulty.statements().filter((text) => text.includes('s.row_max'));
    expect(histories.filter((text) => !text.includes('w.to_address = s.to_address'))).toEqual([]);
    expect(histories).toHaveLength(1);
  } finally {
    await faulty.db.destroy();
  }
  const { reasons } = await decisionOf(ids[2] ?? '');
  expect(reasons.map(({ text }) => text)).toEqual([
    'two: 3 withdrawals in 60 minutes to this address, 2 are allowed',
  ]);
  expect(await stateOf(owner, ids[1] ?? '')).toBe('VALIDATING');
});

test('killed at any statement: a withdrawal is PENDING and not judged, or moved and judged', async () => {
  const faulty = openFaultyDatabase(world.database.url, world.db);
  const { assets } = await readCatalogue(world.db);
  const { takeUp } = await import('./take-up.ts');
  const owner = await world.owner();
  await giveTier(world.db, owner.organisationId, {});
  await giveActivePolicy(world.db, owner.organisationId, {
    ...rules,
    approvals: { steps: [{ fromKrw: '13500', quorum: 1 }] },
    velocity: [{ name: 'one', per: 'ADDRESS', windowMinutes: 1_440, amountKrwMax: '135000', action: 'DENY' }],
  });
  const current = await readRules(world.db);
  const instance = createWithdrawals({ db: world.db });
  const addresses = Array.from(
    { length: 200 },
    (_, index) => `0x${(index + 0xabc000).toString(16).padStart(40, '0')}`,
  );
  const prepare = async () => {
    const to = addresses.pop() ?? '';
    const answers = await Promise.all(
      ['1', '20', '500'].map((amount) => instance.request(owner, newUuid(), requestOf({ amount, to }))),
    );
    return answers.map((answer) => doneValue(answer).id);
  };
  const run = () => takeUp({ db: faulty.db }, { chainId: 'localhost', assets, rules: current }, 2_000);
  const look = async (ids: string[]) => {
    const { rows } = await sql<{ state: string; verdict: string | null }>`
      SELECT w.state, d.verdict FROM withdrawal w LEFT JOIN policy_decision d ON d.withdrawal_id = w.id
       WHERE w.id = ANY (${ids}::uuid[]) ORDER BY w.id`.execute(world.db);
    return rows.map((row) => `${row.state} ${row.verdict}`);
  };
  const done = ['VALIDATING ALLOW', 'REVIEW REVIEW', 'FAILED DENY'];
  const waiting = ['PENDING null', 'PENDING null', 'PENDING null'];
  try {
    const whole = await prepare();
    faulty.arm(null);
    await run();
    expect(await look(whole)).toEqual(done);
    const statements = faulty.statements().length;
    let died = 0;
    for (let statement = 1; statement <= statements; statement++)
      for (const when of ['before', 'after'] as const) {
        const ids = await prepare();
        faulty.arm({ statement, when });
        const outcome = await run().then(
          () => 'done',
          () => 'died',
        );
        died += outcome === 'died' ? 1 : 0;
        const found = await look(ids);
        expect([done, waiting]).toContainEqual(found);
        faulty.arm(null);
        await run();
        expect(await look(ids)).toEqual(done);
      }
    expect(died).toBeGreaterThan(statements);
  } finally {
    await faulty.close();
  }
  expect(await problemsOf(world.db)).toEqual([]);
});

describe('screening', () => {
  const clear: ScreeningAnswer = { listed: false, category: null, detail: 'not listed' };
  const LISTED = '0x52908400098527886E0F7030069857D2E4169EE7';
  const answering: ScreeningPort = {
    LIST: {
      check: async (_chain, addresses) =>
        addresses.map((address: Hex) =>
          address === LISTED ? { listed: true, category: 'sanctions', detail: 'OFAC, 2026-01-01' } : clear,
        ),
    },
  };
  const down: ScreeningPort = { LIST: { check: () => Promise.reject(new Error('connection refused')) } };
  const screen = (screening: ScreeningPort) =>
    screenAddresses({ db: world.db, logger: silentLogger, screening }, 'localhost');
  const document = { screening: { sources: ['LIST' as const], patienceMinutes: 10 } };

  test('a withdrawal waits for the answers, then goes on; one to a listed address is denied', async () => {
    const owner = await world.owner();
    await giveActivePolicy(world.db, owner.organisationId, document);
    const [good, bad] = [await submit(owner, '1'), await submit(owner, '1', LISTED)];
    await takeUpAll(world.db);
    expect([await stateOf(owner, good), await stateOf(owner, bad)]).toEqual(['PENDING', 'PENDING']);
    expect(await screen(answering)).toBe(true);
    await takeUpAll(world.db);
    expect([await stateOf(owner, good), await stateOf(owner, bad)]).toEqual(['VALIDATING', 'FAILED']);
    expect((await decisionOf(bad)).reasons).toMatchObject([
      { code: 'sanctioned', text: `LIST lists ${LISTED} as sanctioned: OFAC, 2026-01-01` },
    ]);
    // A fresh answer is used again: the next one does not wait.
    const again = await submit(owner, '1');
    await takeUpAll(world.db);
    expect(await stateOf(owner, again)).toBe('VALIDATING');
  });

  test('while no source answers it waits, and when the patience ends a person decides; never allowed', async () => {
    const owner = await world.owner();
    await giveActivePolicy(world.db, owner.organisationId, document);
    const to = '0x8617E340B3D01FA5F11F306F4090FD50E238070D';
    const id = await submit(owner, '1', to);
    await takeUpAll(world.db);
    expect(await screen(down)).toEqual({ againInMs: expect.any(Number) });
    expect(await screen({})).toEqual({ againInMs: expect.any(Number) });
    await takeUpAll(world.db);
    expect(await stateOf(owner, id)).toBe('PENDING');
    const { rows } = await sql<{ minutes: number }>`
      SELECT round(extract(epoch FROM not_before - created_at) / 60)::integer AS minutes
        FROM withdrawal WHERE id = ${id}`.execute(world.db);
    expect(rows).toEqual([{ minutes: 10 }]);
    // Ten minutes later.
    await sql`UPDATE withdrawal SET not_before = now() WHERE id = ${id}`.execute(world.db);
    await takeUpAll(world.db, () => new Date(Date.now() + 600_000));
    expect(await stateOf(owner, id)).toBe('REVIEW');
    expect((await decisionOf(id)).reasons).toMatchObject([{ code: 'screening_unavailable' }]);
  });

  test('an answer that came between two looks is found all the same', async () => {
    const owner = await world.owner();
    await giveActivePolicy(world.db, owner.organisationId, document);
    const id = await submit(owner, '1', '0xde709f2102306220921060314715629080e2fb77');
    await takeUpAll(world.db);
    await sql`INSERT INTO screening_result (chain_id, address, source, listed, detail, checked_at, expires_at)
              SELECT 'localhost', to_address, 'LIST', false, '', now(), now() + interval '1 hour'
                FROM withdrawal WHERE id = ${id}`.execute(world.db);
    expect(await screen(down)).toBe(true);
    await takeUpAll(world.db);
    expect(await stateOf(owner, id)).toBe('VALIDATING');
  });
});

test('an address that was blocked after a withdrawal to it was accepted is denied', async () => {
  const owner = await world.owner();
  await giveActivePolicy(world.db, owner.organisationId, {});
  const to = '0x27b1fdb04752bbc536007a920d24acb045561c26';
  const id = await submit(owner, '1', to);
  const catalogue = await readCatalogue(world.db);
  await withTransaction(world.db, (tx) =>
    blockAddress(tx, catalogue, {
      id: newUuid(),
      chain: 'localhost',
      address: to,
      reason: 'ticket 9',
      addedBy: 'kim',
    }),
  );
  await takeUpAll(world.db);
  expect([await stateOf(owner, id), (await decisionOf(id)).reasons[0]?.code]).toEqual([
    'FAILED',
    'address_blocked',
  ]);
});
