import { describe, expect, test } from 'vitest';
import { isLocalAddress, isPublicAddress } from './public-address.ts';
import { findUrlProblem } from './url-rules.ts';

const FORBIDDEN: readonly (readonly [string, string])[] = [
  ['this machine', '127.0.0.1'],
  ['all of its net', '127.8.9.10'],
  ['no address', '0.0.0.0'],
  ['private, 10', '10.1.2.3'],
  ['private, 172.16', '172.16.0.1'],
  ['private, 172.31', '172.31.255.255'],
  ['private, 192.168', '192.168.1.1'],
  ['metadata of clouds', '169.254.169.254'],
  ['link-local', '169.254.0.1'],
  ['carrier-grade NAT', '100.64.0.1'],
  ['metadata of Alibaba', '100.100.100.200'],
  ['the wire server of Azure', '168.63.129.16'],
  ['metadata of Oracle', '192.0.0.192'],
  ['documentation', '192.0.2.1'],
  ['documentation', '203.0.113.9'],
  ['benchmarks', '198.18.0.1'],
  ['multicast', '224.0.0.1'],
  ['reserved', '240.0.0.1'],
  ['broadcast', '255.255.255.255'],
  ['6to4 relay', '192.88.99.1'],
  ['this machine', '::1'],
  ['no address', '::'],
  ['mapped, this machine', '::ffff:127.0.0.1'],
  ['mapped, in hexadecimal', '::ffff:7f00:1'],
  ['mapped, private', '::ffff:10.0.0.1'],
  ['mapped, even a public one', '::ffff:8.8.8.8'],
  ['compatible, this machine', '::127.0.0.1'],
  ['translated, this machine', '::ffff:0:127.0.0.1'],
  ['NAT64', '64:ff9b::7f00:1'],
  ['6to4', '2002:7f00:1::'],
  ['Teredo', '2001:0:4136:e378:8000:63bf:3fff:fdd2'],
  ['link-local', 'fe80::1'],
  ['link-local with a zone', 'fe80::1%eth0'],
  ['unique local', 'fd12:3456::1'],
  ['metadata of AWS', 'fd00:ec2::254'],
  ['site-local', 'fec0::1'],
  ['multicast', 'ff02::1'],
  ['documentation', '2001:db8::1'],
  ['discard', '100::1'],
  ['what nobody has yet', '4000::1'],
];

describe('an address that is not of the public internet', () => {
  test.each(FORBIDDEN)('%s: %s', (_, address) => {
    expect(isPublicAddress(address)).toBe(false);
  });
  test.each(['', 'localhost', '127.1', '0x7f000001', '2130706433', '017700000001', '1.2.3', '1.2.3.4.5'])(
    'what is none: %j',
    (text) => {
      expect(isPublicAddress(text)).toBe(false);
    },
  );
});

test.each(['8.8.8.8', '1.1.1.1', '2606:4700::1111', '172.32.0.1', '100.128.0.1', '[2606:4700::1111]'])(
  '%s is public',
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

test('local is this machine and its networks, and never where clouds keep their secrets', () => {
  for (const address of ['127.0.0.1', '::1', '10.0.0.1', '192.168.0.9', 'fd00::1', '::ffff:127.0.0.1'])
    expect([address, isLocalAddress(address)]).toEqual([address, true]);
  for (const address of [
    '169.254.169.254',
    '::ffff:169.254.169.254',
    '0.0.0.0',
    '224.0.0.1',
    '8.8.8.8',
    'fe80::1',
  ])
    expect([address, isLocalAddress(address)]).toEqual([address, false]);
});

describe('a URL', () => {
  test.each([
    ['https://example.com/hook', null],
    ['https://example.com:8443/hook?x=1', null],
    ['https://8.8.8.8/hook', null],
    ['https://[2606:4700::1111]/hook', null],
    ['http://example.com/hook', 'url_not_https'],
    ['ftp://example.com/hook', 'url_malformed'],
    ['javascript:alert(1)', 'url_malformed'],
    ['example.com/hook', 'url_malformed'],
    ['https://', 'url_malformed'],
    ['https://example.com/#part', 'url_malformed'],
    [`https://example.com/${'x'.repeat(2_000)}`, 'url_malformed'],
    ['https://kim:secret@example.com/', 'url_credentials'],
    ['https://kim@example.com/', 'url_credentials'],
    ['https://example.com:22/', 'url_port'],
    ['https://example.com:5432/', 'url_port'],
    ['https://example.com:80/', 'url_port'],
    // A URL parser reads all these as 127.0.0.1.
    ['https://127.0.0.1/', 'url_not_public'],
    ['https://127.1/', 'url_not_public'],
    ['https://0x7f.1/', 'url_not_public'],
    ['https://2130706433/', 'url_not_public'],
    ['https://017700000001/', 'url_not_public'],
    ['https://１２７.0.0.1/', 'url_not_public'],
    ['https://[::ffff:169.254.169.254]/', 'url_not_public'],
    ['https://[::1]/', 'url_not_public'],
    ['https://localhost/', 'url_not_public'],
    ['https://api.localhost/', 'url_not_public'],
    ['https://printer.local/', 'url_not_public'],
    ['https://db.internal/', 'url_not_public'],
    ['https://postgres/', 'url_not_public'],
  ])('%s: %s', (url, problem) => {
    expect(findUrlProblem(url, { allowLocal: false })).toBe(problem);
  });

  test.each([
    ['http://localhost:8080/hook', null],
    ['http://127.0.0.1:9/', null],
    ['http://[::1]:8080/', null],
    ['http://receiver:8080/', null],
    ['https://example.com/', null],
    ['http://169.254.169.254/latest/meta-data', 'url_not_public'],
    ['http://0.0.0.0/', 'url_not_public'],
    ['http://kim:secret@localhost/', 'url_credentials'],
  ])('on a local network, %s: %s', (url, problem) => {
    expect(findUrlProblem(url, { allowLocal: true })).toBe(problem);
  });
});
