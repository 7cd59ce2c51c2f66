import { isRecorded } from '@naru/core/chain-tx/chain-tx.kinds.ts';
import type { StoryChainTx } from '@naru/core/withdrawal/withdrawal.story.ts';
import type { Withdrawal } from '@naru/core/withdrawal/withdrawal.ts';
import { PAYOUT_OUTCOMES, type PayoutOutcome } from '@naru/evm/payout-log.ts';
import { errorText } from '@naru/kit/errors.ts';
import type { Hex } from '@naru/kit/hex.ts';
import type { ConnectedChain } from '../connect.ts';

/** What the chain says at this moment of one chain transaction. */
export type TransactionView = {
  chainTxId: string;
  /** Of the attempt that a block holds. Null: the node has none of the attempts in a block. */
  receipt: {
    hash: Hex;
    succeeded: boolean;
    blockNumber: bigint;
    gasUsed: bigint;
    gasPriceWei: bigint | null;
  } | null;
  confirmations: bigint;
  /** The account's transaction count at the newest block is above this nonce: something has used it. */
  nonceUsed: boolean;
  /** How many items the payout contract recorded for this batch; null: it has no record in that block. */
  recordedItems: number | null;
  /** The contract's record of the withdrawal in question. */
  outcome: PayoutOutcome | null;
};

/** Read from one node, for a person: nothing is decided by it. */
export type ChainView =
  | {
      reached: true;
      head: bigint;
      requiredConfirmations: number;
      transactions: TransactionView[];
      recipientBalance: bigint | null;
    }
  | { reached: false; problem: string };

/** Asks the chain about these transactions and, when one is given, about a withdrawal's recipient. Never rejects. */
export async function readChainView(
  connected: ConnectedChain,
  chainTxs: readonly StoryChainTx[],
  withdrawal: Withdrawal | null,
): Promise<ChainView> {
  const { chain, assets, port } = connected;
  try {
    const head = await port.head();
    const transactions: TransactionView[] = [];
    for (const chainTx of chainTxs)
      transactions.push(await readTransaction(connected, chainTx, head.number, withdrawal));
    const asset = assets.find((one) => one.code === withdrawal?.asset);
    const [recipientBalance = null] =
      withdrawal === null || asset === undefined
        ? []
        : await port.balances([{ account: `0x${withdrawal.to.slice(2)}`, token: asset.address }]);
    return {
      reached: true,
      head: head.number,
      requiredConfirmations: chain.confirmations,
      transactions,
      recipientBalance,
    };
  } catch (error) {
    return { reached: false, problem: errorText(error) };
  }
}

async function readTransaction(
  { port }: ConnectedChain,
  chainTx: StoryChainTx,
  head: bigint,
  withdrawal: Withdrawal | null,
): Promise<TransactionView> {
  const [counts] = await port.transactionCounts([chainTx.subAccount], 'latest', 1);
  const hashes = chainTx.attempts.map((attempt) => attempt.hash);
  const [receipts = []] = hashes.length === 0 ? [] : await port.receipts(hashes, 1);
  const mined = receipts.find((receipt) => receipt !== null) ?? null;
  const block =
    mined !== null
      ? { number: mined.blockNumber, hash: mined.blockHash }
      : blockOf(chainTx.blockNumber, chainTx.blockHash);
  const [record = null] =
    block === null || !isRecorded(chainTx.kind)
      ? []
      : await port.batchInBlock(block, chainTx.subAccount, chainTx.id);
  // A batch that was restored from the chain has no attempts here: its receipt is found by the record.
  const [[restored = null] = []] =
    mined === null && record !== null ? await port.receipts([record.transactionHash], 1) : [];
  const receipt = mined ?? restored;
  const item = record?.items.find((one) => one.withdrawalId === withdrawal?.id);
  return {
    chainTxId: chainTx.id,
    receipt:
      receipt === null
        ? null
        : {
            hash: receipt.transactionHash,
            succeeded: receipt.succeeded,
            blockNumber: receipt.blockNumber,
            gasUsed: receipt.gasUsed,
            gasPriceWei: receipt.gasPriceWei,
          },
    confirmations: receipt === null || head < receipt.blockNumber ? 0n : head - receipt.blockNumber + 1n,
    nonceUsed: (counts?.[0] ?? 0n) > chainTx.nonce,
    recordedItems: record === null ? null : record.items.length,
    outcome: item === undefined ? null : (PAYOUT_OUTCOMES[item.outcome] ?? null),
  };
}

function blockOf(number: bigint | null, hash: Hex | null): { number: bigint; hash: Hex } | null {
  return number === null || hash === null ? null : { number, hash };
}
