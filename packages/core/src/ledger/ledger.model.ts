import { assertPresent } from '@naru/kit/assert.ts';
import { TRANSFER_UNITS_MAX } from './ledger.limits.ts';
import type { NewTransfer, TransferOutcome } from './ledger.ts';

/**
 * The ledger as arithmetic, without I/O: one transfer after the other. `ledger_post` must answer and write
 * the same; the property tests compare the two.
 */
export type ModelAccount = {
  id: string;
  assetId: string;
  mayOverdraw: boolean;
  debitsPending: bigint;
  debitsPosted: bigint;
  creditsPending: bigint;
  creditsPosted: bigint;
  /** Transfers that have touched the account. */
  version: bigint;
};

/** A transfer as written. `amount`: smallest unit; of a VOID, all that was held. */
export type ModelTransfer = {
  id: string;
  kind: NewTransfer['kind'];
  pendingId: string | null;
  debitAccountId: string;
  creditAccountId: string;
  assetId: string;
  amount: bigint;
  debitVersion: bigint;
  creditVersion: bigint;
  reason: string;
  referenceId: string | null;
};

export type LedgerModel = {
  accounts: Map<string, ModelAccount>;
  transfers: Map<string, ModelTransfer>;
  /** Ids of holds that a POST or VOID has resolved. */
  resolved: Set<string>;
};

type Draft = Omit<ModelTransfer, 'assetId' | 'debitVersion' | 'creditVersion'>;

export function createLedgerModel(
  accounts: readonly Pick<ModelAccount, 'id' | 'assetId' | 'mayOverdraw'>[],
): LedgerModel {
  const empty = { debitsPending: 0n, debitsPosted: 0n, creditsPending: 0n, creditsPosted: 0n, version: 0n };
  return {
    accounts: new Map(accounts.map((account) => [account.id, { ...account, ...empty }])),
    transfers: new Map(),
    resolved: new Set(),
  };
}

/** What can still be debited: posted credits − posted debits − held debits. */
export function availableOf(account: ModelAccount): bigint {
  return account.creditsPosted - account.debitsPosted - account.debitsPending;
}

/** Decides one transfer, and changes the model only when the answer is POSTED. */
export function postToModel(model: LedgerModel, transfer: NewTransfer): TransferOutcome {
  const hold = holdOf(model, transfer);
  const draft = draftOf(transfer, hold);
  const refusal = refusalOf(model, transfer, hold, draft);
  if (refusal !== null) return refusal;
  write(model, assertPresent(draft, 'draft of an accepted transfer'), hold);
  return 'POSTED';
}

function holdOf(model: LedgerModel, transfer: NewTransfer): ModelTransfer | null {
  if (transfer.kind !== 'POST' && transfer.kind !== 'VOID') return null;
  const hold = model.transfers.get(transfer.pendingId);
  return hold?.kind === 'PENDING' ? hold : null;
}

/** The row that the transfer would become; null for the resolution of a hold that is not there. */
function draftOf(transfer: NewTransfer, hold: ModelTransfer | null): Draft | null {
  const { id, reason, referenceId } = transfer;
  if (transfer.kind !== 'POST' && transfer.kind !== 'VOID') {
    const { kind, debitAccountId, creditAccountId, amount } = transfer;
    return { id, kind, pendingId: null, debitAccountId, creditAccountId, amount, reason, referenceId };
  }
  if (hold === null) return null;
  const { debitAccountId, creditAccountId } = hold;
  const amount = transfer.amount ?? hold.amount;
  const { kind, pendingId } = transfer;
  return { id, kind, pendingId, debitAccountId, creditAccountId, amount, reason, referenceId };
}

function refusalOf(
  model: LedgerModel,
  transfer: NewTransfer,
  hold: ModelTransfer | null,
  draft: Draft | null,
): TransferOutcome | null {
  const written = model.transfers.get(transfer.id);
  if (written !== undefined) return draft !== null && isSame(written, draft) ? 'EXISTS' : 'CONFLICT';
  const asked = transfer.amount ?? null;
  if (asked !== null && (asked <= 0n || asked > TRANSFER_UNITS_MAX)) return 'AMOUNT_INVALID';
  if (draft === null) return 'HOLD_NOT_FOUND';
  if (hold !== null) {
    if (model.resolved.has(hold.id)) return 'HOLD_RESOLVED';
    return draft.amount > hold.amount ? 'AMOUNT_OVER_HOLD' : null;
  }
  if (draft.debitAccountId === draft.creditAccountId) return 'SAME_ACCOUNT';
  const debit = model.accounts.get(draft.debitAccountId);
  const credit = model.accounts.get(draft.creditAccountId);
  if (debit === undefined || credit === undefined) return 'ACCOUNT_NOT_FOUND';
  if (debit.assetId !== credit.assetId) return 'ASSET_MISMATCH';
  return !debit.mayOverdraw && availableOf(debit) < draft.amount ? 'OVERDRAFT' : null;
}

function isSame(written: ModelTransfer, draft: Draft): boolean {
  return (Object.keys(draft) as (keyof Draft)[]).every((key) => written[key] === draft[key]);
}

function write(model: LedgerModel, draft: Draft, hold: ModelTransfer | null): void {
  const debit = assertPresent(model.accounts.get(draft.debitAccountId), 'debited account');
  const credit = assertPresent(model.accounts.get(draft.creditAccountId), 'credited account');
  const pending = draft.kind === 'PENDING' ? draft.amount : -(hold?.amount ?? 0n);
  const posted = draft.kind === 'SINGLE' || draft.kind === 'POST' ? draft.amount : 0n;
  debit.debitsPending += pending;
  debit.debitsPosted += posted;
  credit.creditsPending += pending;
  credit.creditsPosted += posted;
  debit.version += 1n;
  credit.version += 1n;
  if (hold !== null) model.resolved.add(hold.id);
  model.transfers.set(draft.id, {
    ...draft,
    assetId: debit.assetId,
    debitVersion: debit.version,
    creditVersion: credit.version,
  });
}
