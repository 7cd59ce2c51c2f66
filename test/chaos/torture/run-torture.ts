import { sleep } from '@naru/kit/clock.ts';
import { errorText } from '@naru/kit/errors.ts';
import type { Act } from './fault.ts';
import { type Books, findPaused, findReusedNonces, judgeBooks, judgePayouts, type Wrong } from './judge.ts';
import { judgeMix, type MixReport } from './mix/judge-mix.ts';
import { type Mix, startMix } from './mix/mix.ts';
import { createPayouts, type Payout } from './payouts.ts';
import { createRandom } from './random.ts';
import type { Phase, PlannedFault } from './schedule.ts';
import { type Load, submitLoad } from './submit-load.ts';
import { countConfirmed, countOpen, readFirstMined } from './torture.store.ts';
import type { TortureStack } from './torture-stack.ts';
import type { Excuses, World } from './world.ts';

const SETTLE_TIMEOUT_MS = 180_000;
const SETTLE_POLL_MS = 200;
const PROGRESS_MS = 2_000;

export type PhaseResult = {
  name: string;
  payouts: number;
  wrong: Wrong[];
  ledgerMinusChain: string;
  /** From the fault's end to the first payment that was seen in a block after it; null: none was. */
  goesOnMs: number | null;
  /** From the fault's end until nothing was open any more; null: not in time. */
  settledMs: number | null;
};

export type TortureResult = {
  phases: PhaseResult[];
  wrong: Wrong[];
  payouts: Payout[];
  /** What went on beside the payouts, counted; null: the run ended before it was judged. */
  mix: MixReport['counts'] | null;
};

export type RunDeps = {
  stack: TortureStack;
  seed: number;
  progress: (text: string) => void;
  signal: AbortSignal;
};

/** Runs the phases one after the other and stops at the first that goes wrong: its evidence is fresh. */
export async function runTorture(run: RunDeps, phases: readonly Phase[]): Promise<TortureResult> {
  const ending = new AbortController();
  const deps = { ...run, signal: AbortSignal.any([run.signal, ending.signal]) };
  const excuses: Excuses = { frozen: new Set(), pausedIn: new Set() };
  const result: TortureResult = { phases: [], wrong: [], payouts: [], mix: null };
  await deps.stack.instances.startAll();
  const mix = await startMix(deps.stack, () => result.payouts, deps.signal);
  try {
    await runPhases({ ...deps, mix, files: [] }, phases, excuses, result);
  } finally {
    // Whoever still asks an API that is away would ask for ever.
    ending.abort(new Error('the run has ended'));
    await mix.stop();
  }
  return result;
}

type PhaseDeps = RunDeps & { mix: Mix; files: string[] };

async function runPhases(
  deps: PhaseDeps,
  phases: readonly Phase[],
  excuses: Excuses,
  result: TortureResult,
): Promise<void> {
  await warmUp(deps, result);
  for (const phase of phases) {
    deps.signal.throwIfAborted();
    const phaseResult = await runPhase(deps, phase, excuses, result);
    result.phases.push(phaseResult);
    result.wrong.push(...phaseResult.wrong);
    if (phaseResult.wrong.length > 0) return;
  }
  // Once more over everything: what a later fault did to an earlier payout.
  const { wrong: mixed, counts } = await judgeMix({ ...deps, payouts: result.payouts });
  result.mix = counts;
  const last = await judgePayouts(deps.stack, result.payouts, excuses);
  const books = await judgeBooks(deps.stack, deps.mix.forgottenGasWei());
  result.wrong.push(...mixed, ...last, ...books.wrong, ...(await findReusedNonces(deps.stack)));
  for (const wrong of last) {
    const phase = result.payouts.find(({ id }) => id === wrong.id)?.phase;
    result.phases.find(({ name }) => name === phase)?.wrong.push(wrong);
  }
}

/** Approvals, first connections, the first payment: what happens once in the life of a platform. */
async function warmUp(deps: PhaseDeps, result: TortureResult): Promise<void> {
  const { outlaws } = deps.stack;
  const payouts = createPayouts('warm-up', 10, createRandom(deps.seed, 'warm-up'), outlaws);
  result.payouts.push(...payouts);
  const load = startLoad(deps, payouts, { durationMs: 500, afterwards: Promise.resolve() });
  await load.done;
  deps.files.push(...load.files());
  deps.progress('the first payouts are on their way');
  const settled = await waitUntilSettled(deps);
  if (!settled) throw new Error('the first payouts were not paid, before anything was broken');
}

function startLoad(
  deps: RunDeps,
  payouts: readonly Payout[],
  spread: { durationMs: number; afterwards: Promise<void> },
): Load {
  const { instances, apiKey } = deps.stack;
  return submitLoad({
    apiUrls: () => instances.of('api').map(instances.urlOf),
    apiKey,
    payouts,
    ...spread,
    signal: deps.signal,
  });
}

async function runPhase(
  deps: PhaseDeps,
  phase: Phase,
  excuses: Excuses,
  result: TortureResult,
): Promise<PhaseResult> {
  const { stack, seed, progress } = deps;
  const payouts = createPayouts(
    phase.name,
    phase.payouts,
    createRandom(seed, `${phase.name} payouts`),
    stack.outlaws,
  );
  result.payouts.push(...payouts);
  const over = Promise.withResolvers<void>();
  const load = startLoad(deps, payouts, { durationMs: phase.durationMs, afterwards: over.promise });
  const world: World = {
    stack,
    load,
    mix: deps.mix,
    excuses,
    phase: phase.name,
    note: (text) => progress(`${phase.name}: ${text}`),
  };
  const watch = watchProgress(deps, phase.name, load, payouts.length);
  try {
    await strike(world, phase, deps.signal);
    const endedAtMs = Date.now();
    over.resolve();
    progress(`${phase.name}: over, settling`);
    await deps.mix.settings.open();
    await load.done;
    deps.files.push(...load.files());
    const settled = await waitUntilSettled(deps);
    const settledMs = settled ? Date.now() - endedAtMs : null;
    return await judgePhase(deps, { phase, payouts, excuses, endedAtMs, settledMs });
  } finally {
    over.resolve();
    await watch.stop();
  }
}

async function judgePhase(
  deps: PhaseDeps,
  at: { phase: Phase; payouts: Payout[]; excuses: Excuses; endedAtMs: number; settledMs: number | null },
): Promise<PhaseResult> {
  const { stack, progress } = deps;
  const books: Books = await judgeBooks(stack, deps.mix.forgottenGasWei());
  const wrong = [
    ...(await judgePayouts(stack, at.payouts, at.excuses)),
    ...books.wrong,
    ...(await findPaused(stack)),
  ];
  const minedAtMs = await readFirstMined(stack.db(), at.endedAtMs);
  const goesOnMs = minedAtMs === null ? null : Math.round(minedAtMs - at.endedAtMs);
  progress(
    `${at.phase.name}: ${at.payouts.length} payouts, ${wrong.length} wrong, payments go on after ${secondsText(goesOnMs)}, all settled after ${secondsText(at.settledMs)}`,
  );
  return {
    name: at.phase.name,
    payouts: at.payouts.length,
    wrong,
    ledgerMinusChain: books.ledgerMinusChain,
    goesOnMs,
    settledMs: at.settledMs,
  };
}

export function secondsText(ms: number | null): string {
  return ms === null ? '–' : `${(ms / 1_000).toFixed(1)} s`;
}

/** Every fault of the phase side by side, each in the order of its own acts; whatever happens, everything is put back. */
async function strike(world: World, phase: Phase, signal: AbortSignal): Promise<void> {
  const startedMs = performance.now();
  const perform = async (acts: readonly Act[]) => {
    for (const act of acts) {
      await sleep(Math.max(0, startedMs + act.atMs - performance.now()), signal);
      signal.throwIfAborted();
      world.note(act.text);
      await act.run(world);
    }
  };
  const runOne = async ({ fault, acts }: PlannedFault) => {
    await perform(acts);
    await sleep(Math.max(0, startedMs + phase.durationMs - performance.now()), signal);
    await fault.heal?.(world);
  };
  const mixing = Promise.all(phase.mix.map(({ acts }) => perform(acts)));
  mixing.catch(() => undefined); // told below
  const ended = await Promise.allSettled(phase.faults.map(runOne));
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  // Also what one fault undid of another's healing.
  for (const { fault } of phase.faults) await fault.heal?.(world);
  // What asked while the API was away gets its answer now.
  await mixing;
}

async function waitUntilSettled(deps: RunDeps): Promise<boolean> {
  const deadlineMs = performance.now() + SETTLE_TIMEOUT_MS;
  while (performance.now() < deadlineMs) {
    deps.signal.throwIfAborted();
    const open = await countOpen(deps.stack.db()).catch(() => null);
    const paused = open === null ? null : await findPaused(deps.stack).catch(() => null);
    if (open?.withdrawals === 0 && open.chainTxs === 0 && paused?.length === 0) return true;
    await sleep(SETTLE_POLL_MS, deps.signal);
  }
  return false;
}

/** A line every two seconds: what has been submitted and confirmed. */
function watchProgress(
  { stack, progress }: RunDeps,
  name: string,
  load: Load,
  payouts: number,
): { stop(): Promise<void> } {
  const ending = new AbortController();
  const watching = (async () => {
    for (;;) {
      await sleep(PROGRESS_MS, ending.signal);
      if (ending.signal.aborted) return;
      try {
        const open = await countOpen(stack.db());
        const confirmed = await countConfirmed(stack.db());
        progress(
          `${name}: ${load.accepted().length}/${payouts} accepted, ${open.withdrawals} open in ${open.chainTxs} transactions, ${confirmed} confirmed in all`,
        );
      } catch (error) {
        progress(`${name}: ${load.accepted().length}/${payouts} accepted; ${errorText(error)}`);
      }
    }
  })();
  return {
    async stop() {
      ending.abort();
      await watching;
    },
  };
}
