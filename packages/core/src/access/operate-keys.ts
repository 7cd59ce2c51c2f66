import { sqlState, type Tx } from '@naru/db/database.ts';
import { mayGrantScopes, type Scope } from '@naru/wire/role.ts';
import { Refused } from '../command/run-keyed.ts';
import { insertApiKey, revokeProgramKey } from './access.store.ts';
import type { Caller } from './access.ts';
import { type NewToken, REQUESTS_PER_MINUTE_DEFAULT } from './create-access.ts';

/** SQLSTATE of what PostgreSQL takes for no address range. */
const INVALID_TEXT_REPRESENTATION = '22P02';

export type KeyRequest = {
  name: string;
  scopes: readonly Scope[];
  ipAllowList: readonly string[] | null;
  expiresAt: Date | null;
};

/** Makes a key for a program of the caller's organisation, on the caller's networks, with no more than they may give. */
export async function makeKey(
  tx: Tx,
  caller: Caller,
  id: string,
  { prefix, hash }: NewToken,
  input: KeyRequest,
): Promise<void> {
  if (!mayGrantScopes({ role: caller.person?.role ?? null, scopes: caller.scopes }, input.scopes))
    throw new Refused('scope_not_grantable', 'One of these scopes is more than you may give to a key.');
  await insertApiKey(tx, {
    id,
    organisationId: caller.organisationId,
    name: input.name,
    network: caller.network,
    prefix,
    hash,
    scopes: input.scopes,
    holder: null,
    ipAllowList: input.ipAllowList,
    requestsPerMinuteMax: REQUESTS_PER_MINUTE_DEFAULT,
    expiresAt: input.expiresAt,
  }).catch((error: unknown) => {
    if (sqlState(error) !== INVALID_TEXT_REPRESENTATION) throw error;
    const message = 'Each entry is an address or a range, as in 10.0.0.0/16.';
    throw new Refused('validation_failed', message, {
      details: { errors: [{ pointer: '/ipAllowList', code: 'value_not_allowed', message }] },
    });
  });
}

export async function revokeKey(tx: Tx, organisationId: string, id: string): Promise<void> {
  if (!(await revokeProgramKey(tx, organisationId, id)))
    throw new Refused('api_key_not_found', 'Your organisation has no valid API key with this id.');
}
