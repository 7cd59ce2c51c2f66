import { type Database, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { setAuditContext } from '../audit/audit.store.ts';
import { runOnce } from '../command/run-once.ts';
import type { Operation } from '../dead-letter/operate.ts';
import { askForJob } from '../job/ask-for-job.store.ts';
import type { OperatorFilter } from '../lookup/lookup.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import { EXPORT_KEPT_MS, EXPORTS_OPEN_MAX } from './export.limits.ts';
import { insertExport, listExports, readChunk, readExport } from './export.store.ts';
import type { ExportFile } from './export.ts';

/** How operators have a file made of what a list shows. A jobs role writes it. */
export type ExportDesk = {
  create(
    input: { filter: OperatorFilter; timeZone: string },
    operation: Omit<Operation, 'reason'>,
  ): Promise<CommandResult<ExportFile>>;
  list(): Promise<ExportFile[]>;
  get(id: string): Promise<ExportFile | null>;
  /** The bytes of a file that is DONE, a piece at a time. */
  bytes(id: string): AsyncIterable<Buffer>;
};

export function createExportDesk({ db }: { db: Database }): ExportDesk {
  return {
    async create({ filter, timeZone }, { caller, idempotencyKey: key, from }) {
      const actor = `api_key:${caller.apiKeyId}`;
      const id = newUuid();
      const answer = await withTransaction(db, async (tx) => {
        await setAuditContext(tx, { actor, reason: null, ...from });
        const { organisationId } = caller;
        const input = [filter, timeZone];
        const command = { organisationId, key, command: 'create-export', input, resourceId: id };
        return await runOnce(tx, command, async () => {
          const one = { id, filter, timeZone, requestedBy: actor, keptMs: EXPORT_KEPT_MS };
          if (!(await insertExport(tx, one)))
            return {
              code: 'operation_not_possible',
              message: `${EXPORTS_OPEN_MAX} exports are under way; ask again when one is done.`,
              messageKo: `지금 파일을 ${EXPORTS_OPEN_MAX}개 만들고 있어요. 하나가 끝난 뒤에 다시 요청해 주세요.`,
              retryable: true,
            };
          await askForJob(tx, 'write-exports');
          return null;
        });
      });
      if (answer.kind === 'refused') return answer;
      const value = assertPresent(await readExport(db, answer.resourceId), 'export');
      return { kind: 'done', value, replayed: answer.replayed };
    },
    list: () => listExports(db),
    get: (id) => readExport(db, id),
    async *bytes(id) {
      for (let number = 0; ; number += 1) {
        const body = await readChunk(db, id, number);
        if (body === null) return;
        yield body;
      }
    },
  };
}
