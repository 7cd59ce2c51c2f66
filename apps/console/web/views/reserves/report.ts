import { z } from 'zod';

const units = z.string().regex(/^-?[0-9]+$/);

/** What stands in the text of a report (version 1); amounts in the smallest unit. */
const assetReserves = z.object({
  asset: z.string(),
  decimals: z.int().min(0),
  customersUnits: units,
  customersReservedUnits: units,
  subAccountsUnits: units.nullable(),
  depositAddressesUnits: units.nullable(),
  treasuryUnits: units.nullable(),
  differenceUnits: units.nullable(),
  explained: z.boolean().nullable(),
  covered: z.boolean().nullable(),
  tree: z.object({ root: z.string(), sumUnits: units, leaves: z.int() }).nullable(),
});
export type AssetReserves = z.output<typeof assetReserves>;

const chainReserves = z.object({
  chain: z.string(),
  block: z.string().nullable(),
  isFinal: z.boolean(),
  providers: z.int(),
  problem: z.string().nullable(),
  assets: z.array(assetReserves),
});
export type ChainReserves = z.output<typeof chainReserves>;

export function readReport(body: string): ChainReserves[] {
  return z.object({ chains: z.array(chainReserves) }).parse(JSON.parse(body)).chains;
}

/** On the chain, all together; null: not all of it could be read. */
export function heldUnits(asset: AssetReserves): string | null {
  const { subAccountsUnits, depositAddressesUnits, treasuryUnits } = asset;
  if (subAccountsUnits === null || depositAddressesUnits === null || treasuryUnits === null) return null;
  return String(BigInt(subAccountsUnits) + BigInt(depositAddressesUnits) + BigInt(treasuryUnits));
}

export function stateOf({ covered }: AssetReserves): 'COVERED' | 'SHORT' | 'UNREAD' {
  if (covered === null) return 'UNREAD';
  return covered ? 'COVERED' : 'SHORT';
}
