import { randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toHex } from '@naru/kit/hex.ts';
import { createSoftHsmToken, type SoftHsmToken } from '@naru/local-servers/softhsm.ts';
import { recoverAddress } from 'viem';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { startHost } from './host-process.ts';
import { openPkcs11Backend, type Pkcs11Backend } from './pkcs11-backend.ts';
import { type Pkcs11Settings, readPkcs11Settings } from './pkcs11-settings.ts';

/** The real SoftHSM2, with a token of its own. */

const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
let dir: string;
let token: SoftHsmToken;
beforeAll(async () => {
  dir = await mkdtemp(path.join(tmpdir(), 'naru-pkcs11-'));
  token = await createSoftHsmToken({ dir, label: 'naru-test' });
});
afterAll(() => rm(dir, { recursive: true, force: true }));

async function settingsOf(change: Record<string, string> = {}): Promise<Pkcs11Settings> {
  const { settings, problems } = await readPkcs11Settings({
    ...token.env,
    PATH: process.env['PATH'],
    NARU_PKCS11_LIBRARY: token.library,
    NARU_PKCS11_TOKEN: token.label,
    NARU_PKCS11_PIN_FILE: token.pinFile,
    NARU_PKCS11_TIMEOUT_MS: '30000', // for machines that are slow
    ...change,
  });
  if (settings === null) throw new Error(problems.join('; '));
  return settings;
}

async function open(change: Record<string, string> = {}): Promise<Pkcs11Backend> {
  const backend = await openPkcs11Backend(await settingsOf(change));
  onTestFinished(() => backend.close());
  return backend;
}

async function signed(backend: Pkcs11Backend, address = backend.addresses()[0]) {
  if (address === undefined) throw new Error('no key');
  const digest = randomBytes(32);
  const signature = await backend.signer(address)?.signDigest(digest);
  if (signature === undefined) throw new Error('no signer');
  expect((await recoverAddress({ hash: toHex(digest), signature })).toLowerCase()).toBe(address);
  return signature;
}

describe('keys of an HSM', () => {
  it('are made there, are found again, and sign with a low S and the right recovery id, many at once', async () => {
    const backend = await open();
    const made = [await backend.generate('hot 1'), await backend.generate('hot 2')];
    expect(backend.addresses()).toEqual(expect.arrayContaining(made));
    const again = await open();
    const signatures = await Promise.all(
      Array.from({ length: 40 }, (_, index) => signed(again, made[index % 2])),
    );
    expect(signatures.every(({ s }) => BigInt(s) <= HALF_ORDER)).toBe(true);
    expect(new Set(signatures.map(({ yParity }) => yParity))).toEqual(new Set([0, 1]));
  });

  it('made by another process are taken up when keys are looked for', async () => {
    const [one, other] = [await open(), await open()];
    const made = await other.generate('hot 3');
    expect(one.signer(made)).toBeNull();
    expect(await one.refresh()).toMatchObject({ added: [made], removed: [] });
    await signed(one, made);
  });

  it('are unavailable while the token is away, and are there again when it is back', async () => {
    const backend = await open();
    const [name = ''] = await readdir(token.tokensDir);
    const [there, away] = [path.join(token.tokensDir, name), path.join(dir, 'away')];
    const isGone = { retryable: true, message: expect.stringContaining('no token with label naru-test') };
    await rename(there, away);
    try {
      // SoftHSM answers with an empty list now. It is not believed.
      await expect(backend.refresh()).rejects.toMatchObject({ code: 'backend_unavailable', ...isGone });
      await expect(signed(backend)).rejects.toMatchObject({ code: 'key_unavailable', ...isGone });
      expect(backend.problems()).toEqual([expect.stringContaining('token naru-test')]);
      expect(backend.addresses().length).toBeGreaterThan(0);
    } finally {
      await rename(away, there);
    }
    await vi.waitFor(() => signed(backend), { timeout: 60_000 });
    expect(backend.problems()).toEqual([]);
  });

  it('a wrong PIN, label or library is said, and the PIN is tried once', async () => {
    const pinFile = path.join(dir, 'wrong-pin');
    await writeFile(pinFile, '999999', { mode: 0o600 });
    await expect(open({ NARU_PKCS11_PIN_FILE: pinFile })).rejects.toMatchObject({
      code: 'backend_unavailable',
      message: expect.stringContaining('CKR_PIN_INCORRECT'),
    });
    await expect(open({ NARU_PKCS11_TOKEN: 'other' })).rejects.toThrow(
      'no token with label other (NARU_PKCS11_TOKEN); seen: naru-test',
    );
    await expect(open({ NARU_PKCS11_LIBRARY: '/etc/passwd' })).rejects.toMatchObject({
      code: 'backend_unavailable',
    });
  });
});

describe('the process of the library', () => {
  it('that hangs is ended, what waited is told, and the next one signs', async () => {
    const host = startHost(await settingsOf());
    onTestFinished(() => host.end());
    await expect(host.call({ kind: 'list' }, 5_000)).rejects.toMatchObject({ code: 'host_failed' });
    const hanging = startHost(await settingsOf());
    // It answers nothing within no time: for whoever waits that is the same as a library that hangs.
    await expect(hanging.call({ kind: 'list' }, 0)).rejects.toThrow('no answer within 0 ms');
    expect(hanging.isRunning()).toBe(false);
  });

  it('that is killed in the middle of signatures is replaced', async () => {
    const backend = await open({ NARU_PKCS11_SESSIONS: '2' });
    const outcomes = await Promise.allSettled([
      ...Array.from({ length: 10 }, () => signed(backend)),
      killHosts(),
    ]);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'key_unavailable' });
    await vi.waitFor(() => signed(backend), { timeout: 60_000 });
  });
});

describe('settings', () => {
  it('name everything that is missing at once, and print no PIN', async () => {
    const { settings, problems } = await readPkcs11Settings({
      NARU_PKCS11_LIBRARY: '/nowhere.so',
      NARU_PKCS11_SESSIONS: '0',
    });
    expect(settings).toBeNull();
    expect(problems).toHaveLength(4);
    expect(JSON.stringify(await settingsOf())).not.toContain('123456');
    expect(
      Object.keys((await settingsOf({ AWS_SECRET_ACCESS_KEY: 'x', DATABASE_URL: 'x' })).environment()),
    ).toEqual(expect.not.arrayContaining(['AWS_SECRET_ACCESS_KEY', 'DATABASE_URL', 'NARU_PKCS11_PIN_FILE']));
  });
});

/** Ends the host processes that this one has started, as a crash of the library would. */
async function killHosts(): Promise<void> {
  for (const pid of (await readdir('/proc')).filter((name) => /^[0-9]+$/.test(name))) {
    const status = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const isOurs = status.split(' ')[3] === String(process.pid) && command.includes('pkcs11-host.ts');
    if (isOurs) process.kill(Number(pid), 'SIGKILL');
  }
}
