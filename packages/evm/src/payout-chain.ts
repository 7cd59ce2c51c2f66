import { assert, assertPresent } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { maxUnits, minUnits } from '@naru/kit/money.ts';
import { encodeFunctionData } from 'viem';
import { getAddress } from 'viem/utils';
import { depositFactoryAbi } from './abi/deposit-factory.gen.ts';
import { createChainReader } from './chain-reader.ts';
import { quoteFees } from './fee-oracle.ts';
import { bumpFees, type FeePolicy } from './fees.ts';
import { decodePayoutCalldata } from './payout-calldata.ts';
import { PAYOUT_OUTCOMES } from './payout-log.ts';
import { probeToken } from './probe-token.ts';
import type { DepositLogQuery } from './reads/deposit-log-reads.ts';
import type { PayoutLog } from './reads/payout-log-reads.ts';
import { type RpcPool, resultOf } from './rpc/rpc-pool.ts';
import { decodeShape, quantity } from './rpc-shapes.ts';
import { createSafeChain } from './safe-chain.ts';

/**
 * One chain and its payout contract, as the money path asks for it (its `ChainPort`): everything here is a read or a
 * send through the pool, translated into the terms of batches, payers and nonces.
 */
export function createPayoutChain(pool: RpcPool, options: { payoutContract: Hex; feePolicy: FeePolicy }) {
  const reader = createChainReader(pool);
  const { payoutContract, feePolicy } = options;

  return {
    providerCount: pool.providerCount,
    head: () => reader.head(),
    headers: (first: bigint, last: bigint) => reader.headers(first, last),
    async heads(providers: number) {
      return (await reader.headNumbersFromEach(providers)).map((answer) => answer.value);
    },
    async batches(first: bigint, last: bigint, payers: readonly Hex[]) {
      const logs = await reader.payoutLogs({
        contract: payoutContract,
        payers,
        fromBlock: first,
        toBlock: last,
      });
      return logs.flatMap(toBatchRecord);
    },
    async batchesFromEach(first: bigint, last: bigint, payers: readonly Hex[], providers: number) {
      const lists = await reader.payoutLogsFromEach(providers, {
        contract: payoutContract,
        payers,
        fromBlock: first,
        toBlock: last,
      });
      return lists.map((logs) => logs.flatMap(toBatchRecord));
    },
    async batchInBlock(block: { number: bigint; hash: Hex }, payer: Hex, batchId: string) {
      const answers = await reader.payoutLogsOfBatchFromEach(Math.min(2, pool.providerCount), {
        contract: payoutContract,
        blockNumber: block.number,
        blockHash: block.hash,
        batchId,
      });
      return answers.map(({ value }) => {
        const found = value.logs
          .flatMap(toBatchRecord)
          .find((batch) => batch.batchId === batchId && batch.payer.toLowerCase() === payer.toLowerCase());
        return value.canonical ? (found ?? null) : null;
      });
    },
    async receipts(hashes: readonly Hex[], providers: number) {
      const lists =
        providers === 1
          ? [await reader.receipts(hashes)]
          : (await reader.receiptsFromEach(providers, hashes)).map((answer) => answer.value);
      return lists.map((list) =>
        list.map((receipt) =>
          receipt === null
            ? null
            : {
                transactionHash: receipt.transactionHash,
                succeeded: receipt.status === 'success',
                blockNumber: receipt.blockNumber,
                blockHash: receipt.blockHash,
                gasUsed: receipt.gasUsed,
                gasPriceWei: receipt.effectiveGasPriceWei,
              },
        ),
      );
    },
    async transactionCounts(addresses: readonly Hex[], at: bigint | 'latest', providers: number) {
      if (providers === 1) return [await reader.transactionCounts(addresses, at)];
      const answers = await reader.transactionCountsFromEach(providers, addresses, at);
      return answers.map((answer) => answer.value);
    },
    pendingCounts: (addresses: readonly Hex[]) =>
      pool.readDecoded(
        addresses.map((address) => ({ method: 'eth_getTransactionCount', params: [address, 'pending'] })),
        (answers) =>
          answers.map((answer) => decodeShape(quantity, resultOf(answer), 'eth_getTransactionCount')),
      ),
    async balances(pairs: readonly { account: Hex; token: Hex | null }[], at?: bigint) {
      return await readByToken(
        pairs.map((pair) => ({ ...pair, group: pair.token })),
        (token, accounts) =>
          token === null
            ? reader.nativeBalances(accounts, at ?? 'latest')
            : reader.tokenBalances(token, accounts, at ?? 'latest'),
      );
    },
    async allowances(pairs: readonly { account: Hex; token: Hex }[], spender: Hex) {
      return await readByToken(
        pairs.map((pair) => ({ ...pair, group: pair.token })),
        (token, accounts) => reader.allowances(assertPresent(token, 'token'), accounts, spender),
      );
    },
    async payoutCall(hash: Hex) {
      const transaction = await reader.transaction(hash);
      if (transaction === null || transaction.to?.toLowerCase() !== payoutContract.toLowerCase()) return null;
      const decoded = decodePayoutCalldata(transaction.input);
      if (!decoded.ok) return null;
      const { batchId, token, gasPerItem, items } = decoded.call;
      return {
        batchId,
        token,
        gasPerItem,
        items: items.map(({ id, to, amountUnits }) => ({ id, to, amount: amountUnits })),
        from: transaction.from,
        nonce: transaction.nonce,
        to: payoutContract,
        data: transaction.input,
        valueWei: transaction.valueWei,
        gas: transaction.gas,
      };
    },
    async depositLogs(providers: number, query: DepositLogQuery) {
      return (await reader.depositLogsFromEach(providers, query)).map((answer) => answer.value);
    },
    async balancesAt(
      pairs: readonly { account: Hex; token: Hex | null }[],
      block: bigint,
      providers: number,
    ) {
      if (pairs.length === 0) return Array.from({ length: providers }, (): bigint[] => []);
      return (await reader.balancesFromEach(providers, pairs, block)).map((answer) => answer.value);
    },
    /** Null: there is no deposit factory at this address. */
    async treasuryOf(factory: Hex) {
      const data = encodeFunctionData({ abi: depositFactoryAbi, functionName: 'TREASURY' });
      const answer = await reader.call({ to: factory, data });
      if (answer.kind !== 'returned' || answer.data.length !== 66) return null;
      return getAddress(`0x${answer.data.slice(26)}`);
    },
    ...createSafeChain(reader),
    /** `holders`: accounts that may hold some, for a payment to be tried from. */
    probeToken: (token: Hex, holders: readonly Hex[]) => probeToken(pool, token, holders),
    send: (raw: Hex) => pool.sendRawTransaction(raw),
    quoteFees: (feePerGasWeiMax: bigint, tipPerGasWeiMin?: bigint) =>
      quoteFees(pool, under(withTip(feePolicy, tipPerGasWeiMin), feePerGasWeiMax)),
    bumpFees: (
      previous: Parameters<typeof bumpFees>[0],
      quote: Parameters<typeof bumpFees>[1],
      feePerGasWeiMax: bigint,
    ) => bumpFees(previous, quote, under(feePolicy, feePerGasWeiMax)),
  };
}

/** The ceiling can be changed at any time, also to below what the policy would offer at least. */
function under(policy: FeePolicy, feeCapWeiMax: bigint): FeePolicy {
  return { ...policy, feeCapWeiMax, feeCapWeiMin: minUnits(policy.feeCapWeiMin, feeCapWeiMax) };
}

/** The least tip can be changed at any time, too. */
function withTip(policy: FeePolicy, tipPerGasWeiMin: bigint | undefined): FeePolicy {
  if (tipPerGasWeiMin === undefined) return policy;
  const leastWei = maxUnits(tipPerGasWeiMin, 1n);
  return { ...policy, feeCapWeiMin: leastWei, priorityFeeWeiMin: leastWei };
}

function toBatchRecord(log: PayoutLog) {
  // A log of our contract in another shape is not a record of ours; the transaction stays open and is looked into.
  if (!log.decoded.ok) return [];
  const { batchId, payer, token, outcomes } = log.decoded.batch;
  return [
    {
      batchId,
      payer,
      token,
      items: outcomes.map(({ id, outcome }) => ({
        withdrawalId: id,
        outcome: PAYOUT_OUTCOMES.indexOf(outcome),
      })),
      transactionHash: log.transactionHash,
      blockNumber: log.blockNumber,
      blockHash: log.blockHash,
    },
  ];
}

/** Reads pairs token by token, answers in the order of the pairs. */
async function readByToken(
  pairs: readonly { account: Hex; group: Hex | null }[],
  read: (token: Hex | null, accounts: Hex[]) => Promise<bigint[]>,
): Promise<bigint[]> {
  const groups = new Map<Hex | null, number[]>();
  for (const [index, pair] of pairs.entries()) {
    const group = groups.get(pair.group) ?? [];
    group.push(index);
    groups.set(pair.group, group);
  }
  const answers: (bigint | undefined)[] = new Array(pairs.length);
  await Promise.all(
    [...groups].map(async ([token, indexes]) => {
      const accounts = indexes.map((index) => assertPresent(pairs[index], 'pair').account);
      const values = await read(token, accounts);
      assert(values.length === indexes.length, `${values.length} answers for ${indexes.length} accounts`);
      for (const [place, index] of indexes.entries()) answers[index] = values[place];
    }),
  );
  return answers.map((answer) => assertPresent(answer, 'answer of a balance read'));
}
