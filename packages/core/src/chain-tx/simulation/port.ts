import { mergeSendOutcomes, type SendOutcome } from '@naru/evm/send-outcome.ts';
import type { Hex } from '@naru/kit/hex.ts';
import type { BatchRecord, BlockRef, PayoutCall, Receipt } from '../ports.ts';
import { Trouble } from './failures.ts';
import type { Routine } from './kernel.ts';
import type { ModelChain } from './model-chain.ts';
import type { Bytes } from './model-contract.ts';
import {
  type Provider,
  readBatches,
  readBatchInBlock,
  readCount,
  readHead,
  readHeaders,
  readPayoutCall,
  readReceipt,
  sendTo,
} from './provider.ts';
import type { Random } from './random.ts';

/**
 * What the money path asks of a chain, as `ChainPort` says it: a read is answered by one provider or by two, never
 * compared here. Time passes before the provider looks and after, so an answer may be old when it arrives.
 */
export type ModelPort = ReturnType<typeof createModelPort>;

export function createModelPort(deps: {
  random: Random;
  chain: ModelChain;
  providers: readonly Provider[];
  accounts: readonly Hex[];
  bytesOf: (raw: Hex) => Bytes;
}) {
  const { random, chain, providers } = deps;

  function shuffled(): Provider[] {
    return random.chance(0.5) ? [...providers] : providers.toReversed();
  }

  function* travel(provider: Provider): Routine {
    yield random.whole(1, provider.latencyMsMax);
  }

  /** Answers of `count` different providers; a call that fails is asked of the next. */
  function* ask<T>(count: number, read: (provider: Provider) => T): Routine<T[]> {
    const answers: T[] = [];
    for (const provider of shuffled()) {
      if (answers.length === count) break;
      yield* travel(provider);
      if (random.chance(provider.failChance)) continue;
      try {
        answers.push(read(provider));
      } catch (error) {
        if (!(error instanceof Trouble)) throw error;
      }
      yield* travel(provider);
    }
    if (answers.length < count) throw new Trouble('too few providers could answer');
    return answers;
  }

  function* askOne<T>(read: (provider: Provider) => T): Routine<T> {
    const [answer] = yield* ask(1, (provider) => ({ value: read(provider) }));
    if (answer === undefined) throw new Trouble('no provider could answer');
    return answer.value;
  }

  return {
    accounts: deps.accounts,
    providerCount: providers.length,
    head: (): Routine<BlockRef> => askOne((provider) => readHead(provider, chain)),
    heads: (count: number): Routine<bigint[]> => ask(count, (provider) => readHead(provider, chain).number),
    headers: (first: bigint, last: bigint): Routine<BlockRef[]> =>
      askOne((provider) => readHeaders(provider, chain, first, last)),
    batches: (first: bigint, last: bigint): Routine<BatchRecord[]> =>
      askOne((provider) => readBatches(provider, chain, first, last)),
    batchesFromEach: (first: bigint, last: bigint, count: number): Routine<BatchRecord[][]> =>
      ask(count, (provider) => readBatches(provider, chain, first, last)),
    batchInBlock: (block: { number: bigint; hash: Hex }, batchId: string): Routine<(BatchRecord | null)[]> =>
      ask(providers.length, (provider) => readBatchInBlock(provider, chain, block, batchId)),
    receipts: (hashes: readonly Hex[], count: number): Routine<(Receipt | null)[][]> =>
      ask(count, (provider) => hashes.map((hash) => readReceipt(provider, chain, hash))),
    transactionCounts: (
      accounts: readonly Hex[],
      at: bigint | 'latest',
      count: number,
    ): Routine<bigint[][]> =>
      ask(count, (provider) => accounts.map((account) => readCount(provider, chain, account, at))),
    pendingCounts: (accounts: readonly Hex[]): Routine<bigint[]> =>
      askOne(() => accounts.map((account) => chain.poolOf(account))),
    balances: (accounts: readonly Hex[]): Routine<bigint[]> =>
      askOne(() => accounts.map((account) => chain.balanceOf(account))),
    payoutCall: (hash: Hex): Routine<PayoutCall | null> =>
      askOne((provider) => readPayoutCall(provider, chain, hash)),
    /** One provider after the other, until one takes the bytes or says that their nonce is used. Never fails. */
    *send(raw: Hex): Routine<SendOutcome> {
      const outcomes: SendOutcome[] = [];
      for (const provider of shuffled()) {
        yield* travel(provider);
        if (random.chance(provider.failChance)) {
          outcomes.push({ kind: 'unknown', reason: 'no answer' });
          continue;
        }
        const outcome = sendTo(provider, chain, deps.bytesOf(raw));
        yield* travel(provider);
        const isLost = random.chance(provider.loseAnswerChance);
        outcomes.push(isLost ? { kind: 'unknown', reason: 'the answer was lost' } : outcome);
        if (!isLost && (outcome.kind === 'accepted' || outcome.kind === 'nonce_consumed')) break;
      }
      return mergeSendOutcomes(outcomes);
    },
  };
}
