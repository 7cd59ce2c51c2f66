import { SingleBar } from 'cli-progress';
import type { Output } from './output.ts';

/** Progress of something long on standard error: a bar for a person, a line every few seconds otherwise. */
export type Progress = {
  show(done: number, total: number, detail: string): void;
  end(): void;
};

/** Between two lines where there is no terminal. */
const LINE_INTERVAL_MS = 5_000;
const REDRAWS_PER_SECOND = 10;

export function createProgress(output: Output, title: string): Progress {
  return output.isInteractive ? createBar(title) : createLines(output, title);
}

function createBar(title: string): Progress {
  const bar = new SingleBar({
    format: `${title} {bar} {percentage} %  {value}/{total}  {detail}`,
    barsize: 24,
    barCompleteChar: '█',
    barIncompleteChar: '░',
    hideCursor: true,
    linewrap: false,
    fps: REDRAWS_PER_SECOND,
    stream: process.stderr,
  });
  let isStarted = false;
  return {
    show(done, total, detail) {
      if (!isStarted) bar.start(total, done, { detail });
      isStarted = true;
      bar.setTotal(total);
      bar.update(done, { detail });
    },
    end() {
      if (isStarted) bar.stop();
    },
  };
}

function createLines(output: Output, title: string): Progress {
  let shownAtMs = Number.NEGATIVE_INFINITY;
  return {
    show(done, total, detail) {
      const isDone = done >= total;
      if (!isDone && performance.now() - shownAtMs < LINE_INTERVAL_MS) return;
      shownAtMs = performance.now();
      output.note(`${title}: ${done} of ${total}${detail === '' ? '' : `  ${detail}`}`);
    },
    end() {},
  };
}
