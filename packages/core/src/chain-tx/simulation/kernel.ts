import type { Random } from './random.ts';

/** What a routine waits for: milliseconds of virtual time, or the end of others. */
export type Wait = number | readonly Task[];
/** A piece of program that gives way at every `yield`: there it can be interleaved, frozen or killed. */
export type Routine<T = void> = Generator<Wait, T, void>;

/** An operating system process: its routines die and freeze together. */
export type Process = { name: string; owner: string; dead: boolean; frozenUntilMs: number };

export type Task = {
  name: string;
  routine: Routine;
  process: Process | null;
  done: boolean;
  waiters: { task: Task; left: number }[];
};

type Entry = { atMs: number; rank: number; task: Task };

/** Virtual time and the order in which routines go on. Ties are broken by chance. */
export type Kernel = {
  readonly nowMs: number;
  readonly steps: number;
  spawn(name: string, process: Process | null, routine: Routine, delayMs?: number): Task;
  /** Goes one step on; false when nothing is left to do. */
  step(): boolean;
};

export function createKernel(random: Random): Kernel {
  const heap: Entry[] = [];
  let nowMs = 0;
  let steps = 0;

  function push(task: Task, atMs: number): void {
    heap.push({ atMs, rank: random.next(), task });
    siftUp(heap);
  }

  function finish(task: Task): void {
    task.done = true;
    for (const waiter of task.waiters) {
      waiter.left -= 1;
      if (waiter.left === 0) push(waiter.task, nowMs);
    }
  }

  function wait(task: Task, on: Wait): void {
    const open = typeof on === 'number' ? [] : on.filter((other) => !other.done);
    const waiter = { task, left: open.length };
    for (const other of open) other.waiters.push(waiter);
    if (open.length === 0) push(task, nowMs + (typeof on === 'number' ? on : 0));
  }

  return {
    get nowMs() {
      return nowMs;
    },
    get steps() {
      return steps;
    },
    spawn(name, process, routine, delayMs = 0) {
      const task: Task = { name, routine, process, done: false, waiters: [] };
      push(task, nowMs + delayMs);
      return task;
    },
    step() {
      const entry = pop(heap);
      if (entry === undefined) return false;
      nowMs = Math.max(nowMs, entry.atMs);
      const { task } = entry;
      const process = task.process;
      if (process?.dead === true) return true;
      if (process !== null && process.frozenUntilMs > nowMs) {
        push(task, process.frozenUntilMs);
        return true;
      }
      steps += 1;
      const result = task.routine.next();
      if (result.done === true) finish(task);
      else wait(task, result.value);
      return true;
    },
  };
}

const isBefore = (one: Entry, other: Entry) =>
  one.atMs < other.atMs || (one.atMs === other.atMs && one.rank < other.rank);

function siftUp(heap: Entry[]): void {
  let index = heap.length - 1;
  while (index > 0) {
    const parent = (index - 1) >> 1;
    if (!swapIfBefore(heap, index, parent)) return;
    index = parent;
  }
}

function pop(heap: Entry[]): Entry | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  heap[0] = last;
  let index = 0;
  for (;;) {
    const left = 2 * index + 1;
    const right = left + 1;
    const leftEntry = heap[left];
    const rightEntry = heap[right];
    if (leftEntry === undefined) return first;
    const least = rightEntry !== undefined && isBefore(rightEntry, leftEntry) ? right : left;
    if (!swapIfBefore(heap, least, index)) return first;
    index = least;
  }
}

function swapIfBefore(heap: Entry[], child: number, parent: number): boolean {
  const one = heap[child];
  const other = heap[parent];
  if (one === undefined || other === undefined || !isBefore(one, other)) return false;
  heap[child] = other;
  heap[parent] = one;
  return true;
}
