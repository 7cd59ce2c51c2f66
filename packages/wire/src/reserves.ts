import { z } from 'zod';
import { amount } from './amount.ts';
import { assetCode, chainName, organisationId, reservesReportId } from './id.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
const units = z
  .string()
  .regex(/^(0|[1-9][0-9]*)$/)
  .meta({ description: 'In the smallest unit.', examples: ['12500000'] });
const moment = z.iso.datetime().meta({ examples: ['2026-03-02T04:05:06.789Z'] });
const EXAMPLE_HASH = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08';

export const reservesReport = z
  .object({
    object: z.literal('reserves_report'),
    id: reservesReportId,
    createdAt: moment,
    hash: sha256.meta({
      description: 'SHA-256 of `body`; it is in the audit log, too.',
      examples: [EXAMPLE_HASH],
    }),
    covered: z.boolean().meta({
      description: 'Whether the chains hold at least what is owed, for every asset that could be read.',
      examples: [true],
    }),
    body: z.string().meta({
      description:
        'The report as JSON text: for each asset what is owed, what the chains hold at one named block, what is in flight, and the root of the tree over all balances. Amounts in the smallest unit.',
      examples: ['{"version":1}'],
    }),
  })
  .meta({ id: 'ReservesReport', description: 'What is owed against what is held, at one moment.' });
export type ReservesReportBody = z.output<typeof reservesReport>;

export const reservesProof = z
  .object({
    object: z.literal('reserves_proof'),
    reportId: reservesReportId,
    reportHash: sha256.meta({ examples: [EXAMPLE_HASH] }),
    createdAt: moment,
    organisationId,
    assets: z.array(
      z.object({
        chain: chainName,
        asset: assetCode,
        amount: amount.meta({ description: 'Of the caller, reserved amounts included.', examples: ['12.5'] }),
        leaf: z.object({
          organisationUuid: z.uuid().meta({ examples: ['019cb03b-a186-71f1-bd03-bd00543a1cab'] }),
          assetId: z.string().meta({ examples: ['localhost:USDC'] }),
          salt: sha256.meta({ description: '32 random bytes.', examples: [EXAMPLE_HASH] }),
          units,
        }),
        path: z
          .array(z.object({ side: z.enum(['left', 'right']), hash: sha256, sumUnits: units }))
          .meta({ description: 'What stands beside the way from the leaf to the root.' }),
        root: sha256.meta({ examples: [EXAMPLE_HASH] }),
        totalUnits: units.meta({ description: 'What is owed to all, fixed by the root.' }),
      }),
    ),
  })
  .meta({
    id: 'ReservesProof',
    description: 'Shows that the balances of the caller are in the totals of the newest report.',
  });
export type ReservesProofBody = z.output<typeof reservesProof>;
