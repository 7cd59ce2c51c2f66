import { format, inspect } from 'node:util';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { secret } from './secret.ts';

const TEXT = 'correct horse battery staple';

test('a secret is told only by reveal, however it is printed', () => {
  const hidden = secret(TEXT);
  const config = { deep: [{ hidden }] };
  const prints = [
    String(hidden),
    `${hidden}`,
    // biome-ignore lint/style/useTemplate: concatenation is a way of printing of its own
    'token ' + hidden,
    JSON.stringify(hidden),
    JSON.stringify(config),
    inspect(hidden, { depth: 10, showHidden: true, getters: true }),
    inspect(config, { depth: 10, showHidden: true }),
    format('%s %o %O %j', hidden, hidden, hidden, hidden),
    [hidden].join(),
    JSON.stringify(Object.entries(hidden)),
    JSON.stringify({ ...hidden }),
    new Error(`refused ${hidden}`).stack ?? '',
    logged(config),
  ];

  for (const print of prints) expect(print).not.toContain(TEXT);
  expect(hidden.reveal()).toBe(TEXT);
});

test('a secret cannot be given another text or another way to print', () => {
  const hidden = secret(TEXT);
  expect(() => Object.assign(hidden, { toJSON: () => TEXT })).toThrow(TypeError);
});

function logged(value: object): string {
  const lines: string[] = [];
  pino({}, { write: (line: string) => void lines.push(line) }).info(value, 'config');
  return lines.join();
}
