import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createAccess } from '@naru/core/access/create-access.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { createNaru, type Naru } from '@naru/sdk/create-naru.ts';
import { isNaruApiError, type NaruApiError } from '@naru/sdk/errors.ts';
import { getAddress } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { randomAddress } from '../support/payouts.ts';
import { runNaru } from '../support/run-naru.ts';
import { deploySanctionsOracle } from '../support/sanctions-oracle.ts';
import { eventually, type Stack, startStack } from '../support/stack.ts';

/** Each rule refused and allowed, through the SDK and nothing else, with the reason that an operator reads. */
let stack: Stack;
let naru: Naru;
let korean: Naru;
let approver: Naru;
let dir: string;
/** As they are shown. */
const newAddress = () => getAddress(randomAddress());
const sanctioned = newAddress();
const mixer = newAddress();

beforeAll(async () => {
  stack = await startStack({ accounts: 2 });
  dir = await mkdtemp(path.join(tmpdir(), 'naru-policy-'));
  const listFile = path.join(dir, 'list.csv');
  await writeFile(listFile, `address,source,date,category\n${mixer},house list,2026-02-01,mixer\n`);
  const oracle = await deploySanctionsOracle(stack.devnet, [sanctioned]);
  const api = await stack.startApi();
  await stack.startWorker('processor,broadcaster,monitor,accounts', {
    NARU_SANCTIONS_ORACLE_LOCALHOST: oracle,
    NARU_SANCTIONS_LIST_FILE: listFile,
  });
  const client = (apiKey: string, language: 'en' | 'ko' = 'en') =>
    createNaru({ baseUrl: api.url, apiKey, language });
  naru = client(stack.apiKey);
  korean = client(stack.apiKey, 'ko');
  approver = client(await makeApproverKey());
  await naru.admin.exchangeRates.setPair({ base: 'USDC', quote: 'USD', source: 'OPERATOR' });
  await naru.admin.exchangeRates.setPair({ base: 'USD', quote: 'KRW', source: 'OPERATOR' });
  await naru.admin.exchangeRates.set({ base: 'USDC', quote: 'USD', rate: '1' });
  await naru.admin.exchangeRates.set({ base: 'USD', quote: 'KRW', rate: '1350' });
});
afterAll(async () => {
  await stack?.stop();
  await rm(dir, { recursive: true, force: true });
});

async function makeApproverKey(): Promise<string> {
  const access = createAccess({ db: stack.database.db, clock: systemClock });
  const { token } = await access.createApiKey({
    organisationId: stack.caller.organisationId,
    name: 'approver',
    network: 'test',
    scopes: ['approvals:read', 'approvals:write'],
    holder: 'lee',
    requestsPerMinuteMax: 10_000,
  });
  return token;
}

const own = () => toPublicId('organisation', stack.caller.organisationId);
const pay = (to: string, amount = '1', by = naru) =>
  by.withdrawals.create({ chain: 'localhost', asset: 'USDC', to, amount });
const until = (id: string, ...states: ('CONFIRMED' | 'REVIEW' | 'FAILED')[]) =>
  naru.withdrawals.waitFor(id, { until: states, timeoutMs: 30_000 });

/** At the command line, on the database. */
const operatorReads = async (...args: string[]) =>
  (await runNaru(args, { DATABASE_URL: stack.database.url })).out;

async function refusalOf(call: Promise<unknown>): Promise<NaruApiError> {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!isNaruApiError(error)) throw new Error(`not refused: ${String(error)}`);
  return error;
}

/** In force from the moment that the answer names, on every process. */
async function activate(document: Parameters<Naru['admin']['policies']['create']>[0]['document']) {
  const draft = await naru.admin.policies.create({ organisationId: own(), document, note: 'test' });
  const active = await naru.admin.policies.activate(draft.id);
  const begins = Date.parse(active.effectiveAt ?? '');
  await eventually('the policy is in force', async () => (Date.now() >= begins ? true : null));
  return active;
}

test('a tier: too much for one withdrawal is refused with what it is worth, in English and Korean', async () => {
  const open = { dailyKrwMax: null, monthlyKrwMax: null, dailyCountMax: null, monthlyCountMax: null };
  await naru.admin.tiers.set({ ...open, code: 'standard', name: 'Standard', perWithdrawalKrwMax: '5000000' });
  await naru.admin.tiers.assign({ organisationId: own(), code: 'standard' });
  expect(await naru.admin.tiers.list()).toMatchObject([{ code: 'standard', organisations: 1 }]);
  const to = newAddress();
  const refused = await eventually('the tier holds', async () => {
    const answer = await pay(to, '4000').catch((error: unknown) => error);
    return isNaruApiError(answer, 'limit_exceeded') ? answer : null;
  });
  expect(refused.message).toContain('worth ₩5,400,000; your limit for one withdrawal is ₩5,000,000.');
  expect((await refusalOf(pay(to, '4000', korean))).message).toContain(
    '한 번에 ₩5,000,000까지 출금할 수 있어요.',
  );
  await until((await pay(to)).id, 'CONFIRMED');
  // What was refused is not counted.
  expect(await operatorReads('tiers', 'show', own())).toMatch(/today +₩1,350 of –, 1 withdrawal of –/);
});

test('a blocked address is refused, and paid once it is unblocked', async () => {
  const to = newAddress();
  const blocked = await naru.admin.blockList.add({ chain: null, address: to, reason: 'ticket 12' });
  const refused = await eventually('the block holds', async () => {
    const answer = await pay(to).catch((error: unknown) => error);
    return isNaruApiError(answer, 'address_blocked') ? answer : null;
  });
  expect(refused.message).toContain(to);
  expect(await naru.admin.blockList.list({ address: to })).toMatchObject([
    { id: blocked.id, reason: 'ticket 12' },
  ]);
  expect(await operatorReads('blocked', 'list', to)).toMatch(
    new RegExp(`${blocked.id}.*every chain.*ticket 12`),
  );
  await naru.admin.blockList.remove(blocked.id);
  await until((await pay(to)).id, 'CONFIRMED');
});

test('allow-only: an unknown address and one that cools off are refused', async () => {
  await activate({ addressBook: { mode: 'ALLOW_ONLY', coolingOffHours: 24 } });
  const to = newAddress();
  expect((await refusalOf(pay(to))).code).toBe('address_not_allowed');
  const entry = await naru.addressBook.add({ chain: 'localhost', address: to, label: 'cold storage' });
  const refused = await refusalOf(pay(to));
  expect(refused.code).toBe('address_cooling_off');
  expect(refused.message).toContain(
    `can be paid from ${new Date(Date.parse(entry.createdAt) + 86_400_000).toISOString()} on`,
  );
  await naru.addressBook.remove(entry.id);
  const left = [];
  for await (const one of naru.addressBook.list()) left.push(one);
  expect(left).toEqual([]);
});

test('screening, velocity, risk and approval: allowed, reviewed and denied, each with its reason', async () => {
  const version = await activate({
    addressBook: { mode: 'ALLOW_ONLY', coolingOffHours: 0 },
    screening: { sources: ['ORACLE', 'LIST'] },
    velocity: [
      { name: 'two an hour to an address', per: 'ADDRESS', windowMinutes: 60, countMax: 2, action: 'DENY' },
    ],
    risk: { reviewAt: 50, categories: { mixer: 60 }, newDestination: 10 },
    approvals: { steps: [{ fromKrw: '1350000', quorum: 1 }], expiresInHours: 1 },
  });
  const known = async (to: string) => {
    await naru.addressBook.add({ chain: 'localhost', address: to, label: 'known' });
    return to;
  };
  const to = await known(newAddress());

  const allowed = await pay(to);
  await until(allowed.id, 'CONFIRMED');
  expect(await naru.withdrawals.decision(allowed.id)).toMatchObject({
    verdict: 'ALLOW',
    approvalsRequired: 0,
  });
  expect(await naru.admin.decision(allowed.id)).toMatchObject({
    policyId: version.id,
    policyNumber: version.number,
    score: 10,
    reasons: [{ code: 'risk_new_destination', points: 10 }],
    inputs: {
      amountKrw: '1350',
      screening: [
        { source: 'ORACLE', answer: 'CLEAR' },
        { source: 'LIST', answer: 'CLEAR' },
      ],
    },
  });

  // Approved by another person, and paid.
  const large = await pay(to, '1000');
  await until(large.id, 'REVIEW');
  expect((await naru.admin.decision(large.id)).reasons).toMatchObject([
    { code: 'approval_required', text: '₩1,350,000 needs the approval of one person' },
  ]);
  const [review] = (await approver.reviews.listPage({ withdrawalId: large.id })).data;
  if (review === undefined) throw new Error('no review');
  await approver.reviews.approve(review);
  const told = await operatorReads('inspect', large.id, '--offline');
  for (const text of [
    `Rules  REVIEW by version ${version.number} of the rules, risk score 0, 1 approval needed`,
    'approval_required: ₩1,350,000 needs the approval of one person',
    'worth ₩1350000 when it was accepted',
    `${review.id}  APPROVED, 1 of 1 approved`,
  ])
    expect(told).toContain(text);
  await until(large.id, 'CONFIRMED');

  const third = await pay(to);
  expect((await until(third.id, 'FAILED')).failure).toMatchObject({
    code: 'policy_denied',
    retryable: false,
  });
  expect((await naru.admin.decision(third.id)).reasons[0]).toMatchObject({
    code: 'velocity',
    text: 'two an hour to an address: 3 withdrawals in 60 minutes to this address, 2 are allowed',
  });

  const listed = await pay(await known(sanctioned));
  await until(listed.id, 'FAILED');
  expect((await naru.admin.decision(listed.id)).reasons[0]).toMatchObject({
    code: 'sanctioned',
    text: expect.stringContaining(`ORACLE lists ${sanctioned} as sanctioned: isSanctioned at 0x`),
  });

  const risky = await pay(await known(mixer));
  await until(risky.id, 'REVIEW');
  expect(await naru.admin.decision(risky.id)).toMatchObject({
    verdict: 'REVIEW',
    score: 70,
    reasons: [
      { code: 'risk_score', text: 'the risk score is 70, from 50 on it is reviewed' },
      { code: 'risk_new_destination' },
      { code: 'risk_category', text: 'LIST says "mixer" of the address', points: 60 },
    ],
  });
  await naru.withdrawals.cancel(risky.id);

  const report = await naru.admin.policies.dryRun(version.id, { days: 1 });
  const verdictOf = (happened: string) =>
    report.changes
      .filter((change) => change.happened === happened)
      .map(({ verdict, count }) => `${verdict} ${count}`);
  expect([verdictOf('ALLOW'), verdictOf('REVIEW'), verdictOf('DENY')]).toEqual([
    ['ALLOW 1'],
    ['REVIEW 2'],
    ['DENY 2'],
  ]);
});

test('the fee of a token that follows gas is made with the same rates, and refused without one', async () => {
  const usdc = { chain: 'localhost', asset: 'USDC' };
  const { exchangeRates, withdrawalFees } = naru.admin;
  const terms = { gasPercent: 100 };
  const charge = (seenVersion: number) =>
    withdrawalFees.change({ ...usdc, terms, seenVersion, reason: 'gas' });
  const missing = await refusalOf(charge(0));
  expect(missing.problem.errors).toMatchObject([{ pointer: '/gasPercent', code: 'rate_missing' }]);
  // The coin against the won, the token against the dollar: over USD/KRW.
  await exchangeRates.setPair({ base: 'ETH', quote: 'KRW', source: 'OPERATOR' });
  await exchangeRates.set({ base: 'ETH', quote: 'KRW', rate: '2700000' });
  await charge(0);
  const quoted = await eventually('the fee of the token is in force', async () => {
    const asked = await naru.withdrawals.quote({ ...usdc, amount: '1' }).catch(() => null);
    return asked === null || asked.fee === '0' ? null : asked;
  });
  expect(quoted).toMatchObject({ accepted: true });
  expect(await operatorReads('fees', 'list')).toContain(
    'Gas of localhost:USDC: 1 ETH is 2,000 USDC by the rates (ETH/KRW, USD/KRW, USDC/USD).',
  );
  await withdrawalFees.change({ ...usdc, terms: null, seenVersion: 1, reason: 'over' });
});

test('rules that end govern nothing more', async () => {
  const [active] = await naru.admin.policies.list({ organisationId: own(), state: 'ACTIVE' });
  const ended = await naru.admin.policies.retire(active?.id ?? '');
  const ends = Date.parse(ended.endsAt ?? '');
  await eventually('the policy has ended', async () => (Date.now() >= ends ? true : null));
  const free = await pay(randomAddress());
  await until(free.id, 'CONFIRMED');
  expect((await refusalOf(naru.withdrawals.decision(free.id))).code).toBe('decision_not_found');
  expect(
    (await naru.admin.exchangeRates.list()).map(
      ({ base, quote, staleness }) => `${base}/${quote} ${staleness}`,
    ),
  ).toEqual(['ETH/KRW fresh', 'USD/KRW fresh', 'USDC/USD fresh']);
});
