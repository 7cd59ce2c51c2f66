import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inspect } from 'node:util';
import { type Hex, toHex } from '@naru/kit/hex.ts';
import fc from 'fast-check';
import { recoverAddress } from 'viem';
import { privateKeyToAddress } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { temporaryKeystore } from '../test/temporary-keystore.ts';
import { createKey, importKey } from './add-key.ts';
import { keyFilePath, listKeys } from './key-directory.ts';
import { decodeKeyFile, openKey } from './key-file.ts';
import { createLocalMasterKey, loadLocalMasterKey } from './master-key.ts';
import { openKeystore } from './open-keystore.ts';

const HALF_ORDER = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const KNOWN_KEY = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80'; // Anvil's first, public
const text = (value: string) => Buffer.from(value);

describe('keys', () => {
  it('sign, once created, so that the digest recovers to their address, always with a low S (property)', async () => {
    const store = await temporaryKeystore();
    const { address } = await createKey(store, { label: 'hot 1' });
    const keystore = await openKeystore(store);
    const signer = keystore.signer(address);
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 32, maxLength: 32 }), async (digest) => {
        const signature = signer?.signDigest(digest);
        expect(BigInt(signature?.s ?? HALF_ORDER + 1n)).toBeLessThanOrEqual(HALF_ORDER);
        const recovered = await recoverAddress({ hash: toHex(digest), signature: signature ?? '0x' });
        expect(recovered.toLowerCase()).toBe(address);
      }),
      { numRuns: 50 },
    );
  });

  it('have the address that viem derives (property)', async () => {
    const store = await temporaryKeystore();
    const scalar = fc.bigInt({ min: 1n, max: ORDER - 1n });
    await fc.assert(
      fc.asyncProperty(scalar, async (value) => {
        const hex: Hex = `0x${value.toString(16).padStart(64, '0')}`;
        const imported = await importKey(store, { text: text(hex), label: null }).catch(
          (error: unknown) => error,
        );
        const address = privateKeyToAddress(hex).toLowerCase();
        // The same scalar may be drawn twice; then the key is there already.
        if (imported instanceof Error) expect(imported).toMatchObject({ code: 'exists' });
        else expect(imported).toMatchObject({ address });
      }),
      { numRuns: 20 },
    );
  });

  it.each([KNOWN_KEY, KNOWN_KEY.slice(2), ` ${KNOWN_KEY.toUpperCase().replace('0X', '0x')}\r\n`])(
    'are imported from %j, and the text is wiped',
    async (written) => {
      const store = await temporaryKeystore();
      const bytes = text(written);
      const info = await importKey(store, { text: bytes, label: null });
      expect(info.address).toBe('0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266');
      expect(bytes.every((byte) => byte === 0)).toBe(true);
    },
  );

  it.each([
    ['', 'nothing'],
    ['0x', 'a prefix'],
    [KNOWN_KEY.slice(0, -1), 'a digit less'],
    [`${KNOWN_KEY}0`, 'a digit more'],
    [`${KNOWN_KEY.slice(0, -1)}g`, 'a letter that is no digit'],
    ['0'.repeat(64), 'zero'],
    [ORDER.toString(16), 'the order'],
    ['f'.repeat(64), 'more than the order'],
  ])('are refused when the text is %j (%s), without repeating it', async (written) => {
    const store = await temporaryKeystore();
    const error: unknown = await importKey(store, { text: text(written), label: null }).catch(
      (e: unknown) => e,
    );
    expect(error).toMatchObject({ code: 'invalid_private_key' });
    if (written.length > 2) expect(inspect(error)).not.toContain(written);
  });

  it('are never overwritten', async () => {
    const store = await temporaryKeystore();
    const { address } = await importKey(store, { text: text(KNOWN_KEY), label: 'first' });
    const before = await readFile(keyFilePath(store.directory, address));
    await expect(importKey(store, { text: text(KNOWN_KEY), label: 'second' })).rejects.toMatchObject({
      code: 'exists',
    });
    expect(await readFile(keyFilePath(store.directory, address))).toEqual(before);
    expect(await readdir(store.directory)).toHaveLength(1);
  });

  it('are listed without anything secret', async () => {
    const store = await temporaryKeystore();
    await importKey(store, { text: text(KNOWN_KEY), label: 'treasury top-up' });
    const listed = await listKeys(store.directory);
    expect(listed).toEqual([
      {
        address: '0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266',
        label: 'treasury top-up',
        createdAt: expect.stringMatching(/Z$/),
        masterKeyIds: [store.masterKey.id],
      },
    ]);
  });

  it('appear in no file and no inspection in the clear', async () => {
    const store = await temporaryKeystore();
    const { address } = await importKey(store, { text: text(KNOWN_KEY), label: null });
    const keystore = await openKeystore(store);
    const bytes = Buffer.from(KNOWN_KEY.slice(2), 'hex');
    const file = await readFile(keyFilePath(store.directory, address), 'utf8');
    const shown = `${file}${inspect(keystore, { depth: 9, showHidden: true })}${inspect(keystore.signer(address), { depth: 9, showHidden: true })}`;
    for (const form of [bytes.toString('hex'), bytes.toString('base64')]) expect(shown).not.toContain(form);
  });

  it('cannot sign once the keystore is closed', async () => {
    const store = await temporaryKeystore();
    const { address } = await createKey(store, { label: null });
    const keystore = await openKeystore(store);
    const signer = keystore.signer(address);
    expect(() => signer?.signDigest(randomBytes(31))).toThrow('32 bytes');
    keystore.close();
    expect(() => signer?.signDigest(randomBytes(32))).toThrow('closed');
    expect(keystore.signer(address)).toBeNull();
  });
});

describe('key files', () => {
  it('are refused when any one bit is changed', async () => {
    const store = await temporaryKeystore();
    const { address } = await createKey(store, { label: 'a label' });
    const good = await readFile(keyFilePath(store.directory, address));
    const opens = async (bytes: Buffer) =>
      (await openKey(store.masterKey, decodeKeyFile('test', bytes))).length > 0;
    expect(await opens(good)).toBe(true);
    const accepted: string[] = [];
    for (let bit = 0; bit < good.length * 8; bit++) {
      const bad = Buffer.from(good);
      const at = bit >> 3;
      bad[at] = (bad[at] ?? 0) ^ (1 << (bit & 7));
      const refused = await opens(bad).catch((error: unknown) => error);
      if (!(refused instanceof Error)) accepted.push(`bit ${bit}`);
    }
    expect(accepted).toEqual([]);
  });

  it('are refused when cut short, or in the place of another', async () => {
    const store = await temporaryKeystore();
    const one = await createKey(store, { label: null });
    const two = await createKey(store, { label: null });
    const file = keyFilePath(store.directory, one.address);
    const good = await readFile(file);
    await writeFile(file, good.subarray(0, good.length - 1));
    await expect(openKeystore(store)).rejects.toMatchObject({ code: 'damaged' });
    await rename(keyFilePath(store.directory, two.address), file);
    await expect(openKeystore(store)).rejects.toThrow('give it back its own name');
  });

  it('are refused when two files exchange their data keys', async () => {
    const store = await temporaryKeystore();
    const one = await createKey(store, { label: null });
    const two = await createKey(store, { label: null });
    const parse = async (address: Hex) =>
      JSON.parse(await readFile(keyFilePath(store.directory, address), 'utf8'));
    const mixed = {
      ...(await parse(one.address)),
      wrappedDataKeys: (await parse(two.address)).wrappedDataKeys,
    };
    await writeFile(keyFilePath(store.directory, one.address), `${JSON.stringify(mixed, null, 2)}\n`);
    await expect(openKeystore(store)).rejects.toMatchObject({ code: 'damaged' });
  });

  it('tell which master key they need when given another', async () => {
    const store = await temporaryKeystore();
    await createKey(store, { label: null });
    const other = await createLocalMasterKey(path.join(store.root, 'other.key'));
    const error: unknown = await openKeystore({ ...store, masterKey: other }).catch((e: unknown) => e);
    expect(error).toMatchObject({
      code: 'wrong_master_key',
      message: expect.stringContaining(store.masterKey.id),
    });
    expect(error).toMatchObject({
      message: expect.stringMatching(/NARU_MASTER_KEY_FILE.*restore that file/),
    });
  });

  it('do not say that two keys are under one master key unless they are', async () => {
    const store = await temporaryKeystore();
    expect((await loadLocalMasterKey(store.masterKeyFile)).id).toBe(store.masterKey.id);
    const other = await createLocalMasterKey(path.join(store.root, 'other.key'));
    expect(other.id).not.toBe(store.masterKey.id);
  });
});

describe('permissions', () => {
  const modeOf = async (file: string) => ((await stat(file)).mode & 0o777).toString(8);

  it('are for the owner only on everything that is made', async () => {
    const store = await temporaryKeystore();
    const { address } = await createKey(store, { label: null });
    expect(await modeOf(store.masterKeyFile)).toBe('600');
    expect(await modeOf(store.directory)).toBe('700');
    expect(await modeOf(keyFilePath(store.directory, address))).toBe('600');
  });

  it.each([0o640, 0o604, 0o620, 0o602])('of a key file may not be %o', async (mode) => {
    const store = await temporaryKeystore();
    const { address } = await createKey(store, { label: null });
    const file = keyFilePath(store.directory, address);
    await chmod(file, mode);
    const refusal = { code: 'insecure_permissions', message: expect.stringContaining(`chmod 600 ${file}`) };
    await expect(openKeystore(store)).rejects.toMatchObject(refusal);
    await chmod(file, 0o400);
    expect((await openKeystore(store)).addresses()).toEqual([address]);
  });

  it('of a master key file and of the directory are checked as well', async () => {
    const store = await temporaryKeystore();
    await mkdir(store.directory, { mode: 0o700 });
    await chmod(store.masterKeyFile, 0o644);
    await expect(loadLocalMasterKey(store.masterKeyFile)).rejects.toThrow(`chmod 600 ${store.masterKeyFile}`);
    await chmod(store.directory, 0o755);
    await expect(openKeystore(store)).rejects.toThrow(`chmod 700 ${store.directory}`);
  });
});

describe('master key file', () => {
  it('is never overwritten', async () => {
    const store = await temporaryKeystore();
    await expect(createLocalMasterKey(store.masterKeyFile)).rejects.toMatchObject({ code: 'exists' });
  });

  it.each([
    ['too short', randomBytes(31).toString('base64')],
    ['too long', randomBytes(33).toString('base64')],
    ['hex', randomBytes(32).toString('hex')],
    ['empty', ''],
  ])('is refused when it is %s, without repeating it', async (_name, content) => {
    const store = await temporaryKeystore();
    await writeFile(store.masterKeyFile, content);
    const error: unknown = await loadLocalMasterKey(store.masterKeyFile).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: 'damaged' });
    if (content !== '') expect(inspect(error)).not.toContain(content);
  });

  it('that is missing is named', async () => {
    await expect(loadLocalMasterKey('/nowhere/master.key')).rejects.toMatchObject({
      code: 'missing',
      message: 'master key file /nowhere/master.key does not exist',
    });
  });
});
