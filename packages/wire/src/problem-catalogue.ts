import { accountProblems } from './account-problems.ts';
import { alertProblems } from './alert-problems.ts';
import { approvalProblems } from './approval-problems.ts';
import { depositProblems } from './deposit-problems.ts';
import { operationProblems } from './operation-problems.ts';
import { operatorProblems } from './operator-problems.ts';
import { personProblems } from './person-problems.ts';
import { policyProblems } from './policy-problems.ts';
import type { CatalogueEntry, Language } from './problem-entry.ts';
import { treasuryProblems } from './treasury-problems.ts';
import { webhookProblems } from './webhook-problems.ts';

/**
 * Every error of the API by its stable code. Texts may be improved at any time; codes, statuses and `retryable` are
 * part of the contract.
 */
export const problemCatalogue = {
  bad_request: {
    status: 400,
    retryable: false,
    title: { en: 'Bad request', ko: '요청을 이해하지 못했어요' },
    what: {
      en: 'The request is not valid HTTP for this address.',
      ko: '이 주소에서 처리할 수 없는 형식의 요청이에요.',
    },
    next: {
      en: 'No money moved. Correct the request and send it again.',
      ko: '돈은 움직이지 않았어요. 요청을 고쳐서 다시 보내 주세요.',
    },
  },
  malformed_json: {
    status: 400,
    retryable: false,
    title: { en: 'Malformed JSON', ko: 'JSON 형식이 올바르지 않아요' },
    what: { en: 'The body cannot be read as JSON.', ko: '본문을 JSON으로 읽을 수 없어요.' },
    next: {
      en: 'No money moved. Correct the body and send it again; the same idempotency key can be used.',
      ko: '돈은 움직이지 않았어요. 본문을 고쳐서 다시 보내 주세요. 같은 멱등 키를 그대로 써도 돼요.',
    },
  },
  idempotency_key_required: {
    status: 400,
    retryable: false,
    title: { en: 'Idempotency key required', ko: '멱등 키가 필요해요' },
    what: {
      en: 'This call moves money and needs the header Idempotency-Key.',
      ko: '돈을 움직이는 요청이라 Idempotency-Key 헤더가 꼭 필요해요.',
    },
    next: {
      en: 'No money moved. Send it again with a new key, and keep that key for repeats of this request.',
      ko: '돈은 움직이지 않았어요. 새 키를 만들어 다시 보내고, 같은 요청을 반복할 때는 그 키를 그대로 써 주세요.',
    },
  },
  idempotency_key_invalid: {
    status: 400,
    retryable: false,
    title: { en: 'Invalid idempotency key', ko: '멱등 키 형식이 올바르지 않아요' },
    what: {
      en: 'The header Idempotency-Key must be 1 to 255 visible ASCII characters, without spaces.',
      ko: 'Idempotency-Key 헤더는 공백 없이 눈에 보이는 ASCII 문자 1~255자여야 해요.',
    },
    next: {
      en: 'No money moved. Send it again with a valid key, for example a UUID.',
      ko: '돈은 움직이지 않았어요. UUID처럼 올바른 키로 다시 보내 주세요.',
    },
  },
  unauthenticated: {
    status: 401,
    retryable: false,
    title: { en: 'Not authenticated', ko: '인증이 필요해요' },
    what: {
      en: 'The header Authorization must be "Bearer" and a valid API key; this one is missing, unknown, expired or revoked.',
      ko: 'Authorization 헤더에 "Bearer"와 유효한 API 키가 필요해요. 키가 없거나, 모르는 키이거나, 만료 또는 폐기된 키예요.',
    },
    next: {
      en: 'This call did nothing. Check the key and send it again; an earlier try with the same idempotency key keeps its outcome.',
      ko: '이 요청으로 처리된 것은 없어요. 키를 확인하고 다시 보내 주세요. 같은 멱등 키로 먼저 보낸 요청의 결과는 그대로예요.',
    },
  },
  forbidden: {
    status: 403,
    retryable: false,
    title: { en: 'Not allowed', ko: '권한이 없어요' },
    what: { en: 'This API key may not do this.', ko: '이 API 키로는 할 수 없는 일이에요.' },
    next: {
      en: 'This call did nothing. Use a key with the scope that the documentation names, from an allowed address.',
      ko: '이 요청으로 처리된 것은 없어요. 문서에 적힌 권한이 있는 키로, 허용된 IP 주소에서 보내 주세요.',
    },
  },
  not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such path', ko: '없는 경로예요' },
    what: { en: 'There is nothing at this path.', ko: '이 경로에는 아무것도 없어요.' },
    next: {
      en: 'No money moved. The paths are listed at /docs/.',
      ko: '돈은 움직이지 않았어요. 쓸 수 있는 경로는 /docs/에 있어요.',
    },
  },
  withdrawal_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such withdrawal', ko: '출금을 찾을 수 없어요' },
    what: {
      en: 'Your organisation has no withdrawal with this id.',
      ko: '이 ID의 출금이 회원님의 조직에 없어요.',
    },
    next: {
      en: 'This call changed nothing. Check the id and the key you use; a withdrawal can also be found by its reference.',
      ko: '이 요청으로 바뀐 것은 없어요. ID와 사용 중인 키를 확인해 주세요. reference로도 출금을 찾을 수 있어요.',
    },
  },
  bulk_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such bulk file', ko: '대량 출금 파일을 찾을 수 없어요' },
    what: {
      en: 'Your organisation has no bulk file with this id.',
      ko: '이 ID의 대량 출금이 회원님의 조직에 없어요.',
    },
    next: {
      en: 'This call changed nothing. Check the id and the key you use.',
      ko: '이 요청으로 바뀐 것은 없어요. ID와 사용 중인 키를 확인해 주세요.',
    },
  },
  ...alertProblems,
  organisation_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such organisation', ko: '조직을 찾을 수 없어요' },
    what: { en: 'There is no organisation with this id.', ko: '이 ID의 조직이 없어요.' },
    next: {
      en: 'No balance changed. Check the id and send it again with a new idempotency key.',
      ko: '바뀐 잔액은 없어요. ID를 확인하고 새 멱등 키로 다시 보내 주세요.',
    },
  },
  ...depositProblems,
  method_not_allowed: {
    status: 405,
    retryable: false,
    title: { en: 'Method not allowed', ko: '이 경로에서 쓸 수 없는 메서드예요' },
    what: {
      en: 'This path exists, but not with this method; the header Allow lists those it has.',
      ko: '경로는 있지만 이 메서드는 쓸 수 없어요. Allow 헤더에 쓸 수 있는 메서드가 있어요.',
    },
    next: {
      en: 'No money moved. Send it again with another method.',
      ko: '돈은 움직이지 않았어요. 다른 메서드로 다시 보내 주세요.',
    },
  },
  withdrawal_not_cancelable: {
    status: 409,
    retryable: false,
    title: { en: 'Too late to cancel', ko: '이제 취소할 수 없어요' },
    what: {
      en: 'Signing has begun; a withdrawal can be canceled only before that.',
      ko: '서명이 시작됐어요. 출금은 서명 전까지만 취소할 수 있어요.',
    },
    next: {
      en: 'The withdrawal goes on as if nothing had been asked. Read it to see how it ends, and do not pay it in another way.',
      ko: '출금은 그대로 진행되고 있어요. 조회해서 결과를 확인하고, 다른 방법으로 또 지급하지 마세요.',
    },
  },
  idempotency_in_flight: {
    status: 409,
    retryable: true,
    title: { en: 'Already being worked on', ko: '같은 요청을 처리하고 있어요' },
    what: {
      en: 'A request with the same idempotency key is being worked on at this moment.',
      ko: '같은 멱등 키의 요청을 지금 처리하고 있어요.',
    },
    next: {
      en: 'It is done at most once. Send it again in a second with the same key to get its answer.',
      ko: '요청은 많아야 한 번만 처리돼요. 1초 뒤에 같은 키로 다시 보내면 결과를 받을 수 있어요.',
    },
  },
  payload_too_large: {
    status: 413,
    retryable: false,
    title: { en: 'Body too large', ko: '본문이 너무 커요' },
    what: { en: 'The body is larger than this call takes.', ko: '본문이 허용된 크기보다 커요.' },
    next: {
      en: 'No money moved and nothing was accepted. Send less; split a bulk file.',
      ko: '돈은 움직이지 않았고 접수된 것도 없어요. 크기를 줄이거나 파일을 나눠서 보내 주세요.',
    },
  },
  unsupported_media_type: {
    status: 415,
    retryable: false,
    title: { en: 'Unsupported content type', ko: '지원하지 않는 콘텐츠 형식이에요' },
    what: {
      en: 'This call does not take this Content-Type: application/json in general, text/csv for bulk files.',
      ko: '이 Content-Type은 받을 수 없어요. 보통은 application/json, 대량 출금 파일은 text/csv예요.',
    },
    next: {
      en: 'No money moved. Send it again with the right Content-Type.',
      ko: '돈은 움직이지 않았어요. 올바른 Content-Type으로 다시 보내 주세요.',
    },
  },
  validation_failed: {
    status: 422,
    retryable: false,
    title: { en: 'Fields that cannot be accepted', ko: '받을 수 없는 값이 있어요' },
    what: {
      en: 'The request has fields that cannot be accepted; `errors` names each.',
      ko: '요청에 받을 수 없는 값이 있어요. 어떤 값인지는 errors에 있어요.',
    },
    next: {
      en: 'No money moved and nothing was accepted. Correct the fields and send it again with a new idempotency key.',
      ko: '돈은 움직이지 않았고 접수된 것도 없어요. 값을 고쳐서 새 멱등 키로 다시 보내 주세요.',
    },
  },
  asset_not_supported: {
    status: 422,
    retryable: false,
    title: { en: 'Asset not supported', ko: '지원하지 않는 자산이에요' },
    what: {
      en: 'This asset cannot be withdrawn on this chain.',
      ko: '이 체인에서는 이 자산을 출금할 수 없어요.',
    },
    next: {
      en: 'No money moved. `GET /v1/assets` lists what can be withdrawn; send it again with a new idempotency key.',
      ko: '돈은 움직이지 않았어요. 출금할 수 있는 자산은 GET /v1/assets에서 볼 수 있어요. 새 멱등 키로 다시 보내 주세요.',
    },
  },
  chain_not_supported: {
    status: 422,
    retryable: false,
    title: { en: 'Chain not supported', ko: '지원하지 않는 체인이에요' },
    what: {
      en: 'This chain is not available to this key; test keys reach test networks, live keys main networks.',
      ko: '이 키로는 쓸 수 없는 체인이에요. 테스트 키는 테스트 네트워크, 라이브 키는 메인 네트워크만 쓸 수 있어요.',
    },
    next: {
      en: 'No money moved. `GET /v1/chains` lists the chains; send it again with a new idempotency key.',
      ko: '돈은 움직이지 않았어요. 쓸 수 있는 체인은 GET /v1/chains에서 볼 수 있어요. 새 멱등 키로 다시 보내 주세요.',
    },
  },
  ...accountProblems,
  ...treasuryProblems,
  insufficient_balance: {
    status: 422,
    retryable: false,
    title: { en: 'Balance too low', ko: '잔액이 부족해요' },
    what: {
      en: 'The available balance does not cover this amount.',
      ko: '출금 가능한 잔액이 요청한 금액보다 적어요.',
    },
    next: {
      en: 'No money moved and nothing was reserved. Add balance or ask for less, and send it with a new idempotency key.',
      ko: '돈은 움직이지 않았고 예약된 금액도 없어요. 잔액을 채우거나 금액을 줄여서 새 멱등 키로 다시 보내 주세요.',
    },
  },
  fee_not_known: {
    status: 409,
    retryable: false,
    title: { en: 'The fee is not known', ko: '수수료를 알 수 없어요' },
    what: {
      en: 'The fee of this withdrawal depends on the price of gas and, for a token, on what the coin is worth in it. One of them is not known at the moment.',
      ko: '이 출금의 수수료는 네트워크 수수료와 코인 시세에 따라 달라지는데, 지금은 시세를 알 수 없어요.',
    },
    next: {
      en: 'No money moved and nothing is reserved. Send it again in a minute with a new idempotency key.',
      ko: '돈은 움직이지 않았고 예약된 금액도 없어요. 1분쯤 뒤에 새 멱등 키로 다시 보내 주세요.',
    },
  },
  limit_exceeded: {
    status: 422,
    retryable: false,
    title: { en: 'Limit exceeded', ko: '한도를 넘었어요' },
    what: { en: 'The amount exceeds your limit.', ko: '요청한 금액이 한도를 넘어요.' },
    next: {
      en: 'No money moved and nothing was reserved. Ask for less, wait for the next day, or have the limit raised; send it with a new idempotency key.',
      ko: '돈은 움직이지 않았고 예약된 금액도 없어요. 금액을 줄이거나, 다음 날 다시 시도하거나, 한도를 올려 달라고 요청해 주세요. 다시 보낼 때는 새 멱등 키를 써 주세요.',
    },
  },
  idempotency_key_reused: {
    status: 422,
    retryable: false,
    title: { en: 'Idempotency key used before', ko: '이미 쓴 멱등 키예요' },
    what: {
      en: 'This idempotency key was used for another request.',
      ko: '다른 요청에 이미 쓴 멱등 키예요.',
    },
    next: {
      en: 'This request did nothing; the earlier one keeps its outcome. Use a new key for a new request.',
      ko: '이 요청으로 처리된 것은 없고, 먼저 보낸 요청의 결과는 그대로예요. 새 요청에는 새 키를 써 주세요.',
    },
  },
  bulk_invalid: {
    status: 422,
    retryable: false,
    title: { en: 'The file has bad rows', ko: '파일에 잘못된 행이 있어요' },
    what: {
      en: 'Some rows cannot be accepted; `errors` names them by row and field.',
      ko: '받을 수 없는 행이 있어요. 어떤 행의 어떤 값인지는 errors에 있어요.',
    },
    next: {
      en: 'No money moved and not one row was accepted. Correct the file and send it again.',
      ko: '돈은 움직이지 않았고 한 행도 접수되지 않았어요. 파일을 고쳐서 다시 보내 주세요.',
    },
  },
  ...webhookProblems,
  rate_limited: {
    status: 429,
    retryable: true,
    title: { en: 'Too many requests', ko: '요청이 너무 많아요' },
    what: {
      en: 'More requests came than this key or address may send in a minute.',
      ko: '이 키나 주소가 1분 동안 보낼 수 있는 요청 수를 넘었어요.',
    },
    next: {
      en: 'This call did nothing. Wait as long as the header Retry-After says and send it again with the same idempotency key.',
      ko: '이 요청으로 처리된 것은 없어요. Retry-After 헤더에 적힌 시간만큼 기다렸다가 같은 멱등 키로 다시 보내 주세요.',
    },
  },
  internal: {
    status: 500,
    retryable: true,
    title: { en: 'Something went wrong on our side', ko: '저희 쪽에서 문제가 생겼어요' },
    what: { en: 'An error of ours stopped this call.', ko: '저희 쪽 오류로 요청을 끝내지 못했어요.' },
    next: {
      en: 'Whether it took effect is unknown. Send it again with the same idempotency key to learn it; with that key it takes effect at most once.',
      ko: '처리됐는지는 아직 알 수 없어요. 같은 멱등 키로 다시 보내면 결과를 알 수 있고, 같은 키로는 많아야 한 번만 처리돼요.',
    },
  },
  unavailable: {
    status: 503,
    retryable: true,
    title: { en: 'Not available at the moment', ko: '지금은 이용할 수 없어요' },
    what: { en: 'The service cannot reach its database.', ko: '서비스가 데이터베이스에 연결하지 못했어요.' },
    next: {
      en: 'Whether this call took effect is unknown. Send it again with the same idempotency key after a few seconds; with that key it takes effect at most once.',
      ko: '이 요청이 처리됐는지는 아직 알 수 없어요. 몇 초 뒤에 같은 멱등 키로 다시 보내 주세요. 같은 키로는 많아야 한 번만 처리돼요.',
    },
  },
  ...operatorProblems,
  ...approvalProblems,
  ...operationProblems,
  ...policyProblems,
  ...personProblems,
} as const satisfies Record<string, CatalogueEntry>;

export type ProblemCode = keyof typeof problemCatalogue;
export const problemCodes = Object.keys(problemCatalogue) as [ProblemCode, ...ProblemCode[]];

export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(problemCatalogue, text);
}

/** What to quote when asking for help: ends every `detail`. */
const quote: Readonly<Record<Language, (requestId: string) => string>> = {
  en: (requestId) => `Quote ${requestId} if you ask us about it.`,
  ko: (requestId) => `문의할 때는 이 요청 번호를 알려 주세요: ${requestId}`,
};

/**
 * The text of a problem: what is wrong, whether money moved and what to do, what to quote. `message` is the exact
 * English sentence of the refusal, where there is one; other languages have the catalogue's sentence.
 */
export function problemDetail(
  code: ProblemCode,
  language: Language,
  requestId: string,
  message?: string,
): string {
  const { what, next } = problemCatalogue[code];
  const exact = message === undefined || message === '' ? what[language] : message;
  return `${exact} ${next[language]} ${quote[language](requestId)}`;
}
