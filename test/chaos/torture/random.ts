import { draw } from '@naru/evm/testing/rpc-fault-rules.ts';
import { assert } from '@naru/kit/assert.ts';

/** A stream of decisions that follows from a seed and a name: the same in every run, whatever other streams there are. */
export type Random = {
  /** From `min` to `max`, both included. */
  whole(min: number, max: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  shuffled<T>(list: readonly T[]): T[];
};

export function createRandom(seed: number, name: string): Random {
  const stream = hashOf(name);
  let drawn = 0;
  const next = () => draw(seed, stream, ++drawn);
  const whole = (min: number, max: number) => min + Math.floor(next() * (max - min + 1));
  return {
    whole,
    chance: (probability) => next() < probability,
    pick(list) {
      assert(list.length > 0, 'nothing to pick from');
      return list[whole(0, list.length - 1)] as (typeof list)[number];
    },
    shuffled(list) {
      const left = [...list];
      const taken: (typeof left)[number][] = [];
      while (left.length > 0) taken.push(...left.splice(whole(0, left.length - 1), 1));
      return taken;
    },
  };
}

/** FNV-1a, 20 bits of it: enough to keep the streams of one run apart. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return hash & 0xfffff;
}
