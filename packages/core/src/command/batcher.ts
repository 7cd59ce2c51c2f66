/**
 * Lets concurrent calls share one piece of work (here: one transaction and its commit). An idle batcher runs an item at
 * once, so nobody waits for company; what arrives while batches run waits and forms the next one. That starts when one
 * of `concurrencyMax` places is free and it pays: when nothing runs, when `besideItemsMin` items wait, or when one has
 * waited `besideAfterMs`, so that work that hangs does not take along what comes after it.
 */
export type Batcher<Item, Result> = {
  /** Rejects with what `run` threw for the batch that the item was in. */
  submit(item: Item): Promise<Result>;
  /** Resolves when everything submitted has its answer. */
  drain(): Promise<void>;
};

export function createBatcher<Item, Result>(options: {
  /** Answers in the order of the items. */
  run: (items: Item[]) => Promise<Result[]>;
  itemsMax: number;
  concurrencyMax: number;
  besideItemsMin: number;
  besideAfterMs: number;
}): Batcher<Item, Result> {
  type Waiting = { item: Item; resolve: (result: Result) => void; reject: (error: unknown) => void };
  let queue: Waiting[] = [];
  const running = new Set<Promise<void>>();

  async function runBatch(batch: Waiting[]): Promise<void> {
    try {
      const results = await options.run(batch.map((waiting) => waiting.item));
      for (const [index, waiting] of batch.entries()) {
        if (index < results.length) waiting.resolve(results[index] as Result);
        else waiting.reject(new Error('the batch gave no answer for this item'));
      }
    } catch (error) {
      for (const waiting of batch) waiting.reject(error);
    }
  }

  /** Of the items that wait for company: when it ends, they have waited long enough. */
  let patience: NodeJS.Timeout | null = null;
  let isLate = false;

  function waitForCompany(): void {
    patience ??= setTimeout(() => {
      isLate = true;
      pump();
    }, options.besideAfterMs);
  }

  function endPatience(): void {
    if (patience !== null) clearTimeout(patience);
    patience = null;
    isLate = false;
  }

  function pump(): void {
    while (queue.length > 0 && running.size < options.concurrencyMax) {
      if (running.size > 0 && queue.length < options.besideItemsMin && !isLate) {
        waitForCompany();
        return;
      }
      endPatience();
      const batch = queue.slice(0, options.itemsMax);
      queue = queue.slice(batch.length);
      const work = runBatch(batch).finally(() => {
        running.delete(work);
        pump();
      });
      running.add(work);
    }
  }

  let scheduled = false;
  return {
    submit: (item) =>
      new Promise((resolve, reject) => {
        queue.push({ item, resolve, reject });
        if (scheduled) return;
        scheduled = true;
        // Everything that arrives in this turn of the event loop goes together.
        setImmediate(() => {
          scheduled = false;
          pump();
        });
      }),
    async drain() {
      while (queue.length > 0 || running.size > 0)
        await (running.size > 0 ? Promise.race(running) : new Promise(setImmediate));
    },
  };
}
