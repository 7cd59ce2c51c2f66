import { rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { createKey } from '@naru/keystore/add-key.ts';
import { keyFilePath } from '@naru/keystore/key-directory.ts';
import { createLocalMasterKey, loadLocalMasterKey } from '@naru/keystore/master-key.ts';
import { rotateMasterKey } from '@naru/keystore/rotate-master-key.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { describe, expect, it, vi } from 'vitest';
import {
  addKey,
  CHAIN_ID,
  createFixture,
  item,
  POLICY_2,
  payout,
  requestOf,
  spawnSigner,
  startInProcess,
  writePolicy,
} from './signer-fixture.ts';

/** What changes while the signer runs: policy and keys, by SIGHUP and by themselves. */

const chain = POLICY_2.chains[CHAIN_ID];
const wider = {
  ...POLICY_2,
  chains: {
    [CHAIN_ID]: { ...chain, tokens: chain.tokens.map((one) => ({ ...one, perItemMax: '500' })) },
  },
};
const large = (fixture: Parameters<typeof requestOf>[0], nonce: number) =>
  requestOf(fixture, nonce, { intent: payout({ items: [item(300n)] }) });
const answersTo = (url: string, endpoint: string) =>
  fetch(`${url}/${endpoint}`).then((answer) => answer.text());

describe('a policy that is changed while the signer runs', () => {
  it('is applied on SIGHUP, and each limit that it lifts is logged, journalled and shown', async () => {
    const fixture = await createFixture(POLICY_2);
    const signer = await spawnSigner(fixture);
    const before = await signer.client.readPolicy();
    expect(await signer.client.signOne(large(fixture, 0))).toMatchObject({ code: 'amount_over_limit' });

    await writePolicy(fixture.config, wider);
    signer.child.kill('SIGHUP');
    await vi.waitFor(
      async () => expect((await signer.client.readPolicy()).sha256).not.toBe(before.sha256),
      60_000,
    );
    expect((await signer.client.signOne(large(fixture, 0))).kind).toBe('signed');
    const { changes, sha256 } = await signer.client.readPolicy();
    const lifted = expect.arrayContaining([`chains/${CHAIN_ID}/tokens/native/perItemMax: 100 → 500`]);
    expect(changes[0]).toMatchObject({ sha256, lifted, lowered: [] });
    const warning = signer.output.find((line) => line.includes('it lifts limits')) ?? '';
    expect(warning).toContain('perItemMax: 100 → 500');
    expect(await answersTo(signer.url, 'metrics')).toContain(`sha256="${sha256}",role="signer"} 1`);
  });

  it('is refused when it is broken: the old one stays, and readiness, log and metric say so', async () => {
    const fixture = await createFixture(POLICY_2);
    const signer = await startInProcess(fixture);
    const { sha256 } = await signer.client.readPolicy();
    await writePolicy(fixture.config, { ...POLICY_2, chains: { [CHAIN_ID]: { ...chain, gasMoney: {} } } });
    await signer.reload();
    expect(await signer.client.readPolicy()).toMatchObject({
      sha256,
      problem: expect.stringContaining(`/chains/${CHAIN_ID}/gasMoney/perHourWeiMax`),
    });
    expect((await signer.client.signOne(requestOf(fixture, 0))).kind).toBe('signed');
    expect(await answersTo(signer.url, 'readyz')).toContain('stays in force, the changed file is refused');
    expect(await answersTo(signer.url, 'metrics')).toContain(
      'naru_signer_reloads_total{what="policy",outcome="refused",role="signer"} 1',
    );
    expect(signer.lines.join('')).toContain('the changed policy is refused, the old one stays in force');

    await writePolicy(fixture.config, POLICY_2);
    await signer.reload();
    expect((await signer.client.readPolicy()).problem).toBeNull();
  });

  it('while the signer is stopped is noticed at the next start', async () => {
    const fixture = await createFixture(POLICY_2);
    await (await startInProcess(fixture)).close();
    await writePolicy(fixture.config, wider);
    const signer = await startInProcess(fixture);
    const { changes } = await signer.client.readPolicy();
    expect(changes).toHaveLength(2);
    expect(changes[0]?.lifted).toHaveLength(2);
  });

  it('shows how much of each limit is used', async () => {
    const fixture = await createFixture(POLICY_2);
    const signer = await startInProcess(fixture);
    await signer.client.signOne(
      requestOf(fixture, 0, { intent: payout({ token: null, items: [item(75n)] }) }),
    );
    const metrics = await answersTo(signer.url, 'metrics');
    const used = (token: string, window: string, ratio: string) =>
      `naru_signer_limit_used_ratio{chain_id="${CHAIN_ID}",token="${token}",window="${window}",role="signer"} ${ratio}`;
    expect(metrics).toContain(used('native', 'hour', '0.05'));
    expect(metrics).toContain(used('native', 'day', '0.03'));
    expect(metrics).toContain(used('gas', 'hour', '0.1'));
  });
});

describe('keys that change while the signer runs', () => {
  it('are taken up and dropped, and a request under way is not lost', async () => {
    const fixture = await createFixture(POLICY_2);
    const signer = await startInProcess(fixture);
    const added = await addKey(fixture, 'second');
    expect(await signer.client.signOne(requestOf({ from: added }, 0))).toMatchObject({ code: 'unknown_key' });
    await signer.reload();
    expect((await signer.client.signOne(requestOf({ from: added }, 0))).kind).toBe('signed');

    const requests = Array.from({ length: 5 }, (_, nonce) => requestOf(fixture, nonce));
    const [results] = await Promise.all([
      signer.client.sign(requests),
      rm(keyFilePath(fixture.keystoreDir, fixture.from)).then(signer.reload),
    ]);
    // Judged before the key went: signed. Judged after: refused. Nothing else, and no failed call.
    expect(results.every((one) => one.kind === 'signed' || one.code === 'unknown_key')).toBe(true);
    expect(await signer.client.listKeys()).toEqual([added]);
    expect(await signer.client.signOne(requestOf(fixture, 9))).toMatchObject({ code: 'unknown_key' });
    expect(signer.lines.join('')).toContain('the keys have changed');
  });

  it('are noticed by themselves', async () => {
    const fixture = await createFixture(POLICY_2);
    const signer = await spawnSigner(fixture);
    const added = await addKey(fixture, 'second');
    await vi.waitFor(async () => expect(await signer.client.listKeys()).toContain(added), 60_000);
  });

  it('a damaged file is refused as a whole, and the old keys stay', async () => {
    const fixture = await createFixture(POLICY_2);
    const signer = await startInProcess(fixture);
    const file = keyFilePath(fixture.keystoreDir, `0x${'12'.repeat(20)}`);
    await writeFile(file, '{}', { mode: 0o600 });
    await addKey(fixture, 'second');
    await signer.reload();
    expect(await signer.client.listKeys()).toEqual([fixture.from]);
    expect(await answersTo(signer.url, 'readyz')).toContain(
      'degraded: keystore: its keys could not be read again',
    );
    expect((await signer.client.signOne(requestOf(fixture, 0))).kind).toBe('signed');
    await rm(file);
    await signer.reload();
    expect(await signer.client.listKeys()).toHaveLength(2);
    expect(await answersTo(signer.url, 'readyz')).toContain('"keys":"ok"');
  });

  it('a new master key in the place of the old file opens keys that were made under it', async () => {
    const fixture = await createFixture(POLICY_2);
    const signer = await startInProcess(fixture);
    const next = path.join(fixture.root, 'next.key');
    const to = await createLocalMasterKey(next);

    await rotateMasterKey({
      directory: fixture.keystoreDir,
      from: await loadLocalMasterKey(fixture.masterKeyFile),
      to,
    });
    await rename(next, fixture.masterKeyFile);
    const made = await createKey(
      { directory: fixture.keystoreDir, masterKey: to, clock: systemClock },
      { label: null },
    );
    await signer.reload();
    expect(await signer.client.listKeys()).toContain(made.address);
    expect((await signer.client.signOne(requestOf({ from: made.address }, 0))).kind).toBe('signed');
  });
});

describe('the journal and its keys', () => {
  it('belong together: another journal is refused', async () => {
    const [one, other] = [await createFixture(POLICY_2), await createFixture(POLICY_2)];
    await (await startInProcess(one)).close();
    await (await startInProcess(other)).close();
    await rename(other.config.journalFile, one.config.journalFile);
    await expect(startInProcess(one)).rejects.toMatchObject({ code: 'journal_foreign' });
    await rm(path.join(one.keystoreDir, 'journal-id')); // what the runbook says when the old one is lost for good
    expect((await (await startInProcess(one)).client.signOne(requestOf(one, 0))).kind).toBe('signed');
  });
});
