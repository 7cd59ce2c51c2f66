type Values = Readonly<Record<string, string | null>> | null;
export type Change = { field: string; before: string | null; after: string | null };

/** The values that are different, by name. One that was not there is null, as one that was emptied. */
export function changesOf({ before, after }: { before: Values; after: Values }): Change[] {
  const fields = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])].sort();
  return fields
    .map((field) => ({ field, before: before?.[field] ?? null, after: after?.[field] ?? null }))
    .filter((change) => change.before !== change.after);
}
