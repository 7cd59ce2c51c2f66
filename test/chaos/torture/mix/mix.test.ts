import { expect, test } from 'vitest';
import { createPayouts, fileRows, isRefusedBy, type Outlaws } from '../payouts.ts';
import { createRandom } from '../random.ts';
import { planMix } from './mix.ts';

const outlaws: Outlaws = {
  blocked: ['0x00000000000000000000000000000000000000b1'],
  sanctioned: ['0x00000000000000000000000000000000000000c1'],
};
const planOf = (seed: number) =>
  planMix((name) => createRandom(seed, `kill/${name}`), 10_000).map(({ name, acts }) => [
    name,
    acts.map(({ atMs, text }) => [atMs, text]),
  ]);

test('the same seed plans the same mix, another seed another one, and every part has something to do', () => {
  expect(planOf(5)).toEqual(planOf(5));
  expect(planOf(5)).not.toEqual(planOf(6));
  for (let seed = 1; seed <= 20; seed++)
    for (const [name, acts] of planOf(seed)) expect([name, acts?.length]).not.toEqual([name, 0]);
});

test('rules meet the payouts that the seed says, whatever else is drawn', () => {
  const draw = () => createPayouts('kill', 1_000, createRandom(9, 'kill payouts'), outlaws);
  const shown = draw().map(({ ruling, quorum, units, asset }) => [ruling, quorum, units, asset]);
  expect(draw().map(({ ruling, quorum, units, asset }) => [ruling, quorum, units, asset])).toEqual(shown);
  const rulings = new Set(draw().map(({ ruling }) => ruling));
  expect([...rulings].toSorted()).toEqual([
    'approved',
    'blocked',
    'denied',
    'free',
    'over-limit',
    'sanctioned',
  ]);
});

test('nothing stands in a file that would have the whole file refused', () => {
  for (let seed = 1; seed <= 20; seed++) {
    const payouts = createPayouts('kill', 200, createRandom(seed, 'kill payouts'), outlaws);
    const rulings = payouts.slice(0, fileRows(payouts.length)).map(({ ruling }) => ruling);
    expect(rulings).not.toContain('blocked');
    expect(rulings).not.toContain('over-limit');
  }
});

test('a refusal is taken for what it was drawn as, and for nothing else', () => {
  expect(isRefusedBy('blocked', 'address_blocked')).toBe(true);
  expect(isRefusedBy('blocked', 'limit_exceeded')).toBe(false);
  expect(isRefusedBy('free', 'limit_exceeded')).toBe(false);
  expect(isRefusedBy('blocked', undefined)).toBe(false);
});
