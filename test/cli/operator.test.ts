import { randomBytes, randomInt } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { prepareSignerHome } from '@naru/cli/dev/signer-home.ts';
import type { Withdrawal } from '@naru/core/withdrawal/withdrawal.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { findFreePort, isPortFree } from '@naru/local-servers/ports.ts';
import { onServer } from '@naru/testkit/global-setup.ts';
import { getAddress } from 'viem';
import { generatePrivateKey, privateKeyToAddress } from 'viem/accounts';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { pay, until } from '../support/payouts.ts';
import { runNaru } from '../support/run-naru.ts';
import { eventually, type Stack, type StackProcess, startStack } from '../support/stack.ts';

/* Real PostgreSQL, Anvil, signer and roles; the command line as a process, as an operator runs it. */

let stack: Stack;
let worker: StackProcess;
let env: Record<string, string>;
let dir: string;
/** A copy of the database, taken when the first payments were accepted and nothing was paid. */
let backupName: string;
const paid: Withdrawal[] = [];
let paidAfterBackup: Withdrawal;

beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'naru-cli-'));
  stack = await startStack();
  env = { DATABASE_URL: stack.database.url, NARU_RPC_LOCALHOST: stack.anvil.url };
  paid.push(await request('one', '12.5'), await request('two', '1000'));
  backupName = await backUp();
  paidAfterBackup = await request('three', '7');
  worker = await stack.startWorker('processor,broadcaster,monitor,accounts');
  for (const withdrawal of [...paid, paidAfterBackup]) await until(stack, withdrawal.id, ['CONFIRMED']);
});
afterAll(async () => {
  await onServer(inject('postgresUrl'), `DROP DATABASE IF EXISTS ${backupName} WITH (FORCE)`);
  await stack?.stop();
  await rm(dir, { recursive: true, force: true });
});

function request(reference: string, amount: string): Promise<Withdrawal> {
  return pay(stack, { reference, amount });
}

/** A copy needs the source without connections; the pools open new ones by themselves. */
async function backUp(): Promise<string> {
  const source = new URL(stack.database.url).pathname.slice(1);
  const name = `backup_${randomBytes(6).toString('hex')}`;
  const adminUrl = inject('postgresUrl');
  await onServer(
    adminUrl,
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${source}'`,
  );
  await onServer(adminUrl, `CREATE DATABASE ${name} TEMPLATE ${source}`);
  return name;
}

function first(): Withdrawal {
  return assertPresent(paid[0], 'a paid withdrawal');
}

describe('naru inspect', () => {
  it('tells the story of a paid withdrawal and what to do', async () => {
    const run = await runNaru(['inspect', toPublicId('withdrawal', first().id)], env);
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toContain('CONFIRMED  12.5 USDC on localhost');
    expect(run.out).toContain(`${first().to}  (holds 12.5 USDC now)`);
    expect(run.out).toMatch(/the payout contract recorded \d items?; this one: PAID/);
    expect(run.out).toMatch(/hold \(reserved\) +12\.5 USDC +CUSTOMER → HOT_WALLET/);
    expect(run.out).toMatch(/post \(paid\) +12\.5 USDC/);
    const done = ['PENDING', 'SIGNING', 'BROADCASTED', 'monitor', 'attempt 1', 'gwei'];
    const nothing = ['Rules  none', 'Review  none', 'Dead letters  none', 'Operators  did nothing'];
    for (const text of [...done, ...nothing]) expect(run.out).toContain(text);
    expect(
      run.out.trimEnd().endsWith('Final: it was paid, and the ledger has it. Nothing needs to be done.'),
    ).toBe(true);
  });

  it('takes the UUID and the hash of the transaction as well', async () => {
    const byUuid = JSON.parse((await runNaru(['inspect', first().id, '--json'], env)).out);
    expect(byUuid.withdrawal).toMatchObject({ id: first().id, amount: '12500000' });
    expect(byUuid).toMatchObject({ decision: null, reviews: [], deadLetters: [], notes: [], verbs: [] });
    const hash = byUuid.withdrawal.transaction.hash;
    const byHash = await runNaru(['inspect', hash.toUpperCase().replace('0X', '0x')], env);
    expect(byHash.code).toBe(0);
    expect(byHash.out).toContain(hash);
    expect(byHash.out).toContain(toPublicId('withdrawal', first().id));
  });

  it('works without a node and says so', async () => {
    const run = await runNaru(['inspect', first().id], { DATABASE_URL: stack.database.url });
    expect(run).toMatchObject({
      code: 0,
      out: expect.stringContaining('not asked: no RPC URL of localhost'),
    });
  });

  it('says what is wrong with an id', async () => {
    const unknown = await runNaru(['inspect', 'wd_01kjr3q8c6e7rvt0xx0n3m7d5b'], env);
    expect(unknown).toMatchObject({
      code: 1,
      err: expect.stringContaining('this database knows nothing of'),
    });
    const malformed = await runNaru(['inspect', 'wd_1'], env);
    expect(malformed).toMatchObject({ code: 2, err: expect.stringContaining('is not an id') });
  });
});

describe('naru verify', () => {
  it('finds that everything holds', async () => {
    const run = await runNaru(['verify'], env);
    expect(run.out).toContain('ok    balances of an asset sum to zero');
    expect(run.out).toMatch(/localhost +USDC +sub-accounts +[\d,.]+ +[\d,.]+ +0 +equal/);
    expect(run).toMatchObject({ code: 0, out: expect.stringContaining('Everything holds') });
  });

  it('finds money that came in unbooked, with exit code 1', async () => {
    const [account] = stack.signerHome.addresses;
    await stack.devnet.send({ to: assertPresent(account, 'account'), value: 10n ** 18n });
    const run = await runNaru(['verify'], env);
    expect(run).toMatchObject({ code: 1, out: expect.stringContaining('1 more on chain') });
    const json = await runNaru(['verify', '--json'], env);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.out)).toMatchObject({ ok: false, ledger: [], reserves: [] });
  });

  it('does not call unasked chains good', async () => {
    const run = await runNaru(['verify'], { DATABASE_URL: stack.database.url });
    expect(run).toMatchObject({ code: 1, out: expect.stringContaining('set NARU_RPC_LOCALHOST') });
  });
});

describe('naru accounts', () => {
  it('lists balances and nonces', async () => {
    await eventually('balances read', async () => {
      const run = await runNaru(['accounts', 'list'], env);
      return /USDC/.test(run.out) ? run : null;
    });
    const { out } = await runNaru(['accounts', 'list', 'localhost'], env);
    for (const address of stack.signerHome.addresses) expect(out).toContain(getAddress(address));
    expect(out).toMatch(/ACTIVE +\d+ +0 +[\d,.]+ +ETH/);
  });

  it('adds an account, booking what it holds only when told', async () => {
    const address = privateKeyToAddress(generatePrivateKey());
    await stack.devnet.send({ to: address, value: 5n * 10n ** 18n });
    const before = JSON.parse((await runNaru(['verify', '--json'], env)).out);
    const run = await runNaru(
      ['accounts', 'add', 'localhost', address.toLowerCase(), '--record-funding'],
      env,
    );
    expect(run).toMatchObject({
      code: 0,
      out: expect.stringContaining('Booked as money of the house: 5 ETH.'),
    });
    const after = JSON.parse((await runNaru(['verify', '--json'], env)).out);
    const coin = (report: { chains: { assetId: string; ledger: string }[] }) =>
      BigInt(report.chains.find((check) => check.assetId === 'localhost:ETH')?.ledger ?? 0);
    expect(coin(after) - coin(before)).toBe(5n * 10n ** 18n);
    const again = await runNaru(['accounts', 'add', 'localhost', address], env);
    expect(again).toMatchObject({ code: 1, err: expect.stringContaining('nothing was changed') });
  });

  it('refuses a mistyped address and an unknown chain', async () => {
    const address = getAddress(assertPresent(stack.signerHome.addresses[0], 'address'));
    const swapped = address.replace(/[a-f]/, (letter) => letter.toUpperCase());
    const run = await runNaru(['accounts', 'add', 'localhost', swapped], env);
    expect(run).toMatchObject({ code: 2, err: expect.stringContaining('checksum') });
    const chain = await runNaru(['accounts', 'add', 'atlantis', address], env);
    expect(chain).toMatchObject({ code: 2, err: expect.stringContaining('enabled are: localhost') });
  });
});

describe('naru owners', () => {
  it('makes an owner and a key for it', async () => {
    const made = JSON.parse((await runNaru(['owners', 'create', 'Desk', '--json'], env)).out);
    expect(made.id).toMatch(/^org_/);
    const args = [
      'owners',
      'key',
      made.id,
      '--name',
      'job',
      '--network',
      'test',
      '--scopes',
      'withdrawals:read',
    ];
    const key = await runNaru(args, env);
    expect(key).toMatchObject({ code: 0, out: expect.stringMatching(/nk_test_[\w-]{43}/) });
    expect(key.err).toContain('shown this once');
    const scope = await runNaru([...args.slice(0, -1), 'everything'], env);
    expect(scope).toMatchObject({ code: 2, err: expect.stringContaining('There is no scope "everything"') });
  });
});

describe('naru submit', () => {
  it('checks, pays, reports, and pays nothing twice', async () => {
    const api = await stack.startApi();
    const apiEnv = { NARU_API_URL: api.url, NARU_API_KEY: stack.apiKey };
    const file = path.join(dir, 'payouts.csv');
    const address = () => getAddress(`0x${randomBytes(20).toString('hex')}`);
    const row = (amount: string) => `localhost,USDC,${address()},${amount},ref,STANDARD`;
    const header = 'chain,asset,to,amount,reference,priority';
    await writeFile(file, [header, row('1.5'), row('x'), 'localhost,USDC,0x12,2,,'].join('\n'));
    const bad = await runNaru(['submit', file], apiEnv);
    expect(bad).toMatchObject({ code: 1, out: expect.stringContaining('Nothing was paid or reserved.') });
    expect(bad.out).toMatch(/^ +2 +amount/m);
    expect(bad.out).toMatch(/^ +3 +to/m);

    await writeFile(file, [header, row('1.5'), row('2.25'), row('0.000001')].join('\n'));
    const dry = await runNaru(['submit', file, '--dry-run'], apiEnv);
    expect(dry).toMatchObject({
      code: 0,
      out: expect.stringContaining('3 rows are good. Nothing was accepted'),
    });

    const report = path.join(dir, 'report.csv');
    const done = await runNaru(['submit', file, '--report', report], apiEnv);
    expect(done).toMatchObject({ code: 0, out: expect.stringContaining('3 rows: 3 confirmed, 0 not paid') });
    expect(done.out).toMatch(/localhost +USDC +3 +3\.750001 +3\.750001/);
    expect(
      (await readFile(report, 'utf8')).split('\r\n').filter((line) => line.includes('CONFIRMED')),
    ).toHaveLength(3);

    const again = await runNaru(['submit', file, '--json'], apiEnv);
    expect(again.code).toBe(0);
    const bulkId = /bulk_\w+/.exec(done.err)?.[0];
    expect(JSON.parse(again.out)).toMatchObject({ id: bulkId, counts: { CONFIRMED: 3 } });
    api.kill('SIGTERM');
  });

  it('says what to do when the API is not there', async () => {
    const file = path.join(dir, 'other.csv');
    await writeFile(file, 'chain,asset,to,amount\n');
    const apiEnv = { NARU_API_URL: `http://127.0.0.1:${await findFreePort()}`, NARU_API_KEY: 'nk_test_x' };
    const run = await runNaru(['submit', file], apiEnv);
    expect(run).toMatchObject({ code: 1, err: expect.stringContaining('It comes from NARU_API_URL.') });
    expect((await runNaru(['submit', path.join(dir, 'nothing.csv')], apiEnv)).err).toContain(
      'does not exist',
    );
  });
});

describe('naru migrate', () => {
  it('makes the schema, enables what is configured, and says why not for the rest', async () => {
    const name = `migrate_${randomBytes(6).toString('hex')}`;
    const adminUrl = inject('postgresUrl');
    await onServer(adminUrl, `CREATE DATABASE ${name}`);
    try {
      const url = new URL(adminUrl);
      url.pathname = `/${name}`;
      const bare = { DATABASE_URL: url.href };
      const full = {
        ...bare,
        NARU_RPC_LOCALHOST: stack.anvil.url,
        NARU_PAYOUT_CONTRACT_LOCALHOST: stack.contracts.payoutContract,
      };
      const made = await runNaru(['migrate'], full);
      expect(made.code).toBe(0);
      expect(made.out).toContain('0001_foundation.sql');
      expect(made.out).toMatch(/localhost +enabled/);
      expect(made.out).toMatch(
        /polygon +disabled +NARU_RPC_POLYGON and NARU_PAYOUT_CONTRACT_POLYGON not set/,
      );
      expect((await runNaru(['migrate'], full)).out).toContain('The schema is up to date');
      const forgotten = await runNaru(['migrate'], bare);
      expect(forgotten).toMatchObject({ code: 1, err: expect.stringContaining('would disable localhost') });
      const meant = JSON.parse((await runNaru(['migrate', '--allow-disable', '--json'], bare)).out);
      expect(meant.chains.every((chain: { enabled: boolean }) => !chain.enabled)).toBe(true);
    } finally {
      await onServer(adminUrl, `DROP DATABASE ${name} WITH (FORCE)`);
    }
  });
});

describe('naru recover', () => {
  it('refuses while roles run', async () => {
    const run = await runNaru(['recover'], env);
    expect(run).toMatchObject({ code: 1, err: expect.stringContaining('roles seem to run') });
    expect(run.err).toContain('nothing was changed');
  });

  it('restores into a backup what was paid since, and names what the backup never heard of', async () => {
    const url = new URL(stack.database.url);
    url.pathname = `/${backupName}`;
    const backupEnv = { ...env, DATABASE_URL: url.href };
    const run = await runNaru(['recover'], backupEnv);
    expect(run.err).toContain('Keep every role stopped');
    expect(run.code).toBe(1);
    expect(run.out).toMatch(/restored +\d batch(es)?, 2 withdrawals/);
    expect(run.out).toMatch(/nonce +0x[0-9a-fA-F]{40}: 0 → \d/);
    expect(run.out).toContain(toPublicId('withdrawal', paidAfterBackup.id));
    const story = await runNaru(['inspect', first().id], backupEnv);
    expect(story.out).toContain('CONFIRMING');
    expect(story.out).toContain('restored from the chain');
    expect(story.out).toMatch(/VALIDATING +[\d.]+ m?s +recover +found on chain/);
    // The same withdrawal by the hash that only the chain can place.
    const hash = /as (0x[0-9a-f]{64})/.exec(story.out)?.[1] ?? '';
    expect((await runNaru(['inspect', hash], backupEnv)).out).toContain(toPublicId('withdrawal', first().id));
    // A second run changes nothing, and what a person has to settle is not forgotten.
    const again = await runNaru(['recover', '--json'], backupEnv);
    const [chain] = JSON.parse(again.out).chains;
    expect(chain).toMatchObject({ chain: 'localhost', batchesRestored: 0, withdrawalsRestored: 0 });
    const unknown = chain.unknownPayments.map((payment: { withdrawalId: string }) => payment.withdrawalId);
    expect(unknown).toContain(paidAfterBackup.id);
    expect(again.code).toBe(1);
  });
});

describe('a stopped worker', () => {
  it('leaves an open withdrawal whose story says so', async () => {
    worker.kill('SIGTERM');
    await worker.ended;
    const open = await request('four', '3');
    const run = await runNaru(['inspect', open.id], env);
    expect(run.out).toMatch(/PENDING +[\d.]+ m?s so far/);
    expect(run.out).toContain('1 hold still open');
    expect(run.out).toContain('its amount is reserved');
  });

  it('lets Ctrl-C end the watching of a file and says that the payouts go on', async () => {
    const api = await stack.startApi();
    const file = path.join(dir, 'slow.csv');
    await writeFile(file, `chain,asset,to,amount\nlocalhost,USDC,0x${randomBytes(20).toString('hex')},1\n`);
    const run = await runNaru(
      ['submit', file],
      { NARU_API_URL: api.url, NARU_API_KEY: stack.apiKey },
      { onOutput: (text, kill) => text.includes('1 pending') && kill('SIGINT') },
    );
    expect(run.code).toBe(130);
    expect(run.err).toContain('The payouts go on: 1 of 1 are under way');
    expect(run.err).toContain(`naru submit ${file}`);
  });
});

/** First of `count` free ports in a row, below the range from which systems hand out ports by themselves. */
async function findFreePorts(count: number): Promise<number> {
  for (;;) {
    const base = randomInt(20_000, 30_000);
    const areFree = await Promise.all(Array.from({ length: count }, (_, index) => isPortFree(base + index)));
    if (areFree.every((isFree) => isFree)) return base;
  }
}

describe('naru up', () => {
  it('runs every role, starts again what dies, and stops in order', async () => {
    const signerHome = await prepareSignerHome({ dir, accounts: 1, contracts: stack.contracts });
    const { NARU_SIGNER_URL: _, ...workerEnv } = stack.workerEnv;
    const portBase = String(await findFreePorts(7));
    const logs = path.join(dir, 'logs');
    let step: 'starting' | 'killed' | 'stopping' = 'starting';
    const run = await runNaru(
      ['up', '--port-base', portBase, '--logs', logs],
      { ...workerEnv, ...signerHome.env },
      {
        onOutput(text, kill) {
          if (step === 'starting' && text.includes('7 processes ready')) {
            step = 'killed';
            process.kill(Number(/broadcaster-1 {2}started, process (\d+)/.exec(text)?.[1]), 'SIGKILL');
          }
          if (step === 'killed' && text.includes('broadcaster-1  started again (restart 1)')) {
            step = 'stopping';
            kill('SIGINT');
          }
        },
      },
    );
    expect(run).toMatchObject({ code: 0, err: '' });
    expect(run.out).toMatch(/broadcaster-1 {2}ended \(signal SIGKILL after .+\), next try in/);
    const stopped = [...run.out.matchAll(/ (\w+)-1 {2}stopped/g)].map((match) => match[1]);
    expect(stopped).toEqual(['api', 'jobs', 'accounts', 'monitor', 'broadcaster', 'processor', 'signer']);
    expect(run.out.trimEnd().endsWith('everything is stopped')).toBe(true);
  });

  it('takes its roles with it when it is killed', async () => {
    const portBase = await findFreePorts(1);
    const run = await runNaru(
      ['up', 'api', '--port-base', String(portBase), '--logs', path.join(dir, 'logs')],
      env,
      {
        onOutput: (text, kill) => text.includes('1 process ready') && kill('SIGKILL'),
      },
    );
    expect(run.code).toBeNull();
    await eventually('the api is gone', async () => ((await isPortFree(portBase)) ? true : null));
  });

  it('refuses what makes no sense before it starts anything', async () => {
    expect(await runNaru(['up', 'juggler'], env)).toMatchObject({ code: 2 });
    expect(await runNaru(['up', '--instances', 'signer=2'], env)).toMatchObject({ code: 2 });
    const absent = await runNaru(['up', 'api', '--instances', 'monitor=2'], env);
    expect(absent.err).toContain('not among the roles');
  });
});
