import type { Tone } from '@naru/ui/tone.ts';
import type { ChainTxBody } from '@naru/wire/withdrawal-detail.ts';
import { defineTexts } from '../../i18n/locale.ts';

export const chainTxStateTexts = defineTexts({
  ko: {
    PLANNED: '계획',
    SIGNED: '서명 완료',
    BROADCASTING: '전송 중',
    BROADCASTED: '블록 대기',
    MINED: '확정 대기',
    EXECUTED: '실행됨',
    REVERTED: '되돌려짐',
    CANCELED: '취소됨',
    DISPLACED: '논스를 빼앗김',
  },
  en: {
    PLANNED: 'Planned',
    SIGNED: 'Signed',
    BROADCASTING: 'Being sent',
    BROADCASTED: 'Waits for a block',
    MINED: 'Being confirmed',
    EXECUTED: 'Executed',
    REVERTED: 'Reverted',
    CANCELED: 'Canceled',
    DISPLACED: 'Displaced',
  },
});

export const chainTxTones = {
  PLANNED: 'idle',
  SIGNED: 'info',
  BROADCASTING: 'info',
  BROADCASTED: 'info',
  MINED: 'info',
  EXECUTED: 'good',
  REVERTED: 'bad',
  CANCELED: 'idle',
  DISPLACED: 'bad',
} as const satisfies Record<keyof (typeof chainTxStateTexts)['ko'], Tone>;

/** What a transaction is for. One that is new to this page is shown by its own name. */
export const chainTxKindTexts = defineTexts({
  ko: {
    PAYOUT: '출금 지급',
    TRANSFER: '계정 간 이동',
    APPROVAL: '토큰 사용 승인',
    DEPOSIT_SWEEP: '입금 모으기',
    SAFE: '금고 실행',
  },
  en: {
    PAYOUT: 'Pays withdrawals',
    TRANSFER: 'Between our accounts',
    APPROVAL: 'Token approval',
    DEPOSIT_SWEEP: 'Collects deposits',
    SAFE: 'Executes for the treasury',
  },
});

/** Nothing more comes of these. */
export const finalChainTxStates: readonly string[] = ['EXECUTED', 'REVERTED', 'CANCELED', 'DISPLACED'];

/** Somebody wants its nonce back, or has a self-transfer on its way for it, and no block has decided yet. */
export function isBeingFreed({ wanted, minedAt, finalAt, attempts }: ChainTxBody): boolean {
  if (minedAt !== null || finalAt !== null) return false;
  return wanted === 'CANCEL' || attempts.at(-1)?.purpose === 'CANCEL';
}
