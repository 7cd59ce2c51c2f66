import { useCallback } from 'react';
import { defineTexts, useTexts } from './locale.ts';

type Words = { name: string; means: string; action: string };

/** What is checked, what it means when it does not hold, and what to do first. */
const texts = defineTexts({
  ko: {
    ledger_replay: {
      name: '원장 다시 계산',
      means: '원장 계정의 잔액이 이체를 더한 값과 달라요.',
      action: '프로세서를 멈추고 naru verify로 어긋난 행을 확인하세요. 그전에는 손으로 고치지 마세요.',
    },
    ledger_full: {
      name: '원장 규칙',
      means: '원장의 행이 규칙을 어겼어요.',
      action: '프로세서를 멈추고 naru verify로 어긋난 행을 확인하세요. 그전에는 손으로 고치지 마세요.',
    },
    reserves: {
      name: '예약 금액',
      means: '원장이 잡아 둔 금액이 처리 중인 출금의 합과 달라요.',
      action: '이름이 나온 조직과 자산을 naru inspect로 살펴보세요.',
    },
    reserves_full: {
      name: '예약 금액 전체',
      means: '원장이 잡아 둔 금액이 처리 중인 출금의 합과 달라요.',
      action: '이름이 나온 조직과 자산을 naru inspect로 살펴보세요.',
    },
    chain_balance: {
      name: '체인 잔액',
      means: '우리 계정이 가진 금액이 원장과 달라요.',
      action:
        '손으로 보낸 이체가 있는지 찾아보세요. 들어온 돈은 입금으로, 나간 돈은 조정으로 기록하고, 아니라면 계정을 멈추세요.',
    },
    history_seals: {
      name: '기록 봉인',
      means: '봉인한 기록이나 봉인이 바뀌었어요.',
      action: '데이터베이스를 그대로 두고 마지막으로 내보낸 기록과 비교하세요.',
    },
    sealing: {
      name: '봉인 진행',
      means: '새 기록이 아직 봉인되지 않았어요.',
      action: 'jobs 프로세스가 떠 있는지 확인하세요.',
    },
    backups: {
      name: '백업',
      means: '방금 전 상태로 서버를 되살릴 수 없어요.',
      action: 'naru backup check를 실행하고 디스크에 여유가 있는지 확인하세요.',
    },
    account_reserves: {
      name: '메인·가스 계정 잔액',
      means: '메인 계정이나 가스 계정이 기준보다 적거나 곧 적어져요.',
      action: '모자란 만큼 보내거나 금고에서 충전을 제안하세요.',
    },
    account_transfers: {
      name: '계정 사이 이체',
      means: '계정 사이 이체가 실패했거나 오래됐어요. 또는 계정이 합류하지 못했어요.',
      action: '노드나 서명기가 남긴 말을 읽어 보세요. 아직 필요한 이체는 다시 정해져요.',
    },
    emergency_approvals: {
      name: '긴급 승인',
      means: '한 사람이 혼자 출금을 승인했어요.',
      action: '다른 사람이 그 승인을 확인하거나 이의를 남겨야 해요.',
    },
    queue: {
      name: '대기 출금',
      means: '논스를 받지 못하고 기다리는 출금이 많아요.',
      action: '프로세서가 떠 있는지, 계정이 사용 중이고 잔액이 충분한지, 수수료 상한이 맞는지 확인하세요.',
    },
    dead_letters: {
      name: '처리 보류',
      means: '처리하지 못하고 넘긴 건이 많아요.',
      action: '가장 흔한 원인부터 처리 보류 목록을 정리하세요.',
    },
    failure_rate: {
      name: '실패율',
      means: '우리 쪽 문제로 지급하지 못한 출금이 많아요.',
      action: '최근 몇 분 동안 실패한 출금의 공통점을 찾아보세요.',
    },
    resources: {
      name: '서버 자원',
      means: '디스크, 메모리나 연결이 거의 찼어요.',
      action: '서버를 키우거나 필요 없는 것을 지우세요.',
    },
    alert_delivery: {
      name: '알림 전달',
      means: '알림 채널에 알리지 못하고 있어요.',
      action: '채널을 시험하고 주소를 고치세요.',
    },
  } satisfies Record<string, Words>,
  en: {
    ledger_replay: {
      name: 'Ledger replay',
      means: 'An account of the ledger is not what its transfers add up to.',
      action: 'Stop the processor, then run naru verify: it names the rows. Repair nothing by hand before.',
    },
    ledger_full: {
      name: 'Ledger rules',
      means: 'A row of the ledger breaks its rules.',
      action: 'Stop the processor, then run naru verify: it names the rows. Repair nothing by hand before.',
    },
    reserves: {
      name: 'Reserved amounts',
      means: 'What the ledger reserves is not what open withdrawals ask for.',
      action: 'Look at the organisation and asset it names with naru inspect.',
    },
    reserves_full: {
      name: 'Reserved amounts, all',
      means: 'What the ledger reserves is not what open withdrawals ask for.',
      action: 'Look at the organisation and asset it names with naru inspect.',
    },
    chain_balance: {
      name: 'Balances on chain',
      means: 'Our accounts hold something else than the ledger says.',
      action:
        'Look for a transfer that was made by hand: record money that came as a funding, money that left as an adjustment. Otherwise pause the accounts.',
    },
    history_seals: {
      name: 'Seals of history',
      means: 'Sealed history was changed, or a seal was.',
      action: 'Keep the database as it is, and compare it with the last export of history.',
    },
    sealing: {
      name: 'Sealing',
      means: 'New history is in no seal.',
      action: 'See that a jobs role runs.',
    },
    backups: {
      name: 'Backups',
      means: 'The server could not be restored to a moment ago.',
      action: 'Run naru backup check, and see that the disk has room.',
    },
    account_reserves: {
      name: 'Main and gas accounts',
      means: 'A main or gas account is below low, or will be soon.',
      action: 'Send it what is missing, or propose a top-up from the treasury.',
    },
    account_transfers: {
      name: 'Moves between accounts',
      means: 'A move between our accounts failed or is old, or an account was not let in.',
      action: 'Read what the node or the signer says there; what is still needed is decided anew.',
    },
    emergency_approvals: {
      name: 'Emergency approvals',
      means: 'One person alone approved a withdrawal.',
      action: 'A second person confirms the review or objects.',
    },
    queue: {
      name: 'Waiting withdrawals',
      means: 'Many withdrawals wait and have no nonce.',
      action: 'See that a processor runs, that accounts are active and hold enough, and the ceiling of fees.',
    },
    dead_letters: {
      name: 'Dead letters',
      means: 'Much was given up.',
      action: 'Deal with the dead letters, the commonest cause first.',
    },
    failure_rate: {
      name: 'Failure rate',
      means: 'Many withdrawals could not be paid because of us.',
      action: 'Look at the failed ones of the last minutes for what they have in common.',
    },
    resources: {
      name: 'Resources',
      means: 'Disk, memory or connections are nearly used up.',
      action: 'Give the machine more, or remove what is not needed.',
    },
    alert_delivery: {
      name: 'Delivery of alarms',
      means: 'A channel of alarms cannot be told.',
      action: 'Test the channel and repair its address.',
    },
  },
});

type Describe = (invariant: string, fallback?: { means: string; action: string }) => Words;

/** Of a check that this version does not know, the words of the API. */
export function useInvariants(): Describe {
  const words = useTexts(texts) as Readonly<Record<string, Words>>;
  return useCallback(
    (invariant, fallback) =>
      words[invariant] ?? {
        name: invariant,
        means: fallback?.means ?? '',
        action: fallback?.action ?? '',
      },
    [words],
  );
}
