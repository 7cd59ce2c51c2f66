import { Check, Copy } from 'lucide-react';
import { useEffect, useState } from 'react';

/** How long "copied" stays. */
const SHOWN_MS = 1_500;

/**
 * An id, an address or a hash: the middle is left out where it is long, all of it is in the clipboard at a press and in
 * the title. `copyLabel` says what is copied, `copiedLabel` that it was.
 */
export function CopyText(props: {
  text: string;
  shown?: string;
  copyLabel: string;
  copiedLabel: string;
  className?: string;
}) {
  const { text, shown = text, copyLabel, copiedLabel } = props;
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <span className={`inline-flex max-w-full items-center gap-1 align-middle ${props.className ?? ''}`}>
      <span
        className={`tabular font-mono text-[0.92em] ${shown === text ? 'break-all' : 'truncate'}`}
        title={text}
      >
        {shown}
      </span>
      <button
        type="button"
        aria-label={isCopied ? copiedLabel : `${copyLabel} ${shown}`}
        className="relative inline-grid size-5 shrink-0 cursor-pointer place-items-center rounded text-muted outline-offset-1 before:absolute before:-inset-1.5 hover:text-foreground focus-visible:outline-2 focus-visible:outline-focus"
        onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
      >
        {isCopied ? (
          <Check className="size-3.5 text-good-text" aria-hidden />
        ) : (
          <Copy className="size-3.5" aria-hidden />
        )}
      </button>
    </span>
  );
}

/** `0x1234…cdef` */
export function shorten(text: string, head = 8, tail = 6): string {
  return text.length <= head + tail + 1 ? text : `${text.slice(0, head)}…${text.slice(-tail)}`;
}
