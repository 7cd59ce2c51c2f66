import type { Source } from '../repository/source.ts';

export type Finding = {
  rule: string;
  /** Relative to the repository. */
  file: string;
  /** From 1. */
  line: number;
  /** What is wrong and what to do instead, in a sentence. */
  message: string;
  /** Shown, but no reason to fail. */
  isWarning: boolean;
};

export type Report = (offset: number, message: string, options?: { isWarning: boolean }) => void;

/** A rule about the text of one program file. */
export type SourceRule = {
  name: string;
  appliesTo(file: string): boolean;
  check(source: Source, report: Report): void;
};
