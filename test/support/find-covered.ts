import type { Page } from 'playwright-core';

/** Pixels, in each direction, that two neighbours may share: borders and rounding. */
const SHARED_PX_MAX = 2;

/**
 * What people press or type into and what lies over it, pairwise, in the main part of a page: names of both. Whatever is
 * within the other is meant so, as a link in a row.
 */
export async function findCovered(page: Page): Promise<string[]> {
  const found = await page.evaluate(`(() => {
    const shown = [...document.querySelectorAll('main :is(button, a, input, textarea, select)')].flatMap((one) => {
      const box = one.getBoundingClientRect();
      const isSeen = one.checkVisibility({ opacityProperty: true, visibilityProperty: true });
      return isSeen && box.width > 1 && box.height > 1 ? [{ one, box }] : [];
    });
    const nameOf = (one) => (one.getAttribute('aria-label') ?? one.textContent ?? '').trim().slice(0, 40) || one.tagName;
    const covered = [];
    shown.forEach((a, index) => {
      for (const b of shown.slice(index + 1)) {
        if (a.one.contains(b.one) || b.one.contains(a.one)) continue;
        const width = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const height = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        if (width > ${SHARED_PX_MAX} && height > ${SHARED_PX_MAX}) covered.push(nameOf(a.one) + ' / ' + nameOf(b.one));
      }
    });
    return covered;
  })()`);
  return found as string[];
}
