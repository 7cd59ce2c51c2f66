import { randomBytes } from 'node:crypto';
import { getAddress } from 'viem';
import { expect, test } from 'vitest';
import { checksumAddress } from './checksum-address.ts';

/** From the specification: all letters upper case, all lower case, and mixed. */
const examples = [
  '0x52908400098527886E0F7030069857D2E4169EE7',
  '0x8617E340B3D01FA5F11F306F4090FD50E238070D',
  '0xde709f2102306220921060314715629080e2fb77',
  '0x27b1fdb04752bbc536007a920d24acb045561c26',
  '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
  '0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359',
  '0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB',
  '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
];

test.each(examples)('%s has its checksum, in whatever case it comes', (address) => {
  for (const text of [address, address.toLowerCase(), `0x${address.slice(2).toUpperCase()}`])
    expect(checksumAddress(text)).toBe(address);
});

test('random addresses get the checksum that another implementation gives them', () => {
  for (let index = 0; index < 2_000; index++) {
    const address = `0x${randomBytes(20).toString('hex')}`;
    expect(checksumAddress(address)).toBe(getAddress(address));
  }
});
