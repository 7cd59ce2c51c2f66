import type { CatalogueEntry } from './problem-entry.ts';

/** Of sub-accounts and what is moved between them. */
export const accountProblems = {
  sub_account_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such account', ko: '계정을 찾을 수 없어요' },
    what: {
      en: 'There is no sub-account with this address on this chain.',
      ko: '이 체인에 이 주소의 서브 계정이 없어요.',
    },
    next: {
      en: 'Nothing was changed and no money moved. `GET /v1/admin/sub-accounts` lists them.',
      ko: '바뀐 것도 움직인 돈도 없어요. GET /v1/admin/sub-accounts에서 목록을 확인해 주세요.',
    },
  },
  sub_account_exists: {
    status: 409,
    retryable: false,
    title: { en: 'The account is there already', ko: '이미 등록된 계정이에요' },
    what: {
      en: 'This address is a sub-account of the chain already, with another role.',
      ko: '이 주소는 이미 다른 역할로 등록되어 있어요.',
    },
    next: {
      en: 'Nothing was changed. Change its role if that is what you want.',
      ko: '바뀐 것은 없어요. 역할을 바꾸려면 역할 변경을 요청해 주세요.',
    },
  },
  sub_account_state: {
    status: 409,
    retryable: false,
    title: { en: 'Not possible in this state', ko: '지금 상태에서는 할 수 없어요' },
    what: {
      en: 'The account is not in a state that allows this.',
      ko: '계정이 이 작업을 할 수 있는 상태가 아니에요.',
    },
    next: {
      en: 'Nothing was changed and no money moved. Look at the account, do what the message says, and try again.',
      ko: '바뀐 것도 움직인 돈도 없어요. 계정 상태를 확인하고 안내에 따라 다시 시도해 주세요.',
    },
  },
  account_threshold_invalid: {
    status: 422,
    retryable: false,
    title: { en: 'Thresholds do not fit', ko: '기준 금액이 맞지 않아요' },
    what: {
      en: 'low must be below target, and target below high; gas money is in the coin of the chain and has no high.',
      ko: 'low는 target보다, target은 high보다 작아야 해요. 가스비 기준은 체인의 기본 코인으로만 정하고 high가 없어요.',
    },
    next: {
      en: 'Nothing was changed. Correct the amounts and send it again.',
      ko: '바뀐 것은 없어요. 금액을 고쳐서 다시 보내 주세요.',
    },
  },
  account_reserve_missing: {
    status: 409,
    retryable: false,
    title: { en: 'No reserve to take it from', ko: '보충할 준비금이 없어요' },
    what: {
      en: 'No main account (for gas: no gas account) of the chain holds this much.',
      ko: '이만큼 가진 메인 계정(가스비는 가스 계정)이 이 체인에 없어요.',
    },
    next: {
      en: 'No money moved. Send money to the main account or ask for less, with a new idempotency key.',
      ko: '돈은 움직이지 않았어요. 메인 계정에 돈을 보내거나 금액을 줄여서 새 멱등 키로 다시 보내 주세요.',
    },
  },
  account_transfer_under_way: {
    status: 409,
    retryable: true,
    title: { en: 'The same is under way', ko: '같은 이동이 진행 중이에요' },
    what: {
      en: 'A transfer of this asset to this account is under way.',
      ko: '이 계정으로 같은 자산을 옮기는 중이에요.',
    },
    next: {
      en: 'Nothing more was moved. `GET /v1/admin/account-transfers?open=true` shows it; ask again when it has ended.',
      ko: '더 움직인 돈은 없어요. GET /v1/admin/account-transfers?open=true에서 확인하고 끝난 뒤에 다시 요청해 주세요.',
    },
  },
} as const satisfies Record<string, CatalogueEntry>;
