import { paletteTexts } from '@naru/console/app/command-palette.texts.ts';
import { navigationTexts } from '@naru/console/app/navigation.ts';
import { common } from '@naru/console/i18n/common.ts';
import { withdrawalStateTexts } from '@naru/console/i18n/withdrawal-states.ts';
import { eventTexts } from '@naru/console/views/events/event.texts.ts';
import { overviewTexts } from '@naru/console/views/overview/overview.texts.ts';
import { queueTexts } from '@naru/console/views/queues/queue.texts.ts';
import { detailTexts } from '@naru/console/views/withdrawals/detail.texts.ts';
import { verbTexts } from '@naru/console/views/withdrawals/verb.texts.ts';
import { sql } from 'kysely';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { choose } from '../support/choose.ts';
import { type Desk, LOOKS, rowOf } from '../support/desk.ts';
import { fromMenu, tick } from '../support/desk-parts.ts';
import { anvil, randomAddress } from '../support/payouts.ts';
import { failInReview, openLetter, uuidOfWithdrawal } from '../support/reviews.ts';
import { eventually, startStack } from '../support/stack.ts';
import { type Stage, setStage } from '../support/stage.ts';

/** A night call: is money stuck, where, and what is done about it. No processor runs until one is wanted. */
let stage: Stage;
/** An operator, in Korean at a desk and in English on a phone. */
let korean: Desk;
let english: Desk;
const SLOW = { timeout: 180_000 };

beforeAll(async () => {
  stage = await setStage(await startStack({ accounts: 1 }));
  const { stack } = stage;
  await Promise.all([stack.startWorker('broadcaster,monitor,accounts'), stack.startWorker('jobs')]);
  korean = await stage.sit('operator', LOOKS[0]);
  english = await stage.sit('operator', LOOKS[1]);
});
afterAll(() => stage?.stop());

async function ask(amount: string, to = randomAddress()): Promise<string> {
  const { id } = await stage.naru.withdrawals.create({ chain: 'localhost', asset: 'USDC', to, amount });
  return id;
}

const stateOf = async (id: string) => (await stage.naru.admin.withdrawals.get(id)).state;
const verbOf = (page: Page, verb: string) => page.getByRole('button', { name: verb, exact: true }).first();

/** A withdrawal that has stood still for longer than any should. */
async function askLongAgo(amount: string): Promise<string> {
  const id = await ask(amount);
  await stage.stack.database.db.transaction().execute(async (tx) => {
    await sql`SET LOCAL session_replication_role = replica`.execute(tx);
    await sql`UPDATE withdrawal SET created_at = now() - interval '6 minutes'
               WHERE id = ${uuidOfWithdrawal(id)}`.execute(tx);
  });
  return id;
}

test('what is stuck is said first, and its box leads to just that', SLOW, async () => {
  const words = korean.words(overviewTexts);
  await ask('2.75');
  const old = await askLongAgo('77.125');
  await openLetter(stage.stack, old, 'attempts_exhausted');
  const page = await korean.open('/');
  await page
    .getByRole('status')
    .filter({ hasText: words.stuckTitle('1', '5분') })
    .waitFor();
  const boxes = page.getByRole('region', { name: words.exceptions });
  await boxes.getByRole('heading', { name: words.rolesBox }).waitFor();
  await boxes.getByText('processor', { exact: true }).waitFor();
  await boxes.getByRole('heading', { name: words.deadLettersBox }).waitFor();
  await boxes.getByText('77.125 USDC').waitFor();
  await korean.inspect(page);

  await boxes.getByRole('link', { name: words.seeStuck }).click();
  await page.waitForURL(/\/withdrawals\?/);
  await rowOf(page, '77.125').getByRole('link').first().click();
  await page.waitForURL(`**/withdrawals/${old}`);
  await page.close();
});

test('on a phone the queues say which stage nobody works on, and who has to come', SLOW, async () => {
  const words = english.words(queueTexts);
  const page = await english.open('/queues');
  await page.getByText(words.nobodyText('processor')).waitFor();
  await rowOf(page, withdrawalStateTexts.en.PENDING).getByText(`processor: ${words.nobody}`).waitFor();
  await english.inspect(page);
  await page.close();
});

test('one that stands in the dead letters is closed on its own page', SLOW, async () => {
  const verbs = korean.words(verbTexts);
  const words = korean.words(detailTexts);
  const id = await ask('3.5');
  await openLetter(stage.stack, id, 'attempts_exhausted');
  const page = await korean.open(`/withdrawals/${id}`);
  await korean.inspect(page);
  const banner = page.getByText(/^확인이 필요해요/).first();
  await banner.waitFor();
  await verbOf(page, verbs.close).click();
  const dialog = page.getByRole('dialog', { name: verbs.closeTitle });
  await dialog.getByText(verbs.closeWhat('1')).waitFor();
  await dialog.getByRole('button', { name: verbs.close }).click();
  await dialog.getByText(korean.words(common).reasonNeeded).waitFor();
  await korean.inspect(page, '[role=dialog]');
  await dialog.getByLabel(korean.words(common).reason).fill('노드를 바꿨어요');
  await korean.confirm(dialog, verbs.close);
  await banner.waitFor({ state: 'detached' });
  expect(await stage.naru.admin.withdrawals.get(id)).toMatchObject({
    state: 'PENDING',
    deadLetters: [{ state: 'CLOSED' }],
  });
  const again = await fromMenu(page, page.getByRole('button', { name: verbs.verbs }), verbs.close);
  expect(await again.getAttribute('aria-disabled')).toBe('true');
  await page.getByText(words.letters).first().waitFor();
  await page.close();
});

test(
  'one that failed unpaid is retried: a new one stands for it, and a lookalike is told of',
  SLOW,
  async () => {
    const verbs = english.words(verbTexts);
    const words = english.words(detailTexts);
    const to = randomAddress();
    const failed = await failInReview(stage.stack, stage.naru, { amount: '4.5', to });
    // Its owner has asked again meanwhile: a retry would pay the same a second time.
    const own = await ask('4.5', to);
    const page = await english.open(`/withdrawals/${failed}`);
    await english.inspect(page);
    await verbOf(page, verbs.retry).click();
    const dialog = page.getByRole('dialog', { name: verbs.retryTitle });
    await dialog.getByText(own).waitFor();
    await english.inspect(page, '[role=dialog]');
    await dialog.getByLabel(english.words(common).reason).fill('the owner confirmed both');
    await dialog.getByRole('button', { name: verbs.retry, exact: true }).click();
    await dialog.getByRole('alert').getByText(verbs.duplicateNeeded).waitFor();
    await tick(dialog.getByRole('checkbox', { name: verbs.acceptDuplicate }));
    await english.confirm(dialog, verbs.retry);
    await page.waitForURL(
      (url) => url.pathname.startsWith('/withdrawals/') && !url.pathname.endsWith(failed),
    );
    const made = new URL(page.url()).pathname.split('/').at(-1) ?? '';
    await page.getByText(words.retryOf).waitFor();
    expect(await stage.naru.admin.withdrawals.get(failed)).toMatchObject({
      state: 'FAILED',
      retriedAs: made,
    });
    expect(await stateOf(made)).toBe('PENDING');
    await page.goBack();
    await page.getByText(words.anomalyRetried).waitFor();
    const retry = await fromMenu(page, page.getByRole('button', { name: verbs.verbs }), verbs.retry);
    await retry.getByText(`It was retried already, as ${made}.`).waitFor();
    await page.close();
  },
);

test('Ctrl+K finds a page by its name and a thing by its id, by the keyboard alone', SLOW, async () => {
  const words = korean.words(paletteTexts);
  const id = await ask('6.25');
  const page = await korean.open('/me');
  await page.keyboard.press('Control+k');
  const palette = page.getByRole('dialog', { name: words.title });
  await palette.waitFor();
  await page.keyboard.type('조직도');
  await palette.getByText(words.nothing).waitFor();
  await korean.inspect(page, '[role=dialog]');
  for (const [text, place] of [
    [korean.words(navigationTexts).queues, '/queues'],
    [id, `/withdrawals/${id}`],
  ] as const) {
    await palette.getByLabel(words.label).fill(text);
    await palette.getByText(words.results('1')).waitFor({ state: 'attached' });
    await page.keyboard.press('Enter');
    await page.waitForURL(`**${place}`);
    await palette.waitFor({ state: 'hidden' });
    await page.keyboard.press('Control+k');
  }
  await page.keyboard.press('Escape');
  await palette.waitFor({ state: 'hidden' });
  await page.close();
});

test(
  'once the processor is back, all that waited is paid, and the boxes go by themselves',
  SLOW,
  async () => {
    const words = korean.words(overviewTexts);
    const page = await korean.open('/');
    const boxes = page.getByRole('region', { name: words.exceptions });
    await boxes.getByRole('heading', { name: words.stuckBox }).waitFor();
    await stage.stack.startWorker('processor');
    for (const box of [words.stuckBox, words.rolesBox])
      await boxes.getByRole('heading', { name: box }).waitFor({ state: 'detached' });
    await eventually('all are paid', async () => {
      const open = await stage.naru.admin.withdrawals.listPage({ state: ['PENDING', 'VALIDATING'] });
      return open.data.length === 0 ? true : null;
    });
    await page.close();
  },
);

/** As when blocks are full: what is sent waits for `resumeBlocks`. */
async function stopBlocks(): Promise<void> {
  await anvil(stage.stack, 'evm_setAutomine', false);
  await anvil(stage.stack, 'evm_setIntervalMining', 0);
}

async function resumeBlocks(): Promise<void> {
  await anvil(stage.stack, 'evm_setAutomine', true);
  await anvil(stage.stack, 'evm_setIntervalMining', 1);
}
afterEach(resumeBlocks);

async function askAndSend(amount: string): Promise<string> {
  const id = await ask(amount);
  await eventually('it is sent', async () => ((await stateOf(id)) === 'BROADCASTED' ? true : null));
  return id;
}

test(
  'no block takes it: its fee is raised, its transaction shows both attempts, one is paid',
  SLOW,
  async () => {
    const verbs = korean.words(verbTexts);
    const words = korean.words(detailTexts);
    await stopBlocks();
    const id = await askAndSend('8.125');
    const page = await korean.open(`/withdrawals/${id}`);
    await korean.carryOut(page, {
      open: await fromMenu(page, page.getByRole('button', { name: verbs.verbs }), verbs.bump),
      title: verbs.bumpTitle,
      reason: '블록이 가득 찼어요',
      verb: verbs.bump,
    });
    await page.getByRole('link', { name: words.alone }).click();
    await page.waitForURL(/\/chain-txs\//);
    await page.getByRole('heading', { level: 1, name: new RegExp(words.txTitle) }).waitFor();
    const attempts = page.getByRole('list', { name: words.attempts }).getByRole('listitem');
    await eventually('the second attempt is shown', async () =>
      (await attempts.count()) >= 2 ? true : null,
    );
    await korean.inspect(page);
    await resumeBlocks();
    await page.getByText(words.minedHere).waitFor();
    await page.getByText(words.PAID, { exact: true }).first().waitFor();
    await page.getByRole('link', { name: /^wd_/ }).first().click();
    await page.getByText(withdrawalStateTexts.ko.CONFIRMED).first().waitFor();
    // What the chain has paid cannot be taken back, and the menu says so.
    const release = await fromMenu(page, page.getByRole('button', { name: verbs.verbs }), verbs.release);
    await release.getByText('이미 지급됐어요').waitFor();
    const { chainTxs, verbs: done } = await stage.naru.admin.withdrawals.get(id);
    expect(chainTxs).toHaveLength(1);
    expect(done).toMatchObject([{ verb: 'bump', reason: '블록이 가득 찼어요' }]);
    await page.close();
  },
);

test(
  'sent to the wrong payee: taken back on a phone, and the chain says once which it was',
  SLOW,
  async () => {
    const verbs = english.words(verbTexts);
    const words = english.words(detailTexts);
    await stopBlocks();
    const id = await askAndSend('9.375');
    const page = await english.open(`/withdrawals/${id}`);
    await english.carryOut(page, {
      open: await fromMenu(page, page.getByRole('button', { name: verbs.verbs }), verbs.release),
      title: verbs.releaseTitle,
      fill: (dialog) => dialog.getByText(verbs.releaseAfter('9.375 USDC')).waitFor(),
      reason: 'the wrong payee',
      verb: verbs.release,
    });
    const releasing = page.getByRole('main').getByText(words.anomalyReleasing);
    await releasing.waitFor();
    await english.inspect(page);
    await resumeBlocks();
    const state = await eventually('the chain has decided', async () => {
      const now = await stateOf(id);
      return now === 'CONFIRMED' || now === 'FAILED' ? now : null;
    });
    await page.getByText(withdrawalStateTexts.en[state]).first().waitFor();
    await releasing.waitFor({ state: 'detached' });
    await page.close();
  },
);

test('what happened to one is told in the order of its changes, each as it was sent', SLOW, async () => {
  const words = english.words(eventTexts);
  const id = await ask('5.875');
  await eventually('it is paid', async () => ((await stateOf(id)) === 'CONFIRMED' ? true : null));
  const page = await english.open('/events');
  await choose(page.getByRole('main'), words.type, 'withdrawal.confirmed');
  await page.waitForURL(/type=withdrawal\.confirmed/);
  await page.getByLabel(words.withdrawalId).fill(id);
  await page.getByLabel(words.withdrawalId).press('Enter');
  await page.waitForURL(new RegExp(`withdrawalId=${id}`));
  await page.getByRole('link', { name: 'withdrawal.confirmed' }).click();
  await page.getByRole('heading', { level: 1, name: 'withdrawal.confirmed' }).waitFor();
  await english.inspect(page);
  await page.getByRole('link', { name: words.sameSubject }).click();
  await page.waitForURL(/\/events\?withdrawalId=/);
  const types = page.getByRole('link', { name: /^withdrawal\./ });
  await eventually('all of its events', async () => ((await types.count()) >= 5 ? true : null));
  await page.getByRole('link', { name: 'withdrawal.pending' }).waitFor();
  await english.inspect(page);
  await page.close();
});

test('nothing went wrong in any page', () => {
  expect(stage.wrong()).toEqual([]);
});
