import { chmod, cp, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { crashingSteps, SimulatedCrash, temporaryKeystore } from '../test/temporary-keystore.ts';
import { createKey } from './add-key.ts';
import { keyFilePath, listKeys } from './key-directory.ts';
import { createLocalMasterKey, type MasterKey } from './master-key.ts';
import { openKeystore } from './open-keystore.ts';
import { fileSteps } from './private-file.ts';
import { rotateMasterKey } from './rotate-master-key.ts';

const KEYS = 3;

async function keystoreToRotate() {
  const store = await temporaryKeystore();
  const addresses: string[] = [];
  for (let index = 0; index < KEYS; index++) {
    addresses.push((await createKey(store, { label: `hot ${index}` })).address);
  }
  const to = await createLocalMasterKey(path.join(store.root, 'new.key'));
  return { ...store, from: store.masterKey, to, addresses: addresses.sort() };
}

async function opens(directory: string, masterKey: MasterKey): Promise<readonly string[] | null> {
  return await openKeystore({ directory, masterKey }).then(
    (keystore) => keystore.addresses(),
    () => null,
  );
}

describe('rotation of the master key', () => {
  it('moves every key from the old master key to the new one, and keeps what is told about it', async () => {
    const store = await keystoreToRotate();
    const before = await listKeys(store.directory);
    expect(await rotateMasterKey(store)).toEqual({ rotated: KEYS });
    expect(await opens(store.directory, store.to)).toEqual(store.addresses);
    expect(await opens(store.directory, store.from)).toBeNull();
    expect(await listKeys(store.directory)).toEqual(
      before.map((key) => ({ ...key, masterKeyIds: [store.to.id] })),
    );
  });

  it('does nothing the second time', async () => {
    const store = await keystoreToRotate();
    await rotateMasterKey(store);
    expect(await rotateMasterKey(store)).toEqual({ rotated: 0 });
  });

  it('leaves every key readable by one master key wherever it is killed, and is completed by another run', async () => {
    const store = await keystoreToRotate();
    const counting = crashingSteps(fileSteps, Number.POSITIVE_INFINITY, 'before');
    await cp(store.directory, path.join(store.root, 'counted'), { recursive: true });
    await chmod(path.join(store.root, 'counted'), 0o700);
    await rotateMasterKey({ ...store, directory: path.join(store.root, 'counted'), steps: counting.steps });
    expect(counting.taken()).toBeGreaterThanOrEqual(KEYS * 2 * 3);

    for (let crashAt = 0; crashAt < counting.taken(); crashAt++) {
      for (const moment of ['before', 'after'] as const) {
        const directory = path.join(store.root, `crash-${crashAt}-${moment}`);
        await mkdir(directory, { mode: 0o700 });
        await cp(store.directory, directory, { recursive: true });
        const { steps } = crashingSteps(fileSteps, crashAt, moment);
        await expect(rotateMasterKey({ ...store, directory, steps })).rejects.toThrow(SimulatedCrash);

        const readable = [await opens(directory, store.from), await opens(directory, store.to)];
        expect(readable, `crash ${moment} step ${crashAt}`).toContainEqual(store.addresses);

        await rotateMasterKey({ ...store, directory });
        expect(await opens(directory, store.to)).toEqual(store.addresses);
        expect(await opens(directory, store.from)).toBeNull();
        expect(await readdir(directory)).toHaveLength(KEYS); // nothing is left lying about
      }
    }
  });

  it('refuses to begin with the wrong master key, and changes nothing', async () => {
    const store = await keystoreToRotate();
    const stranger = await createLocalMasterKey(path.join(store.root, 'stranger.key'));
    const contents = () =>
      Promise.all(
        store.addresses.map((address) =>
          readFile(keyFilePath(store.directory, address as `0x${string}`), 'utf8'),
        ),
      );
    const before = await contents();
    await expect(rotateMasterKey({ ...store, from: stranger })).rejects.toMatchObject({
      code: 'wrong_master_key',
    });
    expect(await contents()).toEqual(before);
  });
});

describe('adding a key', () => {
  it('leaves a whole key or none wherever it is killed', async () => {
    const store = await temporaryKeystore();
    for (let crashAt = 0; crashAt < 4; crashAt++) {
      for (const moment of ['before', 'after'] as const) {
        const { steps } = crashingSteps(fileSteps, crashAt, moment);
        const before = (await listKeys(store.directory).catch(() => [])).length;
        await expect(createKey({ ...store, steps }, { label: null })).rejects.toThrow(SimulatedCrash);
        const keys = await opens(store.directory, store.masterKey);
        expect([before, before + 1]).toContain(keys?.length);
      }
    }
  });
});
