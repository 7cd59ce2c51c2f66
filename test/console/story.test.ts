import { randomBytes } from 'node:crypto';
import { toPublicId } from '@naru/kit/ids.ts';
import { startWebhookReceiver, type WebhookReceiver } from '@naru/outbound/testing/webhook-receiver.ts';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { LOOKS } from '../support/desk.ts';
import { randomAddress } from '../support/payouts.ts';
import { eventually, startStack } from '../support/stack.ts';
import { type Stage, setStage } from '../support/stage.ts';

/** The day of an operator, by the pages: a file, a payout that another person approves, its end, and what it leaves. */
let stage: Stage;
let receiver: WebhookReceiver;
const webhooks = { NARU_WEBHOOK_KEY: randomBytes(32).toString('base64'), NARU_WEBHOOK_ALLOW_LOCAL: 'true' };
const [korean] = LOOKS;

beforeAll(async () => {
  stage = await setStage(await startStack({ accounts: 4 }), webhooks);
  await stage.stack.startWorker('processor,broadcaster,monitor,accounts');
  await stage.stack.startWorker('jobs', webhooks);
  receiver = await startWebhookReceiver();
  await switchOnApprovals();
});
afterAll(async () => {
  await stage?.stop();
  await receiver?.close();
});

/** From a hundred thousand won on, one person approves; a dollar is 1,350 won. */
async function switchOnApprovals(): Promise<void> {
  const { naru, stack } = stage;
  const organisationId = toPublicId('organisation', stack.caller.organisationId);
  for (const [base, quote, rate] of [
    ['USD', 'KRW', '1350'],
    ['USDC', 'USD', '1'],
  ] as const) {
    await naru.admin.exchangeRates.setPair({ base, quote, source: 'OPERATOR' });
    await naru.admin.exchangeRates.set({ base, quote, rate });
  }
  const document = { approvals: { steps: [{ fromKrw: '100000', quorum: 1 }], expiresInHours: 24 } };
  const draft = await naru.admin.policies.create({ organisationId, document, note: 'the story' });
  const active = await naru.admin.policies.activate(draft.id);
  const inForceAt = Date.parse(active.effectiveAt ?? '') + 1_000; // a process keeps rules for a second
  await eventually('the rules are in force', async () => (Date.now() >= inForceAt ? true : null));
}

/** Opens the first row of a list. */
async function openFirst(page: Page, address: RegExp): Promise<void> {
  await page
    .getByRole('link', { name: /(wd|rev)_/ })
    .first()
    .click();
  await page.waitForURL(address);
}

test('a file, an approval by another person, the payment, its webhook, and its trace in the books', {
  timeout: 300_000,
}, async () => {
  const admin = await stage.sit('admin', korean);
  const endpoints = await admin.open('/webhooks');
  await admin.carryOut(endpoints, {
    open: endpoints.getByRole('button', { name: '엔드포인트 추가하기' }).first(),
    title: '엔드포인트 추가하기',
    fill: (dialog) => dialog.getByLabel('주소').fill(`${receiver.url}/story`),
    verb: '엔드포인트 추가하기',
  });
  await endpoints.getByText('서명 비밀 키').first().waitFor();

  const operator = await stage.sit('operator', korean);
  const bulk = await operator.open('/bulk');
  const large = randomAddress();
  const rows = [
    'chain,asset,to,amount,reference',
    ...Array.from({ length: 4 }, (_, index) => `localhost,USDC,${randomAddress()},1.5,story-${index}`),
    `localhost,USDC,${large},250,story-large`,
  ];
  await bulk
    .locator('input[type=file]')
    .setInputFiles({ name: 'payouts.csv', mimeType: 'text/csv', buffer: Buffer.from(rows.join('\n')) });
  await bulk.getByText('5줄 모두 접수할 수 있어요').waitFor();
  await operator.carryOut(bulk, {
    open: bulk.getByRole('button', { name: '5건 접수하기' }),
    title: '출금 5건을 접수할까요?',
    verb: '5건 접수하기',
  });
  await bulk.getByText('1건이 승인을 기다려요').waitFor();

  // The one who asked sees it, and is not offered the answer.
  const asked = await operator.open('/approvals');
  await openFirst(asked, /\/approvals\/rev_/);
  await asked.getByRole('heading', { level: 1, name: '250' }).waitFor();
  expect(await asked.getByRole('button', { name: '승인하기', exact: true }).count()).toBe(0);

  const approver = await stage.sit('approver', korean);
  const queue = await approver.open('/approvals');
  await openFirst(queue, /\/approvals\/rev_/);
  await approver.carryOut(queue, {
    open: queue.getByRole('button', { name: '승인하기', exact: true }),
    title: '이 출금을 승인할까요?',
    verb: '승인하기',
  });
  await queue.getByText('승인했어요').first().waitFor();

  // Nobody presses anything: the page hears of it.
  await bulk.getByText('모두 끝났어요').first().waitFor();

  const list = await operator.open('/withdrawals?q=story-large');
  await openFirst(list, /\/withdrawals\/wd_/);
  await list.getByText('지급 완료').first().waitFor();
  await eventually('its webhook', async () =>
    receiver.received.some(
      ({ body }) => body.includes('withdrawal.confirmed') && body.includes('story-large'),
    )
      ? true
      : null,
  );
  await list.getByText('withdrawal.confirmed').first().waitFor();

  const auditor = await stage.sit('auditor', korean);
  const audit = await auditor.open('/audit?action=withdrawal_vote');
  await audit.getByText('withdrawal_vote.insert').first().waitFor();
  await audit.getByText('The approver').first().waitFor();
  // What the day in Korea has come to so far; it is written each minute.
  const today = new Date(Date.now() + 9 * 3_600_000).toISOString().slice(0, 10);
  await eventually(
    'the report of the day',
    async () => {
      const report = await auditor.open(`/reports/daily/${today}`);
      const isWritten = (await report.getByText('USDC').count()) > 0;
      await report.close();
      return isWritten ? true : null;
    },
    120_000,
  );
  expect(stage.wrong()).toEqual([]);
});
