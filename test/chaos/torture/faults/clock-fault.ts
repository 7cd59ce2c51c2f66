import type { Act, Fault } from '../fault.ts';
import { allRoles } from '../instances.ts';
import type { World } from '../world.ts';

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const JUMPS_MS = [40 * SECOND_MS, 5 * MINUTE_MS, 3 * HOUR_MS, 26 * HOUR_MS] as const;

export const clock: Fault = {
  name: 'clock',
  kind: 'clock',
  what: "Wall clocks of single processes, or of all, jump by up to 26 hours forward or back and back again. PostgreSQL's own clock is left alone.",
  plan(random, durationMs) {
    const acts: Act[] = [];
    for (let atMs = 200; atMs < durationMs; atMs += random.whole(500, 1_200)) {
      const offsetMs = random.pick(JUMPS_MS) * random.pick([1, -1]);
      const role = random.chance(0.4) ? null : random.pick(allRoles);
      const which = random.whole(0, 1);
      acts.push({
        atMs,
        text: `clock of ${role === null ? 'all' : `${role} ${which + 1}`} ${offsetMs > 0 ? 'forward' : 'back'} by ${durationText(Math.abs(offsetMs))}`,
        run: async (world) => {
          if (role === null) return setAll(world, offsetMs);
          const names = world.stack.instances.of(role);
          const name = names[which % names.length];
          if (name !== undefined) world.stack.instances.shiftClock(name, offsetMs);
        },
      });
    }
    return acts;
  },
  heal: async (world) => setAll(world, 0),
};

function durationText(ms: number): string {
  return ms >= HOUR_MS ? `${ms / HOUR_MS} h` : `${ms / SECOND_MS} s`;
}

function setAll({ stack }: World, offsetMs: number): void {
  for (const role of allRoles)
    for (const name of stack.instances.of(role)) stack.instances.shiftClock(name, offsetMs);
}
