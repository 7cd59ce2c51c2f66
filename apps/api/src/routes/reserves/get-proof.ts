import { toPublicId } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import { reservesProof } from '@naru/wire/reserves.ts';
import { defineRoute } from '../../http/define-route.ts';
import { ProblemError } from '../../http/problem-error.ts';

export const getReservesProofRoute = defineRoute({
  method: 'GET',
  path: '/v1/reserves/proof',
  operationId: 'getReservesProof',
  tag: 'Deposits',
  summary: 'Prove that your balances are in the total',
  description:
    'The way from each balance of the caller to the root of the newest report. The SDK checks it without any server (`verifyReservesProof`).',
  scope: 'deposits:read',
  idempotency: 'none',
  rateLimit: 'per_key',
  audit: null,
  request: { params: null, query: null, body: null },
  responses: { 200: { description: 'The proof.', schema: reservesProof } },
  errors: ['reserves_not_found'],
  handler: async ({ reserves }, { caller }) => {
    const proof = await reserves.prove(caller);
    if (proof === null) throw new ProblemError('reserves_not_found');
    return {
      status: 200,
      body: {
        object: 'reserves_proof',
        reportId: toPublicId('reservesReport', proof.report.id),
        reportHash: proof.report.hash,
        createdAt: proof.report.createdAt.toISOString(),
        organisationId: toPublicId('organisation', proof.organisationId),
        assets: proof.assets.map(({ assetId, decimals, leaf, tree }) => {
          const [chain = '', asset = ''] = assetId.split(':');
          return {
            chain,
            asset,
            amount: formatAmount(leaf.units, decimals),
            leaf: {
              organisationUuid: leaf.organisationId,
              assetId,
              salt: leaf.salt,
              units: String(leaf.units),
            },
            path: tree.path.map(({ side, hash, sum }) => ({ side, hash, sumUnits: String(sum) })),
            root: tree.hash,
            totalUnits: String(tree.sum),
          };
        }),
      },
    } as const;
  },
});
