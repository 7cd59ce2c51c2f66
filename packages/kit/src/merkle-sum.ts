/**
 * A Merkle tree whose nodes carry sums: its root fixes every leaf and what all leaves add up to. In the shape of RFC 9162
 * (2.1.1): the left subtree of a node is the largest full one. What is hashed is text, so that any language with SHA-256
 * can check a path.
 */
export type SumNode = { hash: string; sum: bigint };
/** From a leaf upwards: what stands beside the way, and on which side. */
export type SumStep = SumNode & { side: 'left' | 'right' };
export type SumTree = SumNode & { leaves: number; path: SumStep[] };

/** SHA-256 of the UTF-8 bytes, in lower-case hex. */
export type HashText = (text: string) => string;

/** `salt`: 32 random bytes in hex, so that who knows the others cannot guess this one. `units`: smallest unit. */
export function leafText(leaf: {
  salt: string;
  organisationId: string;
  assetId: string;
  units: bigint;
}): string {
  return `naru-reserves-leaf-1\n${leaf.salt}\n${leaf.organisationId}\n${leaf.assetId}\n${leaf.units}`;
}

export function nodeText(left: SumNode, right: SumNode): string {
  return `naru-reserves-node-1\n${left.hash}\n${left.sum}\n${right.hash}\n${right.sum}`;
}

/**
 * Builds a tree from leaves in their order, in memory that grows with the logarithm of their number. `target`: the place of
 * the leaf whose path is wanted; null: none.
 */
export function createSumTree(hash: HashText, target: number | null = null) {
  type Part = SumNode & { size: number; isOnWay: boolean };
  const parts: Part[] = [];
  const path: SumStep[] = [];
  let leaves = 0;

  function join(left: Part, right: Part): Part {
    if (left.isOnWay) path.push({ side: 'right', hash: right.hash, sum: right.sum });
    if (right.isOnWay) path.push({ side: 'left', hash: left.hash, sum: left.sum });
    return {
      hash: hash(nodeText(left, right)),
      sum: left.sum + right.sum,
      size: left.size + right.size,
      isOnWay: left.isOnWay || right.isOnWay,
    };
  }

  return {
    add(leaf: { text: string; units: bigint }): void {
      let part: Part = { hash: hash(leaf.text), sum: leaf.units, size: 1, isOnWay: leaves === target };
      leaves += 1;
      for (let last = parts.at(-1); last?.size === part.size; last = parts.at(-1)) {
        parts.pop();
        part = join(last, part);
      }
      parts.push(part);
    },
    /** Null: there was no leaf. */
    finish(): SumTree | null {
      let part = parts.pop();
      for (let left = parts.pop(); left !== undefined && part !== undefined; left = parts.pop())
        part = join(left, part);
      return part === undefined ? null : { hash: part.hash, sum: part.sum, leaves, path };
    },
  };
}
