import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { formatAmount } from '@naru/console/format/number.ts';
import { common } from '@naru/console/i18n/common.ts';
import { problemTexts } from '@naru/console/primitives/problem.texts.ts';
import { accountTexts } from '@naru/console/views/accounts/account.texts.ts';
import { depositTexts } from '@naru/console/views/deposits/deposit.texts.ts';
import { ledgerTexts } from '@naru/console/views/ledger/ledger.texts.ts';
import { reservesTexts } from '@naru/console/views/reserves/reserves.texts.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { Locator, Page } from 'playwright-core';
import { encodeFunctionData, getAddress, type Hex, parseAbi, parseEther, parseUnits } from 'viem';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { choose } from '../support/choose.ts';
import { type Desk, LOOKS } from '../support/desk.ts';
import { runNaru } from '../support/run-naru.ts';
import { eventually, startStack } from '../support/stack.ts';
import { type Stage, setStage } from '../support/stage.ts';
import { treasuryVerbs } from './treasury-verbs.ts';

/** What people do with the money of the house: each verb from the page to the chain and back. */
const CHAIN = 'localhost';
const WHY = 'a test of the console';
const [KOREAN, ENGLISH] = LOOKS;
const tokenAbi = parseAbi(['function mint(address to, uint256 amount)']);
const usdc = (whole: number) => parseUnits(String(whole), 6);

vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let stage: Stage;
let env: Record<string, string>;

beforeAll(async () => {
  const stack = await startStack({
    accounts: 4,
    spareKeys: 1,
    deposits: true,
    reserve: {
      MAIN: { coinWei: parseEther('500'), token: usdc(12_000_000) },
      GAS: { coinWei: parseEther('100'), token: 0n },
      PAYOUT: { coinWei: parseEther('20'), token: usdc(100) },
    },
  });
  env = { DATABASE_URL: stack.database.url, NARU_RPC_LOCALHOST: stack.anvil.url };
  [stage] = await Promise.all([setStage(stack), stack.startWorker('processor,broadcaster,monitor,accounts')]);
});
afterAll(() => stage?.stop());

const mint = (to: string, amount: bigint) =>
  stage.stack.devnet.send({
    to: stage.stack.contracts.usdc,
    data: encodeFunctionData({ abi: tokenAbi, functionName: 'mint', args: [to as Hex, amount] }),
  });
const accounts = () => stage.naru.admin.subAccounts.list({ chain: CHAIN });
const account = async (address: string) =>
  assertPresent(
    (await accounts()).find((one) => one.address === address),
    address,
  );
const transfers = async () =>
  (await stage.naru.admin.subAccounts.transfers({ chain: CHAIN, limit: 100 })).data;
const inState = (address: string, state: string) =>
  eventually(
    `${address} ${state}`,
    async () => ((await account(address)).state === state ? true : null),
    60_000,
  );

/** Opens the menu of an account, and is at one of its entries. */
async function entry(page: Page, menu: string, name: string): Promise<Locator> {
  await page.getByRole('button', { name: menu, exact: true }).click();
  return page.getByRole('menuitem', { name });
}

test('thresholds are set, changed and removed; a bad one is told in place', async () => {
  const desk = await stage.sit('admin', KOREAN);
  const words = desk.words(accountTexts);
  const page = await desk.open('/accounts?tab=thresholds');
  await desk.carryOut(page, {
    open: page.getByRole('button', { name: words.setThreshold, exact: true }),
    title: words.setThreshold,
    reason: WHY,
    verb: words.setThreshold,
    async fill(dialog) {
      await dialog.getByRole('button', { name: words.setThreshold, exact: true }).click();
      await dialog.getByRole('alert').getByText(words.badAsset).waitFor();
      await dialog.getByLabel(words.asset).fill('USDC');
      await dialog.getByLabel(words.low).fill('2000');
      await dialog.getByLabel(words.target).fill('1000');
      await dialog.getByText(words.badLevels).first().waitFor();
      await dialog.getByLabel(words.low).fill('500');
    },
  });
  await page.getByText(words.everyRole(words.PAYOUT)).first().waitFor();
  expect(await stage.naru.admin.subAccounts.thresholds.list()).toMatchObject([
    { asset: 'USDC', role: 'PAYOUT', purpose: 'BALANCE', low: '500', target: '1000', high: null },
  ]);

  const menu = `${words.verbs}: USDC ${words.PAYOUT} BALANCE`;
  await desk.carryOut(page, {
    open: await entry(page, menu, words.changeThreshold),
    title: words.setThreshold,
    reason: WHY,
    verb: words.setThreshold,
    fill: (dialog) => dialog.getByLabel(words.high).fill('20000'),
  });
  await page.getByText('20,000', { exact: true }).waitFor();
  // What is below is filled from the main account, and listed.
  await eventually(
    'both are filled',
    async () => ((await transfers()).filter(({ state }) => state === 'CONFIRMED').length === 2 ? true : null),
    60_000,
  );
  await page.getByRole('tab', { name: words.transfers }).click();
  await page.getByText(words.CONFIRMED).first().waitFor();

  await page.getByRole('tab', { name: words.thresholds }).click();
  await desk.carryOut(page, {
    open: await entry(page, menu, words.removeThreshold),
    title: words.removeThresholdTitle,
    reason: WHY,
    verb: words.removeThreshold,
  });
  await page.getByText(words.thresholdsEmpty).waitFor();
  expect(await stage.naru.admin.subAccounts.thresholds.list()).toEqual([]);
  await page.close();
});

test('an account is topped up once though its answers are lost, paused, resumed, drained and retired; another joins', async () => {
  const desk = await stage.sit('admin', KOREAN);
  const words = desk.words(accountTexts);
  const [one, other] = (await accounts()).filter(({ role }) => role === 'PAYOUT');
  const { address } = assertPresent(one, 'a payout account');
  const menu = `${words.verbs}: ${address}`;
  const page = await desk.open('/accounts');
  const change = async (label: string, title: string) =>
    await desk.carryOut(page, { open: await entry(page, menu, label), title, reason: WHY, verb: label });

  // The server does it; nobody hears of it, until the same request is asked for once more.
  const before = (await transfers()).length;
  await page.route(/\/top-ups$/, async (route) => {
    await route.fetch();
    await route.abort();
  });
  await (await entry(page, menu, words.topUp)).click();
  const dialog = page.getByRole('dialog', { name: words.topUp });
  await choose(dialog, words.asset, 'USDC');
  await dialog.getByLabel(words.amount).fill('250.5');
  await dialog.getByLabel(desk.words(common).reason).fill(WHY);
  await dialog.getByRole('button', { name: words.topUp, exact: true }).click();
  const lost = dialog.getByRole('alert').filter({ hasText: desk.words(problemTexts).outcomeUnknown });
  await lost.waitFor();
  await page.unroute(/\/top-ups$/);
  await lost.getByRole('button', { name: desk.words(common).retry }).click();
  await dialog.waitFor({ state: 'hidden' });
  await eventually(
    'the top-up is confirmed',
    async () => ((await transfers()).every(({ endedAt }) => endedAt !== null) ? true : null),
    60_000,
  );
  expect((await transfers()).length).toBe(before + 1);
  expect((await transfers())[0]).toMatchObject({ amount: '250.5', state: 'CONFIRMED', reason: WHY });

  // So is a command that has no key: twice is as once, and it is not said that nothing was changed.
  await page.route(/\/changes$/, async (route) => {
    await route.fetch();
    await route.abort();
  });
  await (await entry(page, menu, words.pause)).click();
  const pause = page.getByRole('dialog', { name: words.pauseTitle });
  await pause.getByLabel(desk.words(common).reason).fill(WHY);
  await pause.getByRole('button', { name: words.pause, exact: true }).click();
  const unknown = pause.getByRole('alert').filter({ hasText: desk.words(problemTexts).outcomeUnknown });
  await unknown.waitFor();
  expect((await account(address)).state).toBe('PAUSED');
  await page.unroute(/\/changes$/);
  await unknown.getByRole('button', { name: desk.words(common).retry }).click();
  await pause.waitFor({ state: 'hidden' });
  const card = page.getByRole('article', { name: address });
  await card.getByText(words.PAUSED, { exact: true }).waitFor();
  await card.getByText(WHY).waitFor();
  await change(words.resume, words.resumeTitle);
  await card.getByText(words.ACTIVE, { exact: true }).waitFor();
  await change(words.drain, words.drainTitle);
  await inState(address, 'DRAINED');
  await card.getByText(words.DRAINED, { exact: true }).waitFor();
  await change(words.retire, words.retireTitle);
  await card.getByText(words.RETIRED, { exact: true }).waitFor();
  expect((await account(address)).state).toBe('RETIRED');

  const spare = getAddress(assertPresent(stage.stack.signerHome.addresses.at(-1), 'a spare key'));
  await desk.carryOut(page, {
    open: page.getByRole('button', { name: words.add, exact: true }),
    title: words.add,
    reason: WHY,
    verb: words.add,
    fill: (form) => form.getByLabel(words.address).fill(spare),
  });
  await inState(spare, 'ACTIVE');
  await desk.carryOut(page, {
    open: await entry(page, `${words.verbs}: ${spare}`, words.changeRole),
    title: words.changeRole,
    reason: WHY,
    verb: words.changeRole,
    fill: (form) => choose(form, words.newRole, words.MAIN),
  });
  expect((await account(spare)).role).toBe('MAIN');
  expect(other?.state).toBe('ACTIVE');
  await page.close();
});

test('on a phone: a top-up as an operator, what is refused, and what a role may not do', async () => {
  const desk = await stage.sit('operator', ENGLISH);
  const words = desk.words(accountTexts);
  const payer = assertPresent(
    (await accounts()).find(({ role, state }) => role === 'PAYOUT' && state === 'ACTIVE'),
    'a payer',
  );
  const menu = `${words.verbs}: ${payer.address}`;
  const page = await desk.open('/accounts');
  const role = await entry(page, menu, words.changeRole);
  await role.getByText(words.needsAdmin).waitFor();
  expect(await role.getAttribute('aria-disabled')).toBe('true');
  await page.keyboard.press('Escape');
  await role.waitFor({ state: 'detached' });
  await desk.carryOut(page, {
    open: await entry(page, menu, words.topUp),
    title: words.topUp,
    reason: WHY,
    verb: words.topUp,
    async fill(dialog) {
      await choose(dialog, words.asset, 'USDC');
      await dialog.getByLabel(words.amount).fill('0');
      await dialog.getByText(words.badAmount).waitFor();
      await dialog.getByLabel(words.amount).fill('7');
    },
  });
  await eventually('it has arrived', async () => {
    const found = (await transfers()).find(({ amount }) => amount === '7');
    return found?.state === 'CONFIRMED' ? true : null;
  });
  await page.getByRole('tab', { name: words.transfers }).click();
  await page.getByText(WHY).first().waitFor();
  await page.getByText(words.onlyOpen).click();
  await page.getByText(desk.words(common).emptyFiltered).waitFor();
  await desk.inspect(page);
  await page.close();

  const viewer = await stage.sit('viewer', ENGLISH);
  const seen = await viewer.open('/accounts');
  await seen.getByText(words.readOnly).waitFor();
  expect(await seen.getByRole('button', { name: words.verbs }).count()).toBe(0);
  expect(await seen.getByRole('button', { name: words.add }).count()).toBe(0);
  await seen.close();
});

test('from the balance of an account to the rows of the ledger that made it, now and at the end of a day', async () => {
  const desk = await stage.sit('viewer', KOREAN);
  const words = desk.words(ledgerTexts);
  const page = await desk.open('/accounts');
  await page
    .getByRole('link', { name: words.inLedgerOf(`${words.HOT_WALLET} USDC`) })
    .first()
    .click();
  await page.getByRole('heading', { level: 1, name: words.title }).waitFor();
  await page.locator('main').getByRole('link', { name: words.HOT_WALLET }).click();
  await page.getByRole('heading', { level: 1, name: `${words.HOT_WALLET} · USDC` }).waitFor();
  const kept = { kind: 'HOT_WALLET', chain: CHAIN, asset: 'USDC' } as const;
  const [wallet] = (await stage.naru.admin.ledger.accountsPage(kept)).data;
  const [first] = (await stage.naru.admin.ledger.postingsPage(wallet?.id ?? '', { limit: 1 })).data;
  expect(first).toMatchObject({ balance: wallet?.balance, reason: 'FUNDING' });
  await page
    .getByText(formatAmount(wallet?.balance ?? ''))
    .first()
    .waitFor();
  await page.getByText(words.FUNDING).first().waitFor();
  await desk.inspect(page);
  await page.getByLabel(words.day).fill('2026-01-01');
  await page.getByText(words.asOfDay('2026-01-01')).waitFor();
  await page.getByText(desk.words(common).emptyFiltered).waitFor();
  await page.close();
});

treasuryVerbs(() => ({ ...stage, env, mint }));

/** An address of the organisation, made by the page that is open. */
async function makeAddress(desk: Desk, page: Page, label: string): Promise<{ id: string; address: string }> {
  const words = desk.words(depositTexts);
  await desk.carryOut(page, {
    open: page.getByRole('button', { name: words.add, exact: true }),
    title: words.add,
    verb: words.add,
    async fill(dialog) {
      await dialog.getByLabel(words.addLabel).fill(label);
      await dialog.getByText(words.receivesCoin).click();
    },
  });
  await page.getByText(label).first().waitFor();
  const { data } = await stage.naru.depositAddresses.listPage({ limit: 100 });
  return assertPresent(
    data.find((one) => one.label === label),
    label,
  );
}

test('an address is made and paid; what is not credited by itself a person credits', async () => {
  const set = await runNaru(['deposits', 'minimum', CHAIN, 'USDC', '2', '--reason', WHY], env);
  expect(set.code, set.err).toBe(0);
  for (const look of LOOKS) {
    const desk = await stage.sit('operator', look);
    const words = desk.words(depositTexts);
    const page = await desk.open('/deposits?tab=addresses');
    const { id, address } = await makeAddress(desk, page, `customer ${look.locale}`);
    await mint(address, 1_500_000n);
    const waiting = await eventually('it waits for a person', async () => {
      const [found] = (await stage.naru.deposits.listPage({ addressId: id })).data;
      return found?.state === 'UNCREDITED' ? found : null;
    });
    await page.getByRole('link', { name: words.itsDeposits }).first().click();
    await page.waitForURL(/addressId=/);
    await page.getByText(words.addressFilter).waitFor();
    await choose(page.locator('main'), words.state, words.UNCREDITED);
    await page.waitForURL(/state=UNCREDITED/);
    await page
      .locator('main')
      .getByRole('link')
      .filter({ has: page.locator('time') })
      .first()
      .click();
    await page.waitForURL(/\/deposits\/dep_/);
    await page.getByText(words.anomaly).waitFor();
    await page.getByText(words.below_minimum).first().waitFor();
    await desk.inspect(page);
    await desk.carryOut(page, {
      open: page.getByRole('button', { name: words.credit, exact: true }),
      title: words.creditTitle,
      reason: WHY,
      verb: words.credit,
    });
    await page.getByText(words.CREDITED, { exact: true }).first().waitFor();
    expect((await stage.naru.deposits.get(waiting.id)).state).toBe('CREDITED');
    await page.close();
  }
  const viewer = await stage.sit('viewer', KOREAN);
  const seen = await viewer.open('/deposits');
  expect(await seen.getByRole('button', { name: viewer.words(depositTexts).add }).count()).toBe(0);
  await seen.close();
});

test('the report on reserves is read, saved with the hash that it says, and the proof of one’s own balances checked', async () => {
  const made = await runNaru(['reserves', 'report', '--json'], env);
  expect(made.code, made.err).toBe(0);
  const desk = await stage.sit('operator', ENGLISH);
  const words = desk.words(reservesTexts);
  const page = await desk.open('/reserves');
  const report = await stage.naru.admin.reserves.newest();
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: words.download }).click(),
  ]);
  const saved = await readFile(await download.path());
  expect(createHash('sha256').update(saved).digest('hex')).toBe(report.hash.replace(/^0x/, ''));
  await page.getByRole('button', { name: words.verify }).click();
  const verified = page.getByText(words.verified, { exact: true });
  await verified.first().waitFor();
  expect(await verified.count()).toBe((await stage.naru.reserves.proof()).assets.length);
  expect(await page.getByText(words.notVerified).count()).toBe(0);
  await desk.inspect(page);
  await page.close();
});

test('nothing went wrong in any page', () => {
  expect(stage.wrong()).toEqual([]);
});
