import { chmod, mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import type { GoodBackup } from '@naru/backup/backup-directory.ts';
import { checkLedger } from '@naru/core/ledger/ledger.store.ts';
import { findReserveMismatches } from '@naru/core/reconciliation/reconciliation.store.ts';
import { openDatabase } from '@naru/db/database.ts';
import { findSchemaProblem } from '@naru/db/schema-version.ts';
import { restoreCluster } from './restore-cluster.ts';

export type Rehearsal = {
  id: string;
  ok: boolean;
  problems: string[];
  timeline: number;
  segments: number;
  lastCommitAt: Date | null;
  unpackMs: number;
  replayMs: number;
  checkMs: number;
  totalMs: number;
};

const STATEMENT_TIMEOUT_MS = 30 * 60_000;

/**
 * Restores a backup beside the others, as in an emergency but thrown away afterwards: all of the archived log is replayed,
 * and the books of the restored database are proved. The cluster in service is not touched, nor its archive.
 */
export async function rehearseRestore(
  entry: GoodBackup,
  options: {
    backupDir: string;
    onNotice: (text: string) => void;
    onProgress: (doneBytes: number) => void;
  },
): Promise<Rehearsal> {
  const startedMs = performance.now();
  const dir = await mkdtemp(path.join(path.dirname(entry.places.baseDir), 'rehearsal-'));
  await chmod(dir, 0o711); // PostgreSQL's user passes through; what it holds is closed to others
  try {
    const restored = await restoreCluster({
      ...options,
      entry,
      dataDir: path.join(dir, 'postgres'),
      toTime: null,
      timeline: undefined,
      keepsArchiving: false,
    });
    try {
      const checkedMs = performance.now();
      const problems = await proveBooks(restored.url);
      const endMs = performance.now();
      return {
        id: entry.id,
        ok: problems.length === 0,
        problems,
        timeline: restored.timeline,
        segments: restored.segments,
        lastCommitAt: restored.lastCommitAt,
        unpackMs: restored.unpackMs,
        replayMs: restored.replayMs,
        checkMs: endMs - checkedMs,
        totalMs: endMs - startedMs,
      };
    } finally {
      await restored.server.destroy();
    }
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

async function proveBooks(databaseUrl: string): Promise<string[]> {
  const db = openDatabase({
    databaseUrl,
    applicationName: 'naru-rehearsal',
    connectionsMax: 2,
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
  });
  try {
    const schema = await findSchemaProblem(db);
    if (schema !== null) return [schema];
    const ledger = await checkLedger(db);
    const reserves = await findReserveMismatches(db);
    return [
      ...ledger.map(({ invariant, subject, detail }) => `${invariant}: ${subject}: ${detail}`),
      ...reserves.map(
        ({ subject, expected, found }) => `reserved for ${subject}: ${found}, open withdrawals: ${expected}`,
      ),
    ];
  } finally {
    await db.destroy();
  }
}
