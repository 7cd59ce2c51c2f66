import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { newUuid, toPublicId } from '@naru/kit/ids.ts';
import type { Caller } from '../access/access.ts';
import type { Catalogue } from '../chain/chain.ts';
import { claimKey } from '../command/idempotency.store.ts';
import {
  type AccountKey,
  ensureAccounts,
  lockAccounts,
  readCustomerBalances,
} from '../ledger/ledger.store.ts';
import { postTransfers } from '../ledger/ledger.ts';
import {
  acceptDrafts,
  type DraftRow,
  dropDrafts,
  largestDrafts,
  readDrafts,
  stageDrafts,
  sumDrafts,
} from './bulk.store.ts';
import { checkRequest } from './check-request.ts';
import type { BulkRowProblem, Refusal } from './withdrawal.errors.ts';
import { BULK_CHUNK_ROWS, BULK_PROBLEMS_LISTED_MAX, BULK_ROWS_MAX } from './withdrawal.limits.ts';
import { readBulk } from './withdrawal.reader.ts';
import { addUsage, lockUsage, signal } from './withdrawal.store.ts';
import type { Bulk } from './withdrawal.ts';
import type { BulkRow, CommandResult } from './withdrawals.ts';

export type BulkAnswer =
  | CommandResult<Bulk | { dryRun: true; total: number }>
  | { kind: 'invalid'; errors: BulkRowProblem[]; errorCount: number };

const COMMAND = 'request-bulk';

/**
 * Accepts a file of withdrawals as a whole or not at all. The rows are checked and staged while they stream in, with
 * no transaction open; then one transaction reserves and accepts them. A dry run stops before that.
 */
export async function requestBulk(
  deps: { db: Database },
  catalogue: Catalogue,
  caller: Caller,
  idempotencyKey: string,
  input: { rows: AsyncIterable<BulkRow[]>; inputHash: () => Buffer; dryRun: boolean },
): Promise<BulkAnswer> {
  const bulkId = newUuid();
  try {
    const staged = await stage(deps, catalogue, caller, bulkId, input.rows);
    if (staged.errorCount > 0)
      return { kind: 'invalid', errors: staged.errors, errorCount: staged.errorCount };
    if (staged.total === 0) return { kind: 'invalid', errorCount: 1, errors: [emptyFile] };
    if (input.dryRun) {
      const refusal = await checkCover(deps, caller, bulkId);
      if (refusal !== null) return { kind: 'refused', refusal, replayed: false };
      return { kind: 'done', value: { dryRun: true, total: staged.total }, replayed: false };
    }
    return await accept(deps, caller, {
      bulkId,
      idempotencyKey,
      inputHash: input.inputHash(),
      total: staged.total,
    });
  } finally {
    await dropDrafts(deps.db, bulkId);
  }
}

const emptyFile: BulkRowProblem = {
  row: 0,
  field: 'file',
  code: 'file_empty',
  message: 'The file has no rows after its header.',
};

async function stage(
  deps: { db: Database },
  catalogue: Catalogue,
  caller: Caller,
  bulkId: string,
  chunks: AsyncIterable<BulkRow[]>,
): Promise<{ total: number; errors: BulkRowProblem[]; errorCount: number }> {
  const errors: BulkRowProblem[] = [];
  let errorCount = 0;
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > BULK_ROWS_MAX) {
      const message = `A file may have ${BULK_ROWS_MAX} rows at most; split it.`;
      return {
        total,
        errorCount: 1,
        errors: [{ row: BULK_ROWS_MAX + 1, field: 'file', code: 'file_too_long', message }],
      };
    }
    const drafts: DraftRow[] = [];
    for (const { row, request } of chunk) {
      const checked = checkRequest(catalogue, caller, request);
      if (checked.ok) {
        const { chain, asset, to, amount } = checked.value;
        const { priority, reference } = request;
        drafts.push({
          row,
          withdrawalId: newUuid(),
          chainId: chain.id,
          assetId: asset.id,
          to,
          amount,
          priority,
          reference,
        });
        continue;
      }
      const problems = toRowProblems(row, checked.refusal);
      errorCount += problems.length;
      errors.push(...problems.slice(0, BULK_PROBLEMS_LISTED_MAX - errors.length));
    }
    // After the first bad row nothing will be accepted: read on for the other errors, keep nothing.
    if (errorCount === 0 && drafts.length > 0) await stageDrafts(deps.db, bulkId, drafts);
  }
  return { total, errors, errorCount };
}

function toRowProblems(row: number, refusal: Refusal): BulkRowProblem[] {
  if (refusal.errors !== undefined)
    return refusal.errors.map(({ pointer, code, message }) => ({
      row,
      field: pointer.slice(1),
      code,
      message,
    }));
  const field = refusal.code === 'chain_not_supported' ? 'chain' : 'asset';
  return [{ row, field, code: refusal.code, message: refusal.message }];
}

/** Would the balance cover the file at this moment? For a dry run; the real answer is given under the locks. */
async function checkCover(deps: { db: Database }, caller: Caller, bulkId: string): Promise<Refusal | null> {
  const balances = await readCustomerBalances(deps.db, caller.organisationId);
  for (const { assetId, amount } of await sumDrafts(deps.db, bulkId)) {
    const available = balances.find((balance) => balance.assetId === assetId)?.available ?? 0n;
    if (available < amount) return notCovered(assetId);
  }
  return null;
}

function notCovered(assetId: string): Refusal {
  const [chain, code] = assetId.split(':');
  return {
    code: 'insufficient_balance',
    message: `Your available balance of ${code} on ${chain} does not cover the sum of this file.`,
    retryable: false,
  };
}

class Refused extends Error {
  readonly refusal: Refusal;
  constructor(refusal: Refusal) {
    super(refusal.message);
    this.refusal = refusal;
  }
}

async function accept(
  deps: { db: Database },
  caller: Caller,
  bulk: { bulkId: string; idempotencyKey: string; inputHash: Buffer; total: number },
): Promise<BulkAnswer> {
  const { organisationId } = caller;
  try {
    const claim = await withTransaction(deps.db, async (tx) => {
      const claimed = await claimKey(tx, {
        organisationId,
        key: bulk.idempotencyKey,
        command: COMMAND,
        inputHash: bulk.inputHash,
        resourceId: bulk.bulkId,
      });
      if (claimed.kind !== 'new') return claimed;
      const sums = await sumDrafts(tx, bulk.bulkId);
      await applyLimits(tx, organisationId, bulk.bulkId, sums);
      await holdAll(tx, organisationId, bulk, sums);
      const actor = `api_key:${toPublicId('apiKey', caller.apiKeyId)}`;
      await acceptDrafts(tx, { id: bulk.bulkId, organisationId, total: bulk.total, actor });
      await signal(tx, 'naru_processor');
      return claimed;
    });
    if (claim.kind === 'reused')
      return refused(
        'idempotency_key_reused',
        'This idempotency key was used for another request. Use a new key for a new request.',
        false,
      );
    if (claim.kind === 'in_flight')
      return refused(
        'idempotency_in_flight',
        'The same key is being worked on at this moment. Try again in a second, with the same key.',
        true,
      );
    const id = claim.kind === 'done' ? assertPresent(claim.resourceId, 'bulk of a key') : bulk.bulkId;
    const value = assertPresent(await readBulk(deps.db, organisationId, id), 'bulk just accepted');
    // Answered as the first time: every row was PENDING then.
    const counts = { PENDING: value.total };
    return { kind: 'done', value: { ...value, counts }, replayed: claim.kind === 'done' };
  } catch (error) {
    if (error instanceof Refused) return { kind: 'refused', refusal: error.refusal, replayed: false };
    throw error;
  }
}

function refused(code: Refusal['code'], message: string, retryable: boolean): BulkAnswer {
  return { kind: 'refused', replayed: false, refusal: { code, message, retryable } };
}

async function applyLimits(
  tx: Tx,
  organisationId: string,
  bulkId: string,
  sums: readonly { assetId: string; amount: bigint }[],
): Promise<void> {
  const usages = await lockUsage(
    tx,
    sums.map(({ assetId }) => ({ organisationId, assetId })),
  );
  if (usages.length === 0) return;
  const largest = await largestDrafts(tx, bulkId);
  const at = new Date();
  for (const usage of usages) {
    const sum = sums.find(({ assetId }) => assetId === usage.assetId)?.amount ?? 0n;
    const code = usage.assetId.split(':')[1];
    const refuse = (which: string) =>
      new Refused({
        code: 'limit_exceeded',
        message: `The file exceeds your limit for ${which} of ${code}.`,
        retryable: false,
      });
    if ((largest.get(usage.assetId) ?? 0n) > usage.perWithdrawalMax) throw refuse('one withdrawal');
    if (usage.used + sum > usage.dailyMax) throw refuse('a day');
    await addUsage(tx, [{ organisationId, assetId: usage.assetId, amount: sum, at }]);
  }
}

/** One hold for each row. The accounts' locks are taken by the first chunk that touches them, in the order of ids. */
async function holdAll(
  tx: Tx,
  organisationId: string,
  bulk: { bulkId: string; total: number },
  sums: readonly { assetId: string }[],
): Promise<void> {
  const keys = sums.flatMap(({ assetId }): AccountKey[] => [
    { kind: 'CUSTOMER', organisationId, assetId },
    { kind: 'HOT_WALLET', assetId },
  ]);
  const ids = await ensureAccounts(tx, keys);
  await lockAccounts(tx, ids);
  const accountsOf = new Map(
    sums.map(({ assetId }, index) => [assetId, { customer: ids[2 * index], hotWallet: ids[2 * index + 1] }]),
  );
  for (let first = 1; first <= bulk.total; first += BULK_CHUNK_ROWS) {
    const drafts = await readDrafts(tx, bulk.bulkId, first, first + BULK_CHUNK_ROWS - 1);
    assert(drafts.length > 0, `bulk ${bulk.bulkId}: no rows from ${first}`);
    const outcomes = await postTransfers(
      tx,
      drafts.map(({ withdrawalId, assetId, amount }) => ({
        id: withdrawalId,
        kind: 'PENDING',
        debitAccountId: assertPresent(accountsOf.get(assetId)?.customer, 'customer account'),
        creditAccountId: assertPresent(accountsOf.get(assetId)?.hotWallet, 'hot wallet account'),
        amount,
        reason: 'WITHDRAWAL',
        referenceId: withdrawalId,
      })),
    );
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome === 'OVERDRAFT')
        throw new Refused(notCovered(assertPresent(drafts[index], 'draft').assetId));
      assert(outcome === 'POSTED', `hold of bulk ${bulk.bulkId}: ${outcome}`);
    }
  }
}
