import { type Database, type Tx, withTransaction } from '@naru/db/database.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { newUuid, newUuidAt, toPublicId } from '@naru/kit/ids.ts';
import type { Caller } from '../access/access.ts';
import type { Catalogue } from '../chain/chain.ts';
import { claimKey, forgetKey, recordRefusals } from '../command/idempotency.store.ts';
import { keyRefusals } from '../command/run-once.ts';
import { selectDepositAddresses } from '../deposit/deposit-address.store.ts';
import { type BulkValued, judgeBulk, recordBulkValued } from '../policy/check-bulk.ts';
import { noRules, type Rules } from '../policy/rules.ts';
import {
  acceptDrafts,
  type DraftRow,
  type DraftSum,
  dropDrafts,
  stageDrafts,
  sumDrafts,
} from './bulk.store.ts';
import { checkCover, checkLimits, holdAll, openAccounts } from './bulk-holds.ts';
import { checkRequest, depositAddressProblem } from './check-request.ts';
import type { BulkRowProblem, Refusal } from './withdrawal.errors.ts';
import { BULK_PROBLEMS_LISTED_MAX, BULK_ROWS_MAX } from './withdrawal.limits.ts';
import { readBulk } from './withdrawal.reader.ts';
import { addUsage, signal } from './withdrawal.store.ts';
import type { Bulk } from './withdrawal.ts';
import type { BulkRow, CommandResult } from './withdrawals.ts';

export type BulkAnswer =
  | CommandResult<Bulk | { dryRun: true; total: number }>
  | { kind: 'invalid'; errors: BulkRowProblem[]; errorCount: number };

/** `readRules`: asked when the file is accepted, which may be long after its first row was read. */
export type BulkDeps = { db: Database; readRules?: () => Promise<Rules> };

const COMMAND = 'request-bulk';

/**
 * Accepts a file of withdrawals as a whole or not at all. The rows are checked and staged while they stream in, with
 * no transaction open; then one transaction reserves and accepts them. A dry run stops before that and keeps no key.
 */
export async function requestBulk(
  deps: BulkDeps,
  catalogue: Catalogue,
  caller: Caller,
  idempotencyKey: string,
  input: { rows: AsyncIterable<BulkRow[]>; inputHash: () => Buffer; dryRun: boolean },
): Promise<BulkAnswer> {
  const bulkId = newUuid();
  try {
    const staged = await stage(deps, catalogue, caller, bulkId, input.rows);
    if (staged.total === 0 || staged.total > BULK_ROWS_MAX) return toInvalid(staged);
    if (input.dryRun) return await tryOut({ ...deps, catalogue }, caller, bulkId, staged);
    return await accept({ ...deps, catalogue }, caller, {
      bulkId,
      idempotencyKey,
      inputHash: input.inputHash(),
      staged,
    });
  } finally {
    await dropDrafts(deps.db, bulkId);
  }
}

type Staged = { total: number; errors: BulkRowProblem[]; errorCount: number };

function toInvalid({ errors, errorCount }: Staged): BulkAnswer {
  return { kind: 'invalid', errors, errorCount };
}

const emptyFile: BulkRowProblem = {
  row: 0,
  field: 'file',
  code: 'file_empty',
  message: 'The file has no rows after its header.',
};

const fileTooLong: BulkRowProblem = {
  row: BULK_ROWS_MAX + 1,
  field: 'file',
  code: 'file_too_long',
  message: `A file may have ${BULK_ROWS_MAX} rows at most; split it.`,
};

async function stage(
  deps: BulkDeps,
  catalogue: Catalogue,
  caller: Caller,
  bulkId: string,
  chunks: AsyncIterable<BulkRow[]>,
): Promise<Staged> {
  const errors: BulkRowProblem[] = [];
  let errorCount = 0;
  let total = 0;
  const { now } = (await deps.readRules?.()) ?? noRules;
  // One statement stores rows while the next are read and checked. Never two, so that no file is read faster than it is
  // stored.
  let storing = Promise.resolve();
  try {
    for await (const chunk of chunks) {
      total += chunk.length;
      if (total > BULK_ROWS_MAX) return { total, errorCount: 1, errors: [fileTooLong] };
      const { drafts, problems } = await findCircles(
        deps.db,
        catalogue,
        checkRows(catalogue, caller, chunk, now),
      );
      errorCount += problems.length;
      errors.push(...problems.slice(0, BULK_PROBLEMS_LISTED_MAX - errors.length));
      await storing;
      // After the first bad row nothing will be accepted: read on for the other errors, keep nothing.
      if (errorCount === 0) storing = stageDrafts(deps.db, bulkId, drafts);
      // Thrown by the next wait for it; until then nobody looks.
      storing.catch(() => undefined);
    }
    await storing;
  } finally {
    // What is under way when the reading fails must have ended before the drafts are dropped.
    await storing.catch(() => undefined);
  }
  if (total === 0) return { total, errorCount: 1, errors: [emptyFile] };
  return { total, errors, errorCount };
}

type CheckedRows = { drafts: DraftRow[]; problems: BulkRowProblem[] };

/** Rows that pay one of our own deposit addresses: asked once for a chunk, and only where a chain has any. */
async function findCircles(db: Database, catalogue: Catalogue, checked: CheckedRows): Promise<CheckedRows> {
  const asked = checked.drafts.filter(({ chainId }) => catalogue.depositChains.has(chainId));
  if (asked.length === 0) return checked;
  const own = await selectDepositAddresses(
    db,
    asked.map(({ chainId, to }) => ({ chainId, address: to })),
  );
  if (own.size === 0) return checked;
  const isOwn = ({ chainId, to }: DraftRow) => own.has(`${chainId}/${to}`);
  const { code, message } = depositAddressProblem('/to');
  return {
    drafts: checked.drafts.filter((draft) => !isOwn(draft)),
    problems: [
      ...checked.problems,
      ...checked.drafts.filter(isOwn).map(({ row }) => ({ row, field: 'to', code, message })),
    ],
  };
}

function checkRows(
  catalogue: Catalogue,
  caller: Caller,
  chunk: readonly BulkRow[],
  now: () => Date,
): { drafts: DraftRow[]; problems: BulkRowProblem[] } {
  const drafts: DraftRow[] = [];
  const problems: BulkRowProblem[] = [];
  for (const read of chunk) {
    const checked = checkRow(catalogue, caller, read, now);
    if ('draft' in checked) drafts.push(checked.draft);
    else problems.push(...checked.problems);
  }
  return { drafts, problems };
}

function checkRow(
  catalogue: Catalogue,
  caller: Caller,
  read: BulkRow,
  now: () => Date,
): { draft: DraftRow } | { problems: BulkRowProblem[] } {
  if ('problems' in read) return read;
  const { row, request } = read;
  const checked = checkRequest(catalogue, caller, request);
  if (!checked.ok) return { problems: toRowProblems(row, checked.refusal) };
  const { chain, asset, to, amount, fee, feeScheduleId } = checked.value;
  const { priority, reference } = request;
  const withdrawalId = newUuidAt(now());
  return {
    draft: {
      row,
      withdrawalId,
      chainId: chain.id,
      assetId: asset.id,
      to,
      amount,
      fee,
      feeScheduleId,
      priority,
      reference,
    },
  };
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

/** What the real call would be answered at this moment, without reserving anything. */
async function tryOut(
  deps: BulkDeps & { catalogue: Catalogue },
  caller: Caller,
  bulkId: string,
  staged: Staged,
): Promise<BulkAnswer> {
  if (staged.errorCount > 0) return toInvalid(staged);
  const rules = (await deps.readRules?.()) ?? noRules;
  const refusal = await withTransaction(deps.db, async (tx) => {
    const sums = await sumDrafts(tx, bulkId);
    const at = rules.now();
    const file = fileOf(deps.catalogue, caller, { bulkId, total: staged.total }, sums);
    const limits = await checkLimits(tx, caller.organisationId, bulkId, sums, at);
    return (
      limits.refusal ??
      (await judgeBulk(tx, rules, file, at)).refusal ??
      (await checkCover(tx, caller.organisationId, sums))
    );
  });
  if (refusal !== null) return { kind: 'refused', refusal, replayed: false };
  return { kind: 'done', value: { dryRun: true, total: staged.total }, replayed: false };
}

type BulkCommand = { bulkId: string; idempotencyKey: string; inputHash: Buffer; staged: Staged };

async function accept(
  deps: BulkDeps & { catalogue: Catalogue },
  caller: Caller,
  command: BulkCommand,
): Promise<BulkAnswer> {
  const { organisationId } = caller;
  const rules = (await deps.readRules?.()) ?? noRules;
  const { bulkId, idempotencyKey, inputHash, staged } = command;
  const outcome = await withTransaction(deps.db, async (tx) => {
    const claim = await claimKey(tx, {
      organisationId,
      key: idempotencyKey,
      command: COMMAND,
      inputHash,
      resourceId: bulkId,
    });
    if (claim.kind !== 'new') return claim;
    // Only now: what was accepted once is answered as accepted, even if a row of it would be refused today.
    if (staged.errorCount > 0) {
      await forgetKey(tx, { organisationId, key: idempotencyKey });
      return { kind: 'invalid' } as const;
    }
    const refusal = await reserveAndAccept(
      tx,
      { caller, rules, catalogue: deps.catalogue },
      { bulkId, total: staged.total },
    );
    if (refusal === null) return claim;
    await recordRefusals(tx, [{ organisationId, key: idempotencyKey, refusal }]);
    return { kind: 'refused', refusal } as const;
  });
  switch (outcome.kind) {
    case 'invalid':
      return toInvalid(staged);
    case 'refused':
      return { kind: 'refused', refusal: outcome.refusal, replayed: false };
    case 'reused':
    case 'in_flight':
      return { kind: 'refused', refusal: keyRefusals[outcome.kind], replayed: false };
    case 'new':
      return await toDone(deps.db, organisationId, bulkId, false);
    case 'done':
      return outcome.refusal === null
        ? await toDone(deps.db, organisationId, assertPresent(outcome.resourceId, 'bulk of a key'), true)
        : { kind: 'refused', refusal: outcome.refusal, replayed: true };
  }
}

/** Answered as the first time, however often: every row was PENDING then. */
async function toDone(
  db: Database,
  organisationId: string,
  id: string,
  replayed: boolean,
): Promise<BulkAnswer> {
  const bulk = assertPresent(await readBulk(db, organisationId, id), 'bulk of a key');
  return { kind: 'done', value: { ...bulk, counts: { PENDING: bulk.total } }, replayed };
}

/** Everything that can be refused is looked at, under the locks, before the first change: a refusal leaves no trace. */
async function reserveAndAccept(
  tx: Tx,
  { caller, rules, catalogue }: { caller: Caller; rules: Rules; catalogue: Catalogue },
  bulk: { bulkId: string; total: number },
): Promise<Refusal | null> {
  const { organisationId } = caller;
  const at = rules.now();
  const sums = await sumDrafts(tx, bulk.bulkId);
  // Usage before ledger, the order in which every command takes these locks.
  const limits = await checkLimits(tx, organisationId, bulk.bulkId, sums, at);
  if (limits.refusal !== null) return limits.refusal;
  const judged = await judgeBulk(tx, rules, fileOf(catalogue, caller, bulk, sums), at);
  if (judged.refusal !== null) return judged.refusal;
  const accounts = await openAccounts(tx, organisationId, sums);
  const notCovered = await checkCover(tx, organisationId, sums);
  if (notCovered !== null) return notCovered;
  await addUsage(
    tx,
    sums
      .filter(({ assetId }) => limits.assetIds.has(assetId))
      .map(({ assetId, amount }) => ({ organisationId, assetId, amount, at })),
  );
  await holdAll(tx, accounts, bulk);
  const actor = `api_key:${toPublicId('apiKey', caller.apiKeyId)}`;
  await acceptDrafts(tx, { id: bulk.bulkId, organisationId, total: bulk.total, actor });
  await recordBulkValued(tx, judged.valued, at);
  await signal(tx, 'naru_processor');
  return null;
}

function fileOf(
  { assets }: Catalogue,
  { organisationId }: Caller,
  bulk: { bulkId: string; total: number },
  sums: readonly DraftSum[],
): BulkValued['file'] {
  const used = sums.map(({ assetId }) => assertPresent(assets.get(assetId), `asset ${assetId}`));
  return { ...bulk, organisationId, assets: used };
}
