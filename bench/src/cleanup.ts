import { errorText } from '@naru/kit/errors.ts';

/** What has been started and must be stopped, whichever way the run ends. */
export type Cleanup = {
  /** Returns `stop` in a form that runs it once, now or at the end. */
  add(stop: () => Promise<void>): () => Promise<void>;
  /** The last added first. One that fails does not keep the others from being stopped. */
  run(onProblem: (text: string) => void): Promise<void>;
};

export function createCleanup(): Cleanup {
  const stops: (() => Promise<void>)[] = [];
  return {
    add(stop) {
      let running: Promise<void> | null = null;
      const once = () => {
        running ??= stop();
        return running;
      };
      stops.push(once);
      return once;
    },
    async run(onProblem) {
      for (const stop of stops.splice(0).reverse())
        await stop().catch((error: unknown) => onProblem(errorText(error)));
    },
  };
}
