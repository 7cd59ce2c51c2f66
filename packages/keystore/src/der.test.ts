import { createECDH, generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addressOfPublicKey, generatePrivateKey, signWith } from './curve.ts';
import { readEcPoint, readSignature, readSpki } from './der.ts';
import { toAccountSignature } from './external-signature.ts';

const spki = (namedCurve: string) =>
  generateKeyPairSync('ec', { namedCurve }).publicKey.export({ type: 'spki', format: 'der' });

describe('public keys in DER', () => {
  it('are read as OpenSSL writes them, and any changed byte of their head is refused', () => {
    const der = spki('secp256k1');
    expect(addressOfPublicKey(readSpki(der, 'it'))).toMatch(/^0x[0-9a-f]{40}$/);
    for (let at = 0; at < 24; at++) {
      const bad = Buffer.from(der);
      bad[at] = (bad[at] ?? 0) ^ 1;
      expect(() => readSpki(bad, 'it'), `byte ${at}`).toThrow(/the public key of it/);
    }
    expect(() => readSpki(der.subarray(0, -1), 'it')).toThrow('not an uncompressed');
    expect(() => readSpki(Buffer.concat([der, Buffer.from([0])]), 'it')).toThrow('not an uncompressed');
  });

  it('of another curve, or points that are on none, are refused', () => {
    expect(() => readSpki(spki('prime256v1'), 'it')).toThrow('not an uncompressed secp256k1 key');
    const off = Buffer.from(spki('secp256k1'));
    off[off.length - 1] = (off.at(-1) ?? 0) ^ 1;
    expect(() => readSpki(off, 'it')).toThrow('not a point of secp256k1');
  });

  it('are read from a CKA_EC_POINT with its OCTET STRING and without', () => {
    const point = Buffer.from(spki('secp256k1').subarray(-65));
    const wrapped = Buffer.concat([Buffer.from([0x04, 65]), point]);
    expect(readEcPoint(point, 'it')).toEqual(readEcPoint(wrapped, 'it'));
    expect(() => readEcPoint(wrapped.subarray(0, -1), 'it')).toThrow('not an uncompressed point');
  });
});

const hex = (length: number) =>
  fc.uint8Array({ minLength: length, maxLength: length }).map((bytes) => Buffer.from(bytes));

function integer(digits: Buffer): Buffer {
  let start = 0;
  while (start < digits.length - 1 && digits[start] === 0) start += 1;
  const body = digits.subarray(start);
  const padded = (body[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), body]) : body;
  return Buffer.concat([Buffer.from([2, padded.length]), padded]);
}
function der(r: Buffer, s: Buffer): Buffer {
  const body = Buffer.concat([integer(r), integer(s)]);
  return Buffer.concat([Buffer.from([0x30, body.length]), body]);
}

describe('signatures in DER', () => {
  it('give r and s back, of whatever length they are (property)', () => {
    fc.assert(
      fc.property(hex(32), hex(32), (r, s) => {
        expect(readSignature(der(r, s))).toEqual({
          r: `0x${r.toString('hex')}`,
          s: `0x${s.toString('hex')}`,
        });
      }),
    );
  });

  it.each([
    ['nothing', ''],
    ['another tag', '3106020101020101'],
    ['a length that is too long', '3007020101020101'],
    ['something behind it', '300602010102010100'],
    ['a negative number', '3006020181020101'],
    ['a number with a zero too many', '300702020001020101'],
    ['an empty number', '30050200020101'],
    ['a length in the long form', '308106020101020101'],
    ['a number of 33 digits', `3026022101${'00'.repeat(32)}020101`],
    ['one number', '3003020101'],
  ])('are refused with %s', (_what, text) => {
    expect(readSignature(Buffer.from(text, 'hex'))).toBeNull();
  });
});

describe('a signature from elsewhere', () => {
  const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;

  it('becomes the one that this process would have made, mirrored or not (property)', () => {
    fc.assert(
      fc.property(hex(32), fc.boolean(), (digest, isMirrored) => {
        const privateKey = generatePrivateKey();
        const own = signWith(privateKey, digest);
        const publicKey = publicKeyOf(privateKey);
        const s = isMirrored
          ? (`0x${(ORDER - BigInt(own.s)).toString(16).padStart(64, '0')}` as const)
          : own.s;
        expect(toAccountSignature({ publicKey, whose: 'it' }, digest, { r: own.r, s })).toEqual(own);
      }),
      { numRuns: 50 },
    );
  });

  it('of another key, of another digest, or none at all is thrown away', () => {
    const [mine, other] = [generatePrivateKey(), generatePrivateKey()];
    const digest = Buffer.alloc(32, 7);
    const key = { publicKey: publicKeyOf(mine), whose: 'the HSM' };
    for (const given of [
      signWith(other, digest),
      signWith(mine, Buffer.alloc(32, 8)),
      null,
      { r: `0x${'ff'.repeat(32)}`, s: `0x${'00'.repeat(32)}` } as const,
    ])
      expect(() => toAccountSignature(key, digest, given)).toThrow(/the HSM answered with/);
  });
});

function publicKeyOf(privateKey: Buffer): Buffer {
  const ecdh = createECDH('secp256k1');
  ecdh.setPrivateKey(privateKey);
  return ecdh.getPublicKey();
}
