import type { Chain } from '@naru/core/chain/chain.ts';
import { countAccounts } from '@naru/core/sub-account/sub-account.metrics.ts';
import { readLogEnd } from '@naru/core/withdrawal/event-log.reader.ts';
import { failureCauseOf, failureCauses } from '@naru/core/withdrawal/failure-cause.ts';
import { readArrivals, readNonces, readStageDepths } from '@naru/core/withdrawal/withdrawal.metrics.ts';
import type { Database } from '@naru/db/database.ts';
import type { RpcObserver } from '@naru/evm/rpc/rpc-observer.ts';
import type { RpcPool } from '@naru/evm/rpc/rpc-pool.ts';
import { registerGaugeGroup } from '@naru/ops/gauge-group.ts';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** Events taken into account in one look; a role that was down for long catches up over several. */
const ARRIVALS_MAX = 5_000;
const LATENCY_BUCKETS_SECONDS = [0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60, 120, 300, 900, 3600];

/** Figures read from the database at each scrape: the same on every role, so any one of them may be down. */
export function registerDatabaseMetrics(registry: Registry, db: Database): void {
  const perState = (name: string, help: string) => ({ name, help, labelNames: ['chain', 'state'] });
  registerGaugeGroup(
    registry,
    [
      perState('naru_withdrawals_open', 'Withdrawals in each open state'),
      perState(
        'naru_withdrawals_oldest_age_seconds',
        'Age since submit of the oldest withdrawal in each open state',
      ),
    ],
    async () => {
      const stages = await readStageDepths(db);
      const labelsOf = ({ chain, state }: (typeof stages)[number]) => ({ chain, state });
      return {
        naru_withdrawals_open: stages.map((one) => ({ labels: labelsOf(one), value: one.count })),
        naru_withdrawals_oldest_age_seconds: stages.map((one) => ({
          labels: labelsOf(one),
          value: one.oldestAgeSeconds,
        })),
      };
    },
  );
  const perAccount = (name: string, help: string) => ({ name, help, labelNames: ['chain', 'sub_account'] });
  registerGaugeGroup(
    registry,
    [
      perAccount('naru_nonces_open', 'Nonces of a sub-account that are taken and not final'),
      perAccount(
        'naru_nonce_gaps',
        'Nonces that no node has taken although a later one of the account was taken',
      ),
      perAccount('naru_nonce_oldest_age_seconds', 'Age of the oldest nonce that is taken and not final'),
    ],
    async () => {
      const rows = await readNonces(db);
      const labelsOf = (row: (typeof rows)[number]) => ({ chain: row.chain, sub_account: row.subAccount });
      return {
        naru_nonces_open: rows.map((row) => ({ labels: labelsOf(row), value: row.open })),
        naru_nonce_gaps: rows.map((row) => ({ labels: labelsOf(row), value: row.unsent })),
        naru_nonce_oldest_age_seconds: rows.map((row) => ({
          labels: labelsOf(row),
          value: row.oldestAgeSeconds,
        })),
      };
    },
  );
  registerGaugeGroup(
    registry,
    [
      {
        name: 'naru_sub_accounts',
        help: 'Sub-accounts by state; a paused one takes no new nonce',
        labelNames: ['chain', 'state'],
      },
    ],
    async () => ({
      naru_sub_accounts: (await countAccounts(db)).map(({ chain, state, count }) => ({
        labels: { chain, state },
        value: count,
      })),
    }),
  );
}

/** How many providers of each chain are in use, and how long a payment takes to be final at best. */
export function registerChainMetrics(
  registry: Registry,
  chains: readonly { chain: Chain; pool: Pick<RpcPool, 'health'> }[],
): void {
  const perChain = (name: string, help: string) => ({ name, help, labelNames: ['chain'] });
  registerGaugeGroup(
    registry,
    [
      perChain('naru_rpc_providers_usable', 'RPC providers of a chain that this process can use now'),
      perChain('naru_chain_final_seconds', 'Blocks until a payment is final, in seconds of usual block time'),
    ],
    async () => ({
      naru_rpc_providers_usable: chains.map(({ chain, pool }) => ({
        labels: { chain: chain.id },
        value: pool.health().usableCount,
      })),
      naru_chain_final_seconds: chains.map(({ chain }) => ({
        labels: { chain: chain.id },
        value: (chain.confirmations * chain.blockTimeMs) / 1_000,
      })),
    }),
  );
}

/** Counts state changes and their latency since submit, from the event log; `look` reads what is new. */
export function createArrivalMetrics(registry: Registry, db: Database): { look: () => Promise<boolean> } {
  const transitions = new Counter({
    name: 'naru_withdrawal_transitions_total',
    help: 'Withdrawals that reached a state since this process started',
    labelNames: ['state'],
    registers: [registry],
  });
  const latency = new Histogram({
    name: 'naru_withdrawal_latency_seconds',
    help: 'Time from submit until a state was reached',
    labelNames: ['state'],
    buckets: LATENCY_BUCKETS_SECONDS,
    registers: [registry],
  });
  const finished = new Counter({
    name: 'naru_withdrawals_finished_total',
    help: 'Withdrawals that ended since this process started; cause: whose doing a failure was',
    labelNames: ['outcome', 'cause'],
    registers: [registry],
  });
  // Both are there from the start, so that the first failure of a process is an increase.
  finished.inc({ outcome: 'confirmed', cause: 'none' }, 0);
  for (const cause of failureCauses) finished.inc({ outcome: 'failed', cause }, 0);
  let position: bigint | null = null;
  return {
    async look() {
      position ??= await readLogEnd(db);
      const arrivals = await readArrivals(db, position, ARRIVALS_MAX);
      for (const { from, state, failureCode, sinceSubmitSeconds } of arrivals) {
        transitions.inc({ state });
        latency.observe({ state }, sinceSubmitSeconds);
        if (state === 'CONFIRMED') finished.inc({ outcome: 'confirmed', cause: 'none' });
        if (state === 'FAILED') finished.inc({ outcome: 'failed', cause: failureCauseOf(from, failureCode) });
      }
      position = arrivals.at(-1)?.position ?? position;
      return arrivals.length === ARRIVALS_MAX;
    },
  };
}

/** Feeds the RPC pool's events into metrics; call the result once for each chain. */
export function createRpcMetrics(registry: Registry): (chain: string) => RpcObserver {
  const requests = new Histogram({
    name: 'naru_rpc_request_seconds',
    help: 'HTTP requests to RPC providers',
    labelNames: ['chain', 'provider', 'method', 'outcome'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10],
    registers: [registry],
  });
  const breaker = new Gauge({
    name: 'naru_rpc_breaker_open',
    help: '1 while the circuit breaker keeps a provider out of use, 0.5 while it is tried again',
    labelNames: ['chain', 'provider'],
    registers: [registry],
  });
  const head = new Gauge({
    name: 'naru_rpc_head_block',
    help: 'Newest block a provider has',
    labelNames: ['chain', 'provider'],
    registers: [registry],
  });
  const lag = new Gauge({
    name: 'naru_rpc_lag_blocks',
    help: 'Blocks a provider is behind the best one',
    labelNames: ['chain', 'provider'],
    registers: [registry],
  });
  const wrongChain = new Counter({
    name: 'naru_rpc_wrong_chain_total',
    help: 'Times a provider answered with another chain id',
    labelNames: ['chain', 'provider'],
    registers: [registry],
  });
  const sends = new Counter({
    name: 'naru_broadcasts_total',
    help: 'Answers to sent transactions, classified',
    labelNames: ['chain', 'outcome'],
    registers: [registry],
  });
  return (chain) => (event) => {
    switch (event.kind) {
      case 'request': {
        const { provider, method, outcome } = event;
        return requests.observe({ chain, provider, method, outcome }, event.durationMs / 1_000);
      }
      case 'breaker':
        return breaker.set(
          { chain, provider: event.provider },
          event.state === 'open' ? 1 : event.state === 'half_open' ? 0.5 : 0,
        );
      case 'head':
        head.set({ chain, provider: event.provider }, Number(event.blockNumber));
        return lag.set({ chain, provider: event.provider }, Number(event.lagBlocks));
      case 'wrong_chain':
        return wrongChain.inc({ chain, provider: event.provider });
      case 'send':
        return sends.inc({ chain, outcome: event.outcome });
    }
  };
}
