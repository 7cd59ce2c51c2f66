import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { ConfigError, readConfig } from './config.ts';

const DATABASE_URL = 'postgres://naru:hunter2@127.0.0.1:5432/naru';

test('has a default for everything but the database', () => {
  expect(readConfig({ DATABASE_URL })).toMatchObject({
    host: '127.0.0.1',
    port: 3000,
    logLevel: 'info',
    trustProxy: false,
    bulkBytesMax: 64 * 1024 * 1024,
  });
});

test('names all problems at once, each with what to set', () => {
  const read = () => readConfig({ NARU_PORT: '70000', NARU_LOG_LEVEL: 'loud', NARU_TRUST_PROXY: 'yes' });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow(
    /4 problem\(s\)[\s\S]*DATABASE_URL is not set: set it to postgres:[\s\S]*NARU_PORT must be[\s\S]*NARU_LOG_LEVEL must be[\s\S]*NARU_TRUST_PROXY must be/,
  );
});

test.each([
  ['false', false],
  ['2', 2],
  ['10.0.0.0/8,::1', ['10.0.0.0/8', '::1']],
])('NARU_TRUST_PROXY=%s', (text, trustProxy) => {
  expect(readConfig({ DATABASE_URL, NARU_TRUST_PROXY: text }).trustProxy).toEqual(trustProxy);
});

test('cannot be changed, and does not print the database password', () => {
  const config = readConfig({ DATABASE_URL });
  expect(Object.isFrozen(config)).toBe(true);
  expect(`${inspect(config)}${JSON.stringify(config)}`).not.toContain('hunter2');
});
