import type { Database, Tx } from '@naru/db/database.ts';
import { depositAddressOf } from '@naru/evm/deposit-address.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import type { Caller } from '../access/access.ts';
import { setAuditContext } from '../audit/audit.store.ts';
import { readCatalogue } from '../chain/chain.store.ts';
import { isReachable } from '../chain/chain.ts';
import { runCommand } from '../command/run-command.ts';
import type { Refusal } from '../withdrawal/withdrawal.errors.ts';
import type { CommandResult } from '../withdrawal/withdrawals.ts';
import { ADDRESSES_PER_ORGANISATION_MAX } from './deposit.limits.ts';
import type { DepositAddress } from './deposit.ts';
import { countAddresses, insertDepositAddress, readDepositAddress } from './deposit-address.store.ts';
import { hasDepositCursor } from './deposit-cursor.store.ts';

export type NewAddressInput = { chain: string; label: string | null; takesCoin: boolean };
/** Where the call came from, for the audit log. */
export type CommandOrigin = { origin: string | null; requestId: string | null };

const COMMAND = 'create-deposit-address';

/** Gives an organisation one more address to be paid at. It has no key: it follows from its id and the chain's factory. */
export async function createDepositAddress(
  deps: { db: Database },
  caller: Caller,
  idempotencyKey: string,
  input: NewAddressInput,
  from: CommandOrigin = { origin: null, requestId: null },
): Promise<CommandResult<DepositAddress>> {
  const { chains } = await readCatalogue(deps.db);
  const chain = chains.get(input.chain);
  if (chain === undefined || !chain.enabled || !isReachable(chain, caller.network))
    return refuse('chain_not_supported', `The chain "${input.chain}" is not available here.`);
  const { depositFactory } = chain;
  if (depositFactory === null)
    return refuse('deposits_not_available', `Deposits are not set up on "${chain.id}".`);
  if (!(await hasDepositCursor(deps.db, chain.id)))
    return refuse(
      'deposits_not_ready',
      `Deposits on "${chain.id}" are not being watched yet, so no address is given out. Try again in a moment.`,
      true,
    );
  const { organisationId } = caller;
  return await runCommand(
    deps,
    { organisationId, idempotencyKey, command: COMMAND, input: [input.chain, input.label, input.takesCoin] },
    {
      async work(tx, id) {
        if (await isFull(tx, { organisationId, chainId: chain.id }))
          return {
            code: 'too_many_addresses',
            message: `There are ${ADDRESSES_PER_ORGANISATION_MAX} deposit addresses on "${chain.id}" already, which is all there can be. No address was made; use those that you have.`,
            retryable: false,
          };
        const actor = `api_key:${toPublicId('apiKey', caller.apiKeyId)}`;
        await setAuditContext(tx, { actor, reason: null, ...from });
        await insertDepositAddress(tx, {
          id,
          organisationId,
          chainId: chain.id,
          factory: depositFactory,
          address: depositAddressOf(depositFactory, id),
          label: input.label,
          takesCoin: input.takesCoin,
        });
        return null;
      },
      read: (id) => readDepositAddress(deps.db, organisationId, id),
    },
  );
}

/** Two calls at once may both find room for one more: the limit bounds work, and one more is no harm. */
async function isFull(tx: Tx, owner: { organisationId: string; chainId: string }): Promise<boolean> {
  return (await countAddresses(tx, owner, ADDRESSES_PER_ORGANISATION_MAX)) >= ADDRESSES_PER_ORGANISATION_MAX;
}

function refuse(
  code: Refusal['code'],
  message: string,
  retryable = false,
): { kind: 'refused'; refusal: Refusal; replayed: false } {
  return { kind: 'refused', replayed: false, refusal: { code, message, retryable } };
}
