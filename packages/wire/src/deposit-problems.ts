import type { CatalogueEntry } from './problem-entry.ts';

/** What calls about deposits and reserves can meet; part of the catalogue. */
export const depositProblems = {
  deposit_address_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such deposit address', ko: '입금 주소를 찾을 수 없어요' },
    what: {
      en: 'There is no deposit address with this id among yours.',
      ko: '내 입금 주소 가운데 이 ID를 가진 것이 없어요.',
    },
    next: {
      en: 'No money moved. Check the id; `GET /v1/deposit-addresses` lists yours.',
      ko: '돈은 움직이지 않았어요. ID를 확인해 주세요. 내 주소는 `GET /v1/deposit-addresses`에서 볼 수 있어요.',
    },
  },
  deposit_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such deposit', ko: '입금을 찾을 수 없어요' },
    what: {
      en: 'There is no deposit with this id among yours.',
      ko: '내 입금 가운데 이 ID를 가진 것이 없어요.',
    },
    next: {
      en: 'No money moved. Check the id; a payment is listed once the block that holds it was read.',
      ko: '돈은 움직이지 않았어요. ID를 확인해 주세요. 송금은 그 블록을 읽은 다음부터 목록에 보여요.',
    },
  },
  deposit_not_creditable: {
    status: 409,
    retryable: false,
    title: { en: 'The deposit cannot be credited', ko: '이 입금은 지금 반영할 수 없어요' },
    what: {
      en: 'The deposit is in a state, or of a token, that cannot be credited.',
      ko: '입금의 상태나 토큰 때문에 잔액에 반영할 수 없어요.',
    },
    next: {
      en: 'No balance changed. What arrived is where it was; the message says what has to come first.',
      ko: '바뀐 잔액은 없어요. 들어온 금액은 그대로 있어요. 먼저 해야 할 일은 메시지에 적혀 있어요.',
    },
  },
  deposits_not_available: {
    status: 422,
    retryable: false,
    title: { en: 'No deposits on this chain', ko: '이 체인에서는 입금을 받지 않아요' },
    what: { en: 'Deposits are not set up on this chain.', ko: '이 체인에는 입금이 설정되어 있지 않아요.' },
    next: {
      en: 'No address was made. Choose another chain, or ask the operator to set deposits up.',
      ko: '주소를 만들지 않았어요. 다른 체인을 고르거나, 운영자에게 입금 설정을 요청해 주세요.',
    },
  },
  deposits_not_ready: {
    status: 503,
    retryable: true,
    title: { en: 'Deposits are not watched yet', ko: '입금 확인이 아직 시작되지 않았어요' },
    what: {
      en: 'The chain is not being watched for deposits yet, so no address is given out.',
      ko: '이 체인의 입금을 아직 확인하고 있지 않아서 주소를 드릴 수 없어요.',
    },
    next: {
      en: 'No address was made. Send it again in a moment, with the same idempotency key.',
      ko: '주소를 만들지 않았어요. 잠시 뒤 같은 멱등 키로 다시 보내 주세요.',
    },
  },
  too_many_addresses: {
    status: 422,
    retryable: false,
    title: { en: 'No more deposit addresses', ko: '입금 주소를 더 만들 수 없어요' },
    what: {
      en: 'There are as many deposit addresses on this chain as there can be.',
      ko: '이 체인에서 만들 수 있는 입금 주소를 모두 만들었어요.',
    },
    next: {
      en: 'No address was made. Addresses do not wear out: use those that you have again.',
      ko: '주소를 만들지 않았어요. 주소는 계속 쓸 수 있으니 이미 있는 주소를 다시 써 주세요.',
    },
  },
  reserves_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No report on reserves', ko: '준비금 보고서가 없어요' },
    what: {
      en: 'There is no report on reserves, or none with this id.',
      ko: '준비금 보고서가 아직 없거나, 이 ID의 보고서가 없어요.',
    },
    next: {
      en: 'No money moved. A report is made every day; an operator makes one at once with `naru reserves`.',
      ko: '돈은 움직이지 않았어요. 보고서는 매일 만들어져요. 운영자는 `naru reserves`로 바로 만들 수 있어요.',
    },
  },
} as const satisfies Record<string, CatalogueEntry>;
