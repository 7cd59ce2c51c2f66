import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  bytes16ToUuid,
  fromPublicId,
  type IdKind,
  idPrefixes,
  newId,
  newUuid,
  toPublicId,
  uuidToBytes16,
} from './ids.ts';

/** Suffixes of the valid examples. Source: TypeID specification 0.3, spec/valid.yml. */
const VALID: [suffix: string, uuid: string][] = [
  ['00000000000000000000000000', '00000000-0000-0000-0000-000000000000'],
  ['00000000000000000000000001', '00000000-0000-0000-0000-000000000001'],
  ['0000000000000000000000000a', '00000000-0000-0000-0000-00000000000a'],
  ['0000000000000000000000000g', '00000000-0000-0000-0000-000000000010'],
  ['00000000000000000000000010', '00000000-0000-0000-0000-000000000020'],
  ['7zzzzzzzzzzzzzzzzzzzzzzzzz', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
  ['0123456789abcdefghjkmnpqrs', '0110c853-1d09-52d8-d73e-1194e95b5f19'],
  ['01h455vb4pex5vsknk084sn02q', '01890a5d-ac96-774b-bcce-b302099a8057'],
];
/** Suffixes of the invalid examples. Source: the same, spec/invalid.yml. */
const INVALID = [
  '1234567890123456789012345',
  '123456789012345678901234567',
  '1234567890123456789012345 ',
  '0123456789ABCDEFGHJKMNPQRS',
  '123456789-123456789-123456',
  'ooooooiiiiiiuuuuuuulllllll',
  'i23456789ol23456789oi23456',
  '123456789-0123456789-0123456',
  '8zzzzzzzzzzzzzzzzzzzzzzzzz',
  '',
];
const kinds = Object.keys(idPrefixes) as IdKind[];
const anyKind = fc.constantFrom(...kinds);

describe('public ids', () => {
  test.each(VALID)('%s is %s, both ways', (suffix, uuid) => {
    expect(toPublicId('withdrawal', uuid)).toBe(`wd_${suffix}`);
    expect(fromPublicId('withdrawal', `wd_${suffix}`)).toBe(uuid);
  });

  test.each(INVALID)('"%s" is no id', (suffix) => {
    expect(fromPublicId('withdrawal', `wd_${suffix}`)).toBeNull();
  });

  test.each(['', '_', 'wd', 'wd_', '00000000000000000000000000', 'WD_00000000000000000000000000'])(
    '"%s" is no id',
    (text) => expect(fromPublicId('withdrawal', text)).toBeNull(),
  );

  test('an id of one kind is never taken for one of another', () => {
    expect(new Set(Object.values(idPrefixes)).size).toBe(kinds.length);
    fc.assert(
      fc.property(anyKind, anyKind, fc.uuid(), (kind, other, uuid) => {
        expect(fromPublicId(other, toPublicId(kind, uuid))).toBe(kind === other ? uuid : null);
      }),
    );
  });

  test('prefixes are what the specification allows', () => {
    for (const prefix of Object.values(idPrefixes)) expect(prefix).toMatch(/^[a-z]([a-z_]{0,61}[a-z])?$/);
  });

  test('whatever a caller sends, there is an answer', () => {
    fc.assert(
      fc.property(anyKind, fc.string({ unit: 'binary-ascii' }), (kind, text) => {
        expect(fromPublicId(kind, text)).toBeNull();
        const decoded = fromPublicId(kind, `${idPrefixes[kind]}_${text}`);
        if (decoded !== null) expect(toPublicId(kind, decoded)).toBe(`${idPrefixes[kind]}_${text}`);
      }),
    );
  });

  test('the order of UUIDs is the order of public ids', () => {
    fc.assert(
      fc.property(fc.uuid(), fc.uuid(), (one, other) => {
        expect(toPublicId('bulk', one) < toPublicId('bulk', other)).toBe(one < other);
      }),
    );
  });
});

describe('new ids', () => {
  test('are UUIDv7 that hold the present moment, sort by the time of making, and never repeat', () => {
    const before = Date.now();
    const ids = Array.from({ length: 20_000 }, newUuid);
    const after = Date.now();

    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of [ids[0] ?? '', ids.at(-1) ?? '']) {
      expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      const madeAt = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
      expect(madeAt).toBeGreaterThanOrEqual(before);
      expect(madeAt).toBeLessThanOrEqual(after + 1);
    }
  });

  test('newId names its kind', () => {
    for (const kind of kinds) expect(fromPublicId(kind, newId(kind))).not.toBeNull();
  });
});

describe('ids on chain', () => {
  test('are the 16 bytes of the UUID, both ways, in any case', () => {
    fc.assert(
      fc.property(fc.uuid(), (uuid) => {
        const bytes = uuidToBytes16(uuid);
        expect(bytes).toBe(`0x${uuid.replaceAll('-', '')}`);
        expect(uuidToBytes16(uuid.toUpperCase())).toBe(bytes);
        expect(bytes16ToUuid(bytes)).toBe(uuid);
        expect(bytes16ToUuid(bytes.slice(2).toUpperCase())).toBe(uuid);
      }),
    );
  });

  test('anything but 16 bytes stops the step', () => {
    for (const wrong of ['', '0x', `0x${'0'.repeat(31)}`, `0x${'0'.repeat(33)}`, 'g'.repeat(32)]) {
      expect(() => uuidToBytes16(wrong)).toThrow('not a UUID');
      expect(() => bytes16ToUuid(wrong)).toThrow('not 16 bytes');
    }
  });
});
