/** A rule that one file may break. The reason says why the rule makes this file worse. */
export type Exception = { rule: string; file: string; reason: string };

/** One that is no longer needed is a finding itself, so the list cannot grow stale. */
export const EXCEPTIONS: readonly Exception[] = [];
