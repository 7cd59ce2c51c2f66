import { auditSetting } from '@naru/core/audit/audit.store.ts';
import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import type { Asset, Chain } from '@naru/core/chain/chain.ts';
import { chainVariable, readRpcUrls } from '@naru/core/chain/chain-environment.ts';
import { type Database, openDatabase } from '@naru/db/database.ts';
import { findSchemaProblem } from '@naru/db/schema-version.ts';
import { connectPayoutChain, type PayoutChain } from '@naru/evm/connect-payout-chain.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { CodedError } from '@naru/kit/errors.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { createNaru, type Naru } from '@naru/sdk/create-naru.ts';
import { auditContextOf } from './audit-context.ts';
import type { CliContext } from './context.ts';

/** A person waits: shorter than what the roles allow themselves. */
const RPC_TIMEOUT_MS = 10_000;
const CONNECTIONS_MAX = 4;
/** Checks that read the whole ledger take minutes on a large one. */
const STATEMENT_TIMEOUT_MS = 30 * 60_000;

export function requireDatabaseUrl(context: CliContext): string {
  context.announcePlace();
  if (context.config.databaseUrl === null)
    throw new CodedError(
      'no_database',
      'no database is configured: set DATABASE_URL to postgres://user:password@host:5432/database, or start the local stack (npm start)',
    );
  return context.config.databaseUrl.reveal();
}

/**
 * Runs `work` with the configured database, which must have this program's schema. Every session of it says who acts,
 * so whatever is changed is in the audit log by that name.
 */
export async function withDatabase<T>(
  context: CliContext,
  work: (db: Database) => Promise<T>,
  reason: string | null = null,
): Promise<T> {
  const audit = auditSetting(auditContextOf(context, reason));
  const db = openDatabase({
    databaseUrl: requireDatabaseUrl(context),
    applicationName: 'naru-cli',
    connectionsMax: CONNECTIONS_MAX,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    idleInTransactionTimeoutMs: 60_000,
    settings: { [audit.name]: audit.value },
  });
  try {
    const problem = await findSchemaProblem(db);
    if (problem !== null) throw new CodedError('schema_mismatch', problem);
    return await work(db);
  } finally {
    await db.destroy();
  }
}

export type ConnectedChain = { chain: Chain; assets: Asset[]; port: PayoutChain };

/** Chains that are enabled in the database, in the order of their chain ids: those with RPC URLs here, and the others. */
export type ReachableChains = { connected: ConnectedChain[]; withoutRpc: Chain[] };

/** Runs `work` with a connection to each enabled chain (or the one named) that has RPC URLs, and closes them. */
export async function withChains<T>(
  context: CliContext,
  db: Database,
  chainId: string | undefined,
  work: (chains: ReachableChains) => Promise<T>,
): Promise<T> {
  const { urls, problems } = readRpcUrls(context.config.environment);
  if (problems.length > 0) throw new CodedError('bad_rpc_url', problems.join('; '));
  const { chains, assets } = await readCatalogue(db);
  const wanted = [...chains.values()].filter(
    (chain) => chain.enabled && (chainId === undefined || chain.id === chainId),
  );
  if (chainId !== undefined && wanted.length === 0) throw unknownChain(chainId, [...chains.values()]);
  const closers: (() => void)[] = [];
  const found: ReachableChains = { connected: [], withoutRpc: [] };
  for (const chain of wanted) {
    const rpcUrls = urls.get(chain.id);
    if (rpcUrls === undefined || chain.payoutContract === null) {
      found.withoutRpc.push(chain);
      continue;
    }
    const { port, pool } = connectPayoutChain(
      { ...chain, payoutContract: chain.payoutContract },
      { urls: rpcUrls, timeoutMs: RPC_TIMEOUT_MS, clock: systemClock, logger: silentLogger },
    );
    closers.push(() => pool.close());
    const own = [...assets.values()].filter((asset) => asset.chainId === chain.id);
    found.connected.push({ chain, assets: own, port });
  }
  try {
    return await work(found);
  } finally {
    for (const close of closers) close();
  }
}

/** As `withChains` for one chain, which must be enabled and have RPC URLs. */
export async function withChain<T>(
  context: CliContext,
  db: Database,
  chainId: string,
  work: (chain: ConnectedChain) => Promise<T>,
): Promise<T> {
  return await withChains(context, db, chainId, async ({ connected: [chain] }) => {
    if (chain === undefined) throw noRpc(chainId);
    return await work(chain);
  });
}

export function rpcVariable(chainId: string): string {
  return chainVariable('NARU_RPC', chainId);
}

export function noRpc(chainId: string): CodedError {
  return new CodedError(
    'no_rpc',
    `the chain ${chainId} cannot be asked: set ${rpcVariable(chainId)} to the URL of a node of it`,
  );
}

function unknownChain(chainId: string, all: readonly Chain[]): CodedError {
  if (all.some((chain) => chain.id === chainId))
    return new CodedError(
      'chain_disabled',
      `the chain ${chainId} is not enabled: set ${rpcVariable(chainId)} and its NARU_PAYOUT_CONTRACT_…, then run  naru migrate`,
    );
  const enabled = all.filter((chain) => chain.enabled).map((chain) => chain.id);
  return new CodedError(
    'usage',
    `there is no chain "${chainId}"; enabled are: ${enabled.length === 0 ? 'none yet (run naru migrate)' : enabled.join(', ')}`,
  );
}

/** The public API as configured. */
export function requireApi(context: CliContext): Naru {
  context.announcePlace();
  const { apiUrl, apiKey } = context.config;
  if (apiUrl === null || apiKey === null) {
    const missing = [apiUrl === null ? 'NARU_API_URL' : null, apiKey === null ? 'NARU_API_KEY' : null];
    throw new CodedError(
      'no_api',
      `no API is configured: set ${missing.filter((name) => name !== null).join(' and ')} (a key comes from  naru owners key), or start the local stack (npm start)`,
    );
  }
  return createNaru({ baseUrl: apiUrl, apiKey: apiKey.reveal(), timeoutMs: API_TIMEOUT_MS });
}

/** A file of 100,000 rows is read, checked and stored in one call. */
const API_TIMEOUT_MS = 120_000;
