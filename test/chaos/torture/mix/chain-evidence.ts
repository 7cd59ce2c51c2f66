import { batchPayoutAbi } from '@naru/evm/abi/batch-payout.gen.ts';
import { depositFactoryAbi } from '@naru/evm/abi/deposit-factory.gen.ts';
import { depositForwarderAbi } from '@naru/evm/abi/deposit-forwarder.gen.ts';
import { decodePayoutCalldata } from '@naru/evm/payout-calldata.ts';
import { decodePayoutLog } from '@naru/evm/payout-log.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { erc20Abi, getAbiItem } from 'viem';
import type { TortureStack } from '../torture-stack.ts';

/** What reached a deposit address, by the chain that there is at the end. */
export type Arrival = { key: string; address: Hex; token: Hex | null; units: bigint };

export const arrivalKey = (hash: string, logIndex: number) => `${hash.toLowerCase()}/${logIndex}`;

export async function readArrivals(stack: TortureStack, addresses: readonly Hex[]): Promise<Arrival[]> {
  const { client } = stack.devnet;
  const range = { fromBlock: 0n, toBlock: 'latest' } as const;
  const tokens = await client.getLogs({
    address: [stack.contracts.usdc, stack.contracts.usdt],
    event: getAbiItem({ abi: erc20Abi, name: 'Transfer' }),
    args: { to: [...addresses] },
    strict: true,
    ...range,
  });
  const coin = await client.getLogs({
    address: [...addresses],
    event: getAbiItem({ abi: depositForwarderAbi, name: 'Deposited' }),
    strict: true,
    ...range,
  });
  return [
    ...tokens.map((log) => ({
      key: arrivalKey(log.transactionHash, log.logIndex),
      address: log.args.to,
      token: log.address,
      units: log.args.value,
    })),
    ...coin.map((log) => ({
      key: arrivalKey(log.transactionHash, log.logIndex),
      address: log.address,
      token: null,
      units: log.args.amountWei,
    })),
  ];
}

/** How often the factory has brought something to the main account. */
export async function countSwept(stack: TortureStack): Promise<number> {
  const logs = await stack.devnet.client.getLogs({
    address: stack.depositFactory,
    event: getAbiItem({ abi: depositFactoryAbi, name: 'Swept' }),
    fromBlock: 0n,
    toBlock: 'latest',
  });
  return logs.length;
}

/** Gas of transactions of our accounts that the database has no row for. `known`: `address nonce`, addresses in small letters. */
export async function readUnknownGas(
  { devnet, accounts }: TortureStack,
  known: ReadonlySet<string>,
): Promise<{ count: number; wei: bigint }> {
  const { client } = devnet;
  const own = new Set(accounts.map((address) => address.toLowerCase()));
  const head = await client.getBlockNumber();
  let count = 0;
  let wei = 0n;
  for (let blockNumber = 0n; blockNumber <= head; blockNumber++) {
    const { transactions } = await client.getBlock({ blockNumber, includeTransactions: true });
    for (const { from, nonce, hash } of transactions) {
      if (!own.has(from.toLowerCase()) || known.has(`${from.toLowerCase()} ${nonce}`)) continue;
      const { gasUsed, effectiveGasPrice } = await client.getTransactionReceipt({ hash });
      count += 1;
      wei += gasUsed * effectiveGasPrice;
    }
  }
  return { count, wei };
}

/** One line of a batch: what its transaction asked for, and what the contract did. */
export type PaidItem = { id: string; hash: Hex; from: Hex; to: Hex; units: bigint; isPaid: boolean };
export type Batch = { hash: Hex; items: PaidItem[]; feePerGasWei: bigint };

/** Every batch that the contract has recorded, with its transaction. */
export async function readBatches(stack: TortureStack): Promise<Batch[]> {
  const { client } = stack.devnet;
  const logs = await client.getLogs({
    address: stack.contracts.payoutContract,
    event: getAbiItem({ abi: batchPayoutAbi, name: 'BatchExecuted' }),
    fromBlock: 0n,
    toBlock: 'latest',
  });
  const batches: Batch[] = [];
  for (const log of logs) {
    const decoded = decodePayoutLog(log);
    assert(decoded.ok, `the log of ${log.transactionHash} is none of a payout`);
    const { input, maxFeePerGas, gasPrice } = await client.getTransaction({ hash: log.transactionHash });
    const asked = decodePayoutCalldata(input);
    assert(asked.ok, `the transaction ${log.transactionHash} asks for no payout`);
    const itemOf = new Map(asked.call.items.map((item) => [item.id, item]));
    batches.push({
      hash: log.transactionHash,
      feePerGasWei: maxFeePerGas ?? gasPrice ?? 0n,
      items: decoded.batch.outcomes.map(({ id, outcome }) => {
        const item = assertPresent(itemOf.get(id), `${id} in the transaction of its log`);
        return {
          id,
          hash: log.transactionHash,
          from: decoded.batch.payer,
          to: item.to,
          units: item.amountUnits,
          isPaid: outcome === 'PAID',
        };
      }),
    });
  }
  return batches;
}
