import { createHash } from 'node:crypto';
import { newUuid } from '@naru/kit/ids.ts';
import { createTestDatabase, type TestDatabase } from '@naru/testkit/test-database.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Access } from './access.service.ts';
import { createAccess } from './create-access.ts';

const CACHE_MS = 5_000;
const HERE = '127.0.0.1';

let database: TestDatabase;
let nowMs = 0;
let access: Access;
let organisationId: string;
const clock = { now: () => new Date(), monotonicMs: () => nowMs };

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  access = createAccess({ db: database.db, clock });
  organisationId = (await access.createOrganisation(`test ${newUuid()}`)).id;
});

function createKey(changes: Partial<Parameters<Access['createApiKey']>[0]> = {}) {
  return access.createApiKey({
    organisationId,
    name: 'test',
    network: 'test',
    scopes: ['withdrawals:read'],
    ...changes,
  });
}

describe('keys', () => {
  test('a key names its organisation, network, scopes and rate', async () => {
    const key = await createKey({ scopes: ['withdrawals:read', 'admin'], requestsPerMinuteMax: 7 });
    expect(await access.authenticate(key.token, HERE)).toEqual({
      caller: {
        organisationId,
        apiKeyId: key.id,
        network: 'test',
        scopes: ['withdrawals:read', 'admin'],
        requestsPerMinuteMax: 7,
      },
    });
    const live = await createKey({ network: 'live' });
    expect([key.token, live.token]).toEqual([
      expect.stringMatching(/^nk_test_[\w-]{43}$/),
      expect.stringMatching(/^nk_live_[\w-]{43}$/),
    ]);
    expect(await access.authenticate(live.token, HERE)).toMatchObject({ caller: { network: 'live' } });
  });

  test('the token is stored nowhere: only its hash, and a start too short to guess from', async () => {
    const { token, prefix, id } = await createKey();
    const { rows } = await sql<{ row: string; hash: Buffer }>`
      SELECT to_jsonb(k)::text AS row, key_hash AS hash FROM api_key k WHERE id = ${id}`.execute(database.db);
    expect(rows[0]?.row).not.toContain(token.slice(8 + 5));
    expect(rows[0]?.hash).toEqual(createHash('sha256').update(token).digest());
    expect(token.startsWith(prefix)).toBe(true);
    expect(prefix).toHaveLength(12);
  });

  test('two keys are never the same', async () => {
    const tokens = await Promise.all(Array.from({ length: 20 }, async () => (await createKey()).token));
    expect(new Set(tokens).size).toBe(20);
  });

  test.each([
    '',
    'nk_test_',
    `nk_test_${'a'.repeat(42)}`,
    `nk_test_${'a'.repeat(44)}`,
    `nk_main_${'a'.repeat(43)}`,
    `nk_test_${'a'.repeat(43)}`,
    `nk_test_${'a'.repeat(42)}'`,
    'Bearer x',
  ])('"%s" is unknown', async (token) => {
    expect(await access.authenticate(token, HERE)).toEqual({ refused: 'unknown' });
  });

  test('a key with the network exchanged is unknown', async () => {
    const { token } = await createKey();
    expect(await access.authenticate(token.replace('nk_test_', 'nk_live_'), HERE)).toEqual({
      refused: 'unknown',
    });
  });

  test('a key works until it expires', async () => {
    const expired = await createKey({ expiresAt: new Date(Date.now() - 1_000) });
    const valid = await createKey({ expiresAt: new Date(Date.now() + 3_600_000) });
    expect(await access.authenticate(expired.token, HERE)).toEqual({ refused: 'unknown' });
    expect(await access.authenticate(valid.token, HERE)).toMatchObject({ caller: { apiKeyId: valid.id } });
  });
});

describe('revocation', () => {
  test('holds at once where it was made, and elsewhere when the cached answer is old', async () => {
    const { token, id } = await createKey();
    const elsewhere = createAccess({ db: database.db, clock });
    expect(await access.authenticate(token, HERE)).toMatchObject({ caller: { apiKeyId: id } });
    expect(await elsewhere.authenticate(token, HERE)).toMatchObject({ caller: { apiKeyId: id } });

    expect(await access.revokeApiKey(organisationId, id)).toBe(true);

    expect(await access.authenticate(token, HERE)).toEqual({ refused: 'unknown' });
    nowMs += CACHE_MS - 1;
    expect(await elsewhere.authenticate(token, HERE)).toMatchObject({ caller: { apiKeyId: id } });
    nowMs += 1;
    expect(await elsewhere.authenticate(token, HERE)).toEqual({ refused: 'unknown' });
  });

  test('is said once, and never of a key of another organisation', async () => {
    const { token, id } = await createKey();
    const stranger = await access.createOrganisation(`test ${newUuid()}`);
    expect(await access.revokeApiKey(stranger.id, id)).toBe(false);
    expect(await access.authenticate(token, HERE)).toMatchObject({ caller: { apiKeyId: id } });
    expect(await access.revokeApiKey(organisationId, id)).toBe(true);
    expect(await access.revokeApiKey(organisationId, id)).toBe(false);
    expect(await access.revokeApiKey(organisationId, newUuid())).toBe(false);
  });
});

describe('IP allow-list', () => {
  test.each([
    [['10.0.0.0/8'], '10.255.0.1', true],
    [['10.0.0.0/8'], '11.0.0.1', false],
    [['192.0.2.7'], '192.0.2.7', true],
    [['192.0.2.7'], '192.0.2.8', false],
    [['10.0.0.0/8'], '::ffff:10.1.2.3', true],
    [['10.0.0.0/8'], '::ffff:11.1.2.3', false],
    [['2001:db8::/32'], '2001:db8::1', true],
    [['2001:db8::/32'], '2001:db9::1', false],
    [['2001:db8::/32', '10.0.0.0/8'], '10.0.0.1', true],
    [['10.0.0.0/8'], '2001:db8::1', false],
    [['0.0.0.0/0'], '', false],
    [['0.0.0.0/0'], 'not an address', false],
    [[], '127.0.0.1', false],
  ])('%j and %s: %s', async (ipAllowList, address, isAllowed) => {
    const { token, id } = await createKey({ ipAllowList });
    expect(await access.authenticate(token, address)).toMatchObject(
      isAllowed ? { caller: { apiKeyId: id } } : { refused: 'ip_not_allowed' },
    );
  });

  test('a key without one works from anywhere', async () => {
    const { token } = await createKey();
    for (const address of ['203.0.113.9', '2001:db8::1'])
      expect(await access.authenticate(token, address)).toHaveProperty('caller');
  });

  test('what is no address range is refused when the key is made', async () => {
    await expect(createKey({ ipAllowList: ['somewhere'] })).rejects.toThrow();
  });
});

test('an outage is an error, not a refusal, and is not remembered', async () => {
  const { token } = await createKey();
  const gone = await createTestDatabase();
  const broken = createAccess({ db: gone.db, clock });
  await sql`ALTER TABLE api_key RENAME TO api_key_away`.execute(gone.db);
  await expect(broken.authenticate(token, HERE)).rejects.toThrow();
  await sql`ALTER TABLE api_key_away RENAME TO api_key`.execute(gone.db);
  expect(await broken.authenticate(token, HERE)).toEqual({ refused: 'unknown' });
  await gone.drop();
});
