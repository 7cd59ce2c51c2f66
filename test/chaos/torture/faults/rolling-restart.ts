import type { Fault } from '../fault.ts';
import { pairedRoles } from '../instances.ts';
import type { World } from '../world.ts';

export const rollingRestart: Fault = {
  name: 'rolling-restart',
  kind: 'alone',
  what: 'A deployment: of every role a new instance is started beside the old ones, then an old one is told to end, until all are new; the signer is restarted.',
  plan: (random, durationMs) => [
    {
      atMs: random.whole(0, 300),
      text: 'of every role one instance is replaced',
      run: (world) => replaceOne(world, random.whole(0, 1)),
    },
    {
      atMs: Math.round(durationMs / 3),
      text: 'the signer is restarted',
      run: async ({ stack }) => {
        for (const name of stack.instances.of('signer')) await stack.instances.stop(name);
        await stack.instances.start('signer');
      },
    },
    {
      atMs: Math.round(durationMs / 2),
      text: 'and the other one',
      run: (world) => replaceOne(world, 0),
    },
  ],
};

/** Three of each run for a moment; then the old one finishes what it does and ends. */
async function replaceOne({ stack: { instances } }: World, which: number): Promise<void> {
  const old = pairedRoles.map((role) => instances.of(role)[which]).filter((name) => name !== undefined);
  await Promise.all(pairedRoles.map((role) => instances.startBeside(role)));
  await Promise.all(old.map((name) => instances.stop(name)));
}
