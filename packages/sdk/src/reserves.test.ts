import { readFile } from 'node:fs/promises';
import { reservesProof } from '@naru/wire/reserves.ts';
import { expect, test } from 'vitest';
import { verifyReservesProof } from './reserves.ts';

/** The Python client is tested with the same. */
const VECTORS = new URL('../../../sdks/python/tests/reserves_proofs.json', import.meta.url);

test('a proof of reserves holds, or says what does not: as the vectors that both clients share', async () => {
  const vectors = JSON.parse(await readFile(VECTORS, 'utf8')) as {
    name: string;
    proof: unknown;
    verified: unknown;
  }[];
  expect(vectors.length).toBeGreaterThan(5);
  for (const { name, proof, verified } of vectors)
    expect([name, await verifyReservesProof(reservesProof.parse(proof))]).toEqual([name, verified]);
});
