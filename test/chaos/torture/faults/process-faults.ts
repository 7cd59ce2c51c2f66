import { assertPresent } from '@naru/kit/assert.ts';
import type { Act, Fault } from '../fault.ts';
import { allRoles } from '../instances.ts';
import type { Random } from '../random.ts';
import type { World } from '../world.ts';

const KILL_EVERY_MS = { min: 300, max: 1_200 };
/** Longer than every lease (3 s): whoever sleeps must find that others have gone on. */
const FROZEN_MS = { min: 3_500, max: 6_500 };

export const kill: Fault = {
  name: 'kill',
  kind: 'process',
  what: 'SIGKILL to a process of any role, the signer and the API included, every 0.3 to 1.2 s; the supervisor starts it again.',
  plan(random, durationMs) {
    const acts: Act[] = [];
    // Every role is met; what comes after that is chance.
    const first = random.shuffled([...allRoles]);
    for (
      let atMs = random.whole(100, 400), index = 0;
      atMs < durationMs;
      atMs += random.whole(KILL_EVERY_MS.min, KILL_EVERY_MS.max), index++
    ) {
      const role = first[index] ?? random.pick(allRoles);
      const which = random.whole(0, 1);
      acts.push({
        atMs,
        text: `SIGKILL ${role} ${role === 'signer' ? 1 : which + 1}`,
        run: async ({ stack }) => {
          const names = stack.instances.of(role);
          stack.instances.signal(assertPresent(names[which % names.length], role), 'SIGKILL');
        },
      });
    }
    return acts;
  },
};

export const freeze: Fault = {
  name: 'freeze',
  kind: 'process',
  what: 'SIGSTOP to every process, one after the other or together, for longer than its leases last, then SIGCONT: it wakes up in the middle of what it did, after others took over.',
  plan(random, durationMs) {
    const acts: Act[] = [];
    for (const role of allRoles)
      for (const which of role === 'signer' ? [0] : [0, 1])
        acts.push(...frozen(random, { atMs: random.whole(0, Math.floor(durationMs / 2)), role, which }));
    return acts;
  },
  heal: wakeAll,
};

function frozen(
  random: Random,
  victim: { atMs: number; role: (typeof allRoles)[number]; which: number },
): Act[] {
  const { atMs, role, which } = victim;
  const frozenMs = random.whole(FROZEN_MS.min, FROZEN_MS.max);
  const send = (signal: NodeJS.Signals, at: number): Act => ({
    atMs: at,
    text: `${signal} ${role} ${role === 'signer' ? 1 : which + 1}`,
    run: async ({ stack }) => {
      const names = stack.instances.of(role);
      stack.instances.signal(assertPresent(names[which % names.length], role), signal);
    },
  });
  return [send('SIGSTOP', atMs), send('SIGCONT', atMs + frozenMs)];
}

async function wakeAll({ stack }: World): Promise<void> {
  for (const role of allRoles)
    for (const name of stack.instances.of(role)) stack.instances.signal(name, 'SIGCONT');
}
