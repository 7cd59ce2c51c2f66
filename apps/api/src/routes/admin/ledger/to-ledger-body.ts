import type { LedgerAccountState, LedgerPosting } from '@naru/core/ledger/ledger-book.reader.ts';
import { type IdKind, toPublicId } from '@naru/kit/ids.ts';
import { formatAmount } from '@naru/kit/money.ts';
import type { LedgerAccountBody, LedgerPostingBody } from '@naru/wire/ledger.ts';

type Reference = NonNullable<LedgerPostingBody['reference']>;

/** What a reason's reference is an id of. The others are commands. */
const referenceOf: Readonly<Partial<Record<LedgerPosting['reason'], [Reference['kind'], IdKind]>>> = {
  WITHDRAWAL: ['withdrawal', 'withdrawal'],
  FEE: ['withdrawal', 'withdrawal'],
  GAS: ['chain_tx', 'chainTx'],
  DEPOSIT: ['deposit', 'deposit'],
  SWEEP: ['deposit_address', 'depositAddress'],
  TREASURY: ['treasury_proposal', 'treasuryProposal'],
};

const ownerOf = (id: string | null) => (id === null ? null : toPublicId('organisation', id));

export function toLedgerAccountBody(account: LedgerAccountState, at: Date | null): LedgerAccountBody {
  const { id, kind, organisationId, chain, asset, decimals, balance, reserved, incoming, version } = account;
  const show = (units: bigint) => formatAmount(units, decimals);
  return {
    id: toPublicId('ledgerAccount', id),
    object: 'ledger_account',
    kind,
    organisationId: ownerOf(organisationId),
    chain,
    asset,
    balance: show(balance),
    reserved: show(reserved),
    incoming: show(incoming),
    available: show(balance - reserved),
    version: String(version),
    asOf: at?.toISOString() ?? null,
  };
}

export function toPostingBody(posting: LedgerPosting, decimals: number): LedgerPostingBody {
  const { version, transferId, kind, side, amount, balance, reserved, incoming, other, reason, at } = posting;
  const show = (units: bigint) => formatAmount(units, decimals);
  const named = posting.referenceId === null ? undefined : referenceOf[reason];
  return {
    version: String(version),
    transferId,
    kind,
    side,
    amount: show(amount),
    balance: show(balance),
    reserved: show(reserved),
    incoming: show(incoming),
    other: {
      id: toPublicId('ledgerAccount', other.id),
      kind: other.kind,
      organisationId: ownerOf(other.organisationId),
    },
    reason,
    reference:
      named === undefined || posting.referenceId === null
        ? null
        : { kind: named[0], id: toPublicId(named[1], posting.referenceId) },
    at: at.toISOString(),
  };
}
