import path from 'node:path';
import { configureChains } from '@naru/core/chain/configure-chains.ts';
import { ensureDepositCursor } from '@naru/core/deposit/deposit-cursor.store.ts';
import { findYoungerChainProblem } from '@naru/core/sub-account/find-younger-chain.ts';
import { ensureEventPartitions } from '@naru/core/withdrawal/event-partitions.store.ts';
import { type Database, openDatabase } from '@naru/db/database.ts';
import { migrate } from '@naru/db/migrate.ts';
import { readRestoreMark } from '@naru/db/restore-mark.ts';
import { type DevContracts, deployContracts, deployDepositFactory } from '@naru/devnet/deploy-contracts.ts';
import { connectDevnet, DEVNET_CHAIN_ID } from '@naru/devnet/devnet.ts';
import { registerAssets, setUpAccounts } from '@naru/devnet/set-up-accounts.ts';
import { sleep } from '@naru/kit/clock.ts';
import { CodedError, errorText } from '@naru/kit/errors.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { acquireInstanceLock } from '@naru/local-servers/instance-lock.ts';
import { createNaru } from '@naru/sdk/create-naru.ts';
import { createSupervisor, type Supervisor } from '@naru/supervisor/supervisor.ts';
import { buildConsole, locateConsole } from '../console-build.ts';
import { buildRoles } from '../role-build.ts';
import { roleDefaultPorts } from '../role-command.ts';
import { runDemo } from './demo.ts';
import {
  type DevHome,
  type DevState,
  devHome,
  ensureSecrets,
  readDevState,
  removeFile,
  writeDevState,
  writeWhole,
} from './dev-home.ts';
import {
  type Infrastructure,
  newDevState,
  removeEverything,
  startInfrastructure,
} from './dev-infrastructure.ts';
import { ensureDemoOwner } from './dev-owner.ts';
import { ensureDemoPeople } from './dev-people.ts';
import { chooseDevPorts, consoleProcess, type DevPorts, devProcesses, devRoles } from './dev-processes.ts';
import { devEndowments, setUpThresholds } from './dev-reserve.ts';
import { prepareSignerHome } from './signer-home.ts';
import type { Terminal } from './terminal.ts';

export type DevOptions = {
  root: string;
  fresh: boolean;
  demo: boolean;
  /** Given: used instead of our own PostgreSQL. */
  databaseUrl: string | null;
  /** Given: the chain 31337 to use instead of our own. */
  rpcUrls: readonly string[];
  /** Null: the usual place. */
  backupDir: string | null;
  /** PATH of the child processes. */
  path: string;
};

export type RunningDev = { stop(): Promise<void> };

const SUB_ACCOUNTS = 4;
/** The main account and the gas account. */
const RESERVE_ACCOUNTS = 2;
const READY_TIMEOUT_MS = 30_000;
/** A local chain is deep enough after its second block. */
const CONFIRMATIONS = 2;

/** Boots everything, pays the sample on the first boot, and stays until stopped. */
export async function startDev(options: DevOptions, terminal: Terminal): Promise<RunningDev> {
  const home = devHome(options.root, options.backupDir);
  const lock = await acquireInstanceLock(home.dir);
  if ('heldBy' in lock)
    throw new CodedError(
      'already_running',
      `Naru is already running here (process ${lock.heldBy.pid}). Its addresses are in .naru/dev.json; Ctrl-C in its terminal stops it.`,
    );
  const stops: (() => Promise<void>)[] = [() => lock.release()];
  const stop = async () => {
    for (const one of stops.reverse()) await one();
  };
  try {
    if (options.fresh) await removeEverything(home);
    await boot(options, home, terminal, stops);
    return { stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function boot(
  options: DevOptions,
  home: DevHome,
  terminal: Terminal,
  stops: (() => Promise<void>)[],
): Promise<void> {
  const startedMs = performance.now();
  const state = (await readDevState(home)) ?? newDevState();
  await writeDevState(home, state);
  terminal.heading('Naru: local stack');
  const building = buildRoles(options.root);
  building.catch(() => undefined); // told below, when its turn comes
  const infrastructure = await startInfrastructure(home, state, options, terminal);
  stops.push(() => infrastructure.stop());
  terminal.step(
    `PostgreSQL ${options.databaseUrl === null ? '18' : '(yours)'} and chain ${DEVNET_CHAIN_ID} ${options.rpcUrls.length === 0 ? '(Anvil)' : '(yours)'} answer`,
  );

  await waitForRecovery(home, state, infrastructure, terminal);
  const prepared = await prepare(home, state, infrastructure);
  await writeDevState(home, prepared.state);
  terminal.step(`contracts, ${SUB_ACCOUNTS} sub-accounts, a main and a gas account are in place`);

  const build = await building;
  const { ports, moved } = await chooseDevPorts();
  for (const text of moved) terminal.note(text);
  // One write after the other: a role that dies while another comes up must not mix their two files.
  let published = Promise.resolve();
  const publish = (current: Supervisor) => {
    published = published.then(() =>
      writeWhole(home.publicFile, publicFileOf(infrastructure, prepared, ports, current)),
    );
    return published;
  };
  const consoleDir = await locateConsole(options.root);
  const supervisor = createSupervisor({
    processes: [
      ...devProcesses({
        root: options.root,
        build,
        home,
        ports,
        databaseUrl: infrastructure.databaseUrl,
        rpcUrls: infrastructure.rpcUrls,
        signerHome: prepared.signerHome,
        path: options.path,
      }),
      consoleProcess({ root: options.root, dir: consoleDir, home, ports, path: options.path }),
    ],
    onStarted: ({ name, pid, restarts }) => {
      if (restarts === 0) return;
      terminal.note(`${name} runs again (pid ${pid})`);
      void publish(supervisor);
    },
    onEnded: ({ name, pid, code, signal, nextTryInMs }) => {
      if (nextTryInMs !== null)
        terminal.warn(
          `${name} (pid ${pid}) ended with ${signal ?? `exit code ${code}`}; starting it again in ${nextTryInMs} ms`,
        );
    },
  });
  stops.push(async () => {
    await supervisor.stopAll();
    await removeFile(home.publicFile);
  });
  for (const role of devRoles) await supervisor.start(role);
  await Promise.all(devRoles.map((role) => supervisor.waitReady(role, READY_TIMEOUT_MS)));
  await publish(supervisor);
  terminal.step(
    `${devRoles.join(', ')} are ready (${((performance.now() - startedMs) / 1_000).toFixed(1)} s)`,
  );

  // Money first: its pages are built while the sample is paid.
  const consoleStarted = startConsole(options, supervisor);
  consoleStarted.catch(() => undefined); // told below, when its turn comes
  if (options.demo && prepared.state.demo?.done !== true)
    await demonstrate(options, home, infrastructure, prepared, ports, terminal);
  const hasConsole = await consoleStarted.then(
    () => true,
    (error: unknown) => {
      terminal.warn(`the console is not there; everything else runs: ${errorText(error)}`);
      return false;
    },
  );
  await publish(supervisor);
  printAddresses(ports, hasConsole, terminal);
}

async function startConsole({ root, path: searchPath }: DevOptions, supervisor: Supervisor): Promise<void> {
  await buildConsole(root, searchPath);
  await supervisor.start('console');
  await supervisor.waitReady('console', READY_TIMEOUT_MS);
}

const RECOVERY_POLL_MS = 500;

/** A restored database gets no role before `naru recover`, which finds the stack by its file, has read the chain. */
async function waitForRecovery(
  home: DevHome,
  state: DevState,
  infrastructure: Infrastructure,
  terminal: Terminal,
): Promise<void> {
  const { databaseUrl, rpcUrls } = infrastructure;
  const db = openDatabase({ databaseUrl, applicationName: 'naru-dev', connectionsMax: 1 });
  try {
    const mark = await readRestoreMark(db);
    if (mark === null) return;
    await writeWhole(home.publicFile, {
      apiUrl: `http://127.0.0.1:${roleDefaultPorts.api}`,
      apiKey: state.apiKey ?? '',
      rpcUrl: rpcUrls[0],
      databaseUrl,
    });
    terminal.warn(`the database was restored (${mark}) and may be older than the chain`);
    terminal.warn('no role starts until this has run, in another terminal:  npx naru recover');
    while ((await readRestoreMark(db)) !== null) await sleep(RECOVERY_POLL_MS);
    terminal.step('the restored database has been recovered from the chain');
  } finally {
    await db.destroy();
  }
}

type Prepared = {
  state: DevState & { apiKey: string };
  contracts: DevContracts;
  /** Of the demo owner. */
  depositAddress: Hex;
  signerHome: Awaited<ReturnType<typeof prepareSignerHome>>;
};

/** Schema, contracts, keys, accounts, owner: each step looks first and does only what is missing. */
async function prepare(home: DevHome, state: DevState, infrastructure: Infrastructure): Promise<Prepared> {
  const [, devnet] = await Promise.all([
    migrate(infrastructure.databaseUrl),
    connectDevnet(infrastructure.rpcUrls[0] ?? ''),
  ]);
  const contracts = await deployContracts(devnet);
  await ensureSecrets(home);
  const accounts = SUB_ACCOUNTS + RESERVE_ACCOUNTS;
  const signerHome = await prepareSignerHome({ dir: home.dir, accounts, contracts });
  const depositFactory = await deployDepositFactory(devnet, signerHome.treasury);
  const db: Database = openDatabase({
    databaseUrl: infrastructure.databaseUrl,
    applicationName: 'naru-dev',
    connectionsMax: 2,
  });
  try {
    await ensureEventPartitions(db);
    const height = await devnet.client.getBlockNumber();
    const problem = await findYoungerChainProblem(db, 'localhost', height);
    if (problem !== null)
      throw new CodedError('younger_chain', `${problem} Begin anew with: npm start -- --fresh`);
    await configureChains(
      db,
      new Map([
        [
          'localhost',
          {
            payoutContract: contracts.payoutContract,
            depositFactory,
            hasRpc: true,
            confirmations: CONFIRMATIONS,
          },
        ],
      ]),
    );
    await registerAssets(db, contracts);
    await setUpAccounts({ db, devnet }, contracts, signerHome.addresses, devEndowments);
    await setUpThresholds(db);
    // The address of the demo owner is given out here, before the monitor has had its first look.
    await ensureDepositCursor(db, 'localhost', height);
    const { apiKey, isNew, depositAddress } = await ensureDemoOwner(db, state.apiKey);
    const people = await ensureDemoPeople({ db, home }, apiKey, state.people);
    return {
      contracts,
      signerHome,
      depositAddress,
      state: { ...state, apiKey, people, demo: isNew ? null : state.demo },
    };
  } finally {
    await db.destroy();
  }
}

async function demonstrate(
  options: DevOptions,
  home: DevHome,
  infrastructure: Infrastructure,
  prepared: Prepared,
  ports: DevPorts,
  terminal: Terminal,
): Promise<void> {
  await runDemo(
    {
      naru: createNaru({ baseUrl: `http://127.0.0.1:${ports.api}`, apiKey: prepared.state.apiKey }),
      devnet: await connectDevnet(infrastructure.rpcUrls[0] ?? ''),
      terminal,
      file: path.join(options.root, 'examples', 'payouts.csv'),
      save: (demo) => writeDevState(home, { ...prepared.state, demo }),
    },
    prepared.state.demo,
  );
}

/** The shape of `.naru/dev.json`, which other tools rely on. */
function publicFileOf(
  infrastructure: Infrastructure,
  prepared: Prepared,
  ports: DevPorts,
  supervisor: Supervisor,
) {
  const pids = { ...infrastructure.pids, ...supervisor.pids() };
  return {
    apiUrl: `http://127.0.0.1:${ports.api}`,
    console: `http://localhost:${ports.console}`,
    apiKey: prepared.state.apiKey,
    people: prepared.state.people,
    rpcUrl: infrastructure.rpcUrls[0],
    chainId: DEVNET_CHAIN_ID,
    databaseUrl: infrastructure.databaseUrl,
    payoutContract: prepared.contracts.payoutContract,
    depositAddress: prepared.depositAddress,
    assets: {
      USDC: { address: prepared.contracts.usdc, decimals: 6 },
      USDT: { address: prepared.contracts.usdt, decimals: 6 },
      ETH: { address: null, decimals: 18 },
    },
    pids: Object.fromEntries(Object.entries(pids).map(([name, pid]) => [name, [pid]])),
  };
}

function printAddresses(ports: DevPorts, hasConsole: boolean, terminal: Terminal): void {
  const api = `http://127.0.0.1:${ports.api}`;
  terminal.line();
  if (hasConsole)
    terminal.line(
      `  Console   http://localhost:${ports.console}        sign in as one of "people" in .naru/dev.json`,
    );
  terminal.line(`  API       ${api}        key and addresses in .naru/dev.json`);
  terminal.line(`  Docs      ${api}/docs   try every call in the browser`);
  terminal.line('  Logs      .naru/logs/                  one file a process');
  terminal.line('  Pay in    npx naru deposits simulate   test money to the demo owner, and watch it arrive');
  terminal.line('  Look in   npx naru --help              inspect, verify, submit, …');
  terminal.line();
  terminal.line(
    '  Everything stays up. Ctrl-C stops it; npm start goes on where it was; npm start -- --fresh begins anew.',
  );
}
