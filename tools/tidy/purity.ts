import { visit } from '../repository/source.ts';
import type { SourceRule } from './rule.ts';

/** Files whose functions must give the same answer for the same arguments; tests and replays rely on it. */
export const PURE_FILES: readonly string[] = [
  'apps/signer/src/check-policy.ts',
  'apps/signer/src/policy.ts',
  'apps/signer/src/policy-changes.ts',
  'apps/signer/src/spend-window.ts',
  'apps/signer/src/spent-book.ts',
  'packages/core/src/chain-tx/planner.ts',
  'packages/core/src/withdrawal/check-request.ts',
  'packages/evm/src/batch-id.ts',
  'packages/evm/src/fees.ts',
  'packages/evm/src/payout-calldata.ts',
  'packages/evm/src/payout-log.ts',
  'packages/evm/src/send-outcome.ts',
  'packages/kit/src/money.ts',
  'packages/signer-protocol/src/payload.ts',
  'packages/signer-protocol/src/transaction.ts',
];

const MACHINE = /\.machine\.ts$/;
/** Decisions of a domain stand apart from the use cases that read for them and write what they say. */
const DECISION = /^packages\/core\/src\/[^/]+\/decisions\/(?!.*\.test\.ts$)/;
const CLOCK = 'reads a clock in a file that must be pure; take the time as an argument';
const CHANCE = 'uses chance in a file that must be pure; take the value as an argument';
const BANNED_CALLS: Readonly<Record<string, string>> = {
  'Date.now': CLOCK,
  'performance.now': CLOCK,
  'process.hrtime': CLOCK,
  'Math.random': CHANCE,
  'crypto.randomUUID': CHANCE,
  'crypto.getRandomValues': CHANCE,
};
const BANNED_IMPORTS: Readonly<Record<string, string>> = {
  systemClock: CLOCK,
  randomBytes: CHANCE,
  randomInt: CHANCE,
  randomUUID: CHANCE,
  newUuid: CHANCE,
  newId: CHANCE,
};

/** STYLE 9 and 10: leaves are pure, machines most of all. */
export const purity: SourceRule = {
  name: 'purity',
  appliesTo: (file) =>
    MACHINE.test(file) || DECISION.test(file) || file.endsWith('/planner.ts') || PURE_FILES.includes(file),
  check(source, report) {
    for (const { names, offset, isTypeOnly } of source.imports) {
      for (const name of isTypeOnly ? [] : names) {
        const message = BANNED_IMPORTS[name];
        if (message !== undefined) report(offset, `imports ${name}: ${message}`);
      }
    }
    visit(source, {
      // The mention is enough: `clock = Date.now` reads it later.
      MemberExpression({ object, property, start }) {
        if (object.type !== 'Identifier' || property.type !== 'Identifier') return;
        const path = `${object.name}.${property.name}`;
        const message = BANNED_CALLS[path];
        if (message !== undefined) report(start, `${path} ${message}`);
      },
      NewExpression({ callee, arguments: args, start }) {
        const isNow = callee.type === 'Identifier' && callee.name === 'Date' && args.length === 0;
        if (isNow) report(start, `new Date() ${CLOCK}`);
      },
      CallExpression({ callee, start }) {
        if (callee.type === 'Identifier' && callee.name === 'Date') report(start, `Date() ${CLOCK}`);
      },
    });
  },
};
