import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { arbitraryRequest, payoutRequest } from '../test/requests.ts';
import { type SignRequest, signRequestSchema } from './schema.ts';

const decode = (value: unknown) => signRequestSchema.safeParse(value);

describe('sign request on the wire', () => {
  it('survives encode, JSON and decode (property)', () => {
    fc.assert(
      fc.property(arbitraryRequest, (request) => {
        const wire: unknown = JSON.parse(JSON.stringify(z.encode(signRequestSchema, request)));
        expect(z.decode(signRequestSchema, wire as z.input<typeof signRequestSchema>)).toEqual(request);
      }),
    );
  });

  it('carries amounts and wei as decimal strings', () => {
    const wire = z.encode(signRequestSchema, payoutRequest());
    expect(wire.gas).toBe('1000000');
    expect(wire.fees).toEqual({
      kind: 'eip1559',
      maxFeePerGasWei: '2000000000',
      maxPriorityFeePerGasWei: '1',
    });
    expect(JSON.stringify(wire)).not.toMatch(/"amount":[0-9]/);
  });

  const wire = () => structuredClone(z.encode(signRequestSchema, payoutRequest()));
  const cases: [string, (request: ReturnType<typeof wire>) => unknown][] = [
    ['a number as an amount', (request) => ({ ...request, gas: 1_000_000 })],
    ['a sign', (request) => ({ ...request, gas: '+1000000' })],
    ['a leading zero', (request) => ({ ...request, gas: '01000000' })],
    ['an exponent', (request) => ({ ...request, gas: '1e6' })],
    ['a blank', (request) => ({ ...request, gas: ' 1000000' })],
    ['hex digits', (request) => ({ ...request, gas: '0xf4240' })],
    ['a fraction of a nonce', (request) => ({ ...request, nonce: 1.5 })],
    ['a negative nonce', (request) => ({ ...request, nonce: -1 })],
    ['a nonce beyond 2^53', (request) => ({ ...request, nonce: 2 ** 53 })],
    ['a field nobody knows', (request) => ({ ...request, data: '0xdeadbeef' })],
    ['a 19-byte address', (request) => ({ ...request, from: `0x${'11'.repeat(19)}` })],
    [
      'a tip above the fee',
      (request) => ({
        ...request,
        fees: { kind: 'eip1559', maxFeePerGasWei: '1', maxPriorityFeePerGasWei: '2' },
      }),
    ],
    [
      'an intent of another kind',
      (request) => ({ ...request, intent: { kind: 'call', to: request.from, data: '0x' } }),
    ],
    ['no items', (request) => ({ ...request, intent: { ...request.intent, items: [] } })],
  ];
  it.each(cases)('refuses %s', (_name, change) => {
    expect(decode(wire()).success).toBe(true);
    expect(decode(change(wire())).success).toBe(false);
  });

  const withItems = (items: { id: string; to: string; amount: string }[]) => ({
    ...wire(),
    intent: { ...wire().intent, items },
  });
  const item = { id: '01890a5d-ac96-774b-bcce-b302099a8057', to: `0x${'22'.repeat(20)}`, amount: '1' };

  it('refuses an item id that occurs twice, also when written in another case', () => {
    const other = '01890a5d-ac96-774b-bcce-b302099a8058';
    expect(decode(withItems([item, { ...item, id: other }])).success).toBe(true);
    expect(decode(withItems([item, { ...item, id: item.id.toUpperCase() }])).success).toBe(false);
  });

  it('accepts amounts from 1 to 2^128 - 1', () => {
    const accepts = (amount: bigint) => decode(withItems([{ ...item, amount: amount.toString() }])).success;
    expect([accepts(0n), accepts(1n), accepts(2n ** 128n - 1n), accepts(2n ** 128n)]).toEqual([
      false,
      true,
      true,
      false,
    ]);
  });

  it('makes addresses and ids lower case', () => {
    const parsed: SignRequest = signRequestSchema.parse({ ...wire(), from: `0x${'AB'.repeat(20)}` });
    expect(parsed.from).toBe(`0x${'ab'.repeat(20)}`);
  });
});
