/** A body as it came, to be read and copied. */
export function JsonView({ value, label }: { value: unknown; label: string }) {
  return (
    <section
      className="max-h-130 overflow-auto rounded-md border border-border bg-surface-secondary"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be within reach of the keyboard (WCAG 2.1.1)
      tabIndex={0}
      aria-label={label}
    >
      <pre className="p-3 font-mono text-xs leading-relaxed break-all whitespace-pre-wrap">
        {typeof value === 'string' ? value : JSON.stringify(value, null, 2)}
      </pre>
    </section>
  );
}
