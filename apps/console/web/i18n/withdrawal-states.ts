import type { Tone } from '@naru/ui/tone.ts';
import {
  finalWithdrawalStates,
  type WithdrawalBody,
  type WithdrawalStateName,
  withdrawalStates,
} from '@naru/wire/withdrawal.ts';
import { defineTexts } from './locale.ts';

/** What the states of a withdrawal are called, wherever one is named. */
export const withdrawalStateTexts = defineTexts({
  ko: {
    PENDING: '접수',
    VALIDATING: '검사 중',
    REVIEW: '승인 대기',
    SIGNING: '서명 중',
    SIGNED: '서명 완료',
    BROADCASTING: '전송 중',
    BROADCASTED: '블록 대기',
    CONFIRMING: '확정 대기',
    CONFIRMED: '지급 완료',
    FAILED: '실패',
    CANCELED: '취소',
  },
  en: {
    PENDING: 'Accepted',
    VALIDATING: 'Being checked',
    REVIEW: 'In review',
    SIGNING: 'Being signed',
    SIGNED: 'Signed',
    BROADCASTING: 'Being sent',
    BROADCASTED: 'Waits for a block',
    CONFIRMING: 'Being confirmed',
    CONFIRMED: 'Paid',
    FAILED: 'Failed',
    CANCELED: 'Canceled',
  },
});

export const withdrawalTones = {
  PENDING: 'idle',
  VALIDATING: 'info',
  REVIEW: 'warn',
  SIGNING: 'info',
  SIGNED: 'info',
  BROADCASTING: 'info',
  BROADCASTED: 'info',
  CONFIRMING: 'info',
  CONFIRMED: 'good',
  FAILED: 'bad',
  CANCELED: 'idle',
} as const satisfies Record<WithdrawalStateName, Tone>;

export const priorityTexts = defineTexts({
  ko: { STANDARD: '일반', VIP: 'VIP', EMERGENCY: '긴급' },
  en: { STANDARD: 'Standard', VIP: 'VIP', EMERGENCY: 'Emergency' },
} satisfies Record<'ko' | 'en', Record<WithdrawalBody['priority'], string>>);

/** Nothing more comes of these. */
export function isFinal(state: WithdrawalStateName): boolean {
  return (finalWithdrawalStates as readonly string[]).includes(state);
}

/** Between acceptance and an end, without those that wait for a person. */
export const movingStates: readonly WithdrawalStateName[] = withdrawalStates.filter(
  (state) => !isFinal(state) && state !== 'REVIEW',
);
