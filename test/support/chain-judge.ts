import { batchPayoutAbi } from '@naru/evm/abi/batch-payout.gen.ts';
import { decodePayoutLog } from '@naru/evm/payout-log.ts';
import type { Hex } from 'viem';
import { erc20Abi } from 'viem';
import type { Stack } from './stack.ts';

/** What the chain's logs alone say was paid: times each withdrawal id stands as PAID. Our own story is not asked. */
export async function countPayments(stack: Stack): Promise<Map<string, number>> {
  const logs = await stack.devnet.client.getLogs({
    address: stack.contracts.payoutContract,
    event: batchPayoutAbi.find((entry) => entry.type === 'event' && entry.name === 'BatchExecuted') as never,
    fromBlock: 0n,
    toBlock: 'latest',
  });
  const payments = new Map<string, number>();
  for (const log of logs as { topics: string[]; data: string }[]) {
    const decoded = decodePayoutLog(log);
    if (!decoded.ok) throw new Error(`a log of the payout contract cannot be read: ${decoded.problem}`);
    for (const { id, outcome } of decoded.batch.outcomes)
      if (outcome === 'PAID') payments.set(id, (payments.get(id) ?? 0) + 1);
  }
  return payments;
}

export async function tokenBalance(stack: Stack, token: Hex, account: Hex): Promise<bigint> {
  return await stack.devnet.client.readContract({
    address: token,
    abi: erc20Abi,
    functionName: 'balanceOf',
    args: [account],
  });
}
