import { common } from '@naru/console/i18n/common.ts';
import { blockListTexts } from '@naru/console/views/block-list/block-list.texts.ts';
import { feeTexts } from '@naru/console/views/fees/fee.texts.ts';
import { rateTexts } from '@naru/console/views/rates/rate.texts.ts';
import { tierTexts } from '@naru/console/views/tiers/tier.texts.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { choose } from '../support/choose.ts';
import { type Desk, rowOf } from '../support/desk.ts';
import { newAddress } from '../support/payouts.ts';
import { refusedWith } from '../support/refused.ts';
import { eventually, startStack } from '../support/stack.ts';
import { type Stage, setStage } from '../support/stage.ts';

/** What decides about withdrawals: changed in pages, and held to by the machine. */
let stage: Stage;
/** An administrator, in Korean at a desk and in English on a phone. */
let korean: Desk;
let english: Desk;
const own = () => toPublicId('organisation', stage.stack.caller.organisationId);

beforeAll(async () => {
  stage = await setStage(await startStack({ accounts: 2 }));
  await stage.stack.startWorker('processor,broadcaster,monitor,accounts,jobs');
  [korean, english] = await stage.sitAsAdmins();
});
afterAll(() => stage?.stop());

const LIMIT = { timeout: 300_000 };

test(
  'exchange rates: a pair is added, its rate is given, and a rate that is none is not sent',
  LIMIT,
  async () => {
    const words = english.words(rateTexts);
    const page = await english.open('/rates');
    for (const base of ['USD', 'USDC']) {
      await english.carryOut(page, {
        open: page.getByRole('button', { name: words.addPair, exact: true }),
        title: words.addPair,
        async fill(dialog) {
          await dialog.getByRole('button', { name: words.addPair, exact: true }).click();
          await dialog.getByRole('alert').getByText(words.badBase).waitFor();
          await dialog.getByLabel(words.base).fill(base.toLowerCase());
          await dialog.getByText(words.badBase).first().waitFor();
          await dialog.getByLabel(words.base).fill(base);
          if (base === 'USDC') await choose(dialog, words.quote, 'USD');
        },
        verb: words.addPair,
      });
    }
    await page.getByText(words.anomaly).waitFor();
    for (const [pair, rate] of [
      ['USD/KRW', '1350'],
      ['USDC/USD', '1'],
    ] as const)
      await english.carryOut(page, {
        open: page.getByRole('button', { name: `${words.set}: ${pair}` }),
        title: `${words.set}: ${pair}`,
        async fill(dialog) {
          await dialog.getByLabel(words.newRate(pair.split('/')[1] ?? '')).fill('1,350');
          await dialog.getByText(words.badRate).waitFor();
          await dialog.getByLabel(words.newRate(pair.split('/')[1] ?? '')).fill(rate);
        },
        verb: words.set,
      });
    await page.getByText(words.anomaly).waitFor({ state: 'detached' });
    await english.inspect(page);
    expect(await stage.naru.admin.exchangeRates.list()).toMatchObject([
      { base: 'USD', quote: 'KRW', rate: '1350', staleness: 'fresh' },
      { base: 'USDC', quote: 'USD', rate: '1', staleness: 'fresh' },
    ]);
    await page.close();
  },
);

test('tiers: one is made, assigned and changed, and its ceilings hold', LIMIT, async () => {
  const words = english.words(tierTexts);
  const page = await english.open('/tiers');
  const perWithdrawal = `${words.perWithdrawal} (${words.won})`;
  await english.carryOut(page, {
    open: page.getByRole('button', { name: words.add, exact: true }),
    title: words.add,
    async fill(dialog) {
      await dialog.getByRole('button', { name: words.add, exact: true }).click();
      await dialog.getByRole('alert').getByText(words.badCode).waitFor();
      await dialog.getByLabel(words.code, { exact: true }).fill('Standard!');
      await dialog.getByText(words.badCode).first().waitFor();
      await dialog.getByLabel(words.code, { exact: true }).fill('standard');
      await dialog.getByLabel(words.name, { exact: true }).fill('Standard');
      await dialog.getByLabel(perWithdrawal).fill('5000000');
      await dialog.getByLabel(`${words.dailyCount} (${words.number})`).fill('1000');
    },
    verb: words.add,
  });
  await rowOf(page, 'Standard').getByText('5,000,000').waitFor();
  await english.carryOut(page, {
    open: page.getByRole('button', { name: words.assign, exact: true }),
    title: words.assign,
    async fill(dialog) {
      // Of nobody's: the API refuses, and what is mended goes on in the same dialog.
      await dialog.getByLabel(words.organisationId).fill('org_01kjr3q8c6e7rvt0xx0n3m7d5k');
      await choose(dialog, words.tier, 'Standard');
      await dialog.getByRole('button', { name: words.assign, exact: true }).click();
      await dialog.getByRole('alert').first().waitFor();
      await dialog.getByLabel(words.organisationId).fill(own());
    },
    verb: words.assign,
  });
  expect(await stage.naru.admin.tiers.list()).toMatchObject([
    { code: 'standard', organisations: 1, perWithdrawalKrwMax: '5000000', dailyCountMax: 1000 },
  ]);
  const to = newAddress();
  await eventually('the tier holds', async () =>
    (await refusedWith(stage.naru, to, '4000')) === 'limit_exceeded' ? true : null,
  );
  await english.carryOut(page, {
    open: page.getByRole('button', { name: `${words.change}: Standard` }),
    title: `${words.change}: Standard`,
    async fill(dialog) {
      await dialog.getByLabel(perWithdrawal).fill('');
    },
    verb: words.change,
  });
  await eventually('the ceiling is gone', async () =>
    (await refusedWith(stage.naru, to, '4000')) === null ? true : null,
  );
  await english.inspect(page);
  await page.close();
});

test('fees: one is set, changed and ended, with a history that says why', LIMIT, async () => {
  const words = english.words(feeTexts);
  const page = await english.open('/fees');
  await english.carryOut(page, {
    open: page.getByRole('button', { name: words.add, exact: true }),
    title: words.add,
    async fill(dialog) {
      await choose(dialog, words.asset, 'localhost:USDC');
      await dialog.getByLabel(words.flat, { exact: true }).fill('half a dollar');
      await dialog.getByText(words.bad).first().waitFor();
      await dialog.getByLabel(words.flat, { exact: true }).fill('0.5');
    },
    reason: 'costs of the chain',
    verb: words.add,
  });
  await rowOf(page, 'USDC · localhost').getByText('0.5').waitFor();
  await english.carryOut(page, {
    open: page.getByRole('button', { name: `${words.change}: USDC localhost` }),
    title: `${words.change}: USDC · localhost`,
    async fill(dialog) {
      await dialog.getByLabel(words.basisPoints).fill('100');
      // A reason is required, and asked for in place.
      await dialog.getByRole('button', { name: words.change, exact: true }).click();
      await dialog.getByText(common.en.reasonNeeded).waitFor();
    },
    reason: 'one percent more',
    verb: words.change,
  });
  await rowOf(page, 'USDC · localhost').getByText('1.00%').waitFor();
  expect(await stage.naru.admin.withdrawalFees.list()).toMatchObject([
    { asset: 'USDC', version: 2, terms: { flat: '0.5', basisPoints: 100 } },
  ]);
  const quote = () => stage.naru.withdrawals.quote({ chain: 'localhost', asset: 'USDC', amount: '100' });
  await eventually('the fee is asked for', async () => ((await quote()).fee === '1.5' ? true : null));
  await page.getByRole('link', { name: words.history }).click();
  await page.getByText('one percent more').waitFor();
  await page.getByRole('link', { name: 'The admin' }).first().waitFor();
  await english.inspect(page);
  await english.carryOut(page, {
    open: page.getByRole('button', { name: `${words.end}: USDC localhost` }),
    title: words.endTitle,
    reason: 'a present',
    verb: words.end,
  });
  await page.getByRole('main').getByText(words.ended).first().waitFor();
  await eventually('nothing is charged', async () => ((await quote()).fee === '0' ? true : null));
  await page.close();
});

test('block list: an address is blocked with a reason, found, and unblocked', LIMIT, async () => {
  const words = korean.words(blockListTexts);
  const page = await korean.open('/block-list');
  const to = newAddress();
  await korean.carryOut(page, {
    open: page.getByRole('button', { name: words.add, exact: true }),
    title: words.add,
    async fill(dialog) {
      await dialog.getByLabel(words.address, { exact: true }).fill('0x1234');
      await dialog.getByText('0x로 시작하는 주소 42자를 적어 주세요').waitFor();
      await dialog.getByLabel(words.address, { exact: true }).fill(to);
    },
    reason: '사고 주소',
    verb: words.add,
  });
  await rowOf(page, '사고 주소').getByText('The admin').waitFor();
  await eventually('the block holds', async () =>
    (await refusedWith(stage.naru, to)) === 'address_blocked' ? true : null,
  );
  await page.getByLabel(words.search).fill(newAddress());
  await page.getByText(words.empty).waitFor();
  await page.getByLabel(words.search).fill(to);
  await korean.carryOut(page, {
    open: page.getByRole('button', { name: `${words.remove}: ${to}` }),
    title: words.removeTitle,
    verb: words.remove,
  });
  await page.getByText(words.empty).waitFor();
  expect(await stage.naru.admin.blockList.list()).toEqual([]);
  await eventually('it is paid again', async () =>
    (await refusedWith(stage.naru, to)) === null ? true : null,
  );
  await page.close();
});

test('nothing went wrong in any page of it', () => {
  expect(stage.wrong()).toEqual([]);
});
