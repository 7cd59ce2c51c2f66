/**
 * Preloaded into a role (`--import …/shift-clock.ts?offset=FILE`): its wall clock runs apart from the machine's by as
 * many milliseconds as the file says, from a moment after the file was changed. Time that is measured (monotonic time,
 * timers) is left alone, as it is when an operating system's clock is set.
 */
import { readFileSync } from 'node:fs';

const LOOK_MS = 100;
const file = new URL(import.meta.url).searchParams.get('offset') ?? '';
const RealDate = Date;
let offsetMs = read();

function read(): number {
  try {
    const value = Number.parseInt(readFileSync(file, 'utf8'), 10);
    return Number.isSafeInteger(value) ? value : 0;
  } catch {
    return 0;
  }
}

const shiftedNow = () => RealDate.now() + offsetMs;

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [shiftedNow()] : args, newTarget),
  apply: () => new RealDate(shiftedNow()).toString(),
  get: (target, property, receiver) =>
    property === 'now' ? shiftedNow : Reflect.get(target, property, receiver),
});

setInterval(() => {
  offsetMs = read();
}, LOOK_MS).unref();
