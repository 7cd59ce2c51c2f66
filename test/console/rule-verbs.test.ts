import { common } from '@naru/console/i18n/common.ts';
import { addressBookTexts } from '@naru/console/views/address-book/address-book.texts.ts';
import { blockListTexts } from '@naru/console/views/block-list/block-list.texts.ts';
import { feeTexts } from '@naru/console/views/fees/fee.texts.ts';
import { policyTexts } from '@naru/console/views/policies/policy.texts.ts';
import { rateTexts } from '@naru/console/views/rates/rate.texts.ts';
import { tierTexts } from '@naru/console/views/tiers/tier.texts.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { isNaruApiError } from '@naru/sdk/errors.ts';
import { getAddress } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { choose } from '../support/choose.ts';
import { type Desk, LOOKS, rowOf } from '../support/desk.ts';
import { randomAddress } from '../support/payouts.ts';
import { eventually, startStack } from '../support/stack.ts';
import { type Stage, setStage } from '../support/stage.ts';

/** What decides about withdrawals: changed in pages, and held to by the machine. */
let stage: Stage;
/** An administrator, in Korean at a desk and in English on a phone. */
let korean: Desk;
let english: Desk;
const own = () => toPublicId('organisation', stage.stack.caller.organisationId);
const newAddress = () => getAddress(randomAddress());
const pay = (to: string = newAddress(), amount = '1') =>
  stage.naru.withdrawals.create({ chain: 'localhost', asset: 'USDC', to, amount });

beforeAll(async () => {
  stage = await setStage(await startStack({ accounts: 2 }));
  await stage.stack.startWorker('processor,broadcaster,monitor,accounts,jobs');
  [korean, english] = await stage.sitAsAdmins();
});
afterAll(() => stage?.stop());

const LIMIT = { timeout: 300_000 };

/** What a withdrawal to this address is refused with, once the processes know; null: it is accepted. */
async function refusedWith(to: string, amount?: string): Promise<string | null> {
  return await pay(to, amount).then(
    () => null,
    (error: unknown) => (isNaruApiError(error) ? error.code : String(error)),
  );
}

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
    (await refusedWith(to, '4000')) === 'limit_exceeded' ? true : null,
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
    (await refusedWith(to, '4000')) === null ? true : null,
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
    (await refusedWith(to)) === 'address_blocked' ? true : null,
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
  await eventually('it is paid again', async () => ((await refusedWith(to)) === null ? true : null));
  await page.close();
});

describe('policies', () => {
  test('a draft is written, tried on past withdrawals, compared and put in force', LIMIT, async () => {
    const words = korean.words(policyTexts);
    const page = await korean.open('/policies');
    const rules = (document: object) => JSON.stringify(document, null, 2);
    const activate = async (version: string) => {
      await korean.carryOut(page, {
        open: page.getByRole('button', { name: words.activate, exact: true }),
        title: words.activateTitle(version),
        verb: words.activate,
      });
      await page.getByRole('main').getByText(words.ACTIVE).first().waitFor();
    };
    await korean.carryOut(page, {
      open: page.getByRole('button', { name: words.draft, exact: true }),
      title: words.draft,
      async fill(dialog) {
        await dialog.getByLabel(words.document).fill('{ "approvals": ');
        await dialog.getByText(/^JSON이 아니에요/).waitFor();
        await dialog.getByLabel(words.document).fill(rules({ approvals: { steps: [] }, colour: 'blue' }));
        await dialog
          .getByText(/colour/)
          .first()
          .waitFor();
        await dialog.getByRole('button', { name: words.draft, exact: true }).click();
        await dialog
          .getByLabel(words.document)
          .fill(rules({ approvals: { steps: [{ fromKrw: '2000', quorum: 1 }], expiresInHours: 24 } }));
        await dialog.getByText(words.valid).waitFor();
        await dialog.getByLabel(words.organisationId).fill('mine');
        await dialog.getByText(words.badOrganisation).waitFor();
        await dialog.getByLabel(words.organisationId).fill(own());
        await dialog.getByLabel(words.note).fill('첫 정책');
      },
      verb: words.draft,
    });
    await page.getByText(words.draftNotice).waitFor();
    await page.getByRole('tab', { name: words.tryIt }).click();
    await page.getByRole('button', { name: words.run, exact: true }).click();
    await page.getByText(words.total).first().waitFor();
    await page.getByText(words.changes).first().waitFor();
    await korean.inspect(page);
    await page.getByRole('tab', { name: words.diff }).click();
    await page.getByText(words.nothingActive).waitFor();
    await activate('1');
    const [active] = await stage.naru.admin.policies.list({ state: 'ACTIVE' });
    expect(active).toMatchObject({ number: 1, note: '첫 정책', organisationId: own() });
    await page.close();
  });

  test('an address of the book is not paid before it has cooled off', LIMIT, async () => {
    const rules = english.words(policyTexts);
    const draft = await english.open('/policies');
    await english.carryOut(draft, {
      open: draft.getByRole('button', { name: rules.draft, exact: true }),
      title: rules.draft,
      async fill(dialog) {
        await dialog
          .getByLabel(rules.document)
          .fill(JSON.stringify({ addressBook: { mode: 'ALLOW_ONLY', coolingOffHours: 24 } }));
        await dialog.getByText(rules.valid).waitFor();
        await dialog.getByLabel(rules.organisationId).fill(own());
      },
      verb: rules.draft,
    });
    await english.carryOut(draft, {
      open: draft.getByRole('button', { name: rules.activate, exact: true }),
      title: /^Activate version/,
      verb: rules.activate,
    });
    await draft.close();

    const words = english.words(addressBookTexts);
    const page = await english.open('/address-book');
    await page.getByText(words.coolingHint('24')).waitFor();
    const to = newAddress();
    await english.carryOut(page, {
      open: page.getByRole('button', { name: words.add, exact: true }),
      title: words.add,
      async fill(dialog) {
        await dialog.getByRole('button', { name: words.add, exact: true }).click();
        await dialog.getByRole('alert').getByText(words.labelNeeded).waitFor();
        await dialog.getByLabel(words.label).fill('Supplier');
        await dialog.getByLabel(words.address, { exact: true }).fill(to);
      },
      verb: words.add,
    });
    await rowOf(page, 'Supplier')
      .getByText(/^Until /)
      .waitFor();
    await english.inspect(page);
    await eventually('it is not paid yet', async () =>
      (await refusedWith(to)) === 'address_cooling_off' ? true : null,
    );
    await page.close();
  });
});

test('who may only look is offered no change of a rule, and refused one', LIMIT, async () => {
  const viewer = await stage.sit('viewer', LOOKS[0]);
  for (const [path, note, verb] of [
    ['/policies', policyTexts.ko.readOnly, policyTexts.ko.draft],
    ['/tiers', tierTexts.ko.readOnly, tierTexts.ko.add],
    ['/block-list', blockListTexts.ko.readOnly, blockListTexts.ko.add],
    ['/address-book', addressBookTexts.ko.readOnly, addressBookTexts.ko.add],
  ] as const) {
    const page = await viewer.open(path);
    await page.getByText(note).waitFor();
    expect([path, await page.getByRole('button', { name: verb, exact: true }).count()]).toEqual([path, 0]);
    await page.close();
  }
  const refused = await viewer.context.request.post(`${stage.shown.url}/api/v1/admin/block-list`, {
    headers: { origin: stage.shown.url, 'idempotency-key': 'viewer-blocks' },
    data: { chain: null, address: newAddress(), reason: 'not mine to say' },
  });
  expect(refused.status()).toBe(403);
  expect(stage.wrong()).toEqual([]);
});
