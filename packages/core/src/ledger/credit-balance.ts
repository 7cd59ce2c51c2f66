import { createHash } from 'node:crypto';
import { type Database, withTransaction } from '@naru/db/database.ts';
import { assert, assertPresent } from '@naru/kit/assert.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { parseAmount } from '@naru/kit/money.ts';
import { organisationExists } from '../access/access.store.ts';
import type { Caller } from '../access/access.ts';
import { recordAudit, setAuditContext } from '../audit/audit.store.ts';
import { readCatalogue } from '../chain/chain.store.ts';
import { assetIdOf, isReachable } from '../chain/chain.ts';
import { claimKey, recordRefusals } from '../command/idempotency.store.ts';
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

  const answer = await withTransaction(
    deps.db,
    async (tx): Promise<CommandResult<{ transferId: string }>> => {
      const transferId = newUuid();
      const inputHash = createHash('sha256')
        .update(JSON.stringify([input.organisationId, input.chain, input.asset, input.amount, input.note]))
        .digest();
      const claim = await claimKey(tx, {
        organisationId: caller.organisationId,
        key: idempotencyKey,
        command: COMMAND,
        inputHash,
        resourceId: transferId,
      });
      if (claim.kind === 'reused')
        return refuse('idempotency_key_reused', 'This idempotency key was used for another request.');
      if (claim.kind === 'in_flight')
        return refuse(
          'idempotency_in_flight',
          'The same key is being worked on at this moment. Try again with the same key.',
          true,
        );
      if (claim.kind === 'done' && claim.refusal !== null)
        return { kind: 'refused', refusal: claim.refusal, replayed: true };
      if (claim.kind === 'done')
        return {
          kind: 'done',
          value: { transferId: assertPresent(claim.resourceId, 'transfer of a key') },
          replayed: true,
        };

      const refuseAndKeep = async (code: Refusal['code'], message: string) => {
        const refused = refuse(code, message);
        await recordRefusals(tx, [
          { organisationId: caller.organisationId, key: idempotencyKey, refusal: refused.refusal },
        ]);
        return refused;
      };
      if (!(await organisationExists(tx, input.organisationId)))
        return await refuseAndKeep('organisation_not_found', 'There is no such organisation.');
      const [house, customer] = await ensureAccounts(tx, [
        { kind: 'HOUSE', assetId: asset.id },
        { kind: 'CUSTOMER', organisationId: input.organisationId, assetId: asset.id },
      ]);
      const [outcome] = await postTransfers(tx, [
        {
          id: transferId,
          kind: 'SINGLE',
          debitAccountId: assertPresent(house, 'house account'),
          creditAccountId: assertPresent(customer, 'customer account'),
          amount: amount.units,
          reason: 'CREDIT',
          referenceId: transferId,
        },
      ]);
      if (outcome === 'OVERDRAFT')
        return await refuseAndKeep(
          'insufficient_balance',
          `The house owns less ${asset.code} than this. Record the money that came in first.`,
        );
      assert(outcome === 'POSTED', `credit ${transferId}: ${outcome}`);
      await setAuditContext(tx, { actor: `api_key:${caller.apiKeyId}`, reason: input.note, ...from });
      const { organisationId } = input;
      const after = { organisationId, assetId: asset.id, amount: String(amount.units) };
      await recordAudit(tx, { action: 'credit.create', subject: `ledger_transfer ${transferId}`, after });
      return { kind: 'done', value: { transferId }, replayed: false };
    },
  );
  if (answer.kind === 'refused') return answer;
  const balances = await readCustomerBalances(deps.db, input.organisationId);
  const available = balances.find(({ assetId }) => assetId === asset.id)?.available ?? 0n;
  return {
    kind: 'done',
    replayed: answer.replayed,
    value: {
      ...answer.value,
      chain: chain.id,
      asset: asset.code,
      decimals: asset.decimals,
      amount: amount.units,
      available,
    },
  };
}

function refuse(
  code: Refusal['code'],
  message: string,
  retryable = false,
): { kind: 'refused'; refusal: Refusal; replayed: false } {
  return { kind: 'refused', replayed: false, refusal: { code, message, retryable } };
}
