import { treasuryTexts } from '@naru/console/views/treasury/treasury.texts.ts';
import { deploySafe } from '@naru/devnet/deploy-safe.ts';
import { assertPresent } from '@naru/kit/assert.ts';
import type { TreasuryProposalBody } from '@naru/wire/treasury.ts';
import type { Page } from 'playwright-core';
import { parseUnits } from 'viem';
import { generatePrivateKey, privateKeyToAccount } from 'viem/accounts';
import { expect, test } from 'vitest';
import { choose } from '../support/choose.ts';
import { type Desk, LOOKS } from '../support/desk.ts';
import { runNaru } from '../support/run-naru.ts';
import { changePolicy, connectSigner } from '../support/signer-policy.ts';
import { eventually } from '../support/stack.ts';
import type { Stage } from '../support/stage.ts';
import { addWallets } from '../support/wallet.ts';

const CHAIN = 'localhost';
const WHY = 'a test of the console';
const [KOREAN, ENGLISH] = LOOKS;
const owner = () => privateKeyToAccount(generatePrivateKey());
const [anna, bora, stranger] = [owner(), owner(), owner()];

/** Where the money is; made before the first test runs. */
export type Funds = Stage & {
  /** Of the command line. */
  env: Record<string, string>;
  /** Of USDC, in its smallest unit. */
  mint(to: string, units: bigint): Promise<unknown>;
};

/** A Safe of two owners who both sign, with money that the books know; the signer executes for it. */
async function setUpTreasury({ stack, env, mint }: Funds): Promise<void> {
  const safe = await deploySafe(stack.devnet, {
    owners: [anna.address, bora.address],
    threshold: 2,
    saltNonce: 7n,
  });
  await mint(safe, parseUnits('1000', 6));
  const ran = [
    await runNaru(['treasury', 'set', CHAIN, safe, '--reason', WHY], env),
    await runNaru(['treasury', 'record', CHAIN, 'USDC', '1000', '--what', 'received', '--reason', WHY], env),
  ];
  for (const { code, err } of ran) expect(code, err).toBe(0);
  await changePolicy(stack, await connectSigner(stack), (present) => {
    const chains = present['chains'] as Record<string, object>;
    return { ...present, chains: { '31337': { ...chains['31337'], safes: [safe] } } };
  });
}

const newest = async ({ naru }: Funds): Promise<TreasuryProposalBody> =>
  assertPresent((await naru.admin.treasury.proposals.list({ chain: CHAIN, limit: 1 })).data[0], 'a proposal');
const proposalIs = ({ naru }: Funds, id: string, state: TreasuryProposalBody['state']) =>
  eventually(
    `${id} ${state}`,
    async () => ((await naru.admin.treasury.proposals.get(id)).state === state ? true : null),
    60_000,
  );

/** From the list of a treasury to the page of its new proposal. */
async function propose(funds: Funds, desk: Desk, page: Page, amount: string): Promise<TreasuryProposalBody> {
  const words = desk.words(treasuryTexts);
  await page.goto(`${funds.shown.url}/treasury`);
  await desk.carryOut(page, {
    open: page.getByRole('button', { name: `${words.propose}: ${CHAIN}` }),
    title: words.propose,
    reason: WHY,
    verb: words.propose,
    async fill(dialog) {
      await choose(dialog, words.asset, 'USDC');
      await dialog.getByLabel(words.amount).fill(amount);
    },
  });
  await page.waitForURL(/\/treasury\/tp_/);
  await page.getByRole('heading', { level: 1, name: words.TOP_UP }).waitFor();
  return await newest(funds);
}

/** By the wallet of that name in the page. */
async function signBy(desk: Desk, page: Page, name: string): Promise<void> {
  const words = desk.words(treasuryTexts);
  await desk.carryOut(page, {
    open: page.getByRole('button', { name: words.sign, exact: true }),
    title: words.signTitle,
    verb: words.sign,
    fill: (dialog) => choose(dialog, words.wallet, name),
  });
}

/** The tests of the treasury, for the file that has made its stack. */
export function treasuryVerbs(fundsOf: () => Funds): void {
  test('a top-up of the treasury is proposed, signed by wallets and by hand, and executed by itself', async () => {
    const funds = fundsOf();
    await setUpTreasury(funds);
    const desk = await funds.sit('operator', KOREAN);
    const words = desk.words(treasuryTexts);
    await addWallets(desk.context, [
      { name: 'Wallet of a stranger', account: stranger },
      { name: 'Closed wallet', account: anna, consents: false },
      { name: 'Wallet of Anna', account: anna },
    ]);
    const page = await desk.open('/treasury');
    await page.getByText(words.thresholdText('2', '2')).waitFor();
    const proposed = await propose(funds, desk, page, '40');
    expect(proposed).toMatchObject({ amount: '40', state: 'OPEN', reason: WHY, waitsFor: { signatures: 2 } });

    await page.getByRole('button', { name: words.sign, exact: true }).click();
    const dialog = page.getByRole('dialog', { name: words.signTitle });
    const press = () => dialog.getByRole('button', { name: words.sign, exact: true }).click();
    await choose(dialog, words.wallet, 'Wallet of a stranger');
    await press();
    await dialog.getByText(words.notOwner(stranger.address)).waitFor();
    await choose(dialog, words.wallet, 'Closed wallet');
    await press();
    await dialog.getByText(words.walletRefused).waitFor();
    await choose(dialog, words.wallet, 'Wallet of Anna');
    await press();
    await dialog.waitFor({ state: 'hidden' });
    await page.getByText(words.signed('1', '2')).first().waitFor();
    await page.reload(); // without the notice that goes away by itself
    await page.getByText(words.cannotCancel).waitFor();
    await desk.inspect(page);

    const signature = await bora.signTypedData(JSON.parse(proposed.typedData));
    await desk.carryOut(page, {
      open: page.getByRole('button', { name: words.paste, exact: true }),
      title: words.pasteTitle,
      verb: words.paste,
      async fill(form) {
        await form.getByLabel(words.pasteLabel).fill('0x1234');
        await form.getByText(words.badSignature).waitFor();
        await form.getByLabel(words.pasteLabel).fill(signature);
      },
    });
    await proposalIs(funds, proposed.id, 'EXECUTED');
    await page.getByText(words.EXECUTED, { exact: true }).waitFor();
    await page.getByText(words.transaction, { exact: true }).waitFor();
    await page.close();
  });

  test('on a phone: what nobody signed is canceled, what is signed is rejected', async () => {
    const funds = fundsOf();
    const desk = await funds.sit('operator', ENGLISH);
    const words = desk.words(treasuryTexts);
    await addWallets(desk.context, [
      { name: 'Wallet of Anna', account: anna },
      { name: 'Wallet of Bora', account: bora },
    ]);
    const page = await desk.open('/treasury');
    const unwanted = await propose(funds, desk, page, '1');
    await desk.carryOut(page, {
      open: page.getByRole('button', { name: words.cancel, exact: true }),
      title: words.cancelTitle,
      reason: WHY,
      verb: words.cancel,
    });
    await page.getByText(words.CANCELED, { exact: true }).waitFor();
    await proposalIs(funds, unwanted.id, 'CANCELED');

    const wrong = await propose(funds, desk, page, '2');
    await signBy(desk, page, 'Wallet of Anna');
    await page.getByText(words.signed('1', '2')).first().waitFor();
    expect(await page.getByRole('button', { name: words.cancel, exact: true }).isDisabled()).toBe(true);
    await desk.carryOut(page, {
      open: page.getByRole('button', { name: words.reject, exact: true }),
      title: words.rejectTitle,
      reason: WHY,
      verb: words.reject,
    });
    const rejection = await eventually('the rejection', async () => {
      const found = await newest(funds);
      return found.purpose === 'REJECTION' ? found : null;
    });
    await page.goto(`${funds.shown.url}/treasury?state=OPEN`);
    await page.getByRole('link', { name: words.REJECTION }).click();
    await page.getByRole('heading', { level: 1, name: words.REJECTION }).waitFor();
    await signBy(desk, page, 'Wallet of Anna');
    await page.getByText(words.signed('1', '2')).first().waitFor();
    await signBy(desk, page, 'Wallet of Bora');
    await proposalIs(funds, rejection.id, 'EXECUTED');
    await proposalIs(funds, wrong.id, 'SUPERSEDED');
    await page.goto(`${funds.shown.url}/treasury/${wrong.id}`);
    await page.getByText(words.SUPERSEDED, { exact: true }).waitFor();
    await page.close();

    const viewer = await funds.sit('viewer', ENGLISH);
    const seen = await viewer.open(`/treasury/${rejection.id}`);
    expect(await seen.getByRole('button', { name: words.sign }).count()).toBe(0);
    await seen.close();
  });
}
