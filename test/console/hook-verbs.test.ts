import { randomBytes } from 'node:crypto';
import { common } from '@naru/console/i18n/common.ts';
import { webhookTexts } from '@naru/console/views/webhooks/webhook.texts.ts';
import { startWebhookReceiver, type WebhookReceiver } from '@naru/outbound/testing/webhook-receiver.ts';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { choose } from '../support/choose.ts';
import { type Desk, rowOf } from '../support/desk.ts';
import { tick } from '../support/desk-parts.ts';
import { randomAddress } from '../support/payouts.ts';
import { eventually, startStack } from '../support/stack.ts';
import { type Stage, setStage } from '../support/stage.ts';

/** Whom an installation tells: endpoints are changed in pages, and what they are sent is what a receiver gets. */
let stage: Stage;
/** An administrator, in Korean at a desk and in English on a phone. */
let korean: Desk;
let english: Desk;
let receiver: WebhookReceiver;
const webhooks = { NARU_WEBHOOK_KEY: randomBytes(32).toString('base64'), NARU_WEBHOOK_ALLOW_LOCAL: 'true' };

beforeAll(async () => {
  stage = await setStage(await startStack({ accounts: 2 }), webhooks);
  await stage.stack.startWorker('processor,broadcaster,monitor,accounts,jobs', webhooks);
  receiver = await startWebhookReceiver();
  [korean, english] = await stage.sitAsAdmins();
});
afterAll(async () => {
  await stage?.stop();
  await receiver?.close();
});

const LIMIT = { timeout: 300_000 };

test(
  'an endpoint is added, tested, given another secret and paused, and a delivery is sent again',
  LIMIT,
  async () => {
    const words = korean.words(webhookTexts);
    const page = await korean.open('/webhooks');
    const url = `${receiver.url}/rules`;
    await korean.carryOut(page, {
      open: page.getByRole('button', { name: words.add, exact: true }).first(),
      title: words.addTitle,
      async fill(dialog) {
        await dialog.getByRole('button', { name: words.add, exact: true }).click();
        await dialog.getByRole('alert').getByText(words.invalidUrl).waitFor();
        // The API knows more of addresses than the page, and says it in the person's language.
        await dialog.getByLabel(words.url).fill('https://kim:secret@example.com/hooks');
        await dialog.getByRole('button', { name: words.add, exact: true }).click();
        await dialog.getByRole('alert').first().waitFor();
        await dialog.getByLabel(words.url).fill(url);
      },
      verb: words.add,
    });
    const secrets = page.getByRole('dialog', { name: words.secretTitle });
    const first = await secrets
      .getByText(/^whsec_/)
      .first()
      .textContent();
    await secrets.getByRole('button', { name: common.ko.close, exact: true }).last().click();
    await page.getByRole('link', { name: url }).click();
    await page.getByText(words.deliveriesEmpty).waitFor();
    await korean.carryOut(page, {
      open: page.getByRole('button', { name: words.test, exact: true }),
      title: words.testTitle,
      verb: words.test,
    });
    await rowOf(page, 'webhook.test').getByText(words.DELIVERED).waitFor();
    await korean.inspect(page);
    await rowOf(page, 'webhook.test').getByRole('link').click();
    await page.getByRole('heading', { level: 1, name: 'webhook.test' }).waitFor();
    await korean.inspect(page);
    await korean.carryOut(page, {
      open: page.getByRole('button', { name: words.resend, exact: true }),
      title: words.resendTitle,
      verb: words.resend,
    });
    await eventually('it is there twice, with one id', async () => {
      const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
      return ids.length === 2 && new Set(ids).size === 1 ? true : null;
    });
    await page.getByRole('main').getByText('2. 200').waitFor();
    await page.goBack();

    const menu = () => page.getByRole('button', { name: words.change, exact: true }).click();
    await menu();
    await korean.carryOut(page, {
      open: page.getByRole('menuitem', { name: words.rotate }),
      title: words.rotateTitle,
      fill: (dialog) => choose(dialog, words.overlap, words.week),
      verb: words.rotate,
    });
    const second = await secrets
      .getByText(/^whsec_/)
      .first()
      .textContent();
    expect(second).not.toBe(first);
    // It stays until it is closed, whatever the page hears meanwhile.
    await korean.inspect(page, '[role=dialog]');
    await secrets.getByRole('button', { name: common.ko.close, exact: true }).last().click();

    await menu();
    await korean.carryOut(page, {
      open: page.getByRole('menuitem', { name: words.pause }),
      title: words.pauseTitle,
      verb: words.pause,
    });
    await page.getByText(words.anomalyAsked).waitFor();
    expect(await stage.naru.webhookEndpoints.list()).toMatchObject([
      { state: 'PAUSED', stateReason: 'asked' },
    ]);
    await page.close();
  },
);

test('an endpoint is changed and removed, and a failed delivery says why', LIMIT, async () => {
  const words = english.words(webhookTexts);
  const made = await stage.naru.webhookEndpoints.create({
    url: `${receiver.url}/broken`,
    events: ['bulk.*'],
  });
  receiver.setFault('/broken', { kind: 'status', status: 500 });
  const page = await english.open(`/webhooks/${made.id}`);
  const menu = () => page.getByRole('button', { name: words.change, exact: true }).click();
  await menu();
  await english.carryOut(page, {
    open: page.getByRole('menuitem', { name: words.change, exact: true }),
    title: words.changeTitle,
    async fill(dialog) {
      await dialog.getByLabel(words.events).fill(' , ');
      await dialog.getByText(words.invalidEvents).waitFor();
      await dialog.getByLabel(words.events).fill('withdrawal.confirmed, bulk.*');
      await dialog.getByLabel(words.description).fill('Order system');
    },
    verb: words.change,
  });
  await page.getByText('Order system').waitFor();
  expect(await stage.naru.webhookEndpoints.get(made.id)).toMatchObject({
    events: ['withdrawal.confirmed', 'bulk.*'],
    description: 'Order system',
  });
  await english.carryOut(page, {
    open: page.getByRole('button', { name: words.test, exact: true }),
    title: words.testTitle,
    verb: words.test,
  });
  await rowOf(page, 'webhook.test').getByText('500').waitFor();
  await english.inspect(page);
  await menu();
  await english.carryOut(page, {
    open: page.getByRole('menuitem', { name: words.remove }),
    title: words.removeTitle,
    verb: words.remove,
  });
  await page.waitForURL(`${stage.shown.url}/webhooks`);
  await eventually('it is gone', async () =>
    (await stage.naru.webhookEndpoints.list()).every(({ id }) => id !== made.id) ? true : null,
  );
  await page.close();
});

/** What came to this path about confirmed withdrawals: which, by the id of the delivery and of the withdrawal. */
function confirmedAt(path: string): { hook: string; withdrawal: string }[] {
  return receiver.received.flatMap((one) => {
    const event = JSON.parse(one.body) as { type: string; data: { id: string } };
    if (one.path !== path || event.type !== 'withdrawal.confirmed') return [];
    return [{ hook: String(one.headers['webhook-id']), withdrawal: event.data.id }];
  });
}

async function payAndConfirm(): Promise<string> {
  const to = randomAddress();
  const { id } = await stage.naru.withdrawals.create({ chain: 'localhost', asset: 'USDC', to, amount: '1' });
  await stage.naru.withdrawals.waitFor(id, { until: ['CONFIRMED'], timeoutMs: 60_000 });
  return id;
}

async function resume(desk: Desk, page: Page, missed: 'missedDeliver' | 'missedSkip'): Promise<void> {
  const words = desk.words(webhookTexts);
  await desk.carryOut(page, {
    open: page.getByRole('button', { name: words.resume, exact: true }),
    title: words.resumeTitle,
    fill: async (dialog) => {
      if (missed === 'missedSkip') await choose(dialog, words.missed, words.missedSkip);
    },
    verb: words.resume,
  });
  await page.getByText(words.anomalyAsked).waitFor({ state: 'detached' });
}

test(
  'a pause loses nothing: what was missed is sent when it goes on, or left out if one says so',
  LIMIT,
  async () => {
    const path = '/missed';
    const { id } = await stage.naru.webhookEndpoints.create({
      url: `${receiver.url}${path}`,
      events: ['withdrawal.confirmed'],
    });
    const words = korean.words(webhookTexts);
    await stage.naru.webhookEndpoints.pause(id);
    const missed = [await payAndConfirm(), await payAndConfirm()];
    expect(confirmedAt(path)).toEqual([]);
    const page = await korean.open(`/webhooks/${id}`);
    await page.getByText(words.anomalyAsked).waitFor();
    await korean.inspect(page);
    await resume(korean, page, 'missedDeliver');
    await rowOf(page, 'withdrawal.confirmed').getByText(words.DELIVERED).waitFor();
    await eventually('both are there', async () => (confirmedAt(path).length >= 2 ? true : null));
    expect(
      confirmedAt(path)
        .map(({ withdrawal }) => withdrawal)
        .sort(),
    ).toEqual([...missed].sort());

    await stage.naru.webhookEndpoints.pause(id);
    const left = await payAndConfirm();
    await page.getByText(words.anomalyAsked).waitFor();
    await resume(korean, page, 'missedSkip');
    const after = await payAndConfirm();
    await eventually('what came after it is there', async () =>
      confirmedAt(path).some(({ withdrawal }) => withdrawal === after) ? true : null,
    );
    expect(confirmedAt(path).map(({ withdrawal }) => withdrawal)).not.toContain(left);
    await stage.naru.webhookEndpoints.delete(id);
    await page.close();
  },
);

test('a range is sent again on a phone: each once more, under the id it had', LIMIT, async () => {
  const path = '/again';
  const { id } = await stage.naru.webhookEndpoints.create({
    url: `${receiver.url}${path}`,
    events: ['withdrawal.confirmed'],
  });
  const paid = await payAndConfirm();
  const [first] = await eventually('it is told', async () => {
    const came = confirmedAt(path);
    return came.length > 0 ? came : null;
  });
  const words = english.words(webhookTexts);
  const page = await english.open(`/webhooks/${id}`);
  await page.getByRole('button', { name: words.change, exact: true }).click();
  await english.carryOut(page, {
    open: page.getByRole('menuitem', { name: words.replay }),
    title: words.replayTitle,
    async fill(dialog) {
      const from = dialog.getByLabel(words.from);
      const begin = await from.inputValue();
      await from.fill('');
      await dialog.getByText(words.noMoment).first().waitFor();
      await dialog.getByRole('button', { name: words.replay, exact: true }).click();
      await from.fill(begin);
      // Until the next minute, as this one is not over.
      await dialog.getByLabel(words.to).fill(inSeoul(new Date(Date.now() + 60_000)));
      await tick(dialog.getByRole('checkbox', { name: words.redeliver }));
    },
    verb: words.replay,
  });
  await eventually('it came again', async () => (confirmedAt(path).length > 1 ? true : null));
  expect(confirmedAt(path).filter(({ withdrawal }) => withdrawal === paid)).toEqual([first, first]);
  await stage.naru.webhookEndpoints.delete(id);
  await page.close();
});

/** As a field for a moment takes it. */
function inSeoul(at: Date): string {
  return new Date(at.getTime() + 9 * 3_600_000).toISOString().slice(0, 16);
}

test('nothing went wrong in any page of it', () => {
  expect(stage.wrong()).toEqual([]);
});
