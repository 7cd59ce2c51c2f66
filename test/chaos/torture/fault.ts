import type { FaultKind, FaultName } from './names.ts';
import type { Random } from './random.ts';
import type { World } from './world.ts';

/** One thing that is done to the system, at a time after the beginning of its fault. */
export type Act = {
  atMs: number;
  /** As the schedule shows it. */
  text: string;
  run(world: World): Promise<void>;
};

export type Fault = {
  name: FaultName;
  kind: FaultKind;
  /** What it is, as a sentence for `--list` and the documents. */
  what: string;
  /** Decides everything from the seed, before anything runs. The last act leaves the system as it was. */
  plan(random: Random, durationMs: number, limits: PlanLimits): Act[];
  /** Puts back whatever may have been left, also when an act failed. */
  heal?(world: World): Promise<void>;
};

export type PlanLimits = {
  /** Blocks: what the run's depth allows. */
  reorgDepthMax: number;
};
