import { StatusChip } from '@naru/ui/status-chip.tsx';
import type { Tone } from '@naru/ui/tone.ts';
import type { ReviewBody } from '@naru/wire/review.ts';
import { defineTexts, useTexts } from '../i18n/locale.ts';

export const reviewStateTexts = defineTexts({
  ko: {
    OPEN: '결정 대기',
    APPROVED: '승인됨',
    DENIED: '거절됨',
    EXPIRED: '기한 지남',
    CANCELED: '요청 취소',
    OVERTAKEN: '이미 체인에 있음',
  },
  en: {
    OPEN: 'Waits for votes',
    APPROVED: 'Approved',
    DENIED: 'Denied',
    EXPIRED: 'Expired',
    CANCELED: 'Called back',
    OVERTAKEN: 'On the chain already',
  },
});

const tones = {
  OPEN: 'warn',
  APPROVED: 'good',
  DENIED: 'bad',
  EXPIRED: 'bad',
  CANCELED: 'idle',
  OVERTAKEN: 'idle',
} as const satisfies Record<ReviewBody['state'], Tone>;

/** Where a review stands: the same word and mark in every view. */
export function ReviewState({ state }: { state: ReviewBody['state'] }) {
  const words = useTexts(reviewStateTexts);
  return <StatusChip tone={tones[state]}>{words[state]}</StatusChip>;
}
