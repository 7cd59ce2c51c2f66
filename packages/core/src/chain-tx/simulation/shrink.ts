import type { Event } from './faults.ts';
import { type Outcome, type SimulateOptions, simulate } from './simulate.ts';

/**
 * Leaves out every event without which the story still ends badly: what is left is the incident. It may end otherwise
 * badly than before; each is worth a look.
 */
export function shrink(options: SimulateOptions, failed: Outcome): readonly Event[] {
  let events = failed.events;
  for (let index = events.length - 1; index >= 0; index--) {
    const fewer = events.filter((_, place) => place !== index);
    if (simulate({ ...options, setup: failed.setup, events: fewer }).violation !== null) events = fewer;
  }
  return events;
}
