import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { prepareSignerHome } from '@naru/cli/dev/signer-home.ts';
import { buildRoles, type RoleBuild } from '@naru/cli/role-build.ts';
import { type Role, roleCommand } from '@naru/cli/role-command.ts';
import type { Caller } from '@naru/core/access/access.ts';
import { chainVariable } from '@naru/core/chain/chain-environment.ts';
import { configureChains } from '@naru/core/chain/configure-chains.ts';
import { type Database, openDatabase } from '@naru/db/database.ts';
import { type DevContracts, deployContracts } from '@naru/devnet/deploy-contracts.ts';
import { connectDevnet, type Devnet } from '@naru/devnet/devnet.ts';
import { registerAssets, setUpAccounts } from '@naru/devnet/set-up-accounts.ts';
import { startRpcFaultProxy } from '@naru/evm/testing/rpc-fault-proxy.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { startAnvil } from '@naru/local-servers/anvil.ts';
import { findFreePort } from '@naru/local-servers/ports.ts';
import { createNaru, type Naru } from '@naru/sdk/create-naru.ts';
import { createSupervisor, type ProcessSpec, type Supervisor } from '@naru/supervisor/supervisor.ts';
import type { BenchContext } from './bench-context.ts';
import { createBenchOwner } from './bench-owner.ts';

/** What it takes to pay, each as a process of its own, in the order of starting. */
export const workerRoles = ['monitor', 'accounts', 'broadcaster', 'processor'] as const satisfies Role[];
const ALL_ROLES = ['signer', ...workerRoles, 'jobs', 'api'] as const satisfies Role[];

const READY_TIMEOUT_MS = 60_000;
/** As many as the local stack of `npm start` has. */
const SUB_ACCOUNTS = 4;

export type BenchStack = {
  readonly databaseUrl: string;
  readonly db: Database;
  readonly devnet: Devnet;
  readonly contracts: DevContracts;
  /** Of the sub-accounts. */
  readonly payers: readonly Hex[];
  readonly caller: Caller;
  readonly apiKey: string;
  readonly apiUrl: string;
  /** Of every instance of the API, the one above first. */
  readonly apiUrls: readonly string[];
  /** A client of the API, which must have been started. */
  readonly naru: Naru;
  /** Every instance of these roles. Resolves when all are ready. They are kept running, as in production: one that dies is started again. */
  start(roles: readonly Role[]): Promise<void>;
  stop(role: Role): Promise<void>;
  /** The process id of a role that runs, of its first instance. */
  pidOf(role: Role): number;
  readonly chainPid: number;
  close(): Promise<void>;
};

/**
 * Everything that a measurement of the whole needs: a database of its own, Anvil with the contracts and funded
 * accounts, an owner with money and a key. No role runs yet. Roles run with the defaults of production, under the
 * permission model and the supervisor that `npm start` uses.
 */
export async function openBenchStack(
  context: BenchContext,
  options: {
    name: string;
    blockTimeSeconds?: number;
    blockGasLimit?: bigint;
    /** Every answer of the node comes this much later to the roles. */
    rpcDelayMs?: number;
    /** Beside what every role of the name has. */
    environment?: Partial<Record<Role, Record<string, string>>>;
    /** Default: one of each. */
    instances?: Partial<Record<Role, number>>;
  },
): Promise<BenchStack> {
  const dir = path.join(context.dir, options.name);
  await mkdir(dir, { recursive: true });
  const { blockTimeSeconds, blockGasLimit } = options;
  const anvil = await startAnvil({
    logFile: path.join(dir, 'anvil.log'),
    ...(blockTimeSeconds === undefined ? {} : { blockTimeSeconds }),
    ...(blockGasLimit === undefined ? {} : { blockGasLimit }),
  });
  const stopAnvil = context.cleanup.add(() => anvil.kill());
  const databaseUrl = await context.createDatabase(options.name);
  const db = openDatabase({ databaseUrl, applicationName: 'naru-bench', connectionsMax: 4 });
  const closeDatabase = context.cleanup.add(() => db.destroy());
  const devnet = await connectDevnet(anvil.url);
  const contracts = await deployContracts(devnet);
  const signerHome = await prepareSignerHome({ dir, accounts: SUB_ACCOUNTS, contracts });
  await configureChains(
    db,
    new Map([['localhost', { payoutContract: contracts.payoutContract, hasRpc: true, confirmations: 1 }]]),
  );
  await registerAssets(db, contracts);
  await setUpAccounts({ db, devnet }, contracts, signerHome.addresses);
  const { caller, apiKey } = await createBenchOwner(db);

  const instances = ALL_ROLES.flatMap((role) =>
    Array.from({ length: options.instances?.[role] ?? 1 }, (_, index) => ({
      role,
      name: index === 0 ? role : `${role}-${index + 1}`,
    })),
  );
  const ports = new Map<string, number>();
  for (const { name } of instances) ports.set(name, await findFreePort());
  const urlOf = (name: string) => `http://127.0.0.1:${assertPresent(ports.get(name), `port of ${name}`)}`;
  const namesOf = (role: Role) => instances.filter((one) => one.role === role).map(({ name }) => name);
  const worker = {
    DATABASE_URL: databaseUrl,
    [chainVariable('NARU_RPC', 'localhost')]: await nodeUrl(context, anvil.url, options.rpcDelayMs),
  };
  const signer = { NARU_SIGNER_URL: urlOf('signer'), NARU_SIGNER_TOKEN_FILE: signerHome.tokenFile };
  const environmentOf = (role: Role): Record<string, string> => {
    if (role === 'signer') return signerHome.env;
    if (role === 'api') return { DATABASE_URL: databaseUrl };
    return { ...worker, ...(role === 'processor' ? signer : {}), NARU_ROLES: role };
  };
  const build = await buildRoles(context.root);
  const supervisor = createSupervisor({
    processes: instances.map(({ role, name }) =>
      processOf(context, role, {
        name,
        build,
        dir,
        port: assertPresent(ports.get(name), `port of ${name}`),
        environment: { ...environmentOf(role), ...options.environment?.[role] },
      }),
    ),
  });
  const stopRoles = context.cleanup.add(() => supervisor.stopAll());
  return {
    databaseUrl,
    db,
    devnet,
    contracts,
    payers: signerHome.addresses,
    caller,
    apiKey,
    apiUrl: urlOf('api'),
    apiUrls: namesOf('api').map(urlOf),
    naru: createNaru({ baseUrl: urlOf('api'), apiKey, timeoutMs: 300_000 }),
    start: (roles) => startAll(supervisor, roles.flatMap(namesOf)),
    async stop(role) {
      await Promise.all(namesOf(role).map((name) => supervisor.stop(name)));
    },
    chainPid: anvil.pid,
    pidOf: (role) => assertPresent(supervisor.pids()[role], `process of ${role}`),
    async close() {
      await stopRoles();
      await closeDatabase();
      await stopAnvil();
    },
  };
}

/** The node itself, or a proxy before it that answers later. */
async function nodeUrl(context: BenchContext, url: string, delayMs: number | undefined): Promise<string> {
  if (delayMs === undefined) return url;
  const proxy = await startRpcFaultProxy({
    upstreamUrl: url,
    faults: [{ fault: { kind: 'delay', delayMs } }],
  });
  context.cleanup.add(() => proxy.close());
  return proxy.url;
}

async function startAll(supervisor: Supervisor, names: readonly string[]): Promise<void> {
  for (const name of names) await supervisor.start(name);
  await Promise.all(names.map((name) => supervisor.waitReady(name, READY_TIMEOUT_MS)));
}

function processOf(
  context: BenchContext,
  role: Role,
  place: {
    name: string;
    build: RoleBuild | null;
    dir: string;
    port: number;
    environment: Record<string, string>;
  },
): ProcessSpec {
  const instance = { NARU_INSTANCE: place.name, NARU_PORT: String(place.port) };
  const env = { PATH: context.path, ...instance, ...place.environment };
  const { command, args } = roleCommand(role, { root: context.root, env, build: place.build });
  return {
    name: place.name,
    command,
    args: [...profileArguments(context, role), ...args],
    cwd: context.root,
    env,
    logFile: path.join(place.dir, `${place.name}.log`),
    ready: `http://127.0.0.1:${place.port}/readyz`,
    port: place.port,
  };
}

/** Node writes the profile when the role ends, which the permission model must let it. */
function profileArguments(context: BenchContext, role: Role): string[] {
  if (context.profileDir === null) return [];
  const dir = path.join(context.profileDir, role);
  const permissions = role === 'signer' ? [] : ['--allow-inspector', `--allow-fs-write=${dir}`];
  return ['--cpu-prof', `--cpu-prof-dir=${dir}`, ...permissions];
}
