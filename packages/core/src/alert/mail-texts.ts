import type { Invariant } from '../reconciliation/invariants.ts';
import type { NoticeKind, Severity } from './alert.ts';

export const mailLanguages = ['ko', 'en'] as const;
export type MailLanguage = (typeof mailLanguages)[number];
type Texts<K extends string> = Readonly<Record<K, Readonly<Record<MailLanguage, string>>>>;

export const headings: Texts<NoticeKind> = {
  RAISED: { en: 'New', ko: '새 알람이 열렸어요' },
  REMINDER: {
    en: 'Still open, and acknowledged by nobody',
    ko: '아직 열려 있고, 맡은 사람이 없어요',
  },
  RESOLVED: { en: 'Resolved', ko: '해결됐어요' },
};

export const severityNames: Texts<Severity> = {
  CRITICAL: { en: 'CRITICAL', ko: '긴급' },
  WARNING: { en: 'WARNING', ko: '주의' },
};

/** What does not hold, in a sentence; figures are in the detail, what to do is in the runbook. A new invariant needs both. */
export const meanings: Texts<Invariant> = {
  ledger_replay: {
    en: 'A balance of the ledger is not the sum of its rows.',
    ko: '원장 잔액이 내역을 모두 더한 값과 달라요.',
  },
  ledger_full: {
    en: 'A balance of the ledger is not the sum of its rows, by a check of the whole ledger.',
    ko: '원장 전체를 확인해 보니 잔액이 내역을 모두 더한 값과 달라요.',
  },
  reserves: {
    en: 'The ledger reserves more or less than open withdrawals ask for.',
    ko: '예약된 금액이 진행 중인 출금의 금액과 달라요.',
  },
  reserves_full: {
    en: 'The ledger reserves more or less than open withdrawals ask for, by a check of all withdrawals.',
    ko: '모든 출금을 확인해 보니 예약된 금액이 진행 중인 출금의 금액과 달라요.',
  },
  chain_balance: {
    en: 'The hot wallets hold more or less than the ledger says.',
    ko: '핫월렛에 있는 금액이 원장과 달라요.',
  },
  history_seals: {
    en: 'Sealed history is not as it was sealed.',
    ko: '봉인한 기록이 봉인할 때와 달라졌어요.',
  },
  sealing: { en: 'New history is not being sealed.', ko: '새 기록을 봉인하지 못하고 있어요.' },
  backups: {
    en: 'The database could not be restored to a moment ago.',
    ko: '지금은 데이터베이스를 방금 전 상태로 복구할 수 없어요.',
  },
  account_reserves: {
    en: 'A main or gas account holds less than the next hours need.',
    ko: '메인 계정이나 가스 계정의 잔액이 앞으로 몇 시간 동안 쓰기에 모자라요.',
  },
  account_transfers: {
    en: 'A move between our accounts that was decided has not been made.',
    ko: '하기로 한 계정 사이의 이체를 아직 하지 못했어요.',
  },
  emergency_approvals: {
    en: 'What one person approved alone in an emergency waits for a second person.',
    ko: '긴급으로 한 사람이 승인한 출금을 다른 사람이 아직 확인하지 않았어요.',
  },
  queue: { en: 'Many withdrawals wait to be planned.', ko: '처리를 기다리는 출금이 많아요.' },
  dead_letters: {
    en: 'Much was given up and waits for a person.',
    ko: '사람이 봐야 하는 건이 많이 쌓였어요.',
  },
  failure_rate: {
    en: 'Many withdrawals fail because of us.',
    ko: '우리 쪽 문제로 실패하는 출금이 많아요.',
  },
  resources: {
    en: 'A process or the database runs out of something.',
    ko: '프로세스나 데이터베이스가 쓸 자원이 거의 남지 않았어요.',
  },
  alert_delivery: {
    en: 'Somebody who is to be told of alarms could not be told.',
    ko: '알람을 받아야 할 곳에 알람을 보내지 못했어요.',
  },
};

export const phrases = {
  more: {
    en: (count: number) => `And ${count} more: naru alarms`,
    ko: (count: number) => `이 밖에 ${count}건이 더 있어요: naru alarms`,
  },
  opened: { en: (at: string) => `opened ${at}`, ko: (at: string) => `${at}에 열렸어요` },
  closed: {
    en: (from: string, to: string) => `opened ${from}, closed ${to}`,
    ko: (from: string, to: string) => `${from}에 열려서 ${to}에 닫혔어요`,
  },
  footer: {
    en: (runbook: string) =>
      `What each means and what to do: ${runbook}\nWho looks after one: naru alarms ack <id> --note …`,
    ko: (runbook: string) =>
      `알람마다 무슨 뜻이고 무엇을 하면 되는지: ${runbook}\n맡아서 처리할 때: naru alarms ack <id> --note …`,
  },
  test: {
    en: (by: string) =>
      `This is a test, asked for by ${by}. Nothing is wrong: alarms of this installation reach you.`,
    ko: (by: string) =>
      `${by}의 요청으로 보낸 테스트예요. 문제가 생긴 건 아니에요. 이 시스템의 알람을 이 주소로 받을 수 있어요.`,
  },
} as const;
