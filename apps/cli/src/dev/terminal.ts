import pc from 'picocolors';

/** What the dev stack says to the person who started it. One place, so that lines never cut a progress bar in two. */
export type Terminal = {
  readonly isTty: boolean;
  heading(text: string): void;
  step(text: string): void;
  note(text: string): void;
  warn(text: string): void;
  line(text?: string): void;
  /** Shows a line that the next one replaces (on a TTY), or prints it when it has changed enough. */
  live(text: string): void;
  /** Ends a live line and leaves it where it is. */
  settle(): void;
};

export function createTerminal(stream: NodeJS.WriteStream): Terminal {
  let liveText: string | null = null;
  const clear = () => {
    if (liveText !== null && stream.isTTY) stream.write('\r\u001b[2K');
  };
  const print = (text: string) => {
    clear();
    stream.write(`${text}\n`);
    if (liveText !== null && stream.isTTY) stream.write(liveText);
  };
  return {
    isTty: stream.isTTY === true,
    heading: (text) => print(pc.bold(text)),
    step: (text) => print(`${pc.green('✓')} ${text}`),
    note: (text) => print(pc.dim(`  ${text}`)),
    warn: (text) => print(`${pc.yellow('!')} ${text}`),
    line: (text = '') => print(text),
    live(text) {
      if (!stream.isTTY) {
        if (text !== liveText) stream.write(`${text}\n`);
        liveText = text;
        return;
      }
      clear();
      liveText = text;
      stream.write(text);
    },
    settle() {
      if (liveText !== null && stream.isTTY) stream.write('\n');
      liveText = null;
    },
  };
}
