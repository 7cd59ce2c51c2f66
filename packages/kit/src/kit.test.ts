import { describe, expect, test } from 'vitest';
import { AssertionError, assert, assertNever, assertPresent } from './assert.ts';
import { sleep, systemClock } from './clock.ts';
import { CodedError, errorText } from './errors.ts';
import { toBuffer, toHex } from './hex.ts';
import { createLogger } from './logger.ts';

describe('assert', () => {
  test('stops at what is false or missing, and lets zero and the empty text pass as present', () => {
    expect(() => assert(false, 'the sum is off')).toThrow(new AssertionError('the sum is off'));
    expect(() => assert(0n, 'zero')).toThrow(AssertionError);
    expect(() => assertPresent(null, 'row')).toThrow('row is missing');
    expect(() => assertPresent(undefined, 'row')).toThrow('row is missing');
    expect([assertPresent(0n, 'amount'), assertPresent('', 'text'), assertPresent(false, 'flag')]).toEqual([
      0n,
      '',
      false,
    ]);
    expect(() => assertNever('SIDEWAYS' as never, 'state')).toThrow('unexpected state: "SIDEWAYS"');
  });
});

describe('clock', () => {
  test('a sleep ends at once when its signal is aborted, before or meanwhile, and leaves no listener', async () => {
    const HOUR_MS = 3_600_000;
    const controller = new AbortController();
    const sleeping = sleep(HOUR_MS, controller.signal);
    controller.abort();
    await sleeping;
    await sleep(HOUR_MS, controller.signal);
  });

  test('time that is measured never runs backward', () => {
    const readings = Array.from({ length: 1_000 }, () => systemClock.monotonicMs());
    expect(readings.toSorted((one, other) => one - other)).toEqual(readings);
  });
});

describe('errors', () => {
  test('the text of an error names all its causes, and keeps internals to itself', () => {
    const root = new Error('connection reset');
    const middle = new Error('balance was not read', { cause: root });
    const error = new CodedError('rpc_unreachable', 'No provider answered.', {
      cause: middle,
      internal: 'provider 2 of 3',
      retryable: true,
      details: { chain: 'polygon' },
    });
    expect(errorText(error)).toBe('No provider answered.: balance was not read: connection reset');
    expect(errorText('just text')).toBe('just text');
    expect(error).toMatchObject({ code: 'rpc_unreachable', retryable: true, details: { chain: 'polygon' } });
  });

  test('an error is not retryable unless it says so', () => {
    expect(new CodedError('no', 'No.').retryable).toBe(false);
  });
});

describe('hex', () => {
  test('bytes go both ways, with or without 0x, the empty ones too', () => {
    const bytes = Buffer.from([0, 1, 254, 255]);
    expect(toHex(bytes)).toBe('0x0001feff');
    expect(toBuffer('0x0001feff').equals(bytes)).toBe(true);
    expect(toBuffer('0001FEFF').equals(bytes)).toBe(true);
    expect(toHex(toBuffer('0x'))).toBe('0x');
  });
});

describe('logger', () => {
  test('each line is one JSON object with level, time and who wrote it', () => {
    const lines: string[] = [];
    const logger = createLogger(
      { role: 'processor', instance: 'p-1', level: 'info' },
      { write: (line: string) => void lines.push(line) },
    );
    logger.info({ withdrawal: 'wd_1' }, 'planned');
    logger.debug('not at this level');

    expect(lines).toHaveLength(1);
    const line: Record<string, unknown> = JSON.parse(lines[0] ?? '');
    expect(line).toMatchObject({
      level: 'info',
      role: 'processor',
      instance: 'p-1',
      withdrawal: 'wd_1',
      msg: 'planned',
    });
    expect(new Date(String(line['time'])).toISOString()).toBe(line['time']);
  });
});
