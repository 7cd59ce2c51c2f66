import type { Caller } from '@naru/core/access/access.ts';
import { createAccess } from '@naru/core/access/create-access.ts';
import { creditBalance } from '@naru/core/ledger/credit-balance.ts';
import type { Database } from '@naru/db/database.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { createNaru, type Naru } from '@naru/sdk/create-naru.ts';
import type { Stack } from './stack.ts';

/** An owner with money of every asset and a key that may do everything. */
export async function createOwner(
  db: Database,
  name = 'Test owner',
): Promise<{ caller: Caller; apiKey: string }> {
  const access = createAccess({ db, clock: systemClock });
  const { id: organisationId } = await access.createOrganisation(name);
  const scopes = [
    'withdrawals:read',
    'withdrawals:write',
    'deposits:read',
    'deposits:write',
    'webhooks:read',
    'webhooks:write',
    'address-book:write',
    'admin',
  ];
  const requestsPerMinuteMax = 1_000_000;
  const key = await access.createApiKey({
    organisationId,
    name: 'test',
    network: 'test',
    scopes,
    requestsPerMinuteMax,
  });
  const caller: Caller = { organisationId, apiKeyId: key.id, network: 'test', scopes, requestsPerMinuteMax };
  for (const [asset, amount] of [
    ['USDC', '10000000'],
    ['USDT', '1000000'],
    ['ETH', '100'],
  ] as const) {
    const credit = await creditBalance({ db }, caller, `seed-${asset}`, {
      organisationId,
      chain: 'localhost',
      asset,
      amount,
      note: null,
    });
    if (credit.kind === 'refused') throw new Error(`credit of ${asset}: ${credit.refusal.message}`);
  }
  return { caller, apiKey: key.token };
}

/** A client with a key of the stack's owner that is held by somebody, with these scopes and no others. */
export async function clientOf(
  stack: Stack,
  api: { url: string },
  holder: string,
  scopes: string[],
): Promise<Naru> {
  const access = createAccess({ db: stack.database.db, clock: systemClock });
  const { organisationId } = stack.caller;
  const key = await access.createApiKey({ organisationId, name: holder, network: 'test', scopes, holder });
  return createNaru({ baseUrl: api.url, apiKey: key.token });
}
