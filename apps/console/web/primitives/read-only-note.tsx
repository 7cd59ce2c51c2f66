/** Beside where a verb would stand, for whoever may look and not change. */
export function ReadOnlyNote({ children }: { children: string }) {
  return <p className="text-xs text-muted">{children}</p>;
}
