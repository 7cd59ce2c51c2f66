import { describe, expect, test } from 'vitest';
import type { BlockRef } from '../ports.ts';
import { findCommonBlock, isConsistent } from './reorganisation.ts';

const headers: BlockRef[] = [
  { number: 8n, hash: '0x08', parentHash: '0x07' },
  { number: 9n, hash: '0x09', parentHash: '0x08' },
];

describe('headers that were read', () => {
  test('count on top of the block that was read before them', () => {
    expect(isConsistent(headers, [], { first: 8n, last: 9n, parentHash: '0x07' })).toBe(true);
    expect(isConsistent(headers, [], { first: 8n, last: 9n, parentHash: null })).toBe(true);
  });

  test('do not count when a reorganisation between two reads changed the block below them', () => {
    expect(isConsistent(headers, [], { first: 8n, last: 9n, parentHash: '0x77' })).toBe(false);
  });
});

test('the newest block that both have; before the oldest when they share none', () => {
  const remembered = [
    { number: 9n, hash: '0x99' },
    { number: 8n, hash: '0x08' },
  ];
  expect(findCommonBlock(remembered, headers)).toBe(8n);
  expect(findCommonBlock([{ number: 9n, hash: '0x99' }], headers)).toBe(8n);
});
