import type { Hex } from '@naru/kit/hex.ts';
import { concatHex, getAddress, hashMessage, recoverAddress } from 'viem';

/** One owner's signature as a Safe takes it: 65 bytes, r, s and v. */
export type OwnerSignature = { owner: Hex; signature: Hex };

export type SignatureProblem =
  /** Not 65 bytes of hex, or a `v` that is none of 27, 28, 31, 32. */
  | 'malformed'
  /** Contract owners (EIP-1271) and approvals on chain cannot be checked here. */
  | 'unsupported'
  /** No key gives this signature. */
  | 'unrecoverable';

/** Half of the curve's order: a larger `s` is the same signature written differently. Source: EIP-2. */
const S_MAX = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;
const ETH_SIGN_OFFSET = 4;

/**
 * Who signed, and the signature as the Safe checks it. Takes what wallets return for `eth_signTypedData_v4` (v 27 or 28;
 * some hardware gives 0 or 1) and for `eth_sign`/`personal_sign` over the hash (v 31 or 32, or 27 and 28, which is told by
 * trying). Source: https://github.com/safe-global/safe-smart-account/blob/v1.5.0/docs/signatures.md
 * @param owners - among whom to look; a signature of nobody among them is attributed to whom it recovers to.
 */
export async function readOwnerSignature(
  safeTransactionHash: Hex,
  text: string,
  owners: readonly Hex[],
): Promise<{ ok: true; value: OwnerSignature } | { ok: false; problem: SignatureProblem }> {
  if (!/^0x[0-9a-fA-F]{130}$/.test(text)) {
    const isLonger = /^0x(?:[0-9a-fA-F]{2}){66,}$/.test(text);
    return { ok: false, problem: isLonger ? 'unsupported' : 'malformed' };
  }
  const v = Number.parseInt(text.slice(-2), 16);
  const rs = text.slice(0, -2).toLowerCase() as Hex;
  if (BigInt(`0x${rs.slice(66)}`) > S_MAX) return { ok: false, problem: 'malformed' };
  const candidates = candidatesOf(safeTransactionHash, rs, v);
  if (candidates === null) return { ok: false, problem: 'malformed' };
  const isOwner = (address: Hex) => owners.some((owner) => owner.toLowerCase() === address.toLowerCase());
  let first: OwnerSignature | null = null;
  for (const { hash, recovery, signature } of candidates) {
    const owner = await recover(hash, rs, recovery);
    if (owner === null) continue;
    if (isOwner(owner)) return { ok: true, value: { owner, signature } };
    first ??= { owner, signature };
  }
  return first === null ? { ok: false, problem: 'unrecoverable' } : { ok: true, value: first };
}

function candidatesOf(safeTransactionHash: Hex, rs: Hex, v: number) {
  const typed = (recovery: number) => ({
    hash: safeTransactionHash,
    recovery,
    signature: withV(rs, 27 + recovery),
  });
  const prefixed = (recovery: number) => ({
    hash: hashMessage({ raw: safeTransactionHash }),
    recovery,
    signature: withV(rs, 27 + recovery + ETH_SIGN_OFFSET),
  });
  if (v === 0 || v === 1) return [typed(v), prefixed(v)];
  if (v === 27 || v === 28) return [typed(v - 27), prefixed(v - 27)];
  if (v === 31 || v === 32) return [prefixed(v - 31)];
  return null;
}

function withV(rs: Hex, v: number): Hex {
  return `${rs}${v.toString(16).padStart(2, '0')}`;
}

async function recover(hash: Hex, rs: Hex, recovery: number): Promise<Hex | null> {
  try {
    return getAddress(await recoverAddress({ hash, signature: withV(rs, 27 + recovery) }));
  } catch {
    return null;
  }
}

/** As `execTransaction` takes them: one after the other, by ascending owner; a Safe refuses any other order (GS026). */
export function packSignatures(signatures: readonly OwnerSignature[]): Hex {
  const sorted = [...signatures].sort((a, b) => (a.owner.toLowerCase() < b.owner.toLowerCase() ? -1 : 1));
  return concatHex(sorted.map(({ signature }) => signature));
}
