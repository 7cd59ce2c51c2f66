import { type Database, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { errorText } from '@naru/kit/errors.ts';
import { newUuid } from '@naru/kit/ids.ts';
import type { Logger } from '@naru/kit/logger.ts';
import { runOnce } from '../command/run-once.ts';
import type { Operation } from '../dead-letter/operate.ts';
import { type InvariantState, readInvariantStates } from '../reconciliation/alarm.store.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import { type AuditSearch, type FoundAuditEvent, searchAudit } from './audit.reader.ts';
import { setAuditContext } from './audit.store.ts';
import { logStreams, readSealingLagMs } from './seal.store.ts';
import {
  claimVerification,
  endVerification,
  giveBackVerification,
  insertVerification,
  listVerifications,
  readLastSeal,
  readVerification,
  type SealState,
  saveProgress,
  type Verification,
} from './verification.store.ts';
import { verifyHistory } from './verify-history.ts';

export type HistoryState = {
  lastSeal: SealState | null;
  /** Age of the oldest row of a log that no seal covers; null: every row is sealed. */
  lags: { stream: string; lagMs: number | null }[];
  /** By the jobs role, of itself: `history_seals` and `sealing`. */
  checks: InvariantState[];
  /** That people asked for, newest first. */
  verifications: Verification[];
};

export type AuditDesk = {
  search(
    search: AuditSearch,
    page: { limit: number; before: bigint | null },
  ): Promise<{ data: FoundAuditEvent[]; next: bigint | null }>;
  state(): Promise<HistoryState>;
  /** Has a jobs role verify all of history. One at a time: who asks for a second is told to wait. */
  verify(operation: Operation): Promise<CommandResult<Verification>>;
};

export function createAuditDesk(deps: { db: Database }): AuditDesk {
  const { db } = deps;
  return {
    search: (search, page) => searchAudit(db, search, page),
    async state() {
      const [lastSeal, checks, verifications, lags] = await Promise.all([
        readLastSeal(db),
        readInvariantStates(db),
        listVerifications(db),
        Promise.all(
          logStreams.map(async (stream) => ({ stream, lagMs: await readSealingLagMs(db, stream) })),
        ),
      ]);
      const own = checks.filter(({ invariant }) => invariant === 'history_seals' || invariant === 'sealing');
      return { lastSeal, lags, checks: own, verifications };
    },
    async verify({ caller, idempotencyKey: key, reason, from }) {
      const actor = `api_key:${caller.apiKeyId}`;
      const resourceId = newUuid();
      const answer = await withTransaction(db, async (tx) => {
        await setAuditContext(tx, { actor, reason, ...from });
        const { organisationId } = caller;
        const command = { organisationId, key, command: 'verify-history', input: [reason], resourceId };
        return await runOnce(tx, command, async () => {
          if (await insertVerification(tx, resourceId, actor)) return null;
          return {
            code: 'operation_not_possible',
            message: 'A verification is under way already; its progress is told with the state of history.',
            messageKo: '이미 검증하고 있어요. 진행 상황은 기록 상태에서 볼 수 있어요.',
            retryable: false,
          };
        });
      });
      if (answer.kind === 'refused') return answer;
      const value = assertPresent(await readVerification(db, answer.resourceId), 'verification');
      return { kind: 'done', value, replayed: answer.replayed };
    },
  };
}

/** Does the verification that somebody asked for, if any. One that is stopped is left for the next process. */
export async function runVerification(deps: { db: Database }, stop?: AbortSignal): Promise<boolean> {
  const id = await claimVerification(deps.db);
  if (id === null) return false;
  const abandoned = new AbortController();
  const signal = stop === undefined ? abandoned.signal : AbortSignal.any([stop, abandoned.signal]);
  let saving: Promise<unknown> = Promise.resolve();
  try {
    const report = await verifyHistory(deps, {
      signal,
      onProgress: (done, total) => {
        saving = saving.then(() => saveProgress(deps.db, id, done, total));
        saving.catch(() => abandoned.abort());
      },
    });
    await saving;
    // What it has seen is not all there is.
    if (stop?.aborted === true) await giveBackVerification(deps.db, id);
    else await endVerification(deps.db, id, { report });
  } catch (error) {
    await saving.catch(() => undefined);
    await endVerification(deps.db, id, { error: errorText(error) });
  }
  return true;
}

/** Looks for verifications that were asked for, and does them beside the loop that looks: they may take minutes. */
export function createVerifier(deps: { db: Database; logger: Logger }): {
  look: () => Promise<boolean>;
  stop(): Promise<void>;
} {
  const stopping = new AbortController();
  let running: Promise<void> | null = null;
  return {
    async look() {
      if (running !== null || stopping.signal.aborted) return false;
      running = runVerification(deps, stopping.signal)
        .then(() => undefined)
        .catch((error: unknown) => {
          deps.logger.warn(
            { error: errorText(error) },
            'the verification could not be done; it is tried again',
          );
        })
        .finally(() => {
          running = null;
        });
      return false;
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}
