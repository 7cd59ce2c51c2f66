import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBatcher } from './batcher.ts';

/** Work that ends when the test says so. */
function createGate() {
  const waiting: { items: number[]; open: () => void; fail: (error: Error) => void }[] = [];
  const run = (items: number[]) =>
    new Promise<string[]>((resolve, reject) => {
      waiting.push({ items, open: () => resolve(items.map((item) => `answer ${item}`)), fail: reject });
    });
  const next = async () => {
    await expect.poll(() => waiting.length, { interval: 1 }).toBeGreaterThan(0);
    const batch = waiting.shift();
    if (batch === undefined) throw new Error('no batch');
    return batch;
  };
  return { run, next, waiting };
}

/** A batch starts beside another whatever it has in it. */
const atOnce = { besideItemsMin: 1, besideAfterMs: 0 };

const turn = () => new Promise(setImmediate);

describe('batcher', () => {
  test('calls of one moment share one batch, and each gets its own answer', async () => {
    const gate = createGate();
    const batcher = createBatcher({ run: gate.run, itemsMax: 100, concurrencyMax: 1, ...atOnce });
    const answers = Promise.all([1, 2, 3].map((item) => batcher.submit(item)));
    const batch = await gate.next();
    expect(batch.items).toEqual([1, 2, 3]);
    batch.open();
    expect(await answers).toEqual(['answer 1', 'answer 2', 'answer 3']);
  });

  test('a call that comes alone is worked on at once: nobody waits for company', async () => {
    const gate = createGate();
    const batcher = createBatcher({ run: gate.run, itemsMax: 100, concurrencyMax: 2, ...atOnce });
    const first = batcher.submit(1);
    const batch = await gate.next();
    const second = batcher.submit(2);
    const other = await gate.next();
    expect([batch.items, other.items]).toEqual([[1], [2]]);
    other.open();
    expect(await second).toBe('answer 2');
    batch.open();
    expect(await first).toBe('answer 1');
  });

  test('what arrives while all places are taken waits, and goes together', async () => {
    const gate = createGate();
    const batcher = createBatcher({ run: gate.run, itemsMax: 100, concurrencyMax: 1, ...atOnce });
    const first = batcher.submit(1);
    const batch = await gate.next();
    const later: Promise<string>[] = [];
    for (const item of [2, 3, 4]) {
      later.push(batcher.submit(item));
      await turn();
    }
    expect(gate.waiting).toEqual([]);
    batch.open();
    await first;
    const next = await gate.next();
    expect(next.items).toEqual([2, 3, 4]);
    next.open();
    expect(await Promise.all(later)).toEqual(['answer 2', 'answer 3', 'answer 4']);
  });

  test('beside a running batch the next one starts with company enough, and not before', async () => {
    const gate = createGate();
    const batcher = createBatcher({
      run: gate.run,
      itemsMax: 100,
      concurrencyMax: 2,
      besideItemsMin: 3,
      besideAfterMs: 60_000,
    });
    const answers = [batcher.submit(1)];
    const first = await gate.next();
    for (const item of [2, 3]) {
      answers.push(batcher.submit(item));
      await turn();
    }
    expect(gate.waiting).toEqual([]);
    answers.push(batcher.submit(4));
    const beside = await gate.next();
    expect(beside.items).toEqual([2, 3, 4]);
    answers.push(batcher.submit(5));
    await turn();
    // It is alone, but nothing is to be gained by waiting once a place is idle.
    first.open();
    beside.open();
    const last = await gate.next();
    expect(last.items).toEqual([5]);
    last.open();
    expect(await Promise.all(answers)).toEqual([1, 2, 3, 4, 5].map((item) => `answer ${item}`));
  });

  test('work that hangs does not take along what comes after it', async () => {
    const gate = createGate();
    const batcher = createBatcher({
      run: gate.run,
      itemsMax: 100,
      concurrencyMax: 2,
      besideItemsMin: 3,
      besideAfterMs: 1,
    });
    const hanging = batcher.submit(1);
    const first = await gate.next();
    const second = batcher.submit(2);
    const beside = await gate.next();
    expect(beside.items).toEqual([2]);
    beside.open();
    expect(await second).toBe('answer 2');
    first.open();
    await hanging;
  });

  test('an error hits its own batch only', async () => {
    const gate = createGate();
    const batcher = createBatcher({ run: gate.run, itemsMax: 2, concurrencyMax: 1, ...atOnce });
    const answers = Promise.allSettled([1, 2, 3].map((item) => batcher.submit(item)));
    (await gate.next()).fail(new Error('the database is away'));
    (await gate.next()).open();
    expect((await answers).map((answer) => answer.status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  });

  test('a run that answers too little leaves nobody without an answer', async () => {
    const batcher = createBatcher<number, string>({
      run: async (items) => items.slice(1).map(String),
      itemsMax: 10,
      concurrencyMax: 1,
      ...atOnce,
    });
    const answers = await Promise.allSettled([1, 2].map((item) => batcher.submit(item)));
    expect(answers.map((answer) => answer.status)).toEqual(['fulfilled', 'rejected']);
  });

  test('drain ends when everything submitted has its answer, what waits included', async () => {
    const gate = createGate();
    const batcher = createBatcher({ run: gate.run, itemsMax: 1, concurrencyMax: 1, ...atOnce });
    const answers = Promise.all([1, 2].map((item) => batcher.submit(item)));
    let isDrained = false;
    const drained = batcher.drain().then(() => {
      isDrained = true;
    });
    (await gate.next()).open();
    const last = await gate.next();
    expect(isDrained).toBe(false);
    last.open();
    await Promise.all([drained, answers]);
    await createBatcher({ run: gate.run, itemsMax: 1, concurrencyMax: 1, ...atOnce }).drain();
  });

  test('however calls arrive, batches keep their order, size and number, and every answer is its own', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 5 }),
        fc.integer({ min: 1, max: 4 }),
        fc.record({ besideItemsMin: fc.integer({ min: 1, max: 6 }), besideAfterMs: fc.nat({ max: 2 }) }),
        fc.array(fc.nat({ max: 3 }), { minLength: 1, maxLength: 40 }),
        fc.infiniteStream(fc.record({ turns: fc.nat({ max: 4 }), fails: fc.boolean() })),
        async (itemsMax, concurrencyMax, company, pauses, fates) => {
          let running = 0;
          const batches: number[][] = [];
          const failed = new Set<number>();
          const batcher = createBatcher<number, number>({
            itemsMax,
            concurrencyMax,
            ...company,
            run: async (items) => {
              running += 1;
              expect(running).toBeLessThanOrEqual(concurrencyMax);
              batches.push(items);
              const fate = fates.next().value;
              for (let count = 0; count < fate.turns; count++) await turn();
              running -= 1;
              if (fate.fails) {
                for (const item of items) failed.add(item);
                throw new Error('failed');
              }
              return items.map((item) => item * 10);
            },
          });
          const answers: Promise<number | string>[] = [];
          for (const [item, pause] of pauses.entries()) {
            answers.push(batcher.submit(item).catch((error: Error) => error.message));
            for (let count = 0; count < pause; count++) await turn();
          }
          await batcher.drain();

          expect(running).toBe(0);
          expect(batches.flat()).toEqual(pauses.map((_, item) => item));
          expect(batches.every((batch) => batch.length >= 1 && batch.length <= itemsMax)).toBe(true);
          expect(await Promise.all(answers)).toEqual(
            pauses.map((_, item) => (failed.has(item) ? 'failed' : item * 10)),
          );
        },
      ),
      { numRuns: 50 },
    );
  });
});
