import { assert, assertPresent } from '@naru/kit/assert.ts';
import { sleep } from '@naru/kit/clock.ts';
import { fromPublicId } from '@naru/kit/ids.ts';
import { createNaru, type Naru } from '@naru/sdk/create-naru.ts';
import { isNaruApiError, NaruApiError } from '@naru/sdk/errors.ts';
import { bulkFile, type Payout } from './payouts.ts';

/** Calls under way at once. */
const SUBMITTERS = 8;
/** For one try; a frozen API must not hold a submitter for long, the other one may answer. */
const CALL_TIMEOUT_MS = 6_000;
const AGAIN_MS = 250;
const PAUSE_POLL_MS = 50;
const BULK_SHARE = 10;
const AFTERWARDS_SHARE = 6;

export type Load = {
  /** Resolves when every payout has been answered; rejects when one was refused. */
  readonly done: Promise<void>;
  accepted(): Payout[];
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
  const inFile = options.payouts.slice(0, Math.floor(options.payouts.length / BULK_SHARE));
  const single = options.payouts.slice(inFile.length);
  const during = single.length - Math.ceil(single.length / AFTERWARDS_SHARE);
  const startedMs = performance.now();
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
    ...(inFile.length === 0 ? [] : [gate.pass(() => submitFile(clients, inFile))]),
  ];
  const done = Promise.all(all).then(() => undefined);
  done.catch(() => undefined); // whoever waits for it gets the error
  return {
    done,
    accepted: () => options.payouts.filter((payout) => payout.id !== null),
    pause: gate.close,
    resume: gate.open,
  };
}

type Clients = { call<T>(what: string, call: (naru: Naru) => Promise<T>): Promise<T> };

function createClients(options: LoadOptions): Clients {
  const known = new Map<string, Naru>();
  const clientOf = (baseUrl: string) => {
    const client =
      known.get(baseUrl) ??
      createNaru({ baseUrl, apiKey: options.apiKey, timeoutMs: CALL_TIMEOUT_MS, retriesMax: 1 });
    known.set(baseUrl, client);
    return client;
  };
  let turn = 0;
  return {
    async call(what, call) {
      for (;;) {
        options.signal.throwIfAborted();
        const urls = options.apiUrls();
        const url = urls[turn++ % Math.max(1, urls.length)];
        try {
          if (url !== undefined) return await call(clientOf(url));
        } catch (error) {
          if (error instanceof NaruApiError && !error.retryable && error.status < 500)
            throw new Error(`${what} was refused: ${error.code}: ${error.message}`, { cause: error });
        }
        await sleep(AGAIN_MS, options.signal);
      }
    },
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
  const { id } = await submit();
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
    const cause = error instanceof Error ? error.cause : undefined;
    if (!isNaruApiError(cause, 'withdrawal_not_cancelable')) throw error;
    payout.cancel = 'refused';
  }
}

async function submitFile(clients: Clients, payouts: readonly Payout[]): Promise<void> {
  const idempotencyKey = `file-${assertPresent(payouts[0], 'a payout').idempotencyKey}`;
  const file = bulkFile(payouts);
  const bulk = await clients.call('a bulk file', (naru) => naru.bulk.create(file, { idempotencyKey }));
  const rows = await clients.call('the rows of a bulk file', async (naru) => {
    const found: { id: string; to: string }[] = [];
    for await (const row of naru.withdrawals.list({ bulkId: bulk.id })) found.push(row);
    return found;
  });
  const idOf = new Map(rows.map((row) => [row.to.toLowerCase(), row.id]));
  for (const payout of payouts) {
    const id = assertPresent(idOf.get(payout.to), `the row of ${payout.to} in an accepted file`);
    payout.id = assertPresent(fromPublicId('withdrawal', id), 'UUID of a withdrawal');
  }
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
