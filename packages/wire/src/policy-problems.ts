import type { CatalogueEntry } from './problem-entry.ts';

/** What rules refuse, and what can go wrong with rules themselves; part of `problemCatalogue`. */
export const policyProblems = {
  tier_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such tier', ko: '등급을 찾을 수 없어요' },
    what: {
      en: 'There is no tier with this name.',
      ko: '이 이름의 등급이 없어요.',
    },
    next: {
      en: 'This call changed nothing. Check the name or id and send it again with a new idempotency key.',
      ko: '이 요청으로 바뀐 것은 없어요. 이름이나 ID를 확인하고 새 멱등 키로 다시 보내 주세요.',
    },
  },
  policy_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such policy version', ko: '정책 버전을 찾을 수 없어요' },
    what: {
      en: 'There is no policy version with this id.',
      ko: '이 ID의 정책 버전이 없어요.',
    },
    next: {
      en: 'This call changed nothing. Check the name or id and send it again with a new idempotency key.',
      ko: '이 요청으로 바뀐 것은 없어요. 이름이나 ID를 확인하고 새 멱등 키로 다시 보내 주세요.',
    },
  },
  address_book_entry_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such address book entry', ko: '주소록 항목을 찾을 수 없어요' },
    what: {
      en: 'The address book of your organisation has no entry with this id.',
      ko: '회원님 조직의 주소록에 이 ID의 항목이 없어요.',
    },
    next: {
      en: 'This call changed nothing. Check the name or id and send it again with a new idempotency key.',
      ko: '이 요청으로 바뀐 것은 없어요. 이름이나 ID를 확인하고 새 멱등 키로 다시 보내 주세요.',
    },
  },
  blocked_address_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such blocked address', ko: '차단 주소를 찾을 수 없어요' },
    what: {
      en: 'There is no blocked address with this id.',
      ko: '이 ID의 차단 주소가 없어요.',
    },
    next: {
      en: 'This call changed nothing. Check the name or id and send it again with a new idempotency key.',
      ko: '이 요청으로 바뀐 것은 없어요. 이름이나 ID를 확인하고 새 멱등 키로 다시 보내 주세요.',
    },
  },
  exchange_rate_pair_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such pair', ko: '환율 쌍을 찾을 수 없어요' },
    what: {
      en: 'There is no such pair of exchange rates.',
      ko: '이 환율 쌍이 설정되어 있지 않아요.',
    },
    next: {
      en: 'No rate changed. Say where the rate of the pair comes from first, and send it again with a new idempotency key.',
      ko: '바뀐 환율은 없어요. 먼저 환율 쌍의 출처를 정하고 새 멱등 키로 다시 보내 주세요.',
    },
  },
  decision_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No decision', ko: '판단 기록이 없어요' },
    what: {
      en: 'No rules have judged this withdrawal: it waits, or none governed it.',
      ko: '이 출금을 판단한 규칙이 없어요. 아직 대기 중이거나 적용되는 정책이 없는 출금이에요.',
    },
    next: {
      en: 'This call changed nothing. Read the withdrawal to see where it stands.',
      ko: '이 요청으로 바뀐 것은 없어요. 출금을 조회해서 상태를 확인해 주세요.',
    },
  },
  policy_state_conflict: {
    status: 409,
    retryable: false,
    title: { en: 'Not possible in this state', ko: '지금 상태에서는 할 수 없어요' },
    what: {
      en: 'The policy version is not in a state that allows this.',
      ko: '정책 버전의 지금 상태에서는 할 수 없는 일이에요.',
    },
    next: {
      en: 'Nothing changed: the rules in force are as before. Read the version to see its state.',
      ko: '바뀐 것은 없고, 적용 중인 규칙은 그대로예요. 정책 버전을 조회해서 상태를 확인해 주세요.',
    },
  },
  address_not_allowed: {
    status: 422,
    retryable: false,
    title: { en: 'Address not in the address book', ko: '주소록에 없는 주소예요' },
    what: {
      en: 'Your organisation pays only addresses of its address book, and this one does not stand there.',
      ko: '주소록에 있는 주소로만 출금할 수 있는데, 이 주소는 주소록에 없어요.',
    },
    next: {
      en: 'No money moved and nothing was reserved. Add the address to the address book, wait for its cooling-off to pass, and send it with a new idempotency key.',
      ko: '돈은 움직이지 않았고 예약된 금액도 없어요. 주소록에 주소를 추가하고 대기 시간이 지난 뒤 새 멱등 키로 다시 보내 주세요.',
    },
  },
  address_cooling_off: {
    status: 422,
    retryable: false,
    title: { en: 'Address too new', ko: '아직 대기 중인 주소예요' },
    what: {
      en: 'This address was added to the address book a short time ago and is still cooling off.',
      ko: '주소록에 추가된 지 얼마 안 된 주소라서 아직 대기 시간이 남아 있어요.',
    },
    next: {
      en: 'No money moved and nothing was reserved. Wait until the cooling-off has passed, and send it with a new idempotency key.',
      ko: '돈은 움직이지 않았고 예약된 금액도 없어요. 대기 시간이 지난 뒤 새 멱등 키로 다시 보내 주세요.',
    },
  },
  address_blocked: {
    status: 422,
    retryable: false,
    title: { en: 'Address blocked', ko: '출금이 막힌 주소예요' },
    what: {
      en: 'This address is blocked here; nothing is paid to it.',
      ko: '이 주소로는 출금할 수 없게 막혀 있어요.',
    },
    next: {
      en: 'No money moved and nothing was reserved. Use another address, or ask the operator why it is blocked.',
      ko: '돈은 움직이지 않았고 예약된 금액도 없어요. 다른 주소를 쓰거나 운영자에게 이유를 물어봐 주세요.',
    },
  },
} as const satisfies Record<string, CatalogueEntry>;
