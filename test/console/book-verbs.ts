import { readFile } from 'node:fs/promises';
import { exportTexts } from '@naru/console/views/exports/export.texts.ts';
import { reportTexts } from '@naru/console/views/reports/report.texts.ts';
import { createAuditDesk } from '@naru/core/audit/audit-desk.ts';
import { makeReports } from '@naru/core/report/make-reports.ts';
import { systemClock } from '@naru/kit/clock.ts';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { choose } from '../support/choose.ts';
import type { Console } from '../support/console.ts';
import { LOOKS } from '../support/desk.ts';
import { eventually } from '../support/stack.ts';
import type { Stage } from '../support/stage.ts';

const WHY = 'a test of the console';
const [KOREAN, ENGLISH] = LOOKS;

async function reportsOf(shown: Console, page: Page) {
  await page.goto(`${shown.url}/reports`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  return page.locator('main');
}

/** The tests of reports and files, for the file that has made their stack. `date`: a day whose report is final. */
export function bookVerbs(stageOf: () => Stage, date: string): void {
  test('a report is opened, printed, saved, and computed again', async () => {
    const { stack, naru, sit, shown } = stageOf();
    const desk = await sit('operator', KOREAN);
    const words = desk.words(reportTexts);
    const page = await desk.open('/reports');
    await page.getByRole('link', { name: date, exact: true }).click();
    await page.getByRole('heading', { level: 1, name: words.heading(words.daily, date) }).waitFor();
    await page.getByText(`${words.FINAL} · v1`).waitFor();
    await desk.inspect(page);
    await desk.carryOut(page, {
      open: page.getByRole('button', { name: words.rerun, exact: true }),
      title: words.rerunAsk,
      reason: WHY,
      verb: words.rerun,
    });
    const made = page.getByText(`${words.FINAL} · v2`);
    const asked = page.getByText(words.rerunText(WHY));
    await asked.or(made).first().waitFor();
    // At one moment: asked for once, and not again before it is made.
    const [isAsked, isDisabled] = await Promise.all([
      asked.isVisible(),
      page.locator('main button', { hasText: words.rerun }).isDisabled(),
    ]);
    expect(isDisabled || !isAsked || (await made.isVisible())).toBe(true);
    // The jobs role does it each minute. It may be doing it now, from what was asked for before: then again.
    await eventually('the second version', async () => {
      await makeReports({ db: stack.database.db, clock: systemClock }).catch(() => undefined);
      return (await naru.admin.reports.get({ period: 'daily', date })).version === 2 ? true : null;
    });
    await made.waitFor();
    expect(await naru.admin.reports.get({ period: 'daily', date })).toMatchObject({ version: 2, ties: true });
    await page.getByRole('link', { name: 'v1', exact: true }).click();
    await page.getByText(words.oldTitle).waitFor();
    await page.getByRole('link', { name: words.newest }).click();
    await made.waitFor();
    await page.close();

    const phone = await sit('viewer', ENGLISH);
    const english = phone.words(reportTexts);
    const small = await phone.open(`/reports/daily/${date}`);
    const [download] = await Promise.all([
      small.waitForEvent('download'),
      small.getByRole('link', { name: english.csv }).click(),
    ]);
    expect(await readFile(await download.path(), 'utf8')).toMatch(/confirmed,3/);
    const [workbook] = await Promise.all([
      small.waitForEvent('download'),
      small.getByRole('button', { name: english.xlsx }).click(),
    ]);
    expect(workbook.suggestedFilename()).toBe(`naru-daily-${date}-v2.xlsx`);
    expect((await readFile(await workbook.path())).subarray(0, 2).toString()).toBe('PK');
    await small.evaluate('window.print = () => { document.title = "printed"; }');
    await small.getByRole('button', { name: english.print }).click();
    await eventually('it is printed', async () => ((await small.title()) === 'printed' ? true : null));
    await small.emulateMedia({ media: 'print' });
    await small.getByText(english.printed).waitFor();
    expect(await small.getByRole('button', { name: english.print }).isVisible()).toBe(false);
    await small.emulateMedia({ media: 'screen' });
    expect(await small.locator('main button', { hasText: english.rerun }).isDisabled()).toBe(true);
    await choose(await reportsOf(shown, small), english.period, english.weekly);
    await small.close();
  });

  test('what a list shows is written into a file, and fetched', async () => {
    const { stack, sit } = stageOf();
    for (const look of LOOKS) {
      const desk = await sit('viewer', look);
      const words = desk.words(exportTexts);
      const page = await desk.open('/withdrawals?state=CONFIRMED');
      await page.getByRole('button', { name: words.open }).click();
      const dialog = page.getByRole('dialog', { name: words.title });
      await dialog.getByText(words.recent).waitFor();
      await dialog.getByRole('button', { name: words.start }).click();
      await dialog.getByText(words.DONE).first().waitFor();
      await desk.inspect(page, '[role=dialog]');
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        dialog.getByRole('link', { name: words.download, exact: true }).click(),
      ]);
      const lines = (await readFile(await download.path(), 'utf8')).trim().split(/\r?\n/);
      expect(lines.length).toBe(4);
      expect(lines[1]).toContain('CONFIRMED');
      await page.close();
    }
    const exported = await createAuditDesk(stack.database).search(
      { action: 'export.insert' },
      { limit: 10, before: null },
    );
    expect(exported.data.length).toBe(LOOKS.length);
  });
}
