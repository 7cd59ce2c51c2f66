import type { Database, Tx } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { parseAmount } from '@naru/kit/money.ts';
import { organisationExists } from '../access/access.store.ts';
import type { Caller } from '../access/access.ts';
import { recordAudit, setAuditContext } from '../audit/audit.store.ts';
import { readCatalogue } from '../chain/chain.store.ts';
import { type Asset, assetIdOf, isReachable } from '../chain/chain.ts';
import { runCommand } from '../command/run-command.ts';
import type { Refusal } from '../withdrawal/withdrawal.errors.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import { ensureAccounts, readCustomerBalances } from './ledger.store.ts';
import { postTransfers } from './ledger.ts';

export type CreditInput = {
  organisationId: string;
  chain: string;
  asset: string;
  amount: string;
  note: string | null;
};
/** Where the call came from, for the audit log. */
export type CreditOrigin = { origin: string | null; requestId: string | null };
export type Credit = {
  transferId: string;
  chain: string;
  asset: string;
  decimals: number;
  amount: bigint;
  /** Of the credited organisation, now. */
  available: bigint;
};

const COMMAND = 'credit-balance';

/** Moves an amount from the house to an organisation's balance. Refused when the house does not own as much. */
export async function creditBalance(
  deps: { db: Database },
  caller: Caller,
  idempotencyKey: string,
  input: CreditInput,
  from: CreditOrigin = { origin: null, requestId: null },
): Promise<CommandResult<Credit>> {
  const { chains, assets } = await readCatalogue(deps.db);
  const chain = chains.get(input.chain);
  const asset = assets.get(assetIdOf(input.chain, input.asset));
  if (chain === undefined || !isReachable(chain, caller.network))
    return refuse('chain_not_supported', `The chain "${input.chain}" is not available here.`);
  if (asset === undefined)
    return refuse('asset_not_supported', `There is no asset "${input.asset}" on "${input.chain}".`);
  const amount = parseAmount(input.amount, asset.decimals);
  if (!amount.ok || amount.units === 0n) {
    const message = `The amount must be a positive number with at most ${asset.decimals} decimals.`;
    const errors = [{ pointer: '/amount', code: 'amount_malformed', message }];
    return {
      kind: 'refused',
      replayed: false,
      refusal: { code: 'validation_failed', message, retryable: false, errors },
    };
  }

  const named = {
    organisationId: caller.organisationId,
    idempotencyKey,
    command: COMMAND,
    input: [input.organisationId, input.chain, input.asset, input.amount, input.note],
  };
  return await runCommand(deps, named, {
    work: (tx, transferId) =>
      post(
        tx,
        { transferId, input, asset, units: amount.units },
        { actor: `api_key:${caller.apiKeyId}`, from },
      ),
    async read(transferId) {
      const balances = await readCustomerBalances(deps.db, input.organisationId);
      const available = balances.find(({ assetId }) => assetId === asset.id)?.available ?? 0n;
      const { code, decimals } = asset;
      return { transferId, chain: chain.id, asset: code, decimals, amount: amount.units, available };
    },
  });
}

async function post(
  tx: Tx,
  credit: { transferId: string; input: CreditInput; asset: Asset; units: bigint },
  { actor, from }: { actor: string; from: CreditOrigin },
): Promise<Refusal | null> {
  const { transferId, asset, units } = credit;
  const { organisationId, note } = credit.input;
  if (!(await organisationExists(tx, organisationId)))
    return refuse('organisation_not_found', 'There is no such organisation.').refusal;
  const [house, customer] = await ensureAccounts(tx, [
    { kind: 'HOUSE', assetId: asset.id },
    { kind: 'CUSTOMER', organisationId, assetId: asset.id },
  ]);
  const [outcome] = await postTransfers(tx, [
    {
      id: transferId,
      kind: 'SINGLE',
      debitAccountId: assertPresent(house, 'house account'),
      creditAccountId: assertPresent(customer, 'customer account'),
      amount: units,
      reason: 'CREDIT',
      referenceId: transferId,
    },
  ]);
  if (outcome === 'OVERDRAFT')
    return refuse(
      'insufficient_balance',
      `The house owns less ${asset.code} than this. Record the money that came in first.`,
    ).refusal;
  assert(outcome === 'POSTED', `credit ${transferId}: ${outcome}`);
  await setAuditContext(tx, { actor, reason: note, ...from });
  const after = { organisationId, assetId: asset.id, amount: String(units) };
  await recordAudit(tx, { action: 'credit.create', subject: `ledger_transfer ${transferId}`, after });
  return null;
}

function refuse(
  code: Refusal['code'],
  message: string,
): { kind: 'refused'; refusal: Refusal; replayed: false } {
  return { kind: 'refused', replayed: false, refusal: { code, message, retryable: false } };
}
