import { createAccess } from '@naru/core/access/create-access.ts';
import { listAuditEvents } from '@naru/core/audit/audit.store.ts';
import { configureChains } from '@naru/core/chain/configure-chains.ts';
import { giveActivePolicy } from '@naru/core/policy/policy.fixture.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runProgram } from '../run-program.fixture.ts';

/* The whole command line, in this process, on a database alone: what an operator decides, and what the audit log has of it. */

const ADDRESS = '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed';
let database: TestDatabase;
let organisationId: string;
let owner: string;

beforeAll(async () => {
  database = await createTestDatabase();
  const payoutContract = '0x00000000000000000000000000000000000c0de1';
  await configureChains(database.db, new Map([['polygon', { payoutContract, hasRpc: true }]]));
  const access = createAccess({ db: database.db, clock: systemClock });
  organisationId = (await access.createOrganisation('Desk')).id;
  owner = toPublicId('organisation', organisationId);
});
afterAll(() => database?.drop());

const naru = (...args: string[]) => runProgram({ DATABASE_URL: database.url, NARU_OPERATOR: 'kim' }, args);

/** What it said, of a command that worked. */
async function said(...args: string[]): Promise<string> {
  const run = await naru(...args);
  expect(run, args.join(' ')).toMatchObject({ code: 0, err: '' });
  return run.out;
}

/** The newest record: by whom, why. */
async function recorded(): Promise<string> {
  const [event] = await listAuditEvents(database.db, {}, { limit: 1, before: null });
  return `${event?.action} by ${event?.actor.split('@')[0]}: ${event?.reason}`;
}

it('a tier is made, changed in parts, assigned, looked at, left and removed', async () => {
  expect(await said('tiers', 'list')).toContain('There are no tiers, so nobody has ceilings in won.');
  expect(await said('tiers', 'show', owner)).toBe(`${owner} is in no tier: it has no ceilings in won.\n`);
  const standard = ['tiers', 'set', 'standard'];
  const ceilings = ['--per-withdrawal', '5000000', '--daily', '20000000', '--daily-count', '100'];
  expect(await said(...standard, '--name', 'Standard', ...ceilings, '--reason', 'r-set')).toBe(
    `Made the tier standard: ₩5,000,000 at once, ₩20,000,000 a day, 100 withdrawals a day.\nNobody is in it yet:  naru tiers assign org_… standard --reason …\n`,
  );
  expect(await recorded()).toBe('tier.insert by operator:kim: r-set');
  expect(await said('tiers', 'assign', owner, 'standard', '--reason', 'r-assign')).toBe(
    `${owner} is in the tier standard now.\n`,
  );
  expect(await recorded()).toBe('organisation_tier.insert by operator:kim: r-assign');
  // What is left out stays as it is.
  expect(await said(...standard, '--daily', 'none', '--reason', 'r-open')).toBe(
    'The tier standard (1 owner) now has: ₩5,000,000 at once, 100 withdrawals a day.\n',
  );
  expect(await said('tiers', 'list')).toMatch(/standard +Standard +₩5,000,000 +– +– +100 +– +1\n/);
  expect(await said('tiers', 'show', owner)).toMatch(/today +₩0 of –, 0 withdrawals of 100/);
  expect(JSON.parse(await said('tiers', 'show', owner, '--json'))).toMatchObject({
    organisationId: owner,
    tier: { code: 'standard', perWithdrawalKrwMax: '5000000' },
    month: { count: '0', amountKrw: '0' },
  });

  const remove = ['tiers', 'remove', 'standard', '--reason', 'r-remove'];
  expect(await naru(...remove)).toMatchObject({ code: 1, err: expect.stringContaining('another one first') });
  expect(await said('tiers', 'assign', owner, 'none', '--reason', 'r-none')).toContain('is in no tier now');
  expect(await said(...remove)).toBe('There is no tier standard any more.\n');
  expect(await recorded()).toBe('tier.delete by operator:kim: r-remove');
});

it('a tier that makes no sense is refused with what may be, and nothing is changed', async () => {
  const set = (...options: string[]) => naru('tiers', 'set', 'gold', ...options, '--reason', 'x');
  for (const [options, text] of [
    [['--daily', '1,000'], 'whole won without separators, or "none"'],
    [['--daily', '0'], '"0" is no ceiling for --daily'],
    [['--monthly-count', '1.5'], 'a whole number above 0'],
    [[], 'nothing to set: give a ceiling'],
  ] as const)
    expect(await set(...options)).toMatchObject({ code: 2, err: expect.stringContaining(text) });
  expect(await set('--daily', '5', '--monthly', '4')).toMatchObject({
    code: 1,
    err: expect.stringContaining('is more than'),
  });
  expect(await naru('tiers', 'set', 'Gold!', '--daily', '5', '--reason', 'x')).toMatchObject({ code: 2 });
  expect(await naru('tiers', 'assign', owner, 'gold', '--reason', 'x')).toMatchObject({
    code: 1,
    err: expect.stringContaining('There is no tier "gold"'),
  });
  expect(await naru('tiers', 'set', 'gold', '--daily', '5', '--reason', ' ')).toMatchObject({
    code: 2,
    err: expect.stringContaining('say why'),
  });
  expect(JSON.parse(await said('tiers', 'list', '--json'))).toEqual({ tiers: [] });
});

it('an address is blocked on one chain and on all, found, and unblocked', async () => {
  expect(await said('blocked', 'list')).toBe('No address is blocked.\n');
  const everywhere = await said('blocked', 'add', ADDRESS.toLowerCase(), '--reason', 'order 7');
  expect(everywhere).toContain(`${ADDRESS} is blocked on every chain now (blk_`);
  expect(await recorded()).toBe('blocked_address.insert by operator:kim: order 7');
  const again = await naru('blocked', 'add', ADDRESS, '--reason', 'order 7');
  expect(again).toMatchObject({ code: 1, err: expect.stringContaining('is blocked on every chain already') });
  await said('blocked', 'add', ADDRESS, '--chain', 'polygon', '--reason', 'burns');
  expect(await said('blocked', 'list', ADDRESS)).toMatch(/polygon .* burns\n.* every chain .* order 7\n/);
  expect(await naru('blocked', 'add', ADDRESS, '--chain', 'mars', '--reason', 'x')).toMatchObject({
    code: 1,
    err: expect.stringContaining('"mars" is not available'),
  });
  const listed = JSON.parse(await said('blocked', 'list', '--json')).blocked as { id: string }[];
  expect(listed).toMatchObject([{ chain: 'polygon' }, { chain: null, address: ADDRESS, reason: 'order 7' }]);
  const id = listed[1]?.id ?? '';
  expect(await said('blocked', 'remove', id, '--reason', 'lifted')).toBe(
    `${ADDRESS} can be paid again on every chain.\n`,
  );
  expect(await recorded()).toBe('blocked_address.delete by operator:kim: lifted');
  expect(await naru('blocked', 'remove', id, '--reason', 'x')).toMatchObject({
    code: 1,
    err: expect.stringContaining('is not blocked, or not any more'),
  });
  const other = '0x00000000000000000000000000000000000c0de1';
  expect(await said('blocked', 'list', other)).toContain('is not blocked.');
});

it('an address enters the book of an owner, cools off by its policy, and leaves it', async () => {
  expect(await said('addresses', 'list', owner)).toBe(`The address book of ${owner} is empty.\n`);
  const add = ['addresses', 'add', owner, 'polygon', ADDRESS, '--label', 'cold storage'];
  expect(await said(...add, '--reason', 'r-book')).toContain(
    `${ADDRESS} stands in the address book now (adr_`,
  );
  expect(await recorded()).toBe('address_book_entry.insert by operator:kim: r-book');
  expect(await naru(...add, '--reason', 'x')).toMatchObject({
    code: 1,
    err: expect.stringContaining('of polygon already'),
  });
  expect(await said('addresses', 'list', owner)).toContain('does not look at the book');
  await giveActivePolicy(database.db, organisationId, {
    addressBook: { mode: 'ALLOW_ONLY', coolingOffHours: 48 },
  });
  expect(await said('addresses', 'list', owner)).toMatch(
    /cold storage +[\d-]+ [\d:.]+ +from [\d-]+ [\d:.]+ +operator:kim@[\s\S]+48 hours after they were added/,
  );
  const [entry] = JSON.parse(await said('addresses', 'list', owner, '--json')).addresses;
  expect(Date.parse(entry.payableFrom) - Date.parse(entry.createdAt)).toBe(48 * 3_600_000);
  expect(await said('addresses', 'remove', owner, entry.id, '--reason', 'lost')).toContain(
    '(cold storage) does not stand in the address book any more',
  );
  expect(await recorded()).toBe('address_book_entry.update by operator:kim: lost');
  expect(await said('addresses', 'list', owner)).toContain('nothing can be withdrawn');
  const stranger = toPublicId('organisation', crypto.randomUUID());
  expect(await naru('addresses', 'list', stranger)).toMatchObject({
    code: 1,
    err: expect.stringContaining('there is no owner'),
  });
});
