import { createAccess } from '@naru/core/access/create-access.ts';
import { creditBalance } from '@naru/core/ledger/credit-balance.ts';
import type { Database } from '@naru/db/database.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { CodedError } from '@naru/kit/errors.ts';

/** What the demo owner begins with, in whole units. */
const CREDITS = [
  ['USDC', '10000000'],
  ['USDT', '1000000'],
  ['ETH', '100'],
] as const;
const SCOPES = ['withdrawals:read', 'withdrawals:write', 'address-book:write', 'admin'];
/** A local stack is also where people try its speed. */
const REQUESTS_PER_MINUTE_MAX = 1_000_000;

/** The demo owner's API key: the one given, if this database knows it, else a new owner with a starting balance. */
export async function ensureDemoOwner(
  db: Database,
  knownKey: string | null,
): Promise<{ apiKey: string; isNew: boolean }> {
  const access = createAccess({ db, clock: systemClock });
  if (knownKey !== null && 'caller' in (await access.authenticate(knownKey, '127.0.0.1')))
    return { apiKey: knownKey, isNew: false };
  const suffix = new Date().toISOString();
  const { id: organisationId } = await access.createOrganisation(`Demo owner, ${suffix}`);
  const key = await access.createApiKey({
    organisationId,
    name: 'local stack',
    network: 'test',
    scopes: SCOPES,
    requestsPerMinuteMax: REQUESTS_PER_MINUTE_MAX,
  });
  const caller = {
    organisationId,
    apiKeyId: key.id,
    network: 'test' as const,
    scopes: SCOPES,
    requestsPerMinuteMax: REQUESTS_PER_MINUTE_MAX,
  };
  for (const [asset, amount] of CREDITS) {
    const credit = await creditBalance({ db }, caller, `starting-balance-${asset}`, {
      organisationId,
      chain: 'localhost',
      asset,
      amount,
      note: 'starting balance of the demo owner',
    });
    if (credit.kind === 'refused')
      throw new CodedError(
        'credit_refused',
        `the demo owner could not be credited: ${credit.refusal.message}`,
      );
  }
  return { apiKey: key.token, isNew: true };
}
