import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { listAuditEvents } from '@naru/core/audit/audit.store.ts';
import type { AuditEvent, AuditFilter } from '@naru/core/audit/audit.ts';
import { sealHistory } from '@naru/core/audit/seal-history.ts';
import { sql } from 'kysely';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { runNaru } from '../support/run-naru.ts';
import { type Stack, startStack } from '../support/stack.ts';

/* The command line as a process, on a real database and a real chain: what an operator does is in the audit log. */

/** Each step is a process of its own. */
const TIMEOUT_MS = 240_000;

let stack: Stack;
let env: Record<string, string>;
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'naru-audit-'));
  stack = await startStack();
  env = { DATABASE_URL: stack.database.url, NARU_RPC_LOCALHOST: stack.anvil.url, NARU_OPERATOR: 'kim' };
});
afterAll(async () => {
  await stack?.stop();
  await rm(dir, { recursive: true, force: true });
});

async function run(args: readonly string[]): Promise<Record<string, unknown>> {
  const done = await runNaru([...args, '--json'], env);
  expect(done, `naru ${args.join(' ')}`).toMatchObject({ code: 0 });
  return JSON.parse(done.out) as Record<string, unknown>;
}

/** Without a process for each look, of which a test needs many. */
function list(filter: AuditFilter = {}): Promise<AuditEvent[]> {
  return listAuditEvents(stack.database.db, filter, { limit: 10_000, before: null });
}

async function sealAll(): Promise<void> {
  const { db } = stack.database;
  while ((await sealHistory({ db, locks: db }))?.rows !== 0);
}

it('every command that changes something leaves a record that names who, what and why', {
  timeout: TIMEOUT_MS,
}, async () => {
  const address = privateKeyToAddress(generatePrivateKey());
  const funded = privateKeyToAddress(generatePrivateKey());
  await stack.devnet.sendAll([{ to: funded, value: 10n ** 18n }]);
  const owner = String((await run(['owners', 'create', 'Desk', '--reason', 'r-create']))['id']);
  const key = ['--name', 'k', '--network', 'test', '--scopes', 'withdrawals:read'];
  const made = await run(['owners', 'key', owner, ...key, '--reason', 'r-key']);
  const limits = ['--per-withdrawal', '10', '--daily', '100.5'];
  const changes: [string, string[]][] = [
    ['api_key.update', ['owners', 'revoke', owner, String(made['id']), '--reason', 'r-revoke']],
    [
      'withdrawal_limit.insert',
      ['owners', 'limit', owner, 'localhost:USDC', ...limits, '--reason', 'r-limit'],
    ],
    ['sub_account.insert', ['accounts', 'add', 'localhost', address, '--reason', 'r-add']],
    ['sub_account.update', ['accounts', 'pause', 'localhost', address, '--reason', 'r-pause']],
    ['sub_account.update', ['accounts', 'resume', 'localhost', address, '--reason', 'r-resume']],
    ['sub_account.update', ['accounts', 'pause', 'localhost', address, '--reason', 'r-again']],
    ['sub_account.update', ['accounts', 'retire', 'localhost', address, '--reason', 'r-retire']],
    [
      'account.book',
      ['accounts', 'record', 'localhost', 'ETH', '1', '--what', 'burnt', '--reason', 'r-burnt'],
    ],
    ['funding.record', ['accounts', 'add', 'localhost', funded, '--record-funding', '--reason', 'r-funding']],
    ['tier.insert', ['tiers', 'set', 'trial', '--daily', '1000000', '--reason', 'r-tier']],
    ['blocked_address.insert', ['blocked', 'add', address, '--reason', 'r-block']],
    [
      'address_book_entry.insert',
      ['addresses', 'add', owner, 'localhost', address, '--label', 'cold', '--reason', 'r-book'],
    ],
    [
      'keys.create',
      [
        'keys',
        'create',
        '--keystore',
        path.join(dir, 'keys'),
        '--master',
        path.join(dir, 'master'),
        '--label',
        'hot',
      ],
    ],
  ];
  for (const [action, args] of changes) {
    const before = (await list())[0]?.position ?? 0n;
    await run(args);
    const fresh = (await list({ action })).filter(({ position }) => position > before);
    const reason = args.includes('--reason') ? args.at(-1) : null;
    expect(fresh, args.join(' ')).toMatchObject([
      { actor: expect.stringMatching(/^operator:kim@/), action, reason, application: 'naru-cli' },
    ]);
  }
  const shown = (await run(['audit', 'list', '--actor', 'kim']))['events'] as AuditEvent[];
  expect(shown.map(({ reason }) => reason)).toEqual(expect.arrayContaining(['r-create', 'r-key']));
  expect(JSON.stringify(shown)).not.toContain(String(made['token']).slice(12));
});

it('what an operator may not do changes nothing, and says what to do', { timeout: TIMEOUT_MS }, async () => {
  const address = stack.signerHome.addresses[0] ?? '';
  const refused = await runNaru(['accounts', 'resume', 'localhost', address, '--reason', 'x'], env);
  expect(refused).toMatchObject({
    code: 1,
    err: expect.stringContaining('nothing was changed: the account is ACTIVE'),
  });
  const silent = await runNaru(['accounts', 'pause', 'localhost', address], env);
  expect(silent).toMatchObject({ code: 2, err: expect.stringContaining('--reason') });
});

it('verify proves the history, prints a head to keep, and locates what was edited', {
  timeout: TIMEOUT_MS,
}, async () => {
  await sealAll();
  const clean = await runNaru(['audit', 'verify'], env);
  expect(clean).toMatchObject({ code: 0, out: expect.stringContaining('History is as it was sealed') });
  const head = /^ {2}([0-9a-f]{64})$/m.exec(clean.out)?.[1] ?? '';
  expect((await runNaru(['audit', 'verify', '--expect-head', head], env)).code).toBe(0);
  expect((await runNaru(['audit', 'verify', '--expect-head', 'ff'.repeat(32)], env)).code).toBe(1);

  const edit = (actor: string) =>
    stack.database.db.transaction().execute(async (tx) => {
      await sql`SET LOCAL session_replication_role = replica`.execute(tx);
      await sql`UPDATE audit_event SET actor = ${actor} WHERE action = 'funding.record' AND reason = 'r-funding'`.execute(
        tx,
      );
    });
  const [event] = await list({ action: 'funding.record', actor: 'kim' });
  await edit('operator:somebody-else');
  const broken = await runNaru(['audit', 'verify'], env);
  expect(broken).toMatchObject({
    code: 1,
    out: expect.stringContaining(`row edited  audit_event ${event?.position}`),
  });
  await edit(event?.actor ?? '');
  expect((await runNaru(['audit', 'verify'], env)).code).toBe(0);
});

it('alarms are listed, and looked after by somebody who says so', { timeout: TIMEOUT_MS }, async () => {
  expect(await runNaru(['alarms'], env)).toMatchObject({ code: 0, out: 'No alarm is open.\n' });
  await sql`INSERT INTO alarm (id, invariant, subject, detail)
            VALUES (gen_random_uuid(), 'chain_balance', 'localhost:USDC', 'the ledger has 2, the chain 1')`.execute(
    stack.database.db,
  );
  const open = await runNaru(['alarms'], env);
  expect(open).toMatchObject({ code: 1, out: expect.stringContaining('the ledger has 2, the chain 1') });
  const id = /alarm_[0-9a-z]{26}/.exec(open.out)?.[0] ?? '';
  await run(['alarms', 'ack', id, '--note', 'ticket 7']);
  expect((await runNaru(['alarms'], env)).out).toContain('ticket 7');
  expect(await list({ action: 'alarm.acknowledge' })).toMatchObject([{ reason: 'ticket 7' }]);
  await sql`UPDATE alarm SET closed_at = clock_timestamp()`.execute(stack.database.db);
  expect((await runNaru(['alarms'], env)).code).toBe(0);
  expect((await runNaru(['alarms', '--all'], env)).out).toContain('closed');
});

it('old history goes into a file that the seals prove, and then out of the database', {
  timeout: TIMEOUT_MS,
}, async () => {
  const file = path.join(dir, 'audit.jsonl.gz');
  const young = await runNaru(['audit', 'export', '--stream', 'audit_event', '--out', file], env);
  expect(young).toMatchObject({ code: 0, out: expect.stringContaining('There is nothing in audit_event') });
  // As if all of it had happened two years ago: seals are made anew over the older rows.
  await stack.database.db.transaction().execute(async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx);
    await sql`UPDATE audit_event SET at = at - interval '2 years'`.execute(tx);
    await sql`DELETE FROM audit_seal`.execute(tx);
  });
  await sealAll();
  await ageSeals();
  const exported = await run([
    'audit',
    'export',
    '--stream',
    'audit_event',
    '--out',
    file,
    '--reason',
    'yearly',
  ]);
  const { sha256, rows } = exported['written'] as { sha256: string; rows: string };
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  expect((await runNaru(['audit', 'check-export', file], env)).code).toBe(0);
  const again = await runNaru(['audit', 'export', '--stream', 'audit_event', '--out', file], env);
  expect([again.code, again.out]).toEqual([0, expect.stringContaining('There is nothing')]);

  expect(await run(['audit', 'export', '--stream', 'audit_event', '--remove'])).toMatchObject({
    removed: rows,
  });
  await sealAll();
  expect((await runNaru(['audit', 'verify'], env)).code).toBe(0);
  expect((await runNaru(['audit', 'check-export', file], env)).code).toBe(0);

  const bytes = await readFile(file);
  const cut = path.join(dir, 'cut.gz');
  await writeFile(cut, bytes.subarray(0, bytes.length - 40));
  expect((await runNaru(['audit', 'check-export', cut], env)).code).toBe(1);
});

/** Moves the moment of each seal back and makes their hashes right again, as if they had been made then. */
async function ageSeals(): Promise<void> {
  const { hashSeal, GENESIS_HASH } = await import('@naru/core/audit/seal.ts');
  const { readSeals } = await import('@naru/core/audit/seal.store.ts');
  const { db } = stack.database;
  const yearsMicros = 2n * 365n * 86_400n * 1_000_000n;
  let previousHash = GENESIS_HASH;
  for (const seal of await readSeals(db, 1n, 10_000)) {
    const aged = { ...seal, sealedAtMicros: seal.sealedAtMicros - yearsMicros, previousHash };
    const hash = hashSeal(aged);
    await db.transaction().execute(async (tx) => {
      await sql`SET LOCAL session_replication_role = replica`.execute(tx);
      await sql`
        UPDATE audit_seal SET sealed_at = sealed_at - interval '730 days', previous_hash = ${previousHash}, hash = ${hash}
         WHERE number = ${seal.number}`.execute(tx);
    });
    previousHash = hash;
  }
}
