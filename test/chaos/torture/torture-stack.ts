import { randomBytes } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Cleanup } from '@naru/bench/cleanup.ts';
import { prepareSignerHome } from '@naru/cli/dev/signer-home.ts';
import type { Role } from '@naru/cli/role-command.ts';
import { createAccess } from '@naru/core/access/create-access.ts';
import { chainVariable } from '@naru/core/chain/chain-environment.ts';
import { configureChains } from '@naru/core/chain/configure-chains.ts';
import { type Database, openDatabase } from '@naru/db/database.ts';
import { migrate } from '@naru/db/migrate.ts';
import { type DevContracts, deployContracts, deployDepositFactory } from '@naru/devnet/deploy-contracts.ts';
import { connectDevnet, type Devnet } from '@naru/devnet/devnet.ts';
import { type Endowments, registerAssets, setUpAccounts } from '@naru/devnet/set-up-accounts.ts';
import { type RpcFaultProxy, startRpcFaultProxy } from '@naru/evm/testing/rpc-fault-proxy.ts';
import { systemClock } from '@naru/kit/clock.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { startAnvil } from '@naru/local-servers/anvil.ts';
import { createDatabase } from '@naru/local-servers/databases.ts';
import { type LocalPostgres, startLocalPostgres } from '@naru/local-servers/postgres.ts';
import { startWebhookReceiver, type WebhookReceiver } from '@naru/outbound/testing/webhook-receiver.ts';
import { parseEther, parseUnits } from 'viem';
import { createOwner } from '../../support/owner.ts';
import { deploySanctionsOracle } from '../../support/sanctions-oracle.ts';
import { createInstances, type Instances } from './instances.ts';
import { type Miner, startMiner } from './miner.ts';
import type { Outlaws } from './payouts.ts';
import { createRpcBoard, type RpcBoard } from './rpc-board.ts';

export const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
/** As many as the local stack of `npm start` has. */
const SUB_ACCOUNTS = 4;
/** Before those that pay: the main account, which deposits are swept to, and the one with the gas money. */
const RESERVE_ACCOUNTS = 2;
/** Those that pay have too little for a phase: top-ups belong to the run. */
const ENDOWMENTS: Endowments = {
  MAIN: { coinWei: parseEther('2000'), token: parseUnits('12000000', 6) },
  GAS: { coinWei: parseEther('2000'), token: 0n },
  PAYOUT: { coinWei: parseEther('20'), token: parseUnits('300', 6) },
};
/** Addresses of each sort that are never paid. */
const OUTLAWS = 8;
/** People who approve: none of them asks for payouts. */
const APPROVERS = ['kim', 'lee'] as const;
const PROVIDERS = 2;
/**
 * Blocks whose state Anvil keeps, in memory: more than anything looks or goes back. Older ones it would put on disk,
 * and a reorganisation to a block of which it has done so leaves contracts without code (Anvil 1.7.1).
 */
const STATES_KEPT = 300;
const DATABASE = 'naru';

export type StackOptions = {
  dir: string;
  cleanup: Cleanup;
  path: string;
  seed: number;
  /** Above the depth of every reorganisation that will be made. */
  confirmations: number;
  blockMs: number;
};

export type TortureStack = {
  readonly dir: string;
  /** The cluster, as its superuser, by a database that is none of Naru's. */
  readonly adminUrl: string;
  readonly databaseUrl: string;
  /** Of the judge; the database behind it may be killed and replaced. */
  db(): Database;
  /** Closes the judge's connections, runs `work`, opens them again. */
  withoutDatabase<T>(work: () => Promise<T>): Promise<T>;
  /** SIGKILL to PostgreSQL, and the same cluster on the same port after `awayMs`. */
  crashPostgres(awayMs: number): Promise<void>;
  readonly anvilUrl: string;
  readonly devnet: Devnet;
  readonly miner: Miner;
  readonly contracts: DevContracts;
  /** All of ours. */
  readonly accounts: readonly Hex[];
  /** Those of them that pay. */
  readonly payers: readonly Hex[];
  readonly depositFactory: Hex;
  /** Of an integrator. */
  readonly receiver: WebhookReceiver;
  /** Addresses that are never paid: the sanctions contract of the chain lists these, the block list those. */
  readonly outlaws: Outlaws;
  readonly confirmations: number;
  readonly blockMs: number;
  readonly rpc: RpcBoard;
  readonly instances: Instances;
  readonly apiKey: string;
  /** Public id. */
  readonly organisationId: string;
  readonly approvers: readonly { holder: string; apiKey: string }[];
  /** What an operator's command line is configured with. */
  readonly operatorEnv: Record<string, string>;
};

/**
 * The real thing: PostgreSQL with the settings of production, Anvil with the contracts behind two providers that can
 * fail, a signer, and two instances of every other role, each a process of its own with the defaults of production.
 */
export async function startTortureStack(options: StackOptions): Promise<TortureStack> {
  const { dir, cleanup, confirmations, blockMs } = options;
  const cluster = await startCluster(dir, cleanup);
  const anvil = await startAnvil({
    logFile: path.join(dir, 'anvil.log'),
    extraArgs: ['--no-mining', '--prune-history', String(STATES_KEPT)],
  });
  cleanup.add(() => anvil.kill());
  const proxies: RpcFaultProxy[] = [];
  for (let index = 0; index < PROVIDERS; index++) {
    const proxy = await startRpcFaultProxy({ upstreamUrl: anvil.url, seed: options.seed + index });
    proxies.push(proxy);
    cleanup.add(() => proxy.close());
  }
  const devnet = await connectDevnet(anvil.url);
  const miner = startMiner(devnet, blockMs);
  cleanup.add(() => miner.stop());
  const receiver = await startWebhookReceiver();
  cleanup.add(() => receiver.close());
  const databaseUrl = await createDatabase(cluster.adminUrl, DATABASE);
  await migrate(databaseUrl);
  const judge = openJudge(databaseUrl);
  cleanup.add(() => judge.db().destroy());

  const contracts = await deployContracts(devnet);
  const signerHome = await prepareSignerHome({ dir, accounts: RESERVE_ACCOUNTS + SUB_ACCOUNTS, contracts });
  const depositFactory = await deployDepositFactory(devnet, signerHome.treasury);
  const outlaws: Outlaws = { blocked: newAddresses(), sanctioned: newAddresses() };
  const oracle = await deploySanctionsOracle(devnet, outlaws.sanctioned);
  await configureChains(
    judge.db(),
    new Map([
      [
        'localhost',
        { payoutContract: contracts.payoutContract, depositFactory, hasRpc: true, confirmations },
      ],
    ]),
  );
  await registerAssets(judge.db(), contracts);
  await setUpAccounts({ db: judge.db(), devnet }, contracts, signerHome.addresses, ENDOWMENTS);
  const { caller, apiKey } = await createOwner(judge.db());
  const approvers = await createApprovers(judge.db(), caller.organisationId);
  const webhooks = { NARU_WEBHOOK_KEY: randomBytes(32).toString('base64'), NARU_WEBHOOK_ALLOW_LOCAL: 'true' };

  const environmentOf = (role: Role, signerUrl: string): Record<string, string> => {
    if (role === 'signer') return signerHome.env;
    if (role === 'api') return { DATABASE_URL: databaseUrl, ...webhooks };
    const rpc = { [chainVariable('NARU_RPC', 'localhost')]: proxies.map((proxy) => proxy.url).join(',') };
    const signer = { NARU_SIGNER_URL: signerUrl, NARU_SIGNER_TOKEN_FILE: signerHome.tokenFile };
    const own = {
      processor: { ...signer, [chainVariable('NARU_SANCTIONS_ORACLE', 'localhost')]: oracle },
      jobs: webhooks,
    };
    return {
      DATABASE_URL: databaseUrl,
      ...rpc,
      ...(role === 'processor' || role === 'jobs' ? own[role] : {}),
    };
  };
  const instances = await createInstances({ root: ROOT, dir, path: options.path, environmentOf });
  cleanup.add(() => instances.stopEverything());
  const operatorEnv = {
    DATABASE_URL: databaseUrl,
    [chainVariable('NARU_RPC', 'localhost')]: proxies.map((proxy) => proxy.url).join(','),
    [chainVariable('NARU_PAYOUT_CONTRACT', 'localhost')]: contracts.payoutContract,
    [chainVariable('NARU_DEPOSIT_FACTORY', 'localhost')]: depositFactory,
    NARU_SIGNER_URL: instances.urlOf('signer-1'),
    NARU_SIGNER_TOKEN_FILE: signerHome.tokenFile,
  };
  return {
    dir,
    databaseUrl,
    ...cluster,
    ...judge,
    anvilUrl: anvil.url,
    devnet,
    miner,
    contracts,
    accounts: signerHome.addresses,
    payers: signerHome.addresses.slice(RESERVE_ACCOUNTS),
    depositFactory,
    receiver,
    outlaws,
    confirmations,
    blockMs,
    rpc: createRpcBoard(proxies),
    instances,
    apiKey,
    organisationId: toPublicId('organisation', caller.organisationId),
    approvers,
    operatorEnv,
  };
}

function newAddresses(): Hex[] {
  return Array.from({ length: OUTLAWS }, () => `0x${randomBytes(20).toString('hex')}` as const);
}

async function createApprovers(db: Database, organisationId: string): Promise<TortureStack['approvers']> {
  const access = createAccess({ db, clock: systemClock });
  return await Promise.all(
    APPROVERS.map(async (holder) => {
      const { token } = await access.createApiKey({
        organisationId,
        name: holder,
        network: 'test',
        scopes: ['approvals:read', 'approvals:write'],
        holder,
        requestsPerMinuteMax: 1_000_000,
      });
      return { holder, apiKey: token };
    }),
  );
}

async function startCluster(dir: string, cleanup: Cleanup) {
  const start = (port?: number): Promise<LocalPostgres> =>
    startLocalPostgres({
      dataDir: path.join(dir, 'postgres'),
      password: 'torture',
      database: 'torture',
      tuning: 'durable',
      logFile: path.join(dir, 'postgres.log'),
      ...(port === undefined ? {} : { port }),
    });
  let server = await start();
  const { url, port } = server;
  cleanup.add(() => server.destroy());
  return {
    adminUrl: url,
    async crashPostgres(awayMs: number) {
      await server.kill();
      await new Promise((resolve) => setTimeout(resolve, awayMs));
      server = await start(port);
    },
  };
}

function openJudge(databaseUrl: string) {
  const open = () =>
    openDatabase({ databaseUrl, applicationName: 'torture', connectionsMax: 4, statementTimeoutMs: 120_000 });
  let db = open();
  return {
    db: () => db,
    async withoutDatabase<T>(work: () => Promise<T>): Promise<T> {
      await db.destroy();
      try {
        return await work();
      } finally {
        db = open();
      }
    },
  };
}
