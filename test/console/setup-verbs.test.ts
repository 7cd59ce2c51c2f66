import { common } from '@naru/console/i18n/common.ts';
import { assetTexts } from '@naru/console/views/assets/asset.texts.ts';
import { settingTexts } from '@naru/console/views/settings/setting.texts.ts';
import { testUsdCoinAbi, testUsdCoinBytecode } from '@naru/evm/abi/test-usd-coin.gen.ts';
import { encodeDeployData, type Hex } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Desk, rowOf } from '../support/desk.ts';
import { anvil, newAddress } from '../support/payouts.ts';
import { refusedWith } from '../support/refused.ts';
import { eventually, startStack } from '../support/stack.ts';
import { type Stage, setStage } from '../support/stage.ts';

/** What an installation is set up with, settings and assets: changed in pages, and held to by the machine. */
let stage: Stage;
/** An administrator, in Korean at a desk and in English on a phone. */
let korean: Desk;
let english: Desk;

beforeAll(async () => {
  stage = await setStage(await startStack({ accounts: 2 }));
  await stage.stack.startWorker('processor,broadcaster,monitor,accounts,jobs');
  [korean, english] = await stage.sitAsAdmins();
});
afterAll(() => stage?.stop());

const LIMIT = { timeout: 300_000 };

test(
  'settings: one is changed within its bounds, a danger is acknowledged, and a version comes back',
  LIMIT,
  async () => {
    const words = korean.words(settingTexts);
    const page = await korean.open('/settings?q=가스당');
    await page.getByRole('link', { name: '가스당 수수료 상한' }).first().click();
    await page.getByText(words.historyEmpty).waitFor();
    await korean.inspect(page);
    const key = 'fees.per_gas_max';
    const target = new URL(page.url()).searchParams.get('target') ?? '';
    const setting = () => stage.naru.admin.settings.get(key, target);
    const first = BigInt((await setting()).setting.current ?? '0');
    const title = words.changeTitle('가스당 수수료 상한');
    const open = page.getByRole('button', { name: words.change, exact: true });
    await korean.carryOut(page, {
      open,
      title,
      async fill(dialog) {
        await dialog.getByRole('button', { name: words.change, exact: true }).click();
        await dialog.getByText(words.same).first().waitFor();
        await dialog.getByLabel(words.newValue).fill('0');
        await dialog
          .getByText(/사이의 정수를 적어 주세요/)
          .first()
          .waitFor();
        await dialog.getByLabel(words.newValue).fill(String(first / 2n));
      },
      reason: '절반으로',
      verb: words.change,
    });
    await page.getByText('절반으로').waitFor();
    await korean.carryOut(page, {
      open,
      title,
      async fill(dialog) {
        await dialog.getByLabel(words.newValue).fill(String(first * 6n));
        await dialog.getByLabel(common.ko.reason).fill('급등');
        await dialog.getByRole('button', { name: words.change, exact: true }).click();
        await dialog.getByRole('checkbox', { name: words.dangerous }).waitFor({ state: 'attached' });
        await korean.inspect(page, '[role=dialog]');
        await dialog.getByText(words.dangerous).click();
      },
      verb: words.change,
    });
    await page.getByText('급등').waitFor();
    expect((await setting()).setting).toMatchObject({ version: 2, current: String(first * 6n) });
    await korean.carryOut(page, {
      open: page.getByRole('button', { name: `${words.revert}: ${words.version('1')}` }),
      title: words.revertTitle('1'),
      reason: '지나감',
      verb: words.revert,
    });
    await page.getByText('지나감').waitFor();
    expect(await setting()).toMatchObject({ setting: { version: 3, current: String(first / 2n) } });
    await page.close();
  },
);

test('assets: a token is looked at and added, and what is switched off is refused', LIMIT, async () => {
  const words = english.words(assetTexts);
  const data = encodeDeployData({
    abi: testUsdCoinAbi,
    bytecode: testUsdCoinBytecode,
    args: ['Won Coin', 'KRWX', 2, stage.stack.devnet.funder.address],
  });
  const hash = (await anvil(stage.stack, 'eth_sendTransaction', {
    from: stage.stack.devnet.funder.address,
    data,
  })) as Hex;
  const { contractAddress } = await eventually('the token is there', async () =>
    stage.stack.devnet.client.getTransactionReceipt({ hash }).catch(() => null),
  );
  const page = await english.open('/assets');
  await english.carryOut(page, {
    open: page.getByRole('button', { name: words.probe, exact: true }),
    title: words.probe,
    async fill(dialog) {
      await dialog.getByLabel(words.address, { exact: true }).fill('0x12');
      await dialog.getByText('An address of 42 characters').waitFor();
      await dialog.getByLabel(words.address, { exact: true }).fill(contractAddress ?? '');
    },
    verb: words.look,
  });
  await page.getByText(words.fine).waitFor();
  await english.inspect(page);
  await english.carryOut(page, {
    open: page.getByRole('button', { name: words.add, exact: true }),
    title: words.add,
    reason: 'customers ask for it',
    verb: words.add,
  });
  await rowOf(page, 'KRWX · localhost').waitFor();
  const asset = async (code: string) =>
    (await stage.naru.admin.assets.list()).find((one) => one.asset === code && one.chain === 'localhost');
  expect(await asset('KRWX')).toMatchObject({ enabled: true, decimals: 2 });

  const verbs = page.getByRole('button', { name: `${words.verbs}: KRWX · localhost` });
  await verbs.click();
  await english.carryOut(page, {
    open: page.getByRole('menuitem', { name: words.setMaximum }),
    title: `${words.setMaximum}: KRWX · localhost`,
    async fill(dialog) {
      await dialog.getByLabel(words.limit).fill('much');
      await dialog.getByText(words.badAmount).waitFor();
      await dialog.getByLabel(words.limit).fill('1000');
    },
    reason: 'to begin with',
    verb: words.setMaximum,
  });
  await rowOf(page, 'KRWX · localhost').getByText('1,000', { exact: true }).waitFor();
  await verbs.click();
  await english.carryOut(page, {
    open: page.getByRole('menuitem', { name: words.disable }),
    title: `${words.disable}: KRWX · localhost`,
    reason: 'not yet',
    verb: words.disable,
  });
  await rowOf(page, 'KRWX · localhost').getByText(words.disabled).waitFor();
  expect(await asset('KRWX')).toMatchObject({ enabled: false, maximum: '1000' });

  const chain = (await stage.naru.admin.chains.list()).find((one) => one.chain === 'localhost');
  const to = newAddress();
  await english.carryOut(page, {
    open: page.getByRole('button', { name: `${words.disable}: ${chain?.name}` }),
    title: `${words.disable}: ${chain?.name}`,
    reason: 'a quiet hour',
    verb: words.disable,
  });
  await eventually('the chain takes nothing new', async () =>
    (await refusedWith(stage.naru, to)) === null ? null : true,
  );
  await english.carryOut(page, {
    open: page.getByRole('button', { name: `${words.enable}: ${chain?.name}` }),
    title: `${words.enable}: ${chain?.name}`,
    reason: 'the hour is over',
    verb: words.enable,
  });
  await eventually('the chain takes them again', async () =>
    (await refusedWith(stage.naru, to)) === null ? true : null,
  );
  await page.close();
});

test('nothing went wrong in any page of it', () => {
  expect(stage.wrong()).toEqual([]);
});
