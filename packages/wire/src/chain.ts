import { z } from 'zod';
import { amount } from './amount.ts';
import { address, assetCode, chainName } from './id.ts';

export const chain = z
  .object({
    chain: chainName,
    name: z.string().meta({ description: 'For people.', examples: ['Local development chain'] }),
    evmChainId: z
      .int()
      .min(1)
      .meta({ description: 'EIP-155 chain id.', examples: [31337] }),
    network: z.enum(['local', 'test', 'main']).meta({
      description: '`nk_test_` keys reach `local` and `test`, `nk_live_` keys reach `main`.',
      examples: ['local'],
    }),
    nativeSymbol: z.string().meta({ examples: ['ETH'] }),
    confirmations: z
      .int()
      .min(1)
      .meta({ description: 'Blocks, its own included, until a payment is `CONFIRMED`.', examples: [12] }),
    blockTimeMs: z
      .int()
      .min(1)
      .meta({ description: 'Usual time between two blocks.', examples: [2000] }),
    explorerUrl: z
      .string()
      .nullable()
      .meta({ examples: [null] }),
    enabled: z.boolean().meta({ examples: [true] }),
  })
  .meta({ id: 'Chain', description: 'A chain that this key can reach.' });
export type ChainBody = z.output<typeof chain>;

export const chainList = z.object({ data: z.array(chain) }).meta({ id: 'ChainList' });

export const asset = z
  .object({
    chain: chainName,
    asset: assetCode,
    symbol: z.string().meta({ examples: ['USDC'] }),
    address: address.nullable().meta({ description: 'The token; null for the native coin.' }),
    decimals: z
      .int()
      .min(0)
      .meta({ description: 'Decimals that an amount may have.', examples: [6] }),
    minimum: amount.meta({ description: 'The smallest amount of one withdrawal.', examples: ['0.01'] }),
    maximum: amount.nullable().meta({
      description: 'The largest amount of one withdrawal; null where there is none but that of the contract.',
      examples: ['50000'],
    }),
    enabled: z.boolean().meta({ examples: [true] }),
  })
  .meta({ id: 'Asset', description: 'What can be withdrawn on a chain.' });
export type AssetBody = z.output<typeof asset>;

export const assetList = z.object({ data: z.array(asset) }).meta({ id: 'AssetList' });
