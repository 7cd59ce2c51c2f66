import { assert, assertPresent } from '@naru/kit/assert.ts';
import { sleep } from '@naru/kit/clock.ts';
import { fromPublicId } from '@naru/kit/ids.ts';
import { isNaruApiError } from '@naru/sdk/errors.ts';
import { type Clients, createClients, refusalIn } from './clients.ts';
import { bulkFile, fileRows, isRefusedBy, type Payout } from './payouts.ts';

/** Calls under way at once. */
const SUBMITTERS = 8;
const PAUSE_POLL_MS = 50;
const AFTERWARDS_SHARE = 6;

export type Load = {
  /** Resolves when every payout has been answered; rejects when one was refused. */
  readonly done: Promise<void>;
  accepted(): Payout[];
  /** Ids of the bulk files that were accepted. */
  files(): string[];
  /** No call is made any more; resolves when every call under way was answered. */
  pause(): Promise<void>;
  resume(): void;
};

export type LoadOptions = {
  apiUrls: () => string[];
  apiKey: string;
  payouts: readonly Payout[];
  /** The payouts are spread over this time; faults make it longer. */
  durationMs: number;
  /** The last of them are submitted only when this has resolved: what shows that the system goes on. */
  afterwards: Promise<void>;
  /** The run ends: submitters give up. */
  signal: AbortSignal;
};

/**
 * Submits payouts as clients do: each with its own idempotency key, tried again with that key, at whichever API
 * answers, until there is an answer. A tenth of them go in as one file.
 */
export function submitLoad(options: LoadOptions): Load {
  const clients = createClients(options);
  const gate = createGate(options.signal);
  const inFile = options.payouts.slice(0, fileRows(options.payouts.length));
  const single = options.payouts.slice(inFile.length);
  const during = single.length - Math.ceil(single.length / AFTERWARDS_SHARE);
  const startedMs = performance.now();
  const files: string[] = [];
  let next = 0;
  const submitter = async () => {
    for (;;) {
      const index = next++;
      const payout = single[index];
      if (payout === undefined || options.signal.aborted) return;
      const dueMs = startedMs + (options.durationMs * index) / during;
      if (index < during) await sleep(Math.max(0, dueMs - performance.now()), options.signal);
      else await options.afterwards;
      await gate.pass(() => submitOne(clients, payout));
    }
  };
  const all = [
    ...Array.from({ length: SUBMITTERS }, submitter),
    ...(inFile.length === 0
      ? []
      : [gate.pass(async () => void files.push(await submitFile(clients, inFile)))]),
  ];
  const done = Promise.all(all).then(() => undefined);
  done.catch(() => undefined); // whoever waits for it gets the error
  return {
    done,
    accepted: () => options.payouts.filter((payout) => payout.id !== null),
    files: () => files,
    pause: gate.close,
    resume: gate.open,
  };
}

async function submitOne(clients: Clients, payout: Payout): Promise<void> {
  const submit = () =>
    clients.call(`payout ${payout.idempotencyKey}`, (naru) =>
      naru.withdrawals.create(
        {
          chain: 'localhost',
          asset: payout.asset,
          to: payout.to,
          amount: payout.amount,
          priority: payout.priority,
        },
        { idempotencyKey: payout.idempotencyKey },
      ),
    );
  const answer = await submit().catch((error: unknown) => {
    const refusal = refusalIn(error);
    if (!isRefusedBy(payout.ruling, refusal?.code)) throw error;
    payout.refusal = refusal?.code ?? null;
    return null;
  });
  if (answer === null) return;
  const { id } = answer;
  payout.id = assertPresent(fromPublicId('withdrawal', id), 'UUID of a withdrawal');
  if (payout.isRepeated) {
    const again = await submit();
    assert(again.id === id, `key ${payout.idempotencyKey} was answered with ${id} and with ${again.id}`);
  }
  if (payout.isCanceled) await cancel(clients, payout, id);
}

async function cancel(clients: Clients, payout: Payout, id: string): Promise<void> {
  try {
    const idempotencyKey = `${payout.idempotencyKey}-cancel`;
    await clients.call(`cancel of ${id}`, (naru) => naru.withdrawals.cancel(id, { idempotencyKey }));
    payout.cancel = 'canceled';
  } catch (error) {
    if (!isNaruApiError(refusalIn(error), 'withdrawal_not_cancelable')) throw error;
    payout.cancel = 'refused';
  }
}

async function submitFile(clients: Clients, payouts: readonly Payout[]): Promise<string> {
  const idempotencyKey = `file-${assertPresent(payouts[0], 'a payout').idempotencyKey}`;
  const file = bulkFile(payouts);
  const bulk = await clients.call('a bulk file', (naru) => naru.bulk.create(file, { idempotencyKey }));
  const rows = await clients.call('the rows of a bulk file', async (naru) => {
    const found: { id: string; reference: string | null }[] = [];
    for await (const row of naru.withdrawals.list({ bulkId: bulk.id })) found.push(row);
    return found;
  });
  const idOf = new Map(rows.map((row) => [row.reference, row.id]));
  for (const payout of payouts) {
    const id = assertPresent(
      idOf.get(payout.idempotencyKey),
      `the row of ${payout.idempotencyKey} in an accepted file`,
    );
    payout.id = assertPresent(fromPublicId('withdrawal', id), 'UUID of a withdrawal');
  }
  return bulk.id;
}

/** Lets work through while it is open. */
function createGate(signal: AbortSignal) {
  let isOpen = true;
  let under = 0;
  return {
    async pass(work: () => Promise<void>): Promise<void> {
      while (!isOpen && !signal.aborted) await sleep(PAUSE_POLL_MS, signal);
      under += 1;
      try {
        await work();
      } finally {
        under -= 1;
      }
    },
    async close(): Promise<void> {
      isOpen = false;
      while (under > 0 && !signal.aborted) await sleep(PAUSE_POLL_MS, signal);
    },
    open(): void {
      isOpen = true;
    },
  };
}
