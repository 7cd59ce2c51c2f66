import type { Database } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { type Clock, sleep, systemClock } from '@naru/kit/clock.ts';
import { getAddress } from 'viem';
import { createCatalogueCache } from '../chain/catalogue-cache.ts';
import { isReachable } from '../chain/chain.ts';
import { createBatcher } from '../command/batcher.ts';
import { keyRefusals } from '../command/run-once.ts';
import type { Invalidations } from '../invalidation/invalidations.ts';
import { readCustomerBalances } from '../ledger/ledger.store.ts';
import { createRulesCache } from '../policy/rules.ts';
import { cancelWithdrawal } from './cancel-withdrawal.ts';
import { quoteWithdrawal } from './quote-withdrawal.ts';
import { requestBulk } from './request-bulk.ts';
import { type RequestAnswer, type RequestCommand, requestWithdrawals } from './request-withdrawals.ts';
import {
  BULK_CHUNK_ROWS,
  IN_FLIGHT_POLL_MS,
  IN_FLIGHT_WAIT_MS_MAX,
  REQUEST_BATCH_MAX,
  REQUEST_BATCHES_AT_ONCE,
  REQUEST_BESIDE_AFTER_MS,
  REQUEST_BESIDE_MIN,
} from './withdrawal.limits.ts';
import {
  listBulks,
  listEvents,
  listWithdrawals,
  readBulk,
  readBulkRows,
  readWithdrawal,
} from './withdrawal.reader.ts';
import type { WithdrawalFilter } from './withdrawal.ts';
import type { Withdrawals } from './withdrawals.ts';

/** The withdrawals product over a database. `close` waits for requests under way. */
export function createWithdrawals(deps: {
  db: Database;
  clock?: Clock;
  invalidations?: Invalidations;
}): Withdrawals & { close(): Promise<void> } {
  const { db } = deps;
  const clock = deps.clock ?? systemClock;
  const readCatalogue = createCatalogueCache({ db, clock, invalidations: deps.invalidations });
  const readRules = createRulesCache({ db, clock });

  async function runBatch(commands: RequestCommand[]): Promise<RequestAnswer[]> {
    const [catalogue, rules] = await Promise.all([readCatalogue(), readRules()]);
    return await requestWithdrawals({ db }, catalogue, commands, rules);
  }
  const batcher = createBatcher<RequestCommand, RequestAnswer | { kind: 'failed'; error: unknown }>({
    itemsMax: REQUEST_BATCH_MAX,
    concurrencyMax: REQUEST_BATCHES_AT_ONCE,
    besideItemsMin: REQUEST_BESIDE_MIN,
    besideAfterMs: REQUEST_BESIDE_AFTER_MS,
    // One request that the database chokes on must not take its companions along.
    run: async (commands) => {
      try {
        return await runBatch(commands);
      } catch (error) {
        if (commands.length === 1 || !isStatementError(error)) throw error;
        return await Promise.all(
          commands.map(async (command) => {
            try {
              return assertPresent((await runBatch([command]))[0], 'answer of a request');
            } catch (alone) {
              return { kind: 'failed' as const, error: alone };
            }
          }),
        );
      }
    },
  });

  return {
    async request(caller, idempotencyKey, request) {
      const deadlineMs = clock.monotonicMs() + IN_FLIGHT_WAIT_MS_MAX;
      for (;;) {
        const answer = await batcher.submit({ caller, idempotencyKey, request });
        if (answer.kind === 'failed') throw answer.error;
        if (answer.kind !== 'in_flight') return answer;
        if (clock.monotonicMs() >= deadlineMs) return inFlight;
        await sleep(IN_FLIGHT_POLL_MS);
      }
    },
    quote: async (caller, asked) => await quoteWithdrawal(db, await readCatalogue(), caller, asked),
    async cancel(caller, idempotencyKey, id) {
      const answer = await cancelWithdrawal({ db }, caller, idempotencyKey, id);
      if (answer.kind === 'refused') return answer;
      const value = await readWithdrawal(db, caller.organisationId, id);
      return { kind: 'done', replayed: answer.replayed, value: assertPresent(value, 'canceled withdrawal') };
    },
    get: (caller, id) => readWithdrawal(db, caller.organisationId, id),
    list: (caller, filter, page) => listWithdrawals(db, caller.organisationId, normalised(filter), page),
    events: (caller, id) => listEvents(db, caller.organisationId, id),
    requestBulk: async (caller, idempotencyKey, input) =>
      await requestBulk({ db, readRules }, await readCatalogue(), caller, idempotencyKey, input),
    listBulks: (caller, page) => listBulks(db, caller.organisationId, page),
    getBulk: (caller, id) => readBulk(db, caller.organisationId, id),
    bulkRows: (caller, id) => readBulkRows(db, caller.organisationId, id, BULK_CHUNK_ROWS),
    async listChains(caller) {
      const { chains } = await readCatalogue();
      return [...chains.values()]
        .filter((chain) => isReachable(chain, caller.network))
        .map((chain) => ({ ...chain, enabled: chain.enabled && chain.operation.accepting }));
    },
    async listAssets(caller) {
      const { chains, assets } = await readCatalogue();
      return [...assets.values()].flatMap((asset) => {
        const chain = chains.get(asset.chainId);
        if (chain === undefined || !isReachable(chain, caller.network)) return [];
        return [
          {
            ...asset,
            chain: asset.chainId,
            asset: asset.code,
            enabled: asset.enabled && chain.enabled && chain.operation.accepting,
          },
        ];
      });
    },
    async listBalances(caller) {
      const { chains, assets } = await readCatalogue();
      const balances = await readCustomerBalances(db, caller.organisationId);
      return balances.flatMap(({ assetId, available, reserved }) => {
        const asset = assertPresent(assets.get(assetId), `asset ${assetId}`);
        const chain = assertPresent(chains.get(asset.chainId), `chain ${asset.chainId}`);
        if (!isReachable(chain, caller.network)) return [];
        return [{ chain: chain.id, asset: asset.code, decimals: asset.decimals, available, reserved }];
      });
    },
    close: () => batcher.drain(),
  };
}

const inFlight = { kind: 'refused', replayed: false, refusal: keyRefusals.in_flight } as const;

/** An error about the statement itself (data, constraint), not about the connection or the server. */
function isStatementError(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && /^2[23]/.test(String(error.code));
}

/** Addresses are stored as EIP-55; a search may come in any case. */
function normalised(filter: WithdrawalFilter): WithdrawalFilter {
  if (filter.to === undefined || !/^0x[0-9a-fA-F]{40}$/.test(filter.to)) return filter;
  return { ...filter, to: getAddress(`0x${filter.to.slice(2).toLowerCase()}`) };
}
