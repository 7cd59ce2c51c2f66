import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createSumTree, leafText, nodeText, type SumNode } from './merkle-sum.ts';

const hash = (text: string) => createHash('sha256').update(text).digest('hex');
const leaves = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    text: leafText({ salt: `${index}`, organisationId: 'o', assetId: 'a', units: BigInt(index * 7) }),
    units: BigInt(index * 7),
  }));

/** RFC 9162, 2.1.1, as it is written there: the left part is the largest power of two below the number of leaves. */
function rootOf(list: ReturnType<typeof leaves>): SumNode {
  const [only] = list;
  if (list.length === 1 && only !== undefined) return { hash: hash(only.text), sum: only.units };
  let left = 1;
  while (left * 2 < list.length) left *= 2;
  const [one, other] = [rootOf(list.slice(0, left)), rootOf(list.slice(left))];
  return { hash: hash(nodeText(one, other)), sum: one.sum + other.sum };
}

function build(count: number, target: number | null) {
  const tree = createSumTree(hash, target);
  for (const leaf of leaves(count)) tree.add(leaf);
  return tree.finish();
}

describe('a tree with sums', () => {
  it('has the shape of RFC 9162 and the sum of its leaves, for every number of them', () => {
    expect(build(0, null)).toBeNull();
    for (let count = 1; count <= 40; count++)
      expect([count, build(count, null)]).toMatchObject([count, { ...rootOf(leaves(count)), leaves: count }]);
  });

  it('shows of every leaf the way to the root', () => {
    for (const count of [1, 2, 3, 7, 8, 9, 33])
      for (let target = 0; target < count; target++) {
        const tree = build(count, target);
        const leaf = leaves(count)[target];
        let node: SumNode = { hash: hash(leaf?.text ?? ''), sum: leaf?.units ?? 0n };
        for (const step of tree?.path ?? []) {
          const [left, right] = step.side === 'left' ? [step, node] : [node, step];
          node = { hash: hash(nodeText(left, right)), sum: left.sum + right.sum };
        }
        expect(node).toEqual({ hash: tree?.hash, sum: tree?.sum });
      }
  });

  it('changes its root with any leaf, any amount and the order', () => {
    const root = (list: ReturnType<typeof leaves>) => {
      const tree = createSumTree(hash);
      for (const leaf of list) tree.add(leaf);
      return tree.finish()?.hash;
    };
    const list = leaves(5);
    const [first, second, ...rest] = list;
    if (first === undefined || second === undefined) throw new Error('five leaves');
    const roots = [
      list,
      [second, first, ...rest],
      [{ ...first, units: 1n }, second, ...rest],
      list.slice(0, 4),
    ];
    expect(new Set(roots.map(root)).size).toBe(roots.length);
  });
});
