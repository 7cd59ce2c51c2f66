import { assert } from '@naru/kit/assert.ts';
import { sleep } from '@naru/kit/clock.ts';
import { CodedError } from '@naru/kit/errors.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { createPublicClient, createWalletClient, defineChain, http, type PublicClient } from 'viem';
import { type Account, privateKeyToAccount } from 'viem/accounts';

/** Chain id of Anvil and Hardhat. Everything in this package refuses any other chain. */
export const DEVNET_CHAIN_ID = 31_337;

/**
 * First account of the test mnemonic "test test … junk" that Anvil and Hardhat start with: public knowledge, worth
 * nothing outside a local chain. Source: https://getfoundry.sh/anvil/overview
 */
const FUNDER_KEY: Hex = '0xac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80';

const RECEIPT_TIMEOUT_MS = 30_000;
const POLL_MS = 50;

/** A local chain and the account on it that has money from the start. */
export type Devnet = {
  client: PublicClient;
  funder: Account;
  /** Sends from the funder and waits for the receipt; throws when the transaction reverted. */
  send(transaction: { to?: Hex; data?: Hex; value?: bigint; gas?: bigint }): Promise<Hex>;
  /** Sends a list from the funder at once, then waits for all receipts: one block instead of many. */
  sendAll(transactions: readonly { to: Hex; data?: Hex; value?: bigint }[]): Promise<void>;
};

export async function connectDevnet(rpcUrl: string): Promise<Devnet> {
  const chain = defineChain({
    id: DEVNET_CHAIN_ID,
    name: 'Localhost',
    nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 },
    rpcUrls: { default: { http: [rpcUrl] } },
  });
  const transport = http(rpcUrl, { retryCount: 0, timeout: 10_000 });
  const client = createPublicClient({ chain, transport, pollingInterval: POLL_MS });
  const chainId = await client.getChainId();
  if (chainId !== DEVNET_CHAIN_ID)
    throw new CodedError(
      'not_a_devnet',
      `${new URL(rpcUrl).host} is chain ${chainId}, not ${DEVNET_CHAIN_ID}; this is for local chains only`,
    );
  const funder = privateKeyToAccount(FUNDER_KEY);
  const wallet = createWalletClient({ chain, transport, account: funder });

  async function waitFor(hash: Hex): Promise<void> {
    const deadline = performance.now() + RECEIPT_TIMEOUT_MS;
    for (;;) {
      const receipt = await client.getTransactionReceipt({ hash }).catch(() => null);
      if (receipt !== null)
        return assert(receipt.status === 'success', `set-up transaction ${hash} reverted`);
      if (performance.now() > deadline)
        throw new CodedError(
          'devnet_stalled',
          `the local chain made no block with ${hash} in ${RECEIPT_TIMEOUT_MS / 1000} s; is it mining?`,
        );
      await sleep(POLL_MS);
    }
  }

  /** A chain with a block time would let set-up wait for its next block. One that cannot be asked makes its own. */
  async function mineNow(): Promise<void> {
    await client
      .request<{ Method: 'evm_mine'; Parameters: []; ReturnType: unknown }>({
        method: 'evm_mine',
        params: [],
      })
      .catch(() => undefined);
  }

  return {
    client,
    funder,
    async send(transaction) {
      const hash = await wallet.sendTransaction(transaction);
      await waitFor(hash);
      return hash;
    },
    async sendAll(transactions) {
      let nonce = await client.getTransactionCount({ address: funder.address, blockTag: 'pending' });
      const hashes: Hex[] = [];
      for (const transaction of transactions) {
        hashes.push(await wallet.sendTransaction({ ...transaction, nonce }));
        nonce += 1;
      }
      if (hashes.length > 0) await mineNow();
      for (const hash of hashes) await waitFor(hash);
    },
  };
}
