import { batchPayoutAbi } from '@naru/evm/abi/batch-payout.gen.ts';
import { decodePayoutLog, type PayoutOutcome } from '@naru/evm/payout-log.ts';
import { assert } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { erc20Abi, getAbiItem } from 'viem';
import { readIdsByState } from './bench.store.ts';
import type { BenchStack } from './bench-stack.ts';
import { AMOUNT_UNITS } from './payout-file.ts';

/** One batch as the payout contract recorded it. */
export type PaidBatch = {
  /** UUID, also that of the chain transaction. */
  batchId: string;
  blockNumber: bigint;
  transactionHash: Hex;
  outcomes: readonly { id: string; outcome: PayoutOutcome }[];
};

/** All batches that the chain knows of, in their order. */
export async function readPaidBatches(stack: BenchStack): Promise<PaidBatch[]> {
  const logs = await stack.devnet.client.getLogs({
    address: stack.contracts.payoutContract,
    event: getAbiItem({ abi: batchPayoutAbi, name: 'BatchExecuted' }),
    fromBlock: 0n,
    toBlock: 'latest',
  });
  return logs.map((log) => {
    const decoded = decodePayoutLog(log);
    assert(decoded.ok, `the log of ${log.transactionHash} is none of a payout`);
    return {
      batchId: decoded.batch.batchId,
      blockNumber: log.blockNumber,
      transactionHash: log.transactionHash,
      outcomes: decoded.batch.outcomes,
    };
  });
}

/** Smallest unit of USDC, all sub-accounts together. */
export async function readHotBalance(stack: BenchStack): Promise<bigint> {
  const balances = await Promise.all(
    stack.payers.map((payer) =>
      stack.devnet.client.readContract({
        address: stack.contracts.usdc,
        abi: erc20Abi,
        functionName: 'balanceOf',
        args: [payer],
      }),
    ),
  );
  return balances.reduce((sum, balance) => sum + balance, 0n);
}

/**
 * Asks the chain alone: every withdrawal of the stack's owner is CONFIRMED, stands as paid once and no more in the
 * contract's records, and the token left the sub-accounts exactly that often. Throws otherwise: a speed that pays
 * wrongly is no figure. Returns a sentence for the note.
 */
export async function judgePayments(stack: BenchStack, hotBalanceBefore: bigint): Promise<string> {
  const states = await readIdsByState(stack.db, stack.caller.organisationId);
  const confirmed = states.get('CONFIRMED') ?? [];
  assert(states.size === 1, `withdrawals ended as ${[...states.keys()].join(', ')}, not all as CONFIRMED`);
  const batches = await readPaidBatches(stack);
  const payments = new Map<string, PaidBatch[]>();
  for (const batch of batches) {
    for (const { id, outcome } of batch.outcomes)
      if (outcome === 'PAID') payments.set(id, [...(payments.get(id) ?? []), batch]);
  }
  const unpaid = confirmed.filter((id) => !payments.has(id));
  assert(unpaid.length === 0, `${unpaid.length} are CONFIRMED and stand in no log, such as ${unpaid[0]}`);
  const [twice, ...others] = [...payments].filter(([, paidIn]) => paidIn.length > 1);
  assert(
    twice === undefined,
    `${others.length + 1} were paid more than once, such as ${twice?.[0]} in ${twice?.[1].map(placeOf).join(' and ')}`,
  );
  assert(payments.size === confirmed.length, `the chain paid ${payments.size}, we know ${confirmed.length}`);
  const spent = hotBalanceBefore - (await readHotBalance(stack));
  const owed = BigInt(confirmed.length) * AMOUNT_UNITS;
  assert(spent === owed, `${spent} units left the sub-accounts for ${owed} units of withdrawals`);
  return `${confirmed.length.toLocaleString('en')} paid exactly once by the contract's logs and the balances`;
}

function placeOf({ batchId, blockNumber, transactionHash }: PaidBatch): string {
  return `batch ${batchId}, block ${blockNumber}, transaction ${transactionHash}`;
}
