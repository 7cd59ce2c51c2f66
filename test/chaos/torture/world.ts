import type { Mix } from './mix/mix.ts';
import type { Load } from './submit-load.ts';
import type { TortureStack } from './torture-stack.ts';

/** What a fault works on. */
export type World = {
  readonly stack: TortureStack;
  /** The payouts that are submitted meanwhile. */
  readonly load: Load;
  /** What goes on beside them. */
  readonly mix: Mix;
  readonly excuses: Excuses;
  /** Of the phase that runs. */
  readonly phase: string;
  note(text: string): void;
};

/** Why a payout may truly have failed: what we did to its recipient or its token. */
export type Excuses = {
  /** Lower case. */
  readonly frozen: Set<string>;
  /** Names of phases in which a token was paused. */
  readonly pausedIn: Set<string>;
};
