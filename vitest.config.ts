import { isTurn } from '@naru/testkit/turns.ts';
import { configDefaults, defineConfig } from 'vitest/config';
import { filesLeftOut, findMissing } from './tools/testing/system-programs.ts';

const common = {
  pool: 'forks', // tests send signals, load native code and start servers; each file gets a process of its own
  testTimeout: 60_000,
  hookTimeout: 120_000,
} as const;

const ALONE = ['test/chaos/crash-points.test.ts', 'test/chaos/torture.test.ts'];

/** The verbs of the console: a run takes a quarter of these, and whatever is asked for by name. */
const VERBS = [
  'withdrawal-verbs',
  'decision-verbs',
  'stuck-verbs',
  'fund-verbs',
  'people-verbs',
  'sign-in-verbs',
  'rule-verbs',
  'policy-verbs',
  'setup-verbs',
  'hook-verbs',
  'watch-verbs',
].map((name) => `test/console/${name}.test.ts`);
const isNamed = process.argv.some((arg) => arg.startsWith('test/console'));
const ANOTHER_DAY = isNamed ? [] : VERBS.filter((_, part) => !isTurn(part, 4));

/** What cannot run on this machine: `npm test` names it, and why. */
const LEFT_OUT = [...configDefaults.exclude, ...filesLeftOut(findMissing())];

export default defineConfig({
  test: {
    // Of the run as a whole: one PostgreSQL for both projects.
    globalSetup: ['packages/testkit/src/global-setup.ts'],
    projects: [
      {
        test: {
          ...common,
          name: 'unit',
          include: ['{packages,apps}/*/{src,test}/**/*.test.{ts,tsx}', '{tools,bench}/**/*.test.ts'],
          exclude: LEFT_OUT,
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...common,
          name: 'system',
          include: ['test/**/*.test.ts'],
          exclude: [...ALONE, ...ANOTHER_DAY, ...LEFT_OUT],
          // Each of these files starts a whole platform of processes, which mostly wait for blocks and for each other.
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          ...common,
          name: 'alone',
          include: ALONE,
          // These use both cores by themselves: one at a time, and nothing beside it.
          maxWorkers: 1,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
