import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { systemClock } from '@naru/kit/clock.ts';
import { onTestFinished } from 'vitest';
import { createLocalMasterKey, type MasterKey } from '../src/master-key.ts';
import type { FileSteps } from '../src/private-file.ts';

/** A keystore directory of its own for one test, removed when the test ends. */
export async function temporaryKeystore(): Promise<{
  root: string;
  directory: string;
  masterKeyFile: string;
  masterKey: MasterKey;
  clock: typeof systemClock;
}> {
  const root = await mkdtemp(path.join(tmpdir(), 'naru-keystore-'));
  onTestFinished(() => rm(root, { recursive: true, force: true }));
  const masterKeyFile = path.join(root, 'master.key');
  const masterKey = await createLocalMasterKey(masterKeyFile);
  return { root, directory: path.join(root, 'keys'), masterKeyFile, masterKey, clock: systemClock };
}

export class SimulatedCrash extends Error {}

/**
 * Steps that stop for ever at step number `crashAt` (from 0), before or after it has taken effect, as a killed
 * process would. `taken()` counts the steps begun.
 */
export function crashingSteps(
  steps: FileSteps,
  crashAt: number,
  moment: 'before' | 'after',
): { steps: FileSteps; taken: () => number } {
  let count = 0;
  const step = async (act: () => Promise<void>) => {
    const index = count++;
    if (index > crashAt || (index === crashAt && moment === 'before')) throw new SimulatedCrash();
    await act();
    if (index === crashAt) throw new SimulatedCrash();
  };
  return {
    steps: {
      writeNew: (file, bytes) => step(() => steps.writeNew(file, bytes)),
      link: (from, to) => step(() => steps.link(from, to)),
      rename: (from, to) => step(() => steps.rename(from, to)),
      unlink: (file) => step(() => steps.unlink(file)),
      syncDirectory: (directory) => step(() => steps.syncDirectory(directory)),
    },
    taken: () => count,
  };
}
