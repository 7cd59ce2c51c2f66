import type { Caller } from '@naru/core/access/access.ts';
import { createAccess } from '@naru/core/access/create-access.ts';
import { createDepositAddress } from '@naru/core/deposit/create-deposit-address.ts';
import { creditBalance } from '@naru/core/ledger/credit-balance.ts';
import type { Database } from '@naru/db/database.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { CodedError } from '@naru/kit/errors.ts';
import type { Hex } from '@naru/kit/hex.ts';

/** What the demo owner begins with, in whole units. */
const CREDITS = [
  ['USDC', '10000000'],
  ['USDT', '1000000'],
  ['ETH', '100'],
] as const;
const SCOPES = [
  'withdrawals:read',
  'withdrawals:write',
  'deposits:read',
  'deposits:write',
  'webhooks:read',
  'webhooks:write',
  'address-book:write',
  'admin',
];
/** A local stack is also where people try its speed. */
const REQUESTS_PER_MINUTE_MAX = 1_000_000;

const KEY = {
  name: 'local stack',
  network: 'test',
  scopes: SCOPES,
  requestsPerMinuteMax: REQUESTS_PER_MINUTE_MAX,
} as const;

/** The demo owner's API key: the one given, if this database knows it, else a new owner with a starting balance. */
export async function ensureDemoOwner(
  db: Database,
  knownKey: string | null,
): Promise<{ apiKey: string; isNew: boolean; depositAddress: Hex }> {
  const access = createAccess({ db, clock: systemClock });
  const known = knownKey === null ? null : await access.authenticate(knownKey, '127.0.0.1');
  if (knownKey !== null && known !== null && 'caller' in known) {
    const depositAddress = await ensureDepositAddress(db, known.caller);
    if (SCOPES.every((scope) => known.caller.scopes.includes(scope)))
      return { apiKey: knownKey, isNew: false, depositAddress };
    // Of a version that could do less.
    const { token } = await access.createApiKey({ ...KEY, organisationId: known.caller.organisationId });
    return { apiKey: token, isNew: false, depositAddress };
  }
  // To the minute, as names are unique and a stack whose state was lost makes another one.
  const madeAt = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const { id: organisationId } = await access.createOrganisation(`Demo owner ${madeAt}`);
  const key = await access.createApiKey({ ...KEY, organisationId });
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
  return { apiKey: key.token, isNew: true, depositAddress: await ensureDepositAddress(db, caller) };
}

/** Where the demo owner is paid: the key is fixed, so it is one address however often the stack starts. */
async function ensureDepositAddress(db: Database, caller: Caller): Promise<Hex> {
  const made = await createDepositAddress({ db }, caller, 'demo-deposit-address', {
    chain: 'localhost',
    label: 'demo',
    takesCoin: true,
  });
  if (made.kind === 'done') return made.value.address;
  throw new CodedError(
    'deposit_address_refused',
    `the demo owner got no deposit address: ${made.refusal.message}`,
  );
}
