import { writeFile } from 'node:fs/promises';
import { common } from '@naru/console/i18n/common.ts';
import { alarmTexts } from '@naru/console/views/alarms/alarm.texts.ts';
import { auditTexts } from '@naru/console/views/audit/audit.texts.ts';
import { reconciliationTexts } from '@naru/console/views/reconciliation/reconciliation.texts.ts';
import { createAuditDesk } from '@naru/core/audit/audit-desk.ts';
import { readCatalogue } from '@naru/core/chain/chain.store.ts';
import { recordFunding } from '@naru/core/ledger/record-funding.ts';
import {
  checkChains,
  checkHistory,
  checkInvariant,
  checkLedgerFull,
  checkLedgerReplay,
  checkReserves,
  checkSealing,
} from '@naru/core/reconciliation/check-invariants.ts';
import type { CheckResult, Invariant } from '@naru/core/reconciliation/invariants.ts';
import { makeReports } from '@naru/core/report/make-reports.ts';
import { connectPayoutChain } from '@naru/evm/connect-payout-chain.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import { systemClock } from '@naru/kit/clock.ts';
import { newUuid } from '@naru/kit/ids.ts';
import { silentLogger } from '@naru/kit/logger.ts';
import { sql } from 'kysely';
import type { Page } from 'playwright-core';
import { encodeFunctionData, parseAbi } from 'viem';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { choose } from '../support/choose.ts';
import { LOOKS } from '../support/desk.ts';
import { payTogether, until } from '../support/payouts.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';
import { type Stack, startStack } from '../support/stack.ts';
import { type Stage, setStage } from '../support/stage.ts';
import { bookVerbs } from './book-verbs.ts';

/** What people do who watch over the books: alarms, reconciliation, reports, the log, files; from the page and back. */
const CHAIN = 'localhost';
const WHY = 'a test of the console';
const DAYS_AGO = 2;
const [KOREAN, ENGLISH] = LOOKS;
const mintAbi = parseAbi(['function mint(address to, uint256 amount)']);

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let stage: Stage;
let stack: Stack;
let receiver: Receiver;

beforeAll(async () => {
  [stack, receiver] = await Promise.all([startStack({ accounts: 2 }), startReceiver()]);
  const keyFile = `${stack.signerHome.tokenFile}.alerts`;
  await writeFile(keyFile, 'k'.repeat(64));
  const alerts = { NARU_ALERT_KEY_FILE: keyFile };
  await stack.startWorker('processor,broadcaster,monitor,accounts');
  for (const { id } of await payTogether(stack, 3)) await until(stack, id, ['CONFIRMED']);
  await wasDaysAgo();
  await makeReports({ db: stack.database.db, clock: systemClock });
  [stage] = await Promise.all([setStage(stack, alerts), stack.startWorker('jobs', alerts)]);
});
afterAll(async () => {
  await stage?.stop();
  await receiver?.close();
});

/** All that has happened so far happened days ago, so that there is a report that is final. */
async function wasDaysAgo(): Promise<void> {
  const ago = sql`${`${DAYS_AGO} days`}::interval`;
  await stack.database.db.transaction().execute(async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx);
    await sql`UPDATE withdrawal_event SET at = at - ${ago}`.execute(tx);
    await sql`UPDATE ledger_transfer SET created_at = created_at - ${ago}`.execute(tx);
    await sql`UPDATE ledger_account SET created_at = created_at - ${ago}`.execute(tx);
  });
}

/** As Korea has it. */
function dayAgo(days: number): string {
  return new Date(Date.now() + (9 - 24 * days) * 3_600_000).toISOString().slice(0, 10);
}

/** Looks at what must hold as the jobs role does, now. */
async function look(...wanted: Invariant[]): Promise<void> {
  const { db } = stack.database;
  const deps = { db, logger: silentLogger };
  const { chains } = await readCatalogue(db);
  const chain = assertPresent(chains.get(CHAIN), 'chain');
  const { port, pool } = connectPayoutChain(
    { ...chain, payoutContract: stack.contracts.payoutContract },
    { urls: [stack.anvil.url], timeoutMs: 5_000, clock: systemClock, logger: silentLogger },
  );
  const checks: Partial<Record<Invariant, () => Promise<CheckResult>>> = {
    ledger_replay: () => checkLedgerReplay(db),
    ledger_full: () => checkLedgerFull(db),
    reserves: () => checkReserves(db, 'fast'),
    reserves_full: () => checkReserves(db, 'full'),
    chain_balance: () => checkChains(deps, [{ chain, port }], { lookAgainMs: 1 }),
    history_seals: () => checkHistory(db),
    sealing: () => checkSealing(db),
  };
  for (const invariant of wanted)
    await checkInvariant(deps, invariant, assertPresent(checks[invariant], invariant));
  pool.close();
}

/** Somebody pays an account of ours behind the back of the books. */
async function payBehindTheBooks(units: bigint): Promise<void> {
  const to = assertPresent(stack.signerHome.addresses[0], 'an account');
  await stack.devnet.send({
    to: stack.contracts.usdc,
    data: encodeFunctionData({ abi: mintAbi, functionName: 'mint', args: [to, units] }),
  });
}

const alarms = async () => (await stage.naru.admin.alarms.listPage({ limit: 50 })).data;
const found = async (subject: string) =>
  assertPresent(
    (await alarms()).find((one) => one.subject === subject && one.state === 'OPEN'),
    subject,
  );

/** Opens the alarm of the ledger and the chain. */
async function openAlarm(page: Page): Promise<void> {
  await page
    .locator('main')
    .getByRole('button', { name: /체인 잔액|Balances on chain/ })
    .first()
    .click();
}

test('an alarm is looked after and made quiet, and closes by itself when the books hold again', async () => {
  await payBehindTheBooks(1_250_000n);
  await look('chain_balance');
  const alarm = await found('localhost:USDC');

  const desk = await stage.sit('operator', KOREAN);
  const words = desk.words(alarmTexts);
  const page = await desk.open('/alarms');
  await openAlarm(page);
  // What the check wrote in English, in the language of the reader.
  await page
    .getByRole('dialog')
    .getByText(/원장 .*, 체인 .*, 이동 중 0/)
    .waitFor();
  await desk.inspect(page, '[role=dialog]');
  await desk.carryOut(page, {
    open: page.getByRole('dialog').getByRole('button', { name: words.acknowledge, exact: true }),
    title: words.acknowledgeTitle,
    reason: WHY,
    verb: words.acknowledge,
  });
  await page.getByText(words.ACKNOWLEDGED).first().waitFor();
  expect(await found(alarm.subject)).toMatchObject({ note: WHY, acknowledgedAt: expect.any(String) });
  await page.close();

  const phone = await stage.sit('operator', ENGLISH);
  const english = phone.words(alarmTexts);
  const small = await phone.open('/alarms');
  await openAlarm(small);
  await phone.carryOut(small, {
    open: small.getByRole('dialog').getByRole('button', { name: english.snooze, exact: true }),
    title: english.snoozeTitle,
    reason: WHY,
    verb: english.snooze,
    fill: (dialog) => choose(dialog, english.snoozeHours, english.hours('12')),
  });
  const quietUntil = Date.parse((await found(alarm.subject)).snoozedUntil ?? '');
  expect(quietUntil - Date.now()).toBeGreaterThan(11.9 * 3_600_000);
  await small.getByText(english.snoozedUntil).waitFor();
  await small.close();

  const viewer = await stage.sit('viewer', KOREAN);
  const seen = await viewer.open('/alarms');
  await openAlarm(seen);
  await seen.getByText(words.noScope).waitFor();
  expect(await seen.getByRole('button', { name: words.acknowledge }).count()).toBe(0);
  await seen.close();
});

test('while the books do not fit no day is signed off; once they do, each day is, once', async () => {
  const desk = await stage.sit('operator', KOREAN);
  const words = desk.words(reconciliationTexts);
  const page = await desk.open('/reconciliation');
  await page.getByText(words.signOffBlocked).waitFor();
  expect(await page.getByRole('button', { name: words.signOff }).isDisabled()).toBe(true);
  await page.getByText('1.25', { exact: true }).first().waitFor();
  await page.getByText(words.differs).first().waitFor();
  await desk.inspect(page);

  // The action that the page names: what came is recorded.
  await recordFunding(stack.database, { id: newUuid(), assetId: 'localhost:USDC', amount: 1_250_000n });
  await look('ledger_replay', 'ledger_full', 'reserves', 'reserves_full');
  await look('chain_balance', 'history_seals', 'sealing');
  expect((await alarms()).find(({ subject }) => subject === 'localhost:USDC')?.state).toBe('CLOSED');
  await page.reload();
  await page.getByText(words.okTitle).waitFor();
  const day = dayAgo(1);
  await desk.carryOut(page, {
    open: page.getByRole('button', { name: words.signOff, exact: true }),
    title: words.signOffTitle,
    reason: WHY,
    verb: words.signOff,
    async fill(dialog) {
      await dialog.getByLabel(words.day).fill(dayAgo(0));
      await dialog.getByText(words.dayProblem).first().waitFor();
      await dialog.getByLabel(words.day).fill(day);
    },
  });
  await page.getByText(day, { exact: true }).waitFor();
  expect((await stage.naru.admin.reconciliation.get()).signOffs).toMatchObject([{ day, note: WHY }]);
  await page.close();

  const phone = await stage.sit('operator', ENGLISH);
  const english = phone.words(reconciliationTexts);
  const small = await phone.open('/reconciliation');
  await small.getByRole('button', { name: english.signOff, exact: true }).click();
  const dialog = small.getByRole('dialog', { name: english.signOffTitle });
  await dialog.getByLabel(phone.words(common).reason).fill('and once more');
  await dialog.getByRole('button', { name: english.signOff, exact: true }).click();
  await dialog.getByRole('alert').getByText(day).waitFor();
  expect(await dialog.getByLabel(phone.words(common).reason).inputValue()).toBe('and once more');
  await phone.inspect(small, '[role=dialog]');
  await small.close();

  const past = await phone.open('/alarms?state=CLOSED');
  await past.getByText(phone.words(alarmTexts).CLOSED).first().waitFor();
  await past.close();
});

test('a channel is added, tested and removed; a bad address is told in place', async () => {
  for (const [index, look] of LOOKS.entries()) {
    const desk = await stage.sit('admin', look);
    const words = desk.words(alarmTexts);
    const page = await desk.open('/alarms/channels');
    const name = `pager-${look.locale}`;
    await desk.carryOut(page, {
      open: page.getByRole('button', { name: words.add, exact: true }),
      title: words.addTitle,
      verb: words.add,
      async fill(dialog) {
        const press = () => dialog.getByRole('button', { name: words.add, exact: true }).click();
        await press();
        await dialog.getByRole('alert').getByText(words.channelNameProblem).waitFor();
        await dialog.getByLabel(words.channelName).fill(name);
        await dialog.getByLabel(words.url).fill('ftp://example.com');
        await press();
        await dialog.getByRole('alert').getByText('/url').waitFor();
        await dialog.getByLabel(words.url).fill(`${receiver.url}/${name}`);
        await choose(dialog, words.level, words.critical);
      },
    });
    const once = page.getByRole('dialog', { name: words.secretTitle });
    await once.waitFor();
    await desk.inspect(page, '[role=dialog]');
    await once
      .getByRole('button', { name: desk.words(common).close })
      .last()
      .click();
    await once.waitFor({ state: 'hidden' });
    expect(await stage.naru.admin.alertChannels.list()).toMatchObject([{ name, severity: 'critical' }]);

    if (index === 1) receiver.answer = 'hang-up';
    await desk.carryOut(page, {
      open: page.getByRole('button', { name: words.test, exact: true }),
      title: `${name}: ${words.testTitle}`,
      verb: words.test,
    });
    await page.getByText(index === 1 ? words.pending : words.sent, { exact: true }).waitFor();
    if (index === 0) expect(receiver.received.map(({ path }) => path)).toContain(`/${name}`);
    await desk.carryOut(page, {
      open: page.getByRole('button', { name: words.remove, exact: true }),
      title: `${name}: ${words.removeTitle}`,
      verb: words.remove,
    });
    await page.getByText(words.channelsEmpty).waitFor();
    expect(await stage.naru.admin.alertChannels.list()).toEqual([]);
    await page.close();
  }
  const operator = await stage.sit('operator', KOREAN);
  const seen = await operator.open('/alarms/channels');
  await seen.getByText(operator.words(alarmTexts).noAdmin).waitFor();
  await seen.close();
});

test('the log is narrowed, an entry opened and followed, and history verified', async () => {
  const desk = await stage.sit('auditor', KOREAN);
  const words = desk.words(auditTexts);
  const page = await desk.open('/audit');
  await page.getByLabel(words.action, { exact: true }).fill('alarm.acknowledge');
  await page.waitForURL(/action=alarm\.acknowledge/);
  const row = page.getByRole('button', { name: 'alarm.acknowledge' });
  await row.waitFor();
  expect(await row.count()).toBe(1);
  await row.click();
  const dialog = page.getByRole('dialog', { name: 'alarm.acknowledge' });
  await dialog.getByText(WHY).first().waitFor();
  await desk.inspect(page, '[role=dialog]');
  await dialog.getByText(words.raw).click();
  await dialog.getByText('"requestId"').waitFor();
  await dialog.getByRole('link', { name: words.sameRequest }).click();
  await page.waitForURL(/requestId=/);
  await dialog.waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'alarm.update' }).or(row).first().waitFor();
  await page.getByRole('button', { name: desk.words(common).clearFilters }).click();
  await page.waitForURL((url) => url.search === '');
  await page.getByLabel(words.actor, { exact: true }).fill('api_key:key_00000000000000000000000000');
  await page.getByText(desk.words(common).emptyFiltered).waitFor();
  await page.close();

  const phone = await stage.sit('auditor', ENGLISH);
  const english = phone.words(auditTexts);
  const small = await phone.open('/audit/verification');
  await phone.carryOut(small, {
    open: small.getByRole('button', { name: english.verify, exact: true }),
    title: english.verifyTitle,
    reason: WHY,
    verb: english.verify,
  });
  await small.getByText(english.ok, { exact: true }).waitFor();
  await small.getByText(english.DONE, { exact: true }).waitFor();
  const { verifications } = await createAuditDesk(stack.database).state();
  expect(verifications).toMatchObject([{ state: 'DONE', ok: true, problems: [] }]);
  await phone.inspect(small);
  await small.close();
});

bookVerbs(() => stage, dayAgo(DAYS_AGO));

test('nothing went wrong in any page', () => {
  expect(stage.wrong()).toEqual([]);
});
