import { leafText, nodeText } from '@naru/kit/merkle-sum.ts';
import {
  type ReservesProofBody,
  type ReservesReportBody,
  reservesProof,
  reservesReport,
} from '@naru/wire/reserves.ts';
import { type CallOptions, callsOf } from './calls.ts';
import type { Transport } from './transport.ts';

export type ReservesClient = {
  /** The way from each of your balances to the root of the newest report. Check it with `verifyReservesProof`. */
  proof(options?: CallOptions): Promise<ReservesProofBody>;
};

export type AdminReservesClient = {
  /** The newest report, as kept. Its `hash` is the SHA-256 of its `body`. */
  newest(options?: CallOptions): Promise<ReservesReportBody>;
};

export function createReservesClient(transport: Transport): ReservesClient {
  const { read } = callsOf(transport);
  return { proof: (options) => read('/v1/reserves/proof', reservesProof, options) };
}

export function createAdminReservesClient(transport: Transport): AdminReservesClient {
  const { read } = callsOf(transport);
  return { newest: (options) => read('/v1/admin/reserves', reservesReport, options) };
}

/** What a proof shows of one asset; `problem` null: the balance is in the total. */
export type VerifiedAsset = { chain: string; asset: string; problem: string | null };

/**
 * Checks a proof with nothing but SHA-256: that each balance, with its salt, leads to the root, and that the sums on the way
 * lead to the total. Compare `root` and `totalUnits` with those of the report that others were shown: that is what makes
 * the total the same for all. Calls nobody.
 */
export async function verifyReservesProof(proof: ReservesProofBody): Promise<VerifiedAsset[]> {
  const verified: VerifiedAsset[] = [];
  for (const { chain, asset, leaf, path, root, totalUnits } of proof.assets) {
    const { salt, organisationUuid: organisationId, assetId, units } = leaf;
    let node = {
      hash: await sha256(leafText({ salt, organisationId, assetId, units: BigInt(units) })),
      sum: BigInt(units),
    };
    for (const { side, hash, sumUnits } of path) {
      const beside = { hash, sum: BigInt(sumUnits) };
      const [left, right] = side === 'left' ? [beside, node] : [node, beside];
      node = { hash: await sha256(nodeText(left, right)), sum: left.sum + right.sum };
    }
    const problem =
      node.hash !== root
        ? 'the balance does not lead to the root'
        : node.sum !== BigInt(totalUnits)
          ? 'the sums do not lead to the total'
          : null;
    verified.push({ chain, asset, problem });
  }
  return verified;
}

async function sha256(text: string): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
