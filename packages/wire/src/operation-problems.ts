import type { CatalogueEntry } from './problem-entry.ts';

/** What can go wrong when an operator asks for something; part of `problemCatalogue`. */
export const operationProblems = {
  dead_letter_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such dead letter', ko: '확인이 필요한 건을 찾을 수 없어요' },
    what: { en: 'There is no dead letter with this id.', ko: '이 ID의 확인 필요 건이 없어요.' },
    next: {
      en: 'This call changed nothing. `GET /v1/admin/dead-letters` lists them.',
      ko: '이 요청으로 바뀐 것은 없어요. 목록은 GET /v1/admin/dead-letters에서 볼 수 있어요.',
    },
  },
  chain_tx_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such chain transaction', ko: '체인 트랜잭션을 찾을 수 없어요' },
    what: { en: 'There is no chain transaction with this id.', ko: '이 ID의 체인 트랜잭션이 없어요.' },
    next: {
      en: 'This call changed nothing. `GET /v1/admin/search` finds one by its hash, too.',
      ko: '이 요청으로 바뀐 것은 없어요. GET /v1/admin/search에서 해시로도 찾을 수 있어요.',
    },
  },
  ledger_account_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such account of the ledger', ko: '원장 계정을 찾을 수 없어요' },
    what: { en: 'The ledger has no account with this id.', ko: '이 ID의 원장 계정이 없어요.' },
    next: {
      en: 'This call changed nothing. `GET /v1/admin/ledger/accounts` lists them.',
      ko: '이 요청으로 바뀐 것은 없어요. 목록은 GET /v1/admin/ledger/accounts에서 볼 수 있어요.',
    },
  },
  alarm_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such alarm', ko: '알람을 찾을 수 없어요' },
    what: { en: 'There is no alarm with this id.', ko: '이 ID의 알람이 없어요.' },
    next: {
      en: 'This call changed nothing and no money moved. `GET /v1/admin/alarms` lists them.',
      ko: '이 요청으로 바뀐 것은 없고 돈도 움직이지 않았어요. 목록은 GET /v1/admin/alarms에서 볼 수 있어요.',
    },
  },
  report_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such report', ko: '보고서를 찾을 수 없어요' },
    what: {
      en: 'There is no report of this period, or not in this version.',
      ko: '이 기간의 보고서가 없거나, 요청한 버전이 없어요.',
    },
    next: {
      en: 'This call changed nothing and no money moved. `GET /v1/admin/reports` lists them; a week is named by its Monday, a month by its first day.',
      ko: '이 요청으로 바뀐 것은 없고 돈도 움직이지 않았어요. 목록은 GET /v1/admin/reports에서 볼 수 있어요. 주간은 월요일, 월간은 1일 날짜로 찾아 주세요.',
    },
  },
  export_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such export', ko: '내보낸 파일을 찾을 수 없어요' },
    what: {
      en: 'There is no export with this id, it is not done, or its day is over and it was removed.',
      ko: '이 ID의 파일이 없거나, 아직 만드는 중이거나, 하루가 지나 삭제됐어요.',
    },
    next: {
      en: 'This call changed nothing. `GET /v1/admin/exports` lists what there is; ask for a new one where it is gone.',
      ko: '이 요청으로 바뀐 것은 없어요. 목록은 GET /v1/admin/exports에서 확인하고, 삭제됐다면 다시 요청해 주세요.',
    },
  },
  saved_view_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such saved view', ko: '저장한 보기를 찾을 수 없어요' },
    what: {
      en: 'Your organisation shares no view with this id; somebody may have removed it.',
      ko: '회원님 조직에 이 ID의 보기가 없어요. 다른 사람이 지웠을 수 있어요.',
    },
    next: {
      en: 'This call changed nothing. `GET /v1/admin/saved-views` lists what there is.',
      ko: '이 요청으로 바뀐 것은 없어요. 목록은 GET /v1/admin/saved-views에서 확인해 주세요.',
    },
  },
  operation_not_possible: {
    status: 409,
    retryable: false,
    title: { en: 'Not possible now', ko: '지금은 할 수 없는 작업이에요' },
    what: {
      en: 'What was asked for does not fit the state that this is in.',
      ko: '지금 상태에서는 요청한 작업을 할 수 없어요.',
    },
    next: {
      en: 'Nothing changed and no money moved. Read it again to see where it stands; `naru inspect` says what can be done.',
      ko: '바뀐 것은 없고 돈도 움직이지 않았어요. 다시 조회해서 상태를 확인해 주세요. 할 수 있는 일은 naru inspect에서 볼 수 있어요.',
    },
  },
  retry_duplicate: {
    status: 409,
    retryable: false,
    title: { en: 'It may have been asked for again already', ko: '이미 다시 요청한 출금일 수 있어요' },
    what: {
      en: 'Since it failed, a withdrawal with the same amount and destination was asked for.',
      ko: '실패한 뒤에 금액과 받는 주소가 같은 출금이 새로 접수됐어요.',
    },
    next: {
      en: 'Nothing was retried and no money moved. Look at the other one; if this is another payment, say `acceptDuplicate`.',
      ko: '다시 시도하지 않았고 돈도 움직이지 않았어요. 다른 출금을 먼저 확인하고, 별개의 지급이 맞으면 acceptDuplicate를 함께 보내 주세요.',
    },
  },
  release_affects_others: {
    status: 409,
    retryable: false,
    title: { en: 'Others are in the same transaction', ko: '같은 트랜잭션에 다른 출금이 있어요' },
    what: {
      en: 'Its transaction pays other withdrawals as well.',
      ko: '이 트랜잭션으로 다른 출금도 함께 지급하고 있어요.',
    },
    next: {
      en: 'Nothing was released. The others would be planned again and paid a little later; say `wholeBatch` if that is right.',
      ko: '되돌린 것은 없어요. 다른 출금은 다시 계획돼서 조금 늦게 지급돼요. 괜찮다면 wholeBatch를 함께 보내 주세요.',
    },
  },
} as const satisfies Record<string, CatalogueEntry>;
