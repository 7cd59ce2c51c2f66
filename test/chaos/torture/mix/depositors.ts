import { assertPresent } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { formatAmount } from '@naru/kit/money.ts';
import type { DepositAddressBody } from '@naru/wire/deposit.ts';
import { encodeFunctionData, parseAbi, toHex } from 'viem';
import type { Clients } from '../clients.ts';
import type { Act } from '../fault.ts';
import { anvilCall } from '../miner.ts';
import type { Random } from '../random.ts';
import type { TortureStack } from '../torture-stack.ts';
import { moments } from './act.ts';

const mintAbi = parseAbi(['function mint(address to, uint256 amount)']);
/** The last ones receive the coin, too, which needs a contract at the address. */
const ADDRESSES = 6;
const COIN_ADDRESSES = 2;
const EVERY_MS = { min: 400, max: 1_200 };
const GAS = 200_000n;
/** Above the worst base fee that a fault makes. */
const FEE_PER_GAS_WEI = 1_000_000_000_000n;
/** Enough to be worth a sweep, and a number of its own, so that a swapped amount shows. */
const LEAST = { USDC: 2_000_000n, USDT: 2_000_000n, ETH: 10_000_000_000_000_000n } as const;
const DECIMALS = { USDC: 6, USDT: 6, ETH: 18 } as const;

export type Depositors = {
  readonly addresses: readonly Hex[];
  /** Payments that were sent; a reorganisation may have taken some away. */
  sent(): number;
  pay(asset: keyof typeof LEAST, place: number, units: bigint): Promise<void>;
};

export function planDeposits(random: Random, durationMs: number): Act[] {
  return moments(random, durationMs, EVERY_MS).map((atMs) => {
    const asset = random.pick(['USDC', 'USDC', 'USDT', 'ETH'] as const);
    const place =
      asset === 'ETH'
        ? random.whole(ADDRESSES - COIN_ADDRESSES, ADDRESSES - 1)
        : random.whole(0, ADDRESSES - 1);
    const units = LEAST[asset] + BigInt(random.whole(1, 999_999));
    return {
      atMs,
      text: `${formatAmount(units, DECIMALS[asset])} ${asset} to deposit address ${place + 1}`,
      run: ({ mix }) => mix.depositors.pay(asset, place, units),
    };
  });
}

export async function openDepositAddresses(stack: TortureStack, clients: Clients): Promise<Depositors> {
  const made: DepositAddressBody[] = [];
  for (let index = 0; index < ADDRESSES; index++) {
    const coin = index >= ADDRESSES - COIN_ADDRESSES;
    const idempotencyKey = `deposit-address-${index}`;
    // Not ready until a monitor watches the chain: that is worth a repeat, and repeated.
    made.push(
      await clients.call('a deposit address', (naru) =>
        naru.depositAddresses.create({ chain: 'localhost', coin }, { idempotencyKey }),
      ),
    );
  }
  const addresses = made.map(({ address }) => address as Hex);
  let sent = 0;
  return {
    addresses,
    sent: () => sent,
    async pay(asset, place, units) {
      const address = assertPresent(addresses[place], 'a deposit address');
      await send(stack, asset, address, units);
      sent += 1;
    },
  };
}

/** In a block of its own, at once: nobody pays again what a reorganisation takes away. */
async function send(
  { devnet, miner, contracts }: TortureStack,
  asset: keyof typeof LEAST,
  address: Hex,
  units: bigint,
): Promise<void> {
  const from = devnet.funder.address;
  const data = encodeFunctionData({ abi: mintAbi, functionName: 'mint', args: [address, units] });
  const payment =
    asset === 'ETH'
      ? { to: address, value: toHex(units) }
      : { to: asset === 'USDC' ? contracts.usdc : contracts.usdt, data };
  await miner.held(async () => {
    const nonce = await anvilCall<Hex>(devnet, 'eth_getTransactionCount', from, 'latest');
    const fee = { maxFeePerGas: toHex(FEE_PER_GAS_WEI), maxPriorityFeePerGas: toHex(1n) };
    await anvilCall(devnet, 'eth_sendTransaction', { from, nonce, gas: toHex(GAS), ...fee, ...payment });
    await anvilCall(devnet, 'evm_mine');
  });
}
