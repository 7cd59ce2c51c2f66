import type { Tone } from '@naru/ui/tone.ts';
import type { LedgerAccountBody, LedgerPostingBody } from '@naru/wire/ledger.ts';
import { formatAmount } from '../../format/number.ts';
import { defineTexts } from '../../i18n/locale.ts';

export const postingTones = {
  SINGLE: 'good',
  PENDING: 'info',
  POST: 'good',
  VOID: 'idle',
} as const satisfies Record<LedgerPostingBody['kind'], Tone>;

/** What the chain says can be below zero; a promise to somebody never is. */
const mayBeNegative: readonly LedgerAccountBody['kind'][] = [
  'HOT_WALLET',
  'GAS',
  'DEPOSIT_WALLET',
  'TREASURY',
];

/** What its owner may take out, to be read; of what is ours on a chain there is no such thing, as it is owed to others. */
export function availableText({ kind, available }: LedgerAccountBody): string {
  return mayBeNegative.includes(kind) ? '—' : formatAmount(available);
}

export function isOverdrawn({ kind, available }: LedgerAccountBody): boolean {
  return available.startsWith('-') && !mayBeNegative.includes(kind);
}

export const ledgerTexts = defineTexts({
  ko: {
    title: '원장',
    lead: '누구에게 얼마를 줘야 하고 어디에 얼마가 있는지, 모든 잔액과 그 잔액을 만든 기록이에요. 줄 돈은 양수, 가진 돈은 음수라서 한 자산을 모두 더하면 0이에요.',
    accounts: '원장 계정',
    account: '계정',
    kind: '종류',
    all: '모두',
    CUSTOMER: '고객 잔액',
    HOUSE: '자체 자금',
    HOT_WALLET: '운영 계정',
    GAS: '쓴 가스비',
    FEE: '받은 수수료',
    DEPOSIT_WALLET: '입금 주소',
    SUSPENSE: '미확인 입금',
    TREASURY: '금고',
    chain: '체인',
    asset: '자산',
    organisation: '조직',
    balance: '잔액',
    reserved: '출금 중',
    available: '쓸 수 있는 금액',
    incoming: '들어올 금액',
    version: '기록 수',
    day: '기준일 (KST)',
    dayHint: '비우면 지금 잔액이에요',
    asOfDay: (day: string) => `${day} 24:00 (KST) 기준`,
    asOfNow: '지금 기준',
    negative: '마이너스예요. 대사에서 원인을 확인하세요.',
    empty: '원장에 계정이 없어요',
    emptyHint: '첫 돈이 들어오면 계정이 저절로 생겨요.',
    back: '원장 계정 모두 보기',
    postings: '잔액을 만든 기록',
    postingsEmpty: '이 계정의 기록이 없어요',
    postingsEmptyHint: '돈이 움직이면 한 줄씩 남고, 남은 줄은 바뀌지 않아요.',
    at: '때 (KST)',
    what: '움직임',
    SINGLE: '바로 옮김',
    PENDING: '묶어 둠',
    POST: '묶은 돈 지급',
    VOID: '묶은 돈 풂',
    amount: '금액',
    other: '상대 계정',
    reason: '까닭',
    WITHDRAWAL: '출금',
    CREDIT: '잔액 더하기',
    FUNDING: '자금 들어옴',
    ADJUSTMENT: '고쳐 적음',
    DEPOSIT: '입금',
    SWEEP: '입금 주소에서 모음',
    reference: '관련 항목',
    withdrawal: '출금 보기',
    chain_tx: '트랜잭션 보기',
    deposit: '입금 보기',
    deposit_address: '입금 보기',
    treasury_proposal: '제안 보기',
    inLedger: '원장에서 보기',
    inLedgerOf: (what: string) => `${what} 원장에서 보기`,
  },
  en: {
    title: 'Ledger',
    lead: 'Who is owed how much, where it is, and the rows that made each balance. What we owe is positive and what we own negative, so the balances of an asset sum to zero.',
    accounts: 'Accounts of the ledger',
    account: 'Account',
    kind: 'Kind',
    all: 'All',
    CUSTOMER: 'Customer',
    HOUSE: 'House',
    HOT_WALLET: 'Hot wallet',
    GAS: 'Gas burnt',
    FEE: 'Fees',
    DEPOSIT_WALLET: 'Deposit addresses',
    SUSPENSE: 'Suspense',
    TREASURY: 'Treasury',
    chain: 'Chain',
    asset: 'Asset',
    organisation: 'Organisation',
    balance: 'Balance',
    reserved: 'Reserved',
    available: 'Available',
    incoming: 'Incoming',
    version: 'Rows',
    day: 'As of the end of (KST)',
    dayHint: 'Empty: as it is now',
    asOfDay: (day) => `as of ${day} 24:00 (KST)`,
    asOfNow: 'as of now',
    negative: 'It is below zero. Reconciliation says why.',
    empty: 'The ledger has no account',
    emptyHint: 'They are made when the first money comes in.',
    back: 'All accounts of the ledger',
    postings: 'The rows that made it',
    postingsEmpty: 'No row touches this account',
    postingsEmptyHint: 'Whatever moves leaves a row, and rows never change.',
    at: 'At (KST)',
    what: 'What',
    SINGLE: 'Moved',
    PENDING: 'Held',
    POST: 'Paid of a hold',
    VOID: 'Hold released',
    amount: 'Amount',
    other: 'Other side',
    reason: 'Why',
    WITHDRAWAL: 'Withdrawal',
    CREDIT: 'Credit',
    FUNDING: 'Funding',
    ADJUSTMENT: 'Adjustment',
    DEPOSIT: 'Deposit',
    SWEEP: 'Sweep of a deposit address',
    reference: 'About',
    withdrawal: 'The withdrawal',
    chain_tx: 'The transaction',
    deposit: 'The deposit',
    deposit_address: 'Its deposits',
    treasury_proposal: 'The proposal',
    inLedger: 'In the ledger',
    inLedgerOf: (what) => `${what} in the ledger`,
  },
});
export type LedgerWords = (typeof ledgerTexts)['ko'];

/** A reason as people know it; of one that this version does not know, its name. */
export function reasonText(reason: string, words: LedgerWords): string {
  const text = (words as unknown as Readonly<Record<string, unknown>>)[reason];
  return typeof text === 'string' ? text : reason;
}
