import type { OperatorFilter } from '../lookup/lookup.ts';

export type ExportState = 'REQUESTED' | 'RUNNING' | 'DONE' | 'FAILED';

/** A file of what a list shows. */
export type ExportFile = {
  id: string;
  kind: 'withdrawals';
  filter: OperatorFilter;
  /** IANA name; times in the file are of it. */
  timeZone: string;
  requestedBy: string;
  requestedAt: Date;
  expiresAt: Date;
  state: ExportState;
  startedAt: Date | null;
  endedAt: Date | null;
  /** In the file by now. */
  rows: number;
  /** As counted at the start; null: more than are counted. */
  rowsExpected: number | null;
  bytes: bigint;
  /** Hex. */
  sha256: string | null;
  error: string | null;
};
