import { nameCause } from '@naru/console/i18n/causes.ts';
import { common } from '@naru/console/i18n/common.ts';
import { bulkCommandTexts } from '@naru/console/primitives/bulk-command.texts.ts';
import { noteTexts } from '@naru/console/primitives/note.texts.ts';
import { problemTexts } from '@naru/console/primitives/problem.texts.ts';
import { approvalTexts } from '@naru/console/views/approvals/approval.texts.ts';
import { voteTexts } from '@naru/console/views/approvals/vote.texts.ts';
import { bulkTexts } from '@naru/console/views/bulk/bulk.texts.ts';
import { letterTexts } from '@naru/console/views/dead-letters/dead-letter.texts.ts';
import type { Naru } from '@naru/sdk/create-naru.ts';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LOOKS, rowOf } from '../support/desk.ts';
import { loseAnswers, tick } from '../support/desk-parts.ts';
import { clientOf } from '../support/owner.ts';
import { randomAddress } from '../support/payouts.ts';
import { failInReview, openLetter, openReview, reviewOf } from '../support/reviews.ts';
import { startStack } from '../support/stack.ts';
import { type Stage, setStage } from '../support/stage.ts';

/** What people decide: reviews, dead letters, files. No processor runs, so nothing is planned meanwhile. */
let stage: Stage;
/** Another approver, who may let an emergency through alone. */
let kim: Naru;
const [korean, english] = LOOKS;
const SLOW = { timeout: 180_000 };

beforeAll(async () => {
  stage = await setStage(await startStack({ accounts: 1 }));
  kim = await clientOf(stage.stack, stage.shown.api, 'kim', [
    'approvals:read',
    'approvals:write',
    'approvals:emergency',
  ]);
  await stage.stack.startWorker('broadcaster,monitor,accounts');
  await stage.stack.startWorker('jobs');
});
afterAll(() => stage?.stop());

const stateOf = async (id: string) => (await stage.naru.admin.withdrawals.get(id)).state;
const verbOf = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).first();

test('an approval is denied with a reason, and who may not decide is told so', SLOW, async () => {
  const id = await openReview(stage.stack, stage.naru, { amount: '12.5' });
  const review = await reviewOf(kim, id);
  const operator = await stage.sit('operator', english);
  const seen = await operator.open(`/approvals/${review.id}`);
  await seen.getByText(operator.words(approvalTexts).noScopeTitle).waitFor();
  expect(await seen.getByRole('button', { name: operator.words(voteTexts).deny }).count()).toBe(0);

  const approver = await stage.sit('approver', korean);
  const votes = approver.words(voteTexts);
  const page = await approver.open('/approvals');
  await page.getByRole('link', { name: /^wd_/ }).first().click();
  await page.waitForURL(new RegExp(review.id));
  await approver.inspect(page);
  await verbOf(page, votes.deny).click();
  const dialog = page.getByRole('dialog', { name: votes.denyTitle });
  await dialog.getByText('12.5 USDC').waitFor();
  await dialog.getByRole('button', { name: votes.deny, exact: true }).click();
  await dialog.getByText(approver.words(common).reasonNeeded).waitFor();
  await approver.inspect(page, '[role=dialog]');
  expect(await stateOf(id)).toBe('REVIEW');
  await dialog.getByLabel(approver.words(common).reason).fill('거래처가 아니에요');
  await approver.confirm(dialog, votes.deny);
  expect(await stage.naru.withdrawals.get(id)).toMatchObject({
    state: 'FAILED',
    failure: { code: 'denied', message: 'It was denied in review: 거래처가 아니에요' },
  });
  // Who watches the page of it hears of that.
  await seen.getByText('거래처가 아니에요', { exact: true }).first().waitFor();
});

test(
  'of two that must approve, one does on a phone, whose answer is lost: it counts once',
  SLOW,
  async () => {
    const id = await openReview(stage.stack, stage.naru, { amount: '40', to: randomAddress() });
    const review = await reviewOf(kim, id);
    const approver = await stage.sit('approver', english);
    const votes = approver.words(voteTexts);
    const page = await approver.open(`/approvals/${review.id}`);
    await approver.inspect(page);
    await verbOf(page, votes.approve).click();
    const dialog = page.getByRole('dialog', { name: votes.approveTitle });
    // Everything that an approval counts for, whole.
    for (const text of [votes.approveMore('1'), '40 USDC', review.to, id])
      await dialog.getByText(text).first().waitFor();
    await approver.inspect(page, '[role=dialog]');
    const lost = await loseAnswers(page, /\/approve$/);
    await approver.confirm(
      dialog,
      votes.approve,
      dialog.getByText(approver.words(problemTexts).outcomeUnknown),
    );
    await lost.end();
    await dialog.getByRole('button', { name: approver.words(common).retry }).click();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText(approver.words(approvalTexts).votedTitle).waitFor();
    expect(await page.getByRole('button', { name: votes.approve, exact: true }).count()).toBe(0);
    expect(await reviewOf(kim, id)).toMatchObject({ state: 'OPEN', approvals: 1 });
  },
);

test(
  'what one let through alone in an emergency, a second person confirms, or objects to',
  SLOW,
  async () => {
    const ids: string[] = [];
    for (const amount of ['7.25', '8.25']) {
      const id = await openReview(stage.stack, stage.naru, { amount, priority: 'EMERGENCY' });
      await kim.reviews.approve(await reviewOf(kim, id), { alone: true, reason: 'draining' });
      ids.push(id);
    }
    const [right = '', wrong = ''] = ids;
    const approver = await stage.sit('approver', korean);
    const votes = approver.words(voteTexts);
    const words = approver.words(approvalTexts);
    const page = await approver.open('/approvals?tab=due');
    await rowOf(page, '7.25').getByRole('link').first().click();
    await page.getByText(words.dueText('kim')).waitFor();
    await approver.carryOut(page, {
      open: verbOf(page, votes.confirm),
      title: votes.confirmTitle,
      verb: votes.confirm,
    });
    await page.getByText(votes.confirmed).first().waitFor();
    expect((await reviewOf(kim, right)).confirmation).toBe('CONFIRMED');

    await page.goto(`${stage.shown.url}/approvals/${(await reviewOf(kim, wrong)).id}`);
    await approver.carryOut(page, {
      open: verbOf(page, votes.object),
      title: votes.objectTitle,
      reason: '다른 지갑이에요',
      verb: votes.object,
    });
    await page.getByText(words.objectedTitle).waitFor();
    expect((await reviewOf(kim, wrong)).confirmation).toBe('OBJECTED');

    // It is on the table of who settles it, and is closed there.
    const operator = await stage.sit('operator', english);
    const letters = operator.words(letterTexts);
    const settled = await operator.open('/dead-letters?cause=emergency_objected');
    await settled
      .getByRole('link', { name: nameCause('emergency_objected', 'en') })
      .first()
      .click();
    await settled.getByText('다른 지갑이에요').first().waitFor();
    // A vote has no next try.
    expect(await settled.getByRole('button', { name: letters.retry, exact: true }).count()).toBe(0);
    await operator.carryOut(settled, {
      open: verbOf(settled, letters.close),
      title: letters.closeTitle,
      reason: 'settled with kim',
      verb: letters.close,
    });
    await settled.getByText('settled with kim', { exact: true }).first().waitFor();
    await operator.inspect(settled);
  },
);

/** Withdrawals that failed unpaid, with an open letter each. */
async function fail(amounts: readonly string[]): Promise<string[]> {
  return await Promise.all(
    amounts.map(async (amount) => {
      const id = await failInReview(stage.stack, stage.naru, { amount });
      await openLetter(stage.stack, id, 'attempts_exhausted');
      return id;
    }),
  );
}

const openLetters = async () =>
  (await stage.naru.admin.deadLetters.listPage({ state: 'OPEN', cause: 'attempts_exhausted' })).data;

test('dead letters of one cause are retried together: each once, as a new withdrawal', SLOW, async () => {
  const failed = await fail(['1.5', '2', '3']);
  const operator = await stage.sit('operator', english);
  const words = operator.words(letterTexts);
  const bulk = operator.words(bulkCommandTexts);
  const page = await operator.open('/dead-letters');
  const cause = nameCause('attempts_exhausted', 'en');
  await operator.inspect(page);
  await page.getByRole('button', { name: `${cause}: ${words.retryAll}` }).click();
  const dialog = page.getByRole('dialog', { name: words.retrySeveral('3') });
  await dialog.getByText(words.retryFailed('3')).waitFor();
  await dialog.getByText('6.5').waitFor();
  await operator.inspect(page, '[role=dialog]');
  await dialog.getByLabel(operator.words(common).reason).fill('the node is back');
  await operator.confirm(dialog, words.retrySeveral('3'), page.getByText(bulk.allDone('3')));
  const report = page.getByRole('dialog', { name: bulk.report });
  await operator.inspect(page, '[role=dialog]');
  await report
    .getByRole('button', { name: operator.words(common).close })
    .last()
    .click();
  expect(await openLetters()).toEqual([]);
  const after = await Promise.all(failed.map((id) => stage.naru.admin.withdrawals.get(id)));
  const again = after.flatMap(({ retriedAs }) => retriedAs ?? []);
  expect(new Set(again).size).toBe(3);
  expect(await Promise.all(again.map(stateOf))).toEqual(['PENDING', 'PENDING', 'PENDING']);
});

test('of several dead letters one is noted and retried, the others closed as a selection', SLOW, async () => {
  const [first = ''] = await fail(['11.25', '12.25', '13.25']);
  const operator = await stage.sit('operator', korean);
  const words = operator.words(letterTexts);
  const shared = operator.words(common);
  const notes = operator.words(noteTexts);
  const bulk = operator.words(bulkCommandTexts);
  const page = await operator.open('/dead-letters?cause=attempts_exhausted');
  await rowOf(page, '11.25').getByRole('link').first().click();
  await operator.inspect(page);
  await operator.carryOut(page, {
    open: verbOf(page, words.note),
    title: notes.title,
    fill: (dialog) => dialog.getByLabel(notes.text).fill('노드를 바꿨어요'),
    verb: notes.title,
  });
  await page.getByText('노드를 바꿨어요').first().waitFor();
  await operator.carryOut(page, {
    open: verbOf(page, words.retry),
    title: words.retryTitle,
    reason: '노드가 돌아왔어요',
    verb: words.retry,
  });
  await page.getByText(words.CLOSED).first().waitFor();
  expect(await stage.naru.admin.withdrawals.get(first)).toMatchObject({
    state: 'FAILED',
    retriedAs: expect.stringMatching(/^wd_/),
  });

  await page.goto(`${stage.shown.url}/dead-letters?cause=attempts_exhausted`);
  const left = await openLetters();
  expect(left).toHaveLength(2);
  for (const { id } of left) await tick(page.getByRole('checkbox', { name: shared.selectRow(id) }));
  await operator.carryOut(page, {
    open: verbOf(page, words.close),
    title: words.closeSeveral('2'),
    reason: '은행으로 보냈어요',
    verb: words.closeSeveral('2'),
  });
  const report = page.getByRole('dialog', { name: bulk.report });
  await report.getByText(bulk.allDone('2')).waitFor();
  await report.getByRole('button', { name: shared.close }).last().click();
  expect(await openLetters()).toEqual([]);
  await page.getByText(shared.emptyFiltered).waitFor();
});

const HEADER = 'chain,asset,to,amount,reference';
const fileOf = (name: string, rows: readonly string[]) => ({ name, text: [HEADER, ...rows].join('\n') });

/** As if a hand let go of a file above the page. */
async function drop(page: Page, file: { name: string; text: string }): Promise<void> {
  const dataTransfer = await page.evaluateHandle(
    `(() => { const data = new DataTransfer(); data.items.add(new File([${JSON.stringify(file.text)}], ${JSON.stringify(file.name)}, { type: 'text/csv' })); return data; })()`,
  );
  await page
    .locator('label')
    .filter({ has: page.locator('input[type=file]') })
    .dispatchEvent('drop', { dataTransfer });
}

test('a file: dropped, refused in its very cells, mended, its answer lost, accepted once', SLOW, async () => {
  const operator = await stage.sit('operator', korean);
  const words = operator.words(bulkTexts);
  const page = await operator.open('/bulk');
  const input = page.locator('input[type=file]');
  await input.setInputFiles({ name: 'a.pdf', mimeType: 'application/pdf', buffer: Buffer.from('x') });
  await page.getByText(words.notCsv).waitFor();

  const to = randomAddress();
  await drop(
    page,
    fileOf('bad.csv', [`localhost,USDC,${to},1,a`, 'localhost,USDC,0x12,1,b', `localhost,USDC,${to},-3,c`]),
  );
  await page.getByText(words.badTitle('2')).waitFor();
  await operator.inspect(page);
  const rows = page.getByRole('region', { name: words.problem }).locator('tbody tr');
  expect(await rows.count()).toBe(2);
  // Below the cell that is wrong, not beside the row.
  await rows.filter({ hasText: '0x12' }).locator('td').nth(2).getByText('✕').waitFor();
  await rows.filter({ hasText: '-3' }).locator('td').nth(3).getByText('✕').waitFor();

  await page.getByRole('button', { name: words.other }).click();
  await drop(
    page,
    fileOf('good.csv', [`localhost,USDC,${to},1.25,good-a`, `localhost,USDC,${randomAddress()},2.5,good-b`]),
  );
  await page.getByText(words.good('2')).waitFor();
  await page.getByText('3.75').first().waitFor();
  await operator.inspect(page);
  await verbOf(page, words.submit('2')).click();
  const dialog = page.getByRole('dialog', { name: words.submitTitle('2') });
  const lost = await loseAnswers(page, /\/bulk-withdrawals/);
  await operator.confirm(
    dialog,
    words.submit('2'),
    dialog.getByText(operator.words(problemTexts).outcomeUnknown),
  );
  await operator.inspect(page, '[role=dialog]');
  await lost.end();
  await dialog.getByRole('button', { name: operator.words(common).retry }).click();
  await page.waitForURL(/\/bulk\/bulk_/);
  await page.getByRole('heading', { level: 1, name: words.detailTitle('2') }).waitFor();
  await operator.inspect(page);
  expect((await stage.naru.bulk.listPage({})).data).toHaveLength(1);
  const { data } = await stage.naru.admin.withdrawals.listPage({ q: 'good-' });
  expect(data.map(({ amount }) => amount).sort()).toEqual(['1.25', '2.5']);
});

test('nothing went wrong in any page', () => {
  expect(stage.wrong()).toEqual([]);
});
