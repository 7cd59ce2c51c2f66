import { addressBookTexts } from '@naru/console/views/address-book/address-book.texts.ts';
import { blockListTexts } from '@naru/console/views/block-list/block-list.texts.ts';
import { policyTexts } from '@naru/console/views/policies/policy.texts.ts';
import { tierTexts } from '@naru/console/views/tiers/tier.texts.ts';
import { toPublicId } from '@naru/kit/ids.ts';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Desk, LOOKS, rowOf } from '../support/desk.ts';
import { newAddress } from '../support/payouts.ts';
import { refusedWith } from '../support/refused.ts';
import { eventually, startStack } from '../support/stack.ts';
import { type Stage, setStage } from '../support/stage.ts';

/** Policies and the address book that they go by: changed in pages, and held to by the machine. */
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
    (await refusedWith(stage.naru, to)) === 'address_cooling_off' ? true : null,
  );
  // A day later.
  await sql`UPDATE address_book_entry SET created_at = created_at - interval '25 hours'`.execute(
    stage.stack.database.db,
  );
  await page.reload();
  await rowOf(page, 'Supplier').getByText(words.ready).waitFor();
  expect(await refusedWith(stage.naru, to)).toBeNull();
  await english.carryOut(page, {
    open: page.getByRole('button', { name: `${words.remove}: Supplier` }),
    title: words.removeTitle,
    verb: words.remove,
  });
  await eventually('it is paid no more', async () =>
    (await refusedWith(stage.naru, to)) === 'address_not_allowed' ? true : null,
  );
  await page.close();
});

test('a policy is retired, and its rules come back as another version', LIMIT, async () => {
  const words = korean.words(policyTexts);
  const [active] = await stage.naru.admin.policies.list({ state: 'ACTIVE' });
  const page = await korean.open(`/policies/${active?.id}`);
  await korean.carryOut(page, {
    open: page.getByRole('button', { name: words.retire, exact: true }),
    title: words.retireTitle,
    verb: words.retire,
  });
  await page.getByRole('main').getByText(words.RETIRED, { exact: true }).first().waitFor();
  await korean.inspect(page);
  const to = newAddress();
  await eventually('anybody is paid', async () =>
    (await refusedWith(stage.naru, to)) === null ? true : null,
  );
  await korean.carryOut(page, {
    open: page.getByRole('button', { name: words.draftFrom, exact: true }),
    title: words.draftFrom,
    fill: (dialog) => dialog.getByLabel(words.note).fill('되살렸어요'),
    verb: words.draft,
  });
  await page.getByText('되살렸어요').waitFor();
  await korean.carryOut(page, {
    open: page.getByRole('button', { name: words.activate, exact: true }),
    title: words.activateTitle(String((active?.number ?? 0) + 1)),
    verb: words.activate,
  });
  await eventually('the rules hold again', async () =>
    (await refusedWith(stage.naru, to)) === 'address_not_allowed' ? true : null,
  );
  const again = await stage.naru.admin.policies.list({ state: 'ACTIVE' });
  expect(again).toMatchObject([{ document: active?.document, note: '되살렸어요' }]);
  await page.close();
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
