import type { FeePolicy } from '@naru/evm/fees.ts';
import type { Hex } from '@naru/kit/hex.ts';
import { chainDefinitions } from '../../chain/chain.definitions.ts';
import type { Asset, Chain } from '../../chain/chain.ts';
import { defaultOperation } from '../../chain/chain-operation.ts';
import { applyFault, type Stage, type Story } from './apply-fault.ts';
import { createCluster } from './cluster.ts';
import { createModelDatabase } from './database.ts';
import { type Decisions, productionDecisions } from './decisions.ts';
import { Trouble, Violation } from './failures.ts';
import { type Event, FAULTS_END_MS, randomEvents, randomSetup, type Setup } from './faults.ts';
import { createInvariants, type Invariants } from './invariants.ts';
import { createKernel, type Kernel, type Routine } from './kernel.ts';
import { createModelChain, type ModelChain } from './model-chain.ts';
import { createModelSigner } from './model-signer.ts';
import { operate } from './operator.ts';
import { createModelPort } from './port.ts';
import { createProvider } from './provider.ts';
import { createRandom, type Random } from './random.ts';
import type { AccountRow, Tables } from './tables.ts';
import type { World } from './world.ts';

export type SimulateOptions = {
  seed: number;
  /** Instead of those that the seed gives. */
  setup?: Partial<Setup>;
  events?: readonly Event[];
  decisions?: Partial<Decisions>;
  weakness?: Partial<World['weakness']>;
  isTraced?: boolean;
};

export type Outcome = {
  seed: number;
  /** Null: all was well. */
  violation: string | null;
  setup: Setup;
  events: readonly Event[];
  steps: number;
  virtualMs: number;
  withdrawals: number;
  story: readonly string[];
};

/** Without faults everything ends within this time: retries, displaced nonces and five plans included. */
const LIVENESS_MS = 900_000;
/** A story that goes on for longer than this has a loop that never rests. */
const STEPS_MAX = 400_000;

/** Runs one story to its end. The same options give the same story, step by step. */
export function simulate(options: SimulateOptions): Outcome {
  const random = createRandom(options.seed);
  const setup = { ...randomSetup(random), ...options.setup };
  const chosen = randomEvents(random, setup);
  const events = options.events ?? chosen;
  const story: string[] = [];
  const stage = createStage(options, random, setup, story);
  const { world, invariants } = stage;
  const { kernel } = world;
  let violation: string | null = null;
  try {
    begin(stage, events);
    const lastMs = Math.max(FAULTS_END_MS, ...events.map(({ atMs }) => atMs + 20_000));
    run(stage, lastMs);
  } catch (error) {
    violation = error instanceof Error ? `${error.message}` : String(error);
    if (!(error instanceof Violation) && error instanceof Error) violation += `\n${error.stack ?? ''}`;
    world.tell(() => `!! ${violation}`);
  }
  return {
    seed: options.seed,
    violation,
    setup,
    events,
    steps: kernel.steps,
    virtualMs: kernel.nowMs,
    withdrawals: stage.story.submitted,
    story,
  };

  function run(
    {
      world: {
        kernel: { step },
      },
    }: Stage,
    lastMs: number,
  ): void {
    const deadlineMs = lastMs + LIVENESS_MS;
    let nextLookMs = lastMs;
    while (step()) {
      invariants.afterStep();
      if (kernel.nowMs >= nextLookMs) {
        if (!stage.story.restoring && invariants.isOver()) return;
        nextLookMs = kernel.nowMs + 1_000;
      }
      if (kernel.nowMs > deadlineMs || kernel.steps > STEPS_MAX)
        throw new Violation(`it does not end: ${invariants.describeOpen()}`);
    }
  }
}

function begin(stage: Stage, events: readonly Event[]): void {
  const { world, cluster, story } = stage;
  const { kernel } = world;
  for (let left = 4; left > 0; left--) world.chain.mineBlock();
  cluster.startAll();
  kernel.spawn('blocks', null, makeBlocks(world));
  kernel.spawn('operator', null, operate(world, cluster, story));
  for (const { atMs, fault } of events) kernel.spawn(fault.kind, null, applyFault(stage, fault), atMs);
}

/** A block every block time, with a base fee that wanders. */
function* makeBlocks(world: World): Routine {
  for (;;) {
    yield world.config.chain.blockTimeMs;
    const { weather } = world.chain;
    const wandering = BigInt(world.random.whole(8, 30));
    weather.baseFeeWei = wandering > world.baseFeeFloorWei ? wandering : world.baseFeeFloorWei;
    const { number, executed } = world.chain.mineBlock();
    if (executed.length > 0)
      world.tell(() => `block ${number}: ${executed.map(({ bytes }) => bytes.hash).join(' ')}`);
  }
}

function createStage(options: SimulateOptions, random: Random, setup: Setup, lines: string[]): Stage {
  const kernel = createKernel(random);
  const accounts = Array.from({ length: setup.accounts }, (_, index): AccountRow => newAccount(index));
  const tables: Tables = {
    withdrawals: new Map(),
    chainTxs: new Map(),
    attempts: new Map(),
    accounts: new Map(accounts.map((account) => [account.id, account])),
    cursor: { scanned: 3n, leaseOwner: null, leaseUntilMs: 0, epoch: 0n },
    blocks: new Map(),
    presence: new Map(),
  };
  const invariants: Invariants = createInvariants({ tables: () => db.tables, chain: () => chain });
  const db = createModelDatabase(tables, invariants);
  const addresses = accounts.map(({ address }) => address);
  const chain: ModelChain = createModelChain({
    random,
    accounts: addresses,
    balance: setup.balance,
    confirmations: setup.confirmations,
    onPaid: invariants.paid,
    onPooled: invariants.pooled,
    onForeign: invariants.foreignUsed,
  });
  const signer = createModelSigner();
  const providers = [createProvider(0), createProvider(1)];
  const world: World = {
    kernel,
    random,
    db,
    chain,
    providers,
    signer,
    port: createModelPort({ random, chain, providers, accounts: addresses, bytesOf: signer.bytesOf }),
    decisions: { ...productionDecisions, ...options.decisions },
    config: configOf(setup),
    databaseFailChance: 0,
    commitAnswerLostChance: 0,
    baseFeeFloorWei: 0n,
    weakness: { isFencingIgnored: false, isUnknownPlannedAgain: false, ...options.weakness },
    tell: teller(kernel, lines, options.isTraced ?? false),
    trouble(error) {
      if (!(error instanceof Trouble)) throw error;
    },
  };
  const story: Story = { backup: null, restoring: false, submitted: 0 };
  const { processes } = setup;
  const counts = { processor: processes, broadcaster: processes, monitor: processes, accounts: 1 };
  return { world, cluster: createCluster(world, counts), invariants, story };
}

function newAccount(index: number): AccountRow {
  const address: Hex = `0xacc${index}`;
  return {
    id: `account-${index}`,
    address,
    nextNonce: 0n,
    state: 'ACTIVE',
    pauseReason: null,
    leaseOwner: null,
    leaseUntilMs: 0,
    epoch: 0n,
  };
}

function teller(kernel: Kernel, lines: string[], isTraced: boolean): World['tell'] {
  if (!isTraced) return () => {};
  return (line) => void lines.push(`${(kernel.nowMs / 1_000).toFixed(3).padStart(9)}  ${line()}`);
}

const BLOCK_TIME_MS = 2_000;
const SLOTS = 4;

function configOf(setup: Setup): World['config'] {
  const definition = chainDefinitions[0];
  if (definition === undefined) throw new Error('no chain is defined');
  const { confirmations, batchItemsMax } = setup;
  const chain: Chain = {
    ...definition,
    confirmations,
    batchItemsMax,
    blockTimeMs: BLOCK_TIME_MS,
    inFlightPerAccountMax: SLOTS,
    feePerGasWeiMax: 1_000n,
    payoutContract: '0xc0',
    depositFactory: null,
    enabled: true,
    operation: defaultOperation,
  };
  const asset: Asset = {
    id: 'localhost:USDC',
    chainId: chain.id,
    code: 'USDC',
    symbol: 'USDC',
    address: '0x70',
    decimals: 0,
    minimum: 1n,
    maximum: null,
    unitsPerCoin: null,
    gasPerItem: 30_000n,
    transferGasMax: 100_000n,
    enabled: true,
  };
  const feePolicy: FeePolicy = {
    gasModel: 'eip1559',
    feeCapWeiMax: chain.feePerGasWeiMax,
    feeCapWeiMin: 1n,
    priorityFeeWeiMin: 1n,
    baseFeeHeadroomPercent: 200,
    rewardPercentile: 50,
    historyBlocks: 10,
  };
  return { chain, asset, feePolicy };
}
