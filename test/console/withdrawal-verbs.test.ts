import { common } from '@naru/console/i18n/common.ts';
import { roleNames } from '@naru/console/i18n/role-names.ts';
import { withdrawalStateTexts } from '@naru/console/i18n/withdrawal-states.ts';
import { bulkCommandTexts } from '@naru/console/primitives/bulk-command.texts.ts';
import { noteTexts } from '@naru/console/primitives/note.texts.ts';
import { problemTexts } from '@naru/console/primitives/problem.texts.ts';
import { savedViewTexts } from '@naru/console/primitives/saved-views.texts.ts';
import { exportTexts } from '@naru/console/views/exports/export.texts.ts';
import { detailTexts } from '@naru/console/views/withdrawals/detail.texts.ts';
import { verbTexts } from '@naru/console/views/withdrawals/verb.texts.ts';
import { listTexts } from '@naru/console/views/withdrawals/withdrawal-list.texts.ts';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { choose } from '../support/choose.ts';
import { type Desk, LOOKS } from '../support/desk.ts';
import { download, fromMenu, loseAnswers, tick } from '../support/desk-parts.ts';
import { randomAddress } from '../support/payouts.ts';
import { failInReview } from '../support/reviews.ts';
import { eventually, startStack } from '../support/stack.ts';
import { type Stage, setStage } from '../support/stage.ts';

/** What an operator does about withdrawals, from the page to the machine and back. No processor runs until one is wanted. */
let stage: Stage;
const [korean, english] = LOOKS;
/** Of one test, on a machine that does other things as well; none takes long by itself. */
const SLOW = { timeout: 180_000 };

beforeAll(async () => {
  stage = await setStage(await startStack({ accounts: 1 }));
  const { stack } = stage;
  await Promise.all([stack.startWorker('broadcaster,monitor,accounts'), stack.startWorker('jobs')]);
});
afterAll(() => stage?.stop());

async function ask(reference: string, amount = '1.5', to = randomAddress()): Promise<string> {
  const { id } = await stage.naru.withdrawals.create({
    chain: 'localhost',
    asset: 'USDC',
    to,
    amount,
    reference,
  });
  return id;
}

const stateOf = async (id: string) => (await stage.naru.admin.withdrawals.get(id)).state;

/** Rows of a list, or cards on a phone, by the link that names each. */
const rowsOf = (page: Page, prefix = 'wd_') => page.getByRole('link', { name: new RegExp(`^${prefix}`) });

async function untilRows(page: Page, count: number): Promise<void> {
  await eventually(`${count} rows`, async () => ((await rowsOf(page).count()) === count ? true : null));
}

async function leave(desk: Desk): Promise<void> {
  await desk.close();
  expect(desk.wrong.join('\n')).toBe('');
}

test(
  'the list: tabs, search, filters, a saved view, columns, keys, verbs for several, a CSV file',
  SLOW,
  async () => {
    const desk = await stage.sit('operator', korean);
    const words = desk.words(listTexts);
    const verbs = desk.words(verbTexts);
    const shared = desk.words(common);
    const bulk = desk.words(bulkCommandTexts);
    const ids: string[] = [];
    for (const n of [0, 1, 2, 3]) ids.push(await ask(`list-${n}`, n === 3 ? '900.000001' : '1.5'));
    const page = await desk.open('/withdrawals');
    await untilRows(page, 4);

    // Keys: `/` writes into the search, j and k go through the rows, Enter opens one.
    await page.keyboard.press('/');
    await page.keyboard.type('list-2');
    await untilRows(page, 1);
    expect(new URL(page.url()).searchParams.get('q')).toBe('list-2');
    await page.getByRole('button', { name: shared.clearFilters }).click();
    await untilRows(page, 4);
    for (const key of ['j', 'j', 'k', 'Enter']) await page.keyboard.press(key);
    await page.waitForURL(/\/withdrawals\/wd_/);
    expect(page.url()).toContain(ids[3]);
    await page.goBack();

    // A tab, a filter, and both under a name.
    const tabs = page.getByRole('group', { name: words.states });
    await tabs.getByRole('button', { name: withdrawalStateTexts.ko.REVIEW }).click();
    await page.getByText(shared.emptyFiltered).waitFor();
    await tabs.getByRole('button', { name: words.all }).click();
    await untilRows(page, 4);
    await page.getByRole('button', { name: words.moreFilters }).click();
    await page.getByLabel(words.amountMin).fill('900');
    await untilRows(page, 1);
    await page.getByText('900.000001').waitFor();
    const saved = desk.words(savedViewTexts);
    await (await fromMenu(page, page.getByRole('button', { name: saved.views }), saved.manage)).click();
    // The menu that opened it is called so too, until it is gone.
    const views = page
      .getByRole('dialog', { name: saved.title })
      .filter({ has: page.getByLabel(saved.name) });
    await views.waitFor();
    await desk.inspect(page, '[role=dialog]');
    await views.getByRole('button', { name: saved.save }).click();
    await views.getByText(saved.nameNeeded).waitFor();
    await views.getByLabel(saved.name).fill('큰 출금');
    await views.getByRole('button', { name: saved.save }).click();
    await views.getByRole('button', { name: saved.remove('큰 출금') }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('button', { name: shared.clearFilters }).click();
    await untilRows(page, 4);
    await page.reload();
    await (await fromMenu(page, page.getByRole('button', { name: saved.views }), '큰 출금')).click();
    await untilRows(page, 1);

    // The file has what the list shows, to the last digit.
    const files = desk.words(exportTexts);
    await page.getByRole('button', { name: files.open }).click();
    const dialog = page.getByRole('dialog', { name: files.title });
    await dialog.waitFor();
    await desk.inspect(page, '[role=dialog]');
    await dialog.getByRole('button', { name: files.start }).click();
    await dialog.getByText(files.DONE).waitFor();
    const csv = await download(page, () => dialog.getByRole('link', { name: files.download }).click());
    expect(csv.trim().split('\n')).toHaveLength(2);
    expect(csv).toContain(ids[3]);
    expect(csv).toContain('900.000001');
    expect(csv).toContain('+09:00');
    await dialog.getByRole('button', { name: shared.close }).last().click();

    // A column more, which the browser remembers.
    await page.getByRole('button', { name: shared.clearFilters }).click();
    await page.getByRole('button', { name: shared.columns }).click();
    await tick(page.getByRole('checkbox', { name: words.priority }));
    await page.getByRole('columnheader', { name: words.priority }).waitFor();
    await page.getByRole('button', { name: shared.columns }).click();
    await untilRows(page, 4);

    // Two by keys, and one verb for both.
    for (const key of ['j', 'x', 'j', 'x']) await page.keyboard.press(key);
    await page.getByText(shared.rows('2')).waitFor();
    await desk.carryOut(page, {
      open: page.getByRole('button', { name: verbs.cancel, exact: true }),
      title: verbs.bulkTitle(verbs.cancel, '2'),
      verb: verbs.bulkTitle(verbs.cancel, '2'),
    });
    const report = page.getByRole('dialog', { name: bulk.report });
    await report.getByText(bulk.allDone('2')).waitFor();
    await desk.inspect(page, '[role=dialog]');
    await report.getByRole('button', { name: shared.close }).last().click();
    expect(await Promise.all(ids.map(stateOf))).toEqual(['PENDING', 'PENDING', 'CANCELED', 'CANCELED']);
    await leave(desk);
  },
);

test(
  'several are taken back on a phone: each has its outcome, and one that cannot says why',
  SLOW,
  async () => {
    const desk = await stage.sit('operator', english);
    const verbs = desk.words(verbTexts);
    const shared = desk.words(common);
    const bulk = desk.words(bulkCommandTexts);
    const failed = await failInReview(stage.stack, stage.naru, { reference: 'phone-0' });
    const ids = [failed, await ask('phone-1'), await ask('phone-2')];
    const page = await desk.open('/withdrawals?q=phone-');
    await untilRows(page, 3);
    await desk.inspect(page);
    for (const id of ids) await tick(page.getByRole('checkbox', { name: shared.selectRow(id) }));
    const title = verbs.bulkTitle(verbs.release, '3');
    await page.getByRole('button', { name: verbs.release, exact: true }).click();
    const dialog = page.getByRole('dialog', { name: title });
    await dialog.getByText(verbs.bulkUnfit('1')).waitFor();
    await desk.inspect(page, '[role=dialog]');
    await dialog.getByRole('button', { name: title }).click();
    await dialog.getByText(shared.reasonNeeded).waitFor();
    await dialog.getByLabel(shared.reason).fill('the wrong month');
    await desk.confirm(dialog, title);
    const report = page.getByRole('dialog', { name: bulk.report });
    await report.getByText(bulk.summary('2', '1')).waitFor();
    await report.getByText('It is over already (FAILED)').waitFor();
    await desk.inspect(page, '[role=dialog]');
    await report.getByRole('button', { name: shared.close }).last().click();
    expect(await Promise.all(ids.map(stateOf))).toEqual(['FAILED', 'CANCELED', 'CANCELED']);
    await leave(desk);
  },
);

test('a view is shared with one role: they have it in their menu, and others do not', SLOW, async () => {
  const name = '거절된 큰 출금';
  const operator = await stage.sit('operator', korean);
  const saved = operator.words(savedViewTexts);
  const page = await operator.open('/withdrawals?state=FAILED&amountMin=900');
  await (await fromMenu(page, page.getByRole('button', { name: saved.views }), saved.manage)).click();
  const dialog = page.getByRole('dialog', { name: saved.title }).filter({ has: page.getByLabel(saved.name) });
  await dialog.getByText(saved.nothingShared).waitFor();
  const save = async () => {
    await dialog.getByLabel(saved.name).fill(name);
    await dialog.getByRole('button', { name: saved.save }).click();
  };
  await choose(dialog, saved.audience, operator.words(roleNames).approver);
  await save();
  await dialog.getByRole('button', { name: `${saved.removeIt}: ${name}` }).waitFor();
  await operator.inspect(page, '[role=dialog]');
  await save();
  await dialog.getByText(saved.taken).waitFor();
  expect(await stage.naru.admin.savedViews.list()).toMatchObject([
    { name, role: 'approver', filter: { state: 'FAILED', amountMin: '900' } },
  ]);

  const approver = await stage.sit('approver', english);
  const theirs = approver.words(savedViewTexts);
  const phone = await approver.open('/withdrawals');
  await (await fromMenu(phone, phone.getByRole('button', { name: theirs.views }), name)).click();
  await phone.waitForURL(/state=FAILED/);
  expect(new URL(phone.url()).searchParams.get('amountMin')).toContain('900');

  const viewer = await stage.sit('viewer', english);
  const look = await viewer.open('/withdrawals');
  await look.getByRole('button', { name: theirs.views }).click();
  await look.getByRole('menuitem', { name: theirs.manage }).waitFor();
  expect(await look.getByRole('menuitem', { name }).count()).toBe(0);
  await look.getByRole('menuitem', { name: theirs.manage }).click();
  const seen = look.getByRole('dialog', { name: theirs.title }).filter({ has: look.getByLabel(theirs.name) });
  await seen.getByText(name).waitFor();
  expect(await seen.getByRole('button', { name: `${theirs.removeIt}: ${name}` }).count()).toBe(0);
  await viewer.inspect(look, '[role=dialog]');
  const refused = await viewer.context.request.post(`${stage.shown.url}/api/v1/admin/saved-views`, {
    headers: { origin: stage.shown.url, 'idempotency-key': 'viewer-shares' },
    data: { list: 'withdrawals', name: 'mine', filter: {} },
  });
  expect(refused.status()).toBe(403);

  await operator.carryOut(page, {
    open: dialog.getByRole('button', { name: `${saved.removeIt}: ${name}` }),
    title: saved.removeTitle(name),
    verb: saved.removeIt,
  });
  await dialog.getByText(saved.nothingShared).waitFor();
  for (const desk of [operator, approver, viewer]) await leave(desk);
});

test('one withdrawal: a note whose answer is lost, its links and JSON, canceled', SLOW, async () => {
  const desk = await stage.sit('operator', korean);
  await desk.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const words = desk.words(detailTexts);
  const verbs = desk.words(verbTexts);
  const notes = desk.words(noteTexts);
  const to = randomAddress();
  const id = await ask('detail', '12.5', to);
  const page = await desk.open(`/withdrawals/${id}`);
  await desk.inspect(page);

  // An empty note is not sent; one whose answer is lost is there once.
  await page.getByRole('button', { name: verbs.note }).first().click();
  const dialog = page.getByRole('dialog', { name: notes.title });
  await dialog.getByRole('button', { name: notes.title }).click();
  await dialog.getByRole('alert').filter({ hasText: notes.needed }).waitFor();
  await dialog.getByLabel(notes.text).fill('은행에 확인했어요');
  const lost = await loseAnswers(page, /\/note$/);
  await dialog.getByRole('button', { name: notes.title }).click();
  await dialog.getByText(desk.words(problemTexts).outcomeUnknown).waitFor();
  await lost.end();
  await dialog.getByRole('button', { name: desk.words(common).retry }).click();
  await dialog.waitFor({ state: 'hidden' });
  await page.getByText('은행에 확인했어요', { exact: true }).waitFor();
  expect((await stage.naru.admin.withdrawals.get(id)).notes).toMatchObject([{ text: '은행에 확인했어요' }]);

  await page.getByText(words.raw).last().click();
  await page.getByRole('region', { name: words.raw }).getByText(`"reference": "detail"`).waitFor();
  await page
    .getByRole('button', { name: /^복사: wd_/ })
    .first()
    .click();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(id);
  await page.getByRole('link', { name: words.allTo }).click();
  await page.waitForURL(/\/withdrawals\?to=0x/i);
  await untilRows(page, 1);
  await page.goBack();

  await desk.carryOut(page, {
    open: await fromMenu(page, page.getByRole('button', { name: verbs.verbs }), verbs.cancel),
    title: verbs.cancelTitle,
    verb: verbs.cancel,
  });
  await page.getByText(withdrawalStateTexts.ko.CANCELED).first().waitFor();
  expect(await stateOf(id)).toBe('CANCELED');
  // What cannot be done any more stays in the menu and says why.
  const again = await fromMenu(page, page.getByRole('button', { name: verbs.verbs }), verbs.cancel);
  await again.getByText('취소할 수 없어요').waitFor();
  await leave(desk);
});
