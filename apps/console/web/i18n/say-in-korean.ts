import type { Locale } from './locale.ts';

/**
 * A sentence that the machinery writes, and how it is said in Korean. It is written in English, once, for whoever reads it
 * later: it is evidence, and is kept as it is. What is not known, or was written by a person, is shown as it came.
 */
export type Said = readonly [RegExp, (...parts: string[]) => string];

/** Of accounts of ours, said of the account itself and of what waits for it. */
export const accountPhrases: readonly Said[] = [
  [/^too little coin for gas: send it some$/, () => '가스로 낼 코인이 부족해요. 코인을 보내 주세요.'],
  [
    /^the chain has more of its transactions than the database: run `naru recover`$/,
    () => '데이터베이스에 없는 트랜잭션이 체인에 있어요. naru recover를 실행해 주세요.',
  ],
  [
    /^the payout contract has a batch of ours that the database does not know: run `naru recover`$/,
    () => '데이터베이스가 모르는 묶음이 지급 컨트랙트에 있어요. naru recover를 실행해 주세요.',
  ],
];

export function inKorean(phrases: readonly Said[], text: string): string {
  const whole = findSaid(phrases, text);
  if (whole !== null) return whole;
  // Two phrases in one: why, and what comes of it.
  const parts = text.split('; ').map((part) => findSaid(phrases, part));
  return parts.every((part) => part !== null) ? parts.join('. ') : text;
}

function findSaid(phrases: readonly Said[], text: string): string | null {
  for (const [pattern, say] of phrases) {
    const match = pattern.exec(text);
    if (match !== null) return say(...match.slice(1));
  }
  return null;
}

/** Says what these phrases know in the language of the reader. */
export function sayerOf(phrases: readonly Said[]): (text: string, locale: Locale) => string {
  return (text, locale) => (locale === 'ko' ? inKorean(phrases, text) : text);
}
