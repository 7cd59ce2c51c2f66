import type { Hex } from '@naru/kit/hex.ts';
import fc from 'fast-check';
import { parseSignature, parseTransaction, serializeTransaction } from 'viem';
import { generatePrivateKey, privateKeyToAccount, sign } from 'viem/accounts';
import { describe, expect, it } from 'vitest';
import { arbitraryRequest, payoutRequest } from '../test/requests.ts';
import { buildPayload } from './payload.ts';
import type { SignRequest } from './schema.ts';
import { buildUnsignedTransaction, checkSigned, hashForSigning, serializeSigned } from './transaction.ts';

const privateKey = generatePrivateKey();
const from = privateKeyToAccount(privateKey).address.toLowerCase() as Hex;
const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

async function signWith(key: Hex, request: SignRequest): Promise<{ raw: Hex; hash: Hex }> {
  const unsigned = buildUnsignedTransaction(request, buildPayload(request.intent, request));
  const { r, s, yParity } = parseSignature(
    await sign({ hash: hashForSigning(unsigned), privateKey: key, to: 'hex' }),
  );
  return serializeSigned(unsigned, { r, s, yParity: yParity === 0 ? 0 : 1 });
}

const check = (request: SignRequest, raw: Hex) =>
  checkSigned(request, buildPayload(request.intent, request), raw);
const legacy = { kind: 'legacy', gasPriceWei: 3n } as const;

describe('signed transaction', () => {
  it('is byte for byte what a viem account signs, both kinds', async () => {
    const account = privateKeyToAccount(privateKey);
    for (const request of [payoutRequest({ from }), payoutRequest({ from, fees: legacy })]) {
      const unsigned = buildUnsignedTransaction(request, buildPayload(request.intent, request));
      expect((await signWith(privateKey, request)).raw).toBe(await account.signTransaction(unsigned));
    }
  });

  it('is accepted with its hash when it is what was asked for (property)', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryRequest, async (arbitrary) => {
        const request = { ...arbitrary, from };
        const { raw, hash } = await signWith(privateKey, request);
        expect(await check(request, raw)).toBe(hash);
      }),
      { numRuns: 30 },
    );
  });

  const asked = payoutRequest({ from });
  const others: [string, SignRequest][] = [
    ['nonce', { ...asked, nonce: 1 }],
    ['chain', { ...asked, chainId: 1 }],
    ['gas', { ...asked, gas: 1_000_001n }],
    ['fee', { ...asked, fees: { kind: 'eip1559', maxFeePerGasWei: 3n, maxPriorityFeePerGasWei: 1n } }],
    ['kind of fee', { ...asked, fees: legacy }],
    ['payload', { ...asked, intent: { kind: 'cancel' } }],
  ];
  it.each(others)('is refused when another %s was signed', async (_name, signed) => {
    const { raw } = await signWith(privateKey, signed);
    await expect(check(asked, raw)).rejects.toMatchObject({ code: 'signed_mismatch', retryable: false });
  });

  it('is refused when another key signed it', async () => {
    const { raw } = await signWith(generatePrivateKey(), asked);
    await expect(check(asked, raw)).rejects.toThrow('signed by');
  });

  it('is refused with a high S, though it recovers to the same account', async () => {
    const { raw } = await signWith(privateKey, asked);
    const { r, s, yParity } = parseTransaction(raw);
    if (r === undefined || s === undefined) throw new Error('not signed');
    const flipped = {
      r,
      s: `0x${(ORDER - BigInt(s)).toString(16)}`,
      yParity: yParity === 0 ? 1 : 0,
    } as const;
    const unsigned = buildUnsignedTransaction(asked, buildPayload(asked.intent, asked));
    const highS = serializeTransaction(unsigned, flipped);
    await expect(check(asked, highS)).rejects.toThrow('high S');
  });

  it('is refused when any byte is changed (property)', async () => {
    const { raw } = await signWith(privateKey, asked);
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: raw.length / 2 - 1 }),
        fc.integer({ min: 1, max: 255 }),
        async (at, mask) => {
          const bytes = Buffer.from(raw.slice(2), 'hex');
          bytes[at - 1] = (bytes[at - 1] ?? 0) ^ mask;
          await expect(check(asked, `0x${bytes.toString('hex')}`)).rejects.toMatchObject({
            code: 'signed_mismatch',
          });
        },
      ),
      { numRuns: 60 },
    );
  });

  it('is refused when it is unsigned or no transaction', async () => {
    const unsigned = serializeTransaction(buildUnsignedTransaction(asked, buildPayload(asked.intent, asked)));
    await expect(check(asked, unsigned)).rejects.toThrow('not signed');
    await expect(check(asked, '0x1234')).rejects.toThrow('not a transaction');
  });
});
