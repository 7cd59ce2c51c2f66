import type { FeePolicy } from '@naru/evm/fees.ts';
import type { Asset, Chain } from '../../chain/chain.ts';
import type { ModelDatabase } from './database.ts';
import type { Decisions } from './decisions.ts';
import { Trouble } from './failures.ts';
import type { Kernel, Process, Routine } from './kernel.ts';
import type { ModelChain } from './model-chain.ts';
import type { ModelSigner } from './model-signer.ts';
import type { ModelPort } from './port.ts';
import type { Provider } from './provider.ts';
import type { Random } from './random.ts';

/** Everything outside the processes, and the rules they decide by. */
export type World = {
  kernel: Kernel;
  random: Random;
  db: ModelDatabase;
  chain: ModelChain;
  providers: readonly Provider[];
  signer: ModelSigner;
  port: ModelPort;
  decisions: Decisions;
  /** The chain and the asset as they are configured. */
  config: { chain: Chain; asset: Asset; feePolicy: FeePolicy };
  /** How often a call of the database fails before it does anything, and after its commit. */
  databaseFailChance: number;
  commitAnswerLostChance: number;
  /** Blocks ask for at least this. */
  baseFeeFloorWei: bigint;
  /** Deliberate weaknesses of the program, for tests of the simulator. */
  weakness: {
    /** Who has lost its claim and its lease stores a signature all the same. */
    isFencingIgnored: boolean;
    /** A send without an answer counts as failed: what it carried is planned again, behind the back of the guards. */
    isUnknownPlannedAgain: boolean;
  };
  tell(line: () => string): void;
  /** Takes what may go wrong; throws what may not. */
  trouble(error: unknown): void;
};

/** One process of a role. */
export type Instance = { world: World; process: Process; owner: string };

const QUERY_MS_MAX = 6;

/** A transaction, with the moments before it and after its commit in which the process can die. */
export function* query<T>({ world }: Instance, work: () => T): Routine<T> {
  yield world.random.whole(0, QUERY_MS_MAX);
  if (world.random.chance(world.databaseFailChance)) throw new Trouble('the database does not answer');
  const result = world.db.transaction(work);
  if (world.random.chance(world.commitAnswerLostChance)) throw new Trouble('the answer to a commit was lost');
  yield world.random.whole(0, QUERY_MS_MAX);
  return result;
}

/** As `lease_is_free` in SQL: nobody's, run out, or an earlier life of the same process. */
export function isLeaseFree(
  holder: string | null,
  untilMs: number,
  claimant: string,
  nowMs: number,
): boolean {
  if (holder === null || untilMs < nowMs) return true;
  const [name] = holder.split('#');
  const [own] = claimant.split('#');
  return name === own && holder < claimant;
}
