import { systemClock } from '@naru/kit/clock.ts';
import { leafText, nodeText, type SumNode } from '@naru/kit/merkle-sum.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../access/access.ts';
import { createDepositWorld, type DepositWorld } from '../deposit/deposit.fixture.ts';
import { makeReservesReport } from './make-report.ts';
import { type BalanceProof, proveBalances } from './prove-balance.ts';
import { hashText, type ReservesBody, type ReservesReport } from './reserves.ts';

const BY = { actor: 'system:test', origin: null, requestId: null, reason: null };

let world: DepositWorld;
beforeAll(async () => {
  world = await createDepositWorld();
});
afterAll(() => world.close());

async function report(): Promise<ReservesReport> {
  const { chain } = await world.target();
  return await makeReservesReport({ db: world.db, clock: systemClock }, [{ chain, port: world.chain }], BY);
}

const prove = (caller: Caller) => proveBalances({ db: world.db }, caller.organisationId);

/** Where the way from a leaf leads. */
function follow({ leaf, tree, assetId }: BalanceProof['assets'][number]): SumNode {
  let node: SumNode = { hash: hashText(leafText({ ...leaf, assetId })), sum: leaf.units };
  for (const step of tree.path) {
    const [left, right] = step.side === 'left' ? [step, node] : [node, step];
    node = { hash: hashText(nodeText(left, right)), sum: left.sum + right.sum };
  }
  return node;
}

const treesOf = ({ body }: ReservesReport) =>
  new Map(
    (JSON.parse(body) as ReservesBody).chains.flatMap((chain) =>
      chain.assets.map(({ asset, tree, customersUnits }) => [asset, { tree, customersUnits }] as const),
    ),
  );

test('without a report there is nothing to prove by', async () => {
  expect(await prove(await world.owner({}))).toBeNull();
});

test('each organisation finds its way to the root that the report was published with, in every asset', async () => {
  const owners: Caller[] = [];
  for (let count = 1; count <= 7; count++) owners.push(await world.owner({ USDC: String(count) }));
  owners.push(await world.owner({ USDC: '1000000', ETH: '3' }));
  const made = await report();
  const trees = treesOf(made);
  for (const owner of owners) {
    const proof = await prove(owner);
    expect(proof).toMatchObject({
      organisationId: owner.organisationId,
      report: { id: made.id, hash: made.hash },
    });
    for (const asset of proof?.assets ?? []) {
      const published = trees.get(asset.assetId);
      expect(asset.leaf.organisationId).toBe(owner.organisationId);
      expect(follow(asset)).toEqual({
        hash: published?.tree?.root,
        sum: BigInt(published?.customersUnits ?? 0),
      });
    }
  }
  expect((await prove(owners.at(-1) as Caller))?.assets.map(({ assetId }) => assetId)).toEqual([
    'localhost:ETH',
    'localhost:USDC',
  ]);
});

test('one that has no balance stands in no tree; what came after a report is not in it, and is in the next', async () => {
  const late = await world.owner({});
  await report();
  expect((await prove(late))?.assets).toEqual([]);
  const rich = await world.owner({ USDC: '42' });
  expect((await prove(rich))?.assets).toEqual([]);
  await report();
  expect((await prove(rich))?.assets.map(({ leaf }) => leaf.units)).toEqual([42_000_000n]);
});
