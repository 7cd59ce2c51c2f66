import { sleep } from '@naru/kit/clock.ts';
import type { Clients } from '../clients.ts';
import { createClients } from '../clients.ts';
import type { Payout } from '../payouts.ts';
import type { Random } from '../random.ts';
import type { TortureStack } from '../torture-stack.ts';
import { type MixName, mixNames, type PlannedPart } from './act.ts';
import { type Depositors, openDepositAddresses, planDeposits } from './depositors.ts';
import { planLevels, setFirstLevels } from './levels.ts';
import { type Listener, planListener, startListener } from './listener.ts';
import { type Holdings, readCustomer, readHoldings } from './own-money.ts';
import { type Reviewers, startReviewers } from './reviewers.ts';
import { switchOnRules } from './rules.ts';
import { createSettings, planSettings, type Settings, setFirstSettings } from './settings.ts';

/** What goes on beside the payouts, in every phase: everything that an operator and an integrator have switched on. */
export type Mix = {
  readonly clients: Clients;
  readonly depositors: Depositors;
  readonly listener: Listener;
  readonly reviewers: Reviewers;
  readonly settings: Settings;
  /** Tokens of our own accounts before anything was paid, by the chain. */
  readonly atFirst: Holdings;
  /** Before anything was paid, by asset, smallest unit. */
  readonly customerAtFirst: ReadonlyMap<string, bigint>;
  /**
   * The database has gone back in time: what was told until now may be forgotten, and of what is no batch the gas is in
   * no book (a documented gap).
   */
  restored(forgottenGasWei: bigint): void;
  forgottenGasWei(): bigint;
  /** How many requests the endpoint had had when the database last went back in time; 0: it never did. */
  requestsBeforeRestore(): number;
  stop(): Promise<void>;
};

/** What a seed decides of a phase. Every part is drawn by itself, so that none changes another. */
export function planMix(randomOf: (name: MixName) => Random, durationMs: number): PlannedPart[] {
  const plan = {
    deposits: planDeposits,
    accounts: planLevels,
    settings: planSettings,
    webhooks: planListener,
  };
  return mixNames.map((name) => ({ name, acts: plan[name](randomOf(name), durationMs) }));
}

/** Sets up all of it through the API, and resolves when the rules are in force. */
export async function startMix(
  stack: TortureStack,
  payouts: () => readonly Payout[],
  signal: AbortSignal,
): Promise<Mix> {
  const apiUrls = () => stack.instances.of('api').map(stack.instances.urlOf);
  const clients = createClients({ apiUrls, apiKey: stack.apiKey, signal });
  const atFirst = await readHoldings(stack, stack.accounts);
  const customerAtFirst = await readCustomer(clients);
  const inForceAtMs = await switchOnRules(stack, clients);
  const settings = createSettings(clients);
  await setFirstSettings(settings);
  await setFirstLevels(clients);
  const listener = await startListener(clients, stack.receiver);
  const depositors = await openDepositAddresses(stack, clients);
  // A process keeps rules for a second.
  await sleep(Math.max(0, inForceAtMs + 1_000 - Date.now()), signal);
  const reviewers = startReviewers(stack, payouts, signal);
  let requestsBeforeRestore = 0;
  let forgottenGasWei = 0n;
  return {
    clients,
    depositors,
    listener,
    reviewers,
    settings,
    atFirst,
    customerAtFirst,
    restored(wei) {
      forgottenGasWei += wei;
      requestsBeforeRestore = listener.requests();
    },
    forgottenGasWei: () => forgottenGasWei,
    requestsBeforeRestore: () => requestsBeforeRestore,
    async stop() {
      await reviewers.stop();
    },
  };
}
