import { z } from 'zod';
import { amount, amountInput } from './amount.ts';
import { address, addressInput, assetCode, chainName, probeId } from './id.ts';
import { reasonInput } from './setting.ts';
import { timestamp } from './text.ts';

export const operatedChain = z
  .object({
    chain: chainName,
    name: z.string().meta({ examples: ['Polygon'] }),
    evmChainId: z
      .int()
      .min(1)
      .meta({ examples: [137] }),
    network: z.enum(['local', 'test', 'main']).meta({ examples: ['main'] }),
    configured: z.boolean().meta({
      description: 'It has RPC URLs and a payout contract in the environment; roles connect to it.',
      examples: [true],
    }),
    accepting: z.boolean().meta({
      description: 'New withdrawals are accepted. What was accepted is paid either way.',
      examples: [true],
    }),
    payoutContract: address.nullable().meta({ examples: [null] }),
  })
  .meta({
    id: 'OperatedChain',
    description: 'A chain as its operators see it. All else of it is a setting.',
  });
export type OperatedChainBody = z.output<typeof operatedChain>;
export const operatedChainList = z.object({ data: z.array(operatedChain) }).meta({ id: 'OperatedChainList' });

export const chainParams = z.object({ chain: chainName });
export const assetParams = z.object({ chain: chainName, asset: assetCode });
export const enableRequest = z.strictObject({ reason: reasonInput }).meta({ id: 'EnableRequest' });

export const operatedAsset = z
  .object({
    chain: chainName,
    asset: assetCode,
    symbol: z.string().meta({ examples: ['USDC'] }),
    address: address.nullable().meta({ description: 'The token; null for the coin of the chain.' }),
    decimals: z
      .int()
      .min(0)
      .meta({ examples: [6] }),
    enabled: z.boolean().meta({ description: 'New withdrawals are accepted.', examples: [true] }),
    minimum: amount.meta({ examples: ['0.01'] }),
    maximum: amount.nullable().meta({ examples: [null] }),
    gasPerItem: z
      .int()
      .min(0)
      .meta({ description: 'Gas of one withdrawal in a batch.', examples: [27_500] }),
    transferGasMax: z
      .int()
      .min(0)
      .meta({ description: 'Gas that one transfer may use.', examples: [100_000] }),
  })
  .meta({ id: 'OperatedAsset', description: 'An asset as its operators see it.' });
export type OperatedAssetBody = z.output<typeof operatedAsset>;
export const operatedAssetList = z.object({ data: z.array(operatedAsset) }).meta({ id: 'OperatedAssetList' });

export const createProbeRequest = z
  .strictObject({
    chain: chainName,
    address: addressInput.meta({ description: "The token's contract." }),
    holder: addressInput.nullish().meta({
      description: 'An account that holds some, for tokens of which a balance cannot be made up for the try.',
    }),
  })
  .meta({ id: 'CreateProbeRequest', description: 'A token to be asked about.' });
export type CreateProbeInput = z.input<typeof createProbeRequest>;

const payment = z
  .object({
    asked: amount.meta({ examples: ['1'] }),
    taken: amount.meta({ description: 'From the payer.', examples: ['1'] }),
    received: amount.meta({ description: 'What arrives.', examples: ['1'] }),
    gasUsed: z
      .int()
      .min(0)
      .meta({ examples: [45_038] }),
  })
  .meta({
    id: 'TriedPayment',
    description: 'A payment that a node was asked to try, of which nothing happened on chain.',
  });

export const probeParams = z.object({ probeId });

export const tokenProbe = z
  .object({
    id: probeId,
    object: z.literal('token_probe'),
    chain: chainName,
    address,
    state: z.enum(['REQUESTED', 'DONE', 'FAILED']).meta({
      description:
        '`REQUESTED` no node was asked yet · `DONE` with what was found · `FAILED` no node could be asked, see `error`.',
      examples: ['DONE'],
    }),
    error: z
      .string()
      .nullable()
      .meta({ examples: [null] }),
    symbol: z
      .string()
      .nullable()
      .meta({ description: 'As the token tells it.', examples: ['USDC'] }),
    decimals: z
      .int()
      .nullable()
      .meta({ examples: [6] }),
    payment: payment.nullable(),
    refusals: z.array(z.string()).meta({
      description: 'Why it cannot be paid with. With one of them it cannot be added.',
      examples: [[]],
    }),
    warnings: z.array(z.string()).meta({
      description: 'What you must know and agree to: fees that it takes, balances that change by themselves.',
      examples: [[]],
    }),
    requestedAt: timestamp,
    endedAt: timestamp.nullable(),
  })
  .meta({ id: 'TokenProbe', description: 'What the nodes of a chain tell of a token.' });
export type TokenProbeBody = z.output<typeof tokenProbe>;

export const addAssetRequest = z
  .strictObject({
    probeId: probeId.meta({ description: 'A probe that is `DONE`, not older than an hour.' }),
    code: assetCode.nullish().meta({ description: 'Its name in requests; default: its symbol.' }),
    minimum: amountInput
      .nullish()
      .meta({ description: 'The smallest withdrawal; default: its smallest unit.' }),
    acceptWarnings: z
      .boolean()
      .default(false)
      .meta({ description: 'You have read the warnings and agree.', examples: [false] }),
    reason: reasonInput,
  })
  .meta({ id: 'AddAssetRequest' });
export type AddAssetInput = z.input<typeof addAssetRequest>;

export const assetLimitRequest = z
  .strictObject({
    limit: z.enum(['minimum', 'maximum'], 'value_not_allowed').meta({ examples: ['maximum'] }),
    amount: amountInput.nullable().meta({ description: 'Null: what ships.', examples: ['50000'] }),
    reason: reasonInput,
  })
  .meta({ id: 'AssetLimitRequest', description: 'The smallest or largest withdrawal of an asset.' });
export type AssetLimitInput = z.input<typeof assetLimitRequest>;
