import { sleep } from '@naru/kit/clock.ts';
import type { Wrong } from '../judge.ts';
import { isForPeople, type Payout } from '../payouts.ts';
import type { TortureStack } from '../torture-stack.ts';
import { type Arrival, arrivalKey, countSwept, readArrivals, readBatches } from './chain-evidence.ts';
import { judgeEvents, listEvents } from './judge-events.ts';
import {
  judgeBalances,
  judgeConservation,
  judgeDeposits,
  judgeTransfers,
  listDeposits,
  listTransfers,
} from './judge-money.ts';
import type { Mix } from './mix.ts';
import { readHoldings } from './own-money.ts';
import { BATCH_ITEMS_MAX, FEE_PER_GAS_WEI_MAX } from './settings.ts';

const SETTLE_TIMEOUT_MS = 240_000;
const POLL_MS = 400;

export type MixReport = {
  wrong: Wrong[];
  /** Lines for people: what went on, counted. */
  counts: readonly { what: string; text: string }[];
};

type Run = {
  stack: TortureStack;
  mix: Mix;
  payouts: readonly Payout[];
  files: readonly string[];
  progress: (text: string) => void;
  signal: AbortSignal;
};

/** Once nothing strikes any more: waits until all of it has come to its end, then judges it by the chain. */
export async function judgeMix(run: Run): Promise<MixReport> {
  const { stack, mix, payouts } = run;
  mix.listener.heal();
  const late = await settleMix(run);
  const batches = await readBatches(stack);
  const arrivals = await readArrivals(stack, mix.depositors.addresses);
  const transfers = await listTransfers(mix);
  const deposits = await listDeposits(mix);
  const listed = await listEvents(mix);
  const { told, problems } = await mix.listener.read();
  const items = batches.flatMap((batch) => batch.items);
  const paid = new Set(items.filter(({ isPaid }) => isPaid).map(({ id }) => id));
  const facts = { payouts, paid, arrivals };
  const wrong = [
    ...late,
    ...judgeTransfers(stack, payouts, transfers, batches),
    ...judgeDeposits(arrivals, deposits),
    ...(await judgeConservation(stack, mix, facts)),
    ...(await judgeBalances(stack, mix, facts)),
    ...judgeEvents(mix, { told, problems, listed, payouts, paid, files: run.files }),
    ...judgeSettings(batches),
    ...(await judgeLastSettings(mix)),
    ...judgePeople(mix, payouts, paid),
  ];
  const ruled = (...rulings: Payout['ruling'][]) =>
    payouts.filter(({ ruling }) => rulings.includes(ruling)).length;
  const moved = (purpose: string) =>
    transfers.filter((one) => one.purpose === purpose && one.state === 'CONFIRMED').length;
  const orphaned = deposits.filter(({ state }) => state === 'ORPHANED').length;
  const messages = new Set(told.map(({ webhookId }) => webhookId)).size;
  const counts = [
    {
      what: 'policy',
      text: `${ruled('blocked', 'over-limit')} refused, ${ruled('sanctioned')} denied by a rule, ${ruled('approved')} approved and ${ruled('denied')} denied by people`,
    },
    {
      what: 'own accounts',
      text: `${moved('TOP_UP')} top-ups, ${moved('SWEEP')} sweeps, ${moved('GAS')} moves of gas money, ${transfers.length} wanted in all`,
    },
    {
      what: 'deposits',
      text: `${mix.depositors.sent()} sent, ${arrivals.length} on the final chain and credited, ${orphaned} taken away after they were seen, ${await countSwept(stack)} sweeps`,
    },
    {
      what: 'webhooks',
      text: `${messages} events told in ${told.length} requests, ${listed.length} listed`,
    },
    {
      what: 'settings',
      text: `${mix.settings.changes()} changes, ${batches.length} transactions within them`,
    },
  ];
  return { wrong, counts };
}

/** Nothing is under way: each is waited for, so that what is missing at the end is missing for good. */
async function settleMix(run: Run): Promise<Wrong[]> {
  const { stack, mix } = run;
  const waits: [Wrong['kind'], string, () => Promise<boolean>][] = [
    ['deposit', 'all deposits are credited and swept', () => areDepositsDone(stack, mix)],
    [
      'account move',
      'no move between accounts is under way',
      async () => (await listTransfers(mix)).every(({ endedAt }) => endedAt !== null),
    ],
    ['webhook', 'every event has arrived', () => areEventsTold(mix)],
  ];
  const wrong: Wrong[] = [];
  const deadlineMs = performance.now() + SETTLE_TIMEOUT_MS;
  for (const [kind, text, isDone] of waits) {
    const startedMs = performance.now();
    while (!(await isDone())) {
      if (performance.now() > deadlineMs) {
        wrong.push({ kind, id: null, text: `not in time: ${text}` });
        break;
      }
      await sleep(POLL_MS, run.signal);
      run.signal.throwIfAborted();
    }
    run.progress(`${text}, after ${((performance.now() - startedMs) / 1_000).toFixed(1)} s`);
  }
  return wrong;
}

async function areDepositsDone(stack: TortureStack, mix: Mix): Promise<boolean> {
  const deposits = await listDeposits(mix);
  const credited = new Set(
    deposits
      .filter(({ state }) => state === 'CREDITED')
      .map((one) => arrivalKey(one.transactionHash, one.logIndex)),
  );
  const arrivals: Arrival[] = await readArrivals(stack, mix.depositors.addresses);
  const left = await readHoldings(stack, mix.depositors.addresses);
  return (
    arrivals.every(({ key }) => credited.has(key)) &&
    deposits.every(({ state }) => state !== 'DETECTED') &&
    left.USDC === 0n &&
    left.USDT === 0n
  );
}

async function areEventsTold(mix: Mix): Promise<boolean> {
  const { told } = await mix.listener.read();
  const arrived = new Set(told.map(({ event }) => event.id));
  return (await listEvents(mix)).every(({ id }) => arrived.has(id));
}

/** No transaction has more items than was ever allowed, nor offers more for gas. */
function judgeSettings(batches: Awaited<ReturnType<typeof readBatches>>): Wrong[] {
  return batches.flatMap(({ hash, items, feePerGasWei }): Wrong[] =>
    items.length <= BATCH_ITEMS_MAX && feePerGasWei <= FEE_PER_GAS_WEI_MAX
      ? []
      : [{ kind: 'setting', id: hash, text: `${items.length} items, and ${feePerGasWei} wei for gas` }],
  );
}

async function judgeLastSettings({ clients, settings }: Mix): Promise<Wrong[]> {
  const wrong: Wrong[] = [];
  for (const [key, value] of settings.said()) {
    const { setting } = await clients.call(`setting ${key}`, (naru) =>
      naru.admin.settings.get(key, 'localhost'),
    );
    if (setting.current !== value)
      wrong.push({ kind: 'setting', id: key, text: `it is ${setting.current}, and was set to ${value}` });
  }
  return wrong;
}

/** What was paid after people had been asked: as many as it needs had said yes before they could be counted. */
function judgePeople({ reviewers }: Mix, payouts: readonly Payout[], paid: ReadonlySet<string>): Wrong[] {
  const wrong: Wrong[] = reviewers.surprises().map(({ id, text }) => ({ kind: 'rules', id, text }));
  for (const { id, ruling, quorum } of payouts) {
    if (id === null || !isForPeople(ruling) || !paid.has(id)) continue;
    const yes = reviewers.approvedBy(id).size;
    if (yes < quorum)
      wrong.push({ kind: 'rules', id, text: `paid, and ${yes} of ${quorum} people approved it` });
  }
  return wrong;
}
