import type { CatalogueEntry } from './problem-entry.ts';

/** Errors of webhooks, as a part of the catalogue. */
export const webhookProblems = {
  webhook_endpoint_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such webhook endpoint', ko: '웹훅 엔드포인트를 찾을 수 없어요' },
    what: {
      en: 'Your organisation has no webhook endpoint with this id.',
      ko: '이 ID의 웹훅 엔드포인트가 회원님의 조직에 없어요.',
    },
    next: {
      en: 'Nothing was changed or sent. Check the id and the key you use; it may have been deleted.',
      ko: '바뀌거나 보낸 것은 없어요. ID와 사용 중인 키를 확인해 주세요. 이미 삭제됐을 수도 있어요.',
    },
  },
  webhook_delivery_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such webhook delivery', ko: '웹훅 발송 기록을 찾을 수 없어요' },
    what: {
      en: 'Your organisation has no webhook delivery with this id.',
      ko: '이 ID의 웹훅 발송 기록이 회원님의 조직에 없어요.',
    },
    next: {
      en: 'Nothing was changed or sent. Check the id; deliveries are kept for 30 days.',
      ko: '바뀌거나 보낸 것은 없어요. ID를 확인해 주세요. 기록은 30일 동안만 남아 있어요.',
    },
  },
  event_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such event', ko: '이벤트를 찾을 수 없어요' },
    what: {
      en: 'Your organisation has no event with this id.',
      ko: '이 ID의 이벤트가 회원님의 조직에 없어요.',
    },
    next: {
      en: 'Nothing was changed. Check the id; the withdrawal itself can be read at any time.',
      ko: '바뀐 것은 없어요. ID를 확인해 주세요. 출금 자체는 언제든 조회할 수 있어요.',
    },
  },
  webhook_endpoint_limit: {
    status: 409,
    retryable: false,
    title: { en: 'As many as there may be', ko: '더 만들 수 없어요' },
    what: {
      en: 'Your organisation has as many of these as it may have.',
      ko: '조직이 가질 수 있는 수만큼 이미 있어요.',
    },
    next: {
      en: 'Nothing was made. Delete one that is not needed, or wait until one is done, and send it again with a new idempotency key.',
      ko: '만들어진 것은 없어요. 필요 없는 것을 지우거나 진행 중인 것이 끝난 뒤, 새 멱등 키로 다시 보내 주세요.',
    },
  },
  webhook_endpoint_state: {
    status: 409,
    retryable: false,
    title: { en: 'The endpoint is not in use', ko: '사용 중인 엔드포인트가 아니에요' },
    what: {
      en: 'The endpoint is paused or disabled, so nothing is sent to it.',
      ko: '일시 중지됐거나 사용이 중단된 엔드포인트라서 아무것도 보내지 않아요.',
    },
    next: {
      en: 'Nothing was sent. Resume it first, and send the call again with a new idempotency key.',
      ko: '보낸 것은 없어요. 먼저 다시 시작한 뒤 새 멱등 키로 다시 보내 주세요.',
    },
  },
  webhooks_not_set_up: {
    status: 503,
    retryable: false,
    title: { en: 'Webhooks are not set up', ko: '웹훅이 설정되지 않았어요' },
    what: {
      en: 'This installation has no key to keep webhook secrets with, so it has no webhooks.',
      ko: '웹훅 비밀 키를 보관할 키가 없어서 웹훅을 쓸 수 없어요.',
    },
    next: {
      en: 'Nothing was made or sent. Ask its operator to set NARU_WEBHOOK_KEY_FILE; the event stream works without.',
      ko: '만들거나 보낸 것은 없어요. 운영자에게 NARU_WEBHOOK_KEY_FILE 설정을 요청해 주세요. 이벤트 스트림은 그대로 쓸 수 있어요.',
    },
  },
} as const satisfies Record<string, CatalogueEntry>;
