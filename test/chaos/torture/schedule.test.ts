import { expect, test } from 'vitest';
import { faults } from './faults/all-faults.ts';
import { faultNames } from './names.ts';
import { createSchedule, scheduleText } from './schedule.ts';

const options = { payouts: 2_000, minutes: null, only: faultNames, limits: { reorgDepthMax: 64 } } as const;
const textOf = (seed: number) => scheduleText(createSchedule({ ...options, seed }));

test('the same seed gives the same schedule, another seed another one', () => {
  expect(textOf(5)).toBe(textOf(5));
  expect(textOf(5)).not.toBe(textOf(6));
});

test('every fault has a phase of its own, then come the mixtures; all payouts are submitted', () => {
  const phases = createSchedule({ ...options, seed: 1 });
  expect(phases.map(({ name }) => name).slice(0, -3)).toEqual(faultNames.slice(0, -1));
  expect(phases.map(({ name }) => name).slice(-3)).toEqual(['mixed-1', 'mixed-2', 'mixed-3']);
  expect(phases.reduce((sum, phase) => sum + phase.payouts, 0)).toBe(2_000);
});

test('a fault alone is drawn as it is among all: --only replays what went wrong', () => {
  const [alone] = createSchedule({ ...options, seed: 9, payouts: 69, only: ['reorg'] });
  const among = createSchedule({ ...options, seed: 9 }).find(({ name }) => name === 'reorg');
  const textsOf = (phase: typeof alone) => phase?.faults.flatMap(({ acts }) => acts.map(({ text }) => text));
  expect(textsOf(alone)).toEqual(textsOf(among));
});

test('no mixture has two faults of one kind: they would undo each other', () => {
  for (let seed = 1; seed <= 50; seed++)
    for (const { faults: mixed } of createSchedule({ ...options, seed, only: ['mixed'] })) {
      const kinds = mixed.map(({ fault }) => fault.kind);
      expect(new Set(kinds).size).toBe(kinds.length);
      expect(kinds).not.toContain('alone');
      expect(kinds.length).toBeGreaterThanOrEqual(4);
    }
});

test('no reorganisation is deeper than the run allows', () => {
  for (let seed = 1; seed <= 20; seed++)
    for (const { faults: planned } of createSchedule({
      ...options,
      seed,
      only: ['reorg', 'reorg-reordered'],
      limits: { reorgDepthMax: 8 },
    }))
      for (const { text } of planned.flatMap(({ acts }) => acts))
        expect(Number.parseInt(text, 10)).toBeLessThanOrEqual(8);
});

test('every name has its fault', () => {
  for (const [name, fault] of Object.entries(faults)) expect(fault.name).toBe(name);
});
