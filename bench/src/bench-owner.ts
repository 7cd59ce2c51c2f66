import type { Caller } from '@naru/core/access/access.ts';
import { createAccess } from '@naru/core/access/create-access.ts';
import { creditBalance } from '@naru/core/ledger/credit-balance.ts';
import type { Database } from '@naru/db/database.ts';
import { systemClock } from '@naru/kit/clock.ts';

/** Of a key: far above what any measurement sends, so that no figure is a figure of refusals. */
const REQUESTS_PER_MINUTE_MAX = 10_000_000;
/** A quarter of what the sub-accounts hold. Whole USDC. */
const CREDIT = '10000000';

/** An owner with money and a key that may do what the measurements do. */
export async function createBenchOwner(db: Database): Promise<{ caller: Caller; apiKey: string }> {
  const access = createAccess({ db, clock: systemClock });
  const { id: organisationId } = await access.createOrganisation('Bench');
  const scopes = ['withdrawals:read', 'withdrawals:write', 'webhooks:read', 'webhooks:write', 'admin'];
  const key = await access.createApiKey({
    organisationId,
    name: 'bench',
    network: 'test',
    scopes,
    requestsPerMinuteMax: REQUESTS_PER_MINUTE_MAX,
  });
  const caller: Caller = {
    organisationId,
    apiKeyId: key.id,
    network: 'test',
    scopes,
    requestsPerMinuteMax: REQUESTS_PER_MINUTE_MAX,
  };
  const credit = await creditBalance({ db }, caller, 'bench-credit', {
    organisationId,
    chain: 'localhost',
    asset: 'USDC',
    amount: CREDIT,
    note: null,
  });
  if (credit.kind === 'refused') throw new Error(`credit of the bench owner: ${credit.refusal.message}`);
  return { caller, apiKey: key.token };
}
