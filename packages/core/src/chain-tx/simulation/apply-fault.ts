import { cancelableWithdrawalStates } from '../../withdrawal/withdrawal.machine.ts';
import type { Cluster } from './cluster.ts';
import type { Fault } from './faults.ts';
import type { Invariants } from './invariants.ts';
import type { Routine } from './kernel.ts';
import { restore } from './operator.ts';
import type { Tables, WithdrawalRow } from './tables.ts';
import type { World } from './world.ts';

/** What a story keeps between its events. */
export type Story = { backup: Tables | null; restoring: boolean; submitted: number };
export type Stage = { world: World; cluster: Cluster; invariants: Invariants; story: Story };

const LATENCY_MS_MAX = 60;

/** Lets a fault happen, and ends it when its time is over. */
export function* applyFault(stage: Stage, fault: Fault): Routine {
  const { world, cluster, story } = stage;
  world.tell(() => `-- ${describeFault(fault)}`);
  switch (fault.kind) {
    case 'submit':
      return submit(stage, fault);
    case 'cancel':
      // The API is closed while an operator recovers.
      return story.restoring ? undefined : cancelOldest(world);
    case 'kill': {
      cluster.kill(fault.process);
      yield fault.forMs;
      const [role, number] = fault.process.split('-');
      if (!story.restoring) cluster.start(role as Parameters<Cluster['start']>[0], Number(number));
      return;
    }
    case 'freeze':
      return cluster.freeze(fault.process, fault.forMs);
    case 'backup':
      story.backup = world.db.backup();
      return;
    case 'restore':
      if (story.backup === null || story.restoring) return;
      yield* restoreBackup(stage, story.backup);
      return;
    default:
      yield* applyWeather(world, fault);
  }
}

function* restoreBackup({ world, cluster, invariants, story }: Stage, backup: Tables): Routine {
  const restoring = restore(world, cluster, story, backup);
  // Its first step puts the old rows in place.
  const first = restoring.next();
  invariants.restored();
  if (first.done === true) return;
  yield first.value;
  yield* restoring;
}

type Weather = Exclude<Fault, { kind: 'submit' | 'cancel' | 'kill' | 'freeze' | 'backup' | 'restore' }>;

/** Trouble of the chain, of providers, of the database and of the signer. */
function* applyWeather(world: World, fault: Weather): Routine {
  const { chain, providers, signer } = world;
  const { weather } = chain;
  const addressOf = (number: number) => world.port.accounts[number] ?? '0x';
  const provider = 'provider' in fault ? providers[fault.provider] : undefined;
  switch (fault.kind) {
    case 'reorg':
      return reorganise(world, fault);
    case 'evict':
      return chain.evict(fault.keepChance);
    case 'foreign':
      weather.foreignNext.push(addressOf(fault.account));
      return;
    case 'revert_next':
      weather.revertNext += fault.count;
      return;
    case 'short_of_gas_next':
      weather.shortOfGasNext += fault.count;
      return;
    case 'lie':
      for (const one of providers) one.lie = null;
      if (provider !== undefined) provider.lie = fault.lie;
      yield fault.forMs;
      if (provider?.lie === fault.lie) provider.lie = null;
      return;
    case 'stuck':
      if (provider !== undefined) provider.stuckAt = [...chain.blocks];
      yield fault.forMs;
      if (provider !== undefined) provider.stuckAt = null;
      return;
    case 'slow':
      if (provider !== undefined) provider.latencyMsMax = fault.latencyMs;
      yield fault.forMs;
      if (provider !== undefined) provider.latencyMsMax = LATENCY_MS_MAX;
      return;
    case 'rpc_errors':
      for (const one of providers) one.failChance = fault.chance;
      yield fault.forMs;
      for (const one of providers) one.failChance = 0;
      return;
    case 'lost_answers':
      for (const one of providers) one.loseAnswerChance = fault.chance;
      yield fault.forMs;
      for (const one of providers) one.loseAnswerChance = 0;
      return;
    case 'database_errors':
      world.databaseFailChance = fault.chance;
      yield fault.forMs;
      world.databaseFailChance = 0;
      return;
    case 'lost_commits':
      world.commitAnswerLostChance = fault.chance;
      yield fault.forMs;
      world.commitAnswerLostChance = 0;
      return;
    case 'signer_down':
      signer.isDown = true;
      yield fault.forMs;
      signer.isDown = false;
      return;
    case 'older_bytes':
      weather.olderChance = fault.chance;
      yield fault.forMs;
      weather.olderChance = 0;
      return;
    case 'fees':
      world.baseFeeFloorWei = fault.baseFeeWei;
      yield fault.forMs;
      world.baseFeeFloorWei = 0n;
      return;
    case 'gas_limit_low':
      weather.isGasLimitLow = true;
      yield fault.forMs;
      weather.isGasLimitLow = false;
      return;
    case 'token_paused':
      weather.tokenPaused = true;
      yield fault.forMs;
      weather.tokenPaused = false;
      return;
    case 'no_coin':
      weather.withoutCoin.add(addressOf(fault.account));
      yield fault.forMs;
      weather.withoutCoin.delete(addressOf(fault.account));
  }
}

function reorganise({ chain, port }: World, fault: Extract<Fault, { kind: 'reorg' }>): void {
  const { weather } = chain;
  const before = weather.olderChance;
  chain.dropBlocks(fault.depth, fault.keep);
  if (fault.older === true) weather.olderChance = 1;
  if (fault.foreign !== undefined) weather.foreignNext.push(port.accounts[fault.foreign] ?? '0x');
  for (let left = fault.blocks; left > 0; left--) chain.mineBlock();
  weather.olderChance = before;
}

const AMOUNT_MAX = 100;

function submit({ world, invariants, story }: Stage, fault: Extract<Fault, { kind: 'submit' }>): void {
  if (story.restoring) return;
  const { weather } = world.chain;
  world.db.transaction(() => {
    for (let left = fault.count; left > 0; left--) {
      story.submitted += 1;
      const id = `wd-${story.submitted}`;
      const row: WithdrawalRow = {
        id,
        amount: BigInt(world.random.whole(1, AMOUNT_MAX)),
        priority: fault.priority,
        state: 'PENDING',
        version: 1,
        chainTxId: null,
        position: null,
        planCount: 0,
        notBeforeMs: 0,
        updatedAtMs: world.kernel.nowMs,
        hold: 'PENDING',
      };
      if (fault.recipients !== undefined) weather[fault.recipients].add(id);
      world.db.insert(world.db.tables.withdrawals, id, row);
      invariants.accepted(row.amount);
    }
  });
}

function cancelOldest(world: World): void {
  const row = [...world.db.tables.withdrawals.values()].find((one) =>
    cancelableWithdrawalStates.includes(one.state),
  );
  if (row === undefined) return;
  world.db.transaction(() => world.db.advance(row, 'CANCELED', { hold: 'VOIDED' }));
}

export function describeFault(fault: Fault): string {
  const { kind, ...details } = fault;
  const parts = Object.entries(details).map(([name, value]) => `${name} ${String(value)}`);
  return [kind, ...parts].join(', ');
}
