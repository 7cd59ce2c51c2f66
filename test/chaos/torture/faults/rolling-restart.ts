import type { Fault } from '../fault.ts';
import { pairedRoles } from '../instances.ts';
import type { World } from '../world.ts';

export const rollingRestart: Fault = {
  name: 'rolling-restart',
  kind: 'alone',
  what: 'A deployment: role by role a new instance is started beside the old ones, then an old one is told to end, until all are new; the signer is restarted.',
  plan(random) {
    const order = random.shuffled([...pairedRoles]);
    return [
      ...order.map((role, index) => ({
        atMs: index,
        text: `${role}: new instances beside the old ones`,
        run: (world: World) => replace(world, role),
      })),
      {
        atMs: order.length,
        text: 'the signer is restarted',
        run: async ({ stack }: World) => {
          for (const name of stack.instances.of('signer')) await stack.instances.stop(name);
          await stack.instances.start('signer');
        },
      },
    ];
  },
};

async function replace({ stack }: World, role: (typeof pairedRoles)[number]): Promise<void> {
  const { instances } = stack;
  for (const old of instances.of(role)) {
    await instances.startBeside(role);
    await instances.stop(old);
  }
}
