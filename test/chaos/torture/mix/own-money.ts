import type { Hex } from '@naru/kit/hex.ts';
import { erc20Abi, parseUnits } from 'viem';
import type { Clients } from '../clients.ts';
import type { TortureStack } from '../torture-stack.ts';

export const tokenNames = ['USDC', 'USDT'] as const;
export type TokenName = (typeof tokenNames)[number];
/** Of several addresses together, smallest unit. */
export type Holdings = Readonly<Record<TokenName, bigint>>;

export async function readHoldings(stack: TortureStack, addresses: readonly Hex[]): Promise<Holdings> {
  const sum = async (token: Hex) => {
    const balances = await Promise.all(
      addresses.map((address) =>
        stack.devnet.client.readContract({
          address: token,
          abi: erc20Abi,
          functionName: 'balanceOf',
          args: [address],
        }),
      ),
    );
    return balances.reduce((total, one) => total + one, 0n);
  };
  return { USDC: await sum(stack.contracts.usdc), USDT: await sum(stack.contracts.usdt) };
}

const DECIMALS: Readonly<Record<string, number>> = { USDC: 6, USDT: 6, ETH: 18 };
export const unitsOf = (asset: string, amount: string) => parseUnits(amount, DECIMALS[asset] ?? 0);

/** What the customer has of each asset, smallest unit, as the API says. */
export async function readCustomer({ call }: Clients): Promise<ReadonlyMap<string, bigint>> {
  const balances = await call('balances', (naru) => naru.balances.list());
  return new Map(balances.map(({ asset, available }) => [asset, unitsOf(asset, available)]));
}
