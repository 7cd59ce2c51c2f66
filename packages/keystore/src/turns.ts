/** Lets so many go on at once; the others wait in order. */
export type Turns = {
  /** Ends the turn when called; null when the signal was aborted before there was one. */
  take(signal: AbortSignal): Promise<(() => void) | null>;
};

export function createTurns(atOnceMax: number): Turns {
  let underWay = 0;
  const waiting = new Set<() => void>();

  function end(): void {
    const [next] = waiting;
    if (next === undefined) {
      underWay -= 1;
      return;
    }
    waiting.delete(next);
    next(); // the turn passes on
  }

  return {
    async take(signal) {
      if (signal.aborted) return null;
      if (underWay < atOnceMax) {
        underWay += 1;
        return end;
      }
      return await new Promise((resolve) => {
        const start = () => {
          signal.removeEventListener('abort', giveUp);
          resolve(end);
        };
        const giveUp = () => {
          waiting.delete(start);
          resolve(null);
        };
        waiting.add(start);
        signal.addEventListener('abort', giveUp, { once: true });
      });
    },
  };
}
