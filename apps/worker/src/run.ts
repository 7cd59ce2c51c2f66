import { hostname } from 'node:os';
import { createCatalogueCache } from '@naru/core/chain/catalogue-cache.ts';
import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import type { Chain } from '@naru/core/chain/chain.ts';
import type { SignerPort } from '@naru/core/chain-tx/ports.ts';
import type { Invalidations } from '@naru/core/invalidation/invalidations.ts';
import { startWorkLoop, type WorkLoop } from '@naru/core/loop/work-loop.ts';
import { recordPulse } from '@naru/core/overview/record-pulse.ts';
import { createRulesCache } from '@naru/core/policy/rules.ts';
import type { KeyList } from '@naru/core/sub-account/join-accounts.ts';
import { readConnectionUse } from '@naru/db/connection-use.ts';
import { type Database, openDatabase } from '@naru/db/database.ts';
import { findStartProblem } from '@naru/db/schema-version.ts';
import { connectPayoutChain, type PayoutChain } from '@naru/evm/connect-payout-chain.ts';
import type { RpcObserver } from '@naru/evm/rpc/rpc-observer.ts';
import type { RpcPool } from '@naru/evm/rpc/rpc-pool.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { createLogger, type Logger } from '@naru/kit/logger.ts';
import { createMetricsRegistry, startOpsServer } from '@naru/ops/ops-server.ts';
import { createSignerClient } from '@naru/signer-protocol/client.ts';
import type { PoolClient } from 'pg';
import { registerAccountMetrics } from './account-metrics.ts';
import { createFillWatch } from './block-fill.ts';
import type { Config, Role } from './config.ts';
import { createDepositChangeMetrics, registerDepositMetrics } from './deposit-metrics.ts';
import { connectInvalidations } from './invalidations.ts';
import {
  createArrivalMetrics,
  createRpcMetrics,
  registerChainMetrics,
  registerDatabaseMetrics,
} from './metrics.ts';
import { createPolicyMetrics, registerRateMetrics } from './policy-metrics.ts';
import { createRequestCounts, presenceWork, type RequestCounts } from './presence.ts';
import { createRateSources } from './rates/rate-sources.ts';
import {
  accountsWork,
  broadcasterWork,
  giveBackLeases,
  monitorWork,
  type NamedWork,
  type ProcessorDeps,
  processorWork,
  type RoleDeps,
  type WorkerPort,
} from './roles.ts';
import { openScreening } from './screening/screening-sources.ts';
import { connectSignals } from './signals.ts';

type ConnectedChain = { chain: Chain; port: PayoutChain; pool: RpcPool };

/** Starts a loop that is stopped with the process. */
export type StartLoop = (name: string, work: NamedWork['work'], pollMs: number) => WorkLoop;

export type RunningWorker = { port: number; stop(): Promise<void> };

/** Time limit of one call to the signer; signing 8 full batches takes well under a second. */
const SIGNER_TIMEOUT_MS = 15_000;
/** A loop that has not ended a step well for this long makes the role not ready. */
const STALE_LOOP_MS = 30_000;
/** The accounts role looks at balances this often; nothing waits for it but new accounts. */
const ACCOUNTS_POLL_MS = 2_000;
const METRICS_POLL_MS = 1_000;

/** Lets whoever runs the worker see, or stand between it and, everything outside the process that it waits for. */
export type Surroundings = {
  chainPort: (port: WorkerPort) => WorkerPort;
  signer: (signer: SignerPort & KeyList) => SignerPort & KeyList;
  onDatabaseConnection?: (client: PoolClient) => void;
};
const asTheyAre: Surroundings = { chainPort: (port) => port, signer: (signer) => signer };

/** Starts the configured roles and resolves when they work. `stop` ends the steps under way and closes everything. */
export async function run(config: Config, surroundings: Surroundings = asTheyAre): Promise<RunningWorker> {
  const logger = createLogger({
    role: config.roles.join('+'),
    instance: config.instance,
    level: config.logLevel,
  });
  const db = openDatabase({
    databaseUrl: config.databaseUrl,
    applicationName: `naru-${config.roles.join('+')}`,
    connectionsMax: config.databaseConnectionsMax,
    onError: (error) => logger.warn({ error: error.message }, 'a database connection was lost'),
    ...(surroundings.onDatabaseConnection === undefined
      ? {}
      : { onConnect: surroundings.onDatabaseConnection }),
  });
  const registry = createMetricsRegistry(config.roles.join('+'), {
    dirs: config.backups === null ? [] : [config.backups.dir],
    others: async () => ({ database_connections: await readConnectionUse(db) }),
  });
  await requireSchema(db);
  const shared = await connectInvalidations(config, logger);
  const signals = await connectSignals({ db, logger, registry }, config);
  const counts = createRequestCounts();
  const chains = await connectChains(db, config, logger, { metrics: createRpcMetrics(registry), counts });
  registerDatabaseMetrics(registry, db);
  if (config.roles.includes('accounts')) registerAccountMetrics(registry, db);
  if (config.roles.includes('monitor')) registerDepositMetrics(registry, db);
  registerChainMetrics(registry, chains);
  registerRateMetrics(registry, db);
  const pools = new Map(chains.map(({ chain, pool }) => [chain.id, pool]));

  const owner = leaseOwner(config.instance);
  const loops = new Map<string, WorkLoop>();
  const start: StartLoop = (name, work, pollMs) => {
    const loop = startWorkLoop({ name, work, pollMs, logger });
    loops.set(name, loop);
    return loop;
  };
  const signer =
    config.signer === null
      ? null
      : surroundings.signer(
          createSignerClient({
            url: config.signer.url,
            token: config.signer.token,
            timeoutMs: SIGNER_TIMEOUT_MS,
          }),
        );
  const ofProcessor: OfProcessor | null =
    signer === null
      ? null
      : {
          signer,
          readRules: createRulesCache({ db, clock: systemClock }),
          screening: await openScreening(config.screening, pools),
          policyObserver: createPolicyMetrics(registry),
        };
  for (const connected of chains) {
    const port = surroundings.chainPort(watchBlocks(db, config, connected, start));
    for (const role of config.roles) {
      const pollMs = role === 'accounts' ? ACCOUNTS_POLL_MS : config.pollMs;
      const deps = createDeps(
        { db, config, logger, owner, invalidations: shared.invalidations },
        { ...connected, port, probeToken: connected.port.probeToken },
      );
      for (const named of workOf(role, deps, ofProcessor))
        start(`${connected.chain.id}/${named.name}`, named.work, named.pollMs ?? pollMs);
    }
  }
  if (config.roles.includes('monitor')) {
    start('metrics', createArrivalMetrics(registry, db).look, METRICS_POLL_MS);
    start('pulse', () => recordPulse({ db }), METRICS_POLL_MS);
    start('deposit-metrics', createDepositChangeMetrics(registry, db).look, METRICS_POLL_MS);
  }
  const presence = presenceWork(
    { db, counts },
    { owner, instance: config.instance, roles: config.roles },
    chains,
  );
  start(presence.name, presence.work, presence.pollMs);
  const jobs = config.roles.includes('jobs')
    ? await (await import('./jobs/start-role.ts')).startJobsRole(
        {
          config,
          db,
          logger,
          registry,
          start,
          rateSources: createRateSources(config.koreaExim, pools, () => new Date()),
        },
        async () => chains.map(({ chain, port }) => ({ chain, port: surroundings.chainPort(port) })),
      )
    : null;

  signals.wake(loops);
  const ops = await startOpsServer({
    host: config.host,
    port: config.port,
    registry,
    readiness: {
      ...readinessOf(db, chains, loops),
      ...signals.readiness,
      ...shared.readiness,
      ...jobs?.readiness,
    },
  });
  logger.info({ port: ops.port, chains: chains.map((one) => one.chain.id) }, 'ready');

  return {
    port: ops.port,
    async stop() {
      await ops.close();
      await jobs?.stop();
      await Promise.all([...loops.values()].map((loop) => loop.stop()));
      await giveBackLeases({ db, owner }).catch(() => undefined);
      await presence.end().catch(() => undefined);
      await jobs?.close();
      await Promise.all([signals.close(), shared.close()]);
      for (const { pool } of chains) pool.close();
      await db.destroy();
      logger.info('stopped');
    },
  };
}

async function requireSchema(db: Database): Promise<void> {
  const problem = await findStartProblem(db);
  if (problem !== null) throw new CodedError('schema_mismatch', problem);
}

/** Every enabled chain that has RPC URLs here; none at all is an error that says what is missing. */
async function connectChains(
  db: Database,
  config: Config,
  logger: Logger,
  observers: { metrics: ReturnType<typeof createRpcMetrics>; counts: RequestCounts },
): Promise<ConnectedChain[]> {
  const { chains } = await readCatalogue(db);
  const usable = [...chains.values()].filter((chain) => chain.enabled && config.rpcUrls.has(chain.id));
  if (usable.length === 0)
    throw new CodedError(
      'no_chain',
      'no chain is both enabled in the database and given RPC URLs here; run `naru migrate` with NARU_RPC_… and NARU_PAYOUT_CONTRACT_… set',
    );
  return usable.map((chain) => ({
    chain,
    ...connectPayoutChain(
      { ...chain, payoutContract: assertPresent(chain.payoutContract, `payout contract of ${chain.id}`) },
      {
        urls: config.rpcUrls.get(chain.id) ?? [],
        timeoutMs: config.rpcTimeoutMs,
        clock: systemClock,
        logger,
        observer: observeWith(observers.metrics(chain.id), observers.counts.observerOf(chain.id)),
      },
    ),
  }));
}

function observeWith(...observers: readonly RpcObserver[]): RpcObserver {
  return (event) => {
    for (const observe of observers) observe(event);
  };
}

/** The monitor notes how full the blocks are that it reads. */
function watchBlocks(
  db: Database,
  config: Config,
  { chain, port }: ConnectedChain,
  start: StartLoop,
): PayoutChain {
  if (!config.roles.includes('monitor')) return port;
  const fill = createFillWatch({ db }, chain.id);
  start(`${chain.id}/${fill.work.name}`, fill.work.work, fill.work.pollMs);
  return fill.watch(port);
}

/** Names this process in leases: the host, the instance there, and which of its lives this is. See `lease_is_free`. */
function leaseOwner(instance: string): string {
  return `${hostname()}/${instance.replaceAll('#', '-')}#${newUuid()}`;
}

/** What all chains of the process share. */
type Shared = {
  db: Database;
  config: Config;
  logger: Logger;
  /** Of leases. */
  owner: string;
  invalidations: Invalidations | undefined;
};

function createDeps(
  shared: Shared,
  connected: { chain: Chain; port: WorkerPort; probeToken: RoleDeps['probeToken'] },
): RoleDeps {
  const { db, config, logger, owner, invalidations } = shared;
  const readCatalogueNow = createCatalogueCache({ db, clock: systemClock, invalidations });
  return {
    db,
    chainPort: connected.port,
    probeToken: connected.probeToken,
    logger: logger.child({ chain: connected.chain.id }),
    owner,
    leaseMs: config.leaseMs,
    async readTarget() {
      const catalogue = await readCatalogueNow();
      return {
        catalogue,
        chain: assertPresent(catalogue.chains.get(connected.chain.id), `chain ${connected.chain.id}`),
      };
    },
  };
}

/** What the processor has besides what every role has. */
type OfProcessor = Omit<ProcessorDeps, keyof RoleDeps>;

export function workOf(role: Role, deps: RoleDeps, ofProcessor: OfProcessor | null): NamedWork[] {
  switch (role) {
    case 'processor':
      return processorWork({ ...deps, ...assertPresent(ofProcessor, 'signer of the processor') });
    case 'broadcaster':
      return broadcasterWork(deps);
    case 'monitor':
      return monitorWork(deps);
    case 'accounts':
      return accountsWork(deps);
    // Works on the whole database, not chain by chain: jobs/start-role.ts.
    case 'jobs':
      return [];
  }
}

function readinessOf(db: Database, chains: readonly ConnectedChain[], loops: ReadonlyMap<string, WorkLoop>) {
  return {
    database: async () => {
      const problem = await findStartProblem(db);
      return problem === null ? ({ ok: true } as const) : ({ ok: false, problem } as const);
    },
    rpc: async () => {
      const dead = chains.filter(({ pool }) => pool.health().usableCount === 0).map(({ chain }) => chain.id);
      if (dead.length === 0) return { ok: true } as const;
      return { ok: false, problem: `no RPC provider in reach for ${dead.join(', ')}` } as const;
    },
    loops: async () => {
      const stale = [...loops].filter(([, loop]) => loop.idleForMs() > STALE_LOOP_MS).map(([name]) => name);
      if (stale.length === 0) return { ok: true } as const;
      return {
        ok: false,
        problem: `no step ended well for ${STALE_LOOP_MS / 1000} s: ${stale.join(', ')}`,
      } as const;
    },
  };
}
