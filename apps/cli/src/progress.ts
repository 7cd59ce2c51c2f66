import { SingleBar } from 'cli-progress';
import { showCount } from './format.ts';
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
    format: `${title} {bar} {done} of {count}  {detail}`,
    barsize: 20,
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
      if (!isStarted) bar.start(total, done, payload(done, total, detail));
      isStarted = true;
      bar.setTotal(total);
      bar.update(done, payload(done, total, detail));
    },
    end() {
      if (isStarted) bar.stop();
    },
  };
}

function payload(done: number, total: number, detail: string) {
  return { done: showCount(done), count: showCount(total), detail };
}

function createLines(output: Output, title: string): Progress {
  let shownAtMs = Number.NEGATIVE_INFINITY;
  return {
    show(done, total, detail) {
      const isDone = done >= total;
      if (!isDone && performance.now() - shownAtMs < LINE_INTERVAL_MS) return;
      shownAtMs = performance.now();
      output.note(`${title}: ${showCount(done)} of ${showCount(total)}${detail === '' ? '' : `  ${detail}`}`);
    },
    end() {},
  };
}

/** As `createProgress`, in megabytes. */
export function createByteProgress(
  output: Output,
  title: string,
): { show(doneBytes: number, totalBytes: number): void; end(): void } {
  const progress = createProgress(output, title);
  const megabytes = (bytes: number) => Math.floor(bytes / 1_000_000);
  let shown = -1;
  return {
    show(doneBytes, totalBytes) {
      const done = megabytes(doneBytes);
      if (done === shown) return; // small files come by the thousand
      shown = done;
      progress.show(done, megabytes(totalBytes), 'MB');
    },
    end: () => progress.end(),
  };
}
