import { readFile } from 'node:fs/promises';
import { saidOfFindings } from '@naru/console/i18n/finding-texts.ts';
import { saidOfHistories, sayMachineText } from '@naru/console/i18n/machine-texts.ts';
import { expect, test } from 'vitest';
import { findFiles } from './find-files.ts';

/** The pieces of a sentence between what is filled in; a short one says nothing. */
function piecesOf(pattern: RegExp): string[] {
  const plain = pattern.source.replace(/^\^|\$$/g, '').replaceAll(/\\([.?()'"`])/g, '$1');
  const pieces = plain.split(/\((?:[^()]|\([^()]*\))*\)\??|\\[Swds][+*]?|\.\*\??|\[[^\]]*\][+*]?/);
  return pieces.map((piece) => piece.trim()).filter((piece) => piece.length > 5);
}

test('every sentence that is said in Korean is one that the programs write', async () => {
  const texts = await Promise.all(
    (await findFiles(['packages', 'apps/worker', 'apps/api', 'apps/signer'])).map((file) =>
      readFile(file, 'utf8'),
    ),
  );
  // As it is written, over the lines that a long one is broken into.
  const written = texts
    .join('\n')
    .replaceAll(/[`'"] \+\s*[`'"]/g, '')
    .replaceAll('\\`', '`');
  const unknown = [...saidOfHistories, ...saidOfFindings]
    .map(([pattern]) => piecesOf(pattern))
    .filter((pieces) => pieces.length > 0 && !pieces.some((piece) => written.includes(piece)));
  expect(unknown).toEqual([]);
});

test('a sentence of two, one with another in it, and one of a person', () => {
  expect(sayMachineText('its nonce was freed by a self-transfer; planned again', 'ko')).toBe(
    '자기 전송으로 논스를 비웠어요. 다시 계획해요',
  );
  expect(sayMachineText('2 items by 0xabc, nonce 7, SIGNED: insufficient_funds', 'ko')).toMatch(
    /2건.*가스비 부족$/,
  );
  expect(sayMachineText('I looked, and it is fine', 'ko')).toBe('I looked, and it is fine');
  expect(sayMachineText('taken up', 'en')).toBe('taken up');
});
