import { type Database, withTransaction } from '@naru/db/database.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { type PolicyDocumentInput, policyDocument } from '@naru/wire/policy-document.ts';
import { sql } from 'kysely';
import type { Caller } from '../access/access.ts';
import { readCatalogue } from '../chain/chain.store.ts';
import { insertObservation, readPairs, upsertPair } from '../exchange-rate/exchange-rate.store.ts';
import { createWithdrawals } from '../withdrawal/create-withdrawals.ts';
import { doneValue, RECIPIENT, requestOf } from '../withdrawal/withdrawal.fixture.ts';
import type { Facts, HistoryRow, Tier } from './policy.ts';
import { readRules } from './rules.ts';
import { type TakenUp, takeUp } from './take-up.ts';
import { assignTier, upsertTier } from './tier.store.ts';

const E18 = 10n ** 18n;

/** USDC at one dollar and the dollar at 1,350 won, both of `ageMs` ago; fresh for an hour, usable for a day. */
export async function setRates(db: Database, ageMs = 0): Promise<void> {
  const observedAt = new Date(Date.now() - ageMs);
  for (const [base, quote, rate] of [
    ['USDC', 'USD', 1n],
    ['USD', 'KRW', 1_350n],
  ] as const) {
    const pair = { base, quote, source: 'OPERATOR', feed: null } as const;
    await withTransaction(db, (tx) =>
      upsertPair(tx, { ...pair, freshSeconds: 3_600n, usableSeconds: 86_400n, marginBps: 1_000 }),
    );
    await sql`DELETE FROM exchange_rate WHERE base = ${base} AND quote = ${quote}`.execute(db);
    await insertObservation(db, pair, { rateE18: rate * E18, observedAt, detail: 'test' }, 'test');
  }
  await readPairs(db);
}

export const openTier: Tier = {
  code: 'open',
  name: 'Open',
  perWithdrawalKrwMax: null,
  dailyKrwMax: null,
  monthlyKrwMax: null,
  dailyCountMax: null,
  monthlyCountMax: null,
};

export async function giveTier(db: Database, organisationId: string, tier: Partial<Tier>): Promise<void> {
  const code = `t-${newUuid().slice(-12)}`;
  await withTransaction(db, async (tx) => {
    await upsertTier(tx, { ...openTier, ...tier, code });
    await assignTier(tx, organisationId, code);
  });
}

/** A version in force from the beginning of time on, as if it had been activated long ago. */
export async function giveActivePolicy(
  db: Database,
  organisationId: string | null,
  document: PolicyDocumentInput,
): Promise<string> {
  const id = newUuid();
  const whole = JSON.stringify(policyDocument.parse(document));
  await sql`
    UPDATE policy_version SET state = 'RETIRED', ends_at = clock_timestamp()
     WHERE organisation_id IS NOT DISTINCT FROM ${organisationId}::uuid AND state = 'ACTIVE'`.execute(db);
  await sql`
    INSERT INTO policy_version (id, organisation_id, number, state, document, author, effective_at)
    SELECT ${id}, ${organisationId}, 1 + coalesce(max(number), 0), 'ACTIVE', ${whole}::json, 'test',
           coalesce(max(ends_at), now() - interval '1 day')
      FROM policy_version WHERE organisation_id IS NOT DISTINCT FROM ${organisationId}::uuid`.execute(db);
  return id;
}

/** One step of the processor: takes up what waits. */
export async function takeUpAll(db: Database, now?: () => Date): Promise<TakenUp> {
  const { assets } = await readCatalogue(db);
  const rules = await readRules(db);
  const target = { chainId: 'localhost', assets, rules: now === undefined ? rules : { ...rules, now } };
  return await takeUp({ db }, target, 2_000);
}

export const FACTS_AT = new Date('2026-03-02T05:00:00Z');

/** A withdrawal of 1,350,000 won with nothing against it. */
export function factsOf(changes: Partial<Facts> = {}): Facts {
  return {
    id: newUuid(),
    at: FACTS_AT,
    chainId: 'localhost',
    assetId: 'localhost:USDC',
    amount: 1_000_000_000n,
    to: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    amountKrw: 1_350_000n,
    unvaluedWhy: null,
    isKnownDestination: true,
    inBookSince: new Date('2026-01-01T00:00:00Z'),
    blockedWhy: null,
    screening: [],
    history: [],
    isHistoryCut: false,
    addressHistory: [],
    isAddressHistoryCut: false,
    ...changes,
  };
}

export function historyRowOf(minutesAgo: number, changes: Partial<HistoryRow> = {}): HistoryRow {
  const at = new Date(FACTS_AT.getTime() - minutesAgo * 60_000);
  return {
    id: newUuid(),
    at,
    to: '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed',
    chainId: 'localhost',
    assetId: 'localhost:USDC',
    amount: 1_000_000_000n,
    amountKrw: 1_350_000n,
    confirmedAt: at,
    failedAt: null,
    ...changes,
  };
}

/** Denied above 1,350,000 won in a day, two people from 135,000 won on. */
export const dayRules = policyDocument.parse({
  velocity: [
    { name: 'a day', per: 'ORGANISATION', windowMinutes: 1_440, amountKrwMax: '1350000', action: 'DENY' },
  ],
  approvals: { steps: [{ fromKrw: '135000', quorum: 2 }] },
});

/** Asks for a withdrawal at an instance that has kept nothing of the rules yet; its id. */
export async function submitFresh(
  db: Database,
  owner: Caller,
  amount: string,
  to: string = RECIPIENT,
): Promise<string> {
  const fresh = createWithdrawals({ db });
  return doneValue(await fresh.request(owner, newUuid(), requestOf({ amount, to }))).id;
}
