import type { CatalogueEntry } from './problem-entry.ts';

/** What can go wrong with a vote; part of `problemCatalogue`. */
export const approvalProblems = {
  review_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such review', ko: '승인 요청을 찾을 수 없어요' },
    what: {
      en: 'Your organisation has no review with this id.',
      ko: '이 ID의 승인 요청이 회원님의 조직에 없어요.',
    },
    next: {
      en: 'Nothing was decided. Check the id and the key you use; `GET /v1/reviews` lists what waits.',
      ko: '결정된 것은 없어요. ID와 사용 중인 키를 확인해 주세요. 기다리는 요청은 GET /v1/reviews에서 볼 수 있어요.',
    },
  },
  review_closed: {
    status: 409,
    retryable: false,
    title: { en: 'The review is over', ko: '이미 끝난 승인 요청이에요' },
    what: {
      en: 'The review was approved, denied, canceled or ran out of time before this vote.',
      ko: '이 투표보다 먼저 승인, 거절, 취소되었거나 기한이 지났어요.',
    },
    next: {
      en: 'Your vote does not count and changed nothing. Read the review to see how it ended; a withdrawal that failed can be asked for again.',
      ko: '투표는 반영되지 않았고 바뀐 것도 없어요. 승인 요청을 조회해서 결과를 확인해 주세요. 실패한 출금은 다시 요청할 수 있어요.',
    },
  },
  vote_not_allowed: {
    status: 403,
    retryable: false,
    title: { en: 'Not yours to decide', ko: '결정할 수 없는 요청이에요' },
    what: {
      en: 'This key, or the person behind it, may not decide about this withdrawal: who asked for it does not, and a key must name its holder.',
      ko: '이 키로는 이 출금을 결정할 수 없어요. 출금을 요청한 사람은 결정할 수 없고, 키에는 보유자가 적혀 있어야 해요.',
    },
    next: {
      en: 'Your vote does not count and nothing changed. Ask another person who may decide.',
      ko: '투표는 반영되지 않았고 바뀐 것도 없어요. 결정할 수 있는 다른 사람에게 요청해 주세요.',
    },
  },
  review_facts_mismatch: {
    status: 409,
    retryable: false,
    title: { en: 'Not what was shown', ko: '화면에 보인 내용과 달라요' },
    what: {
      en: 'What you were shown is not what this withdrawal pays.',
      ko: '확인한 내용이 실제로 지급될 내용과 달라요.',
    },
    next: {
      en: 'Nothing was approved and no money moved. Read the review again and compare every field before you approve; if your program showed something else, do not use it.',
      ko: '승인되지 않았고 돈도 움직이지 않았어요. 승인 요청을 다시 조회해서 모든 항목을 비교해 주세요. 다른 내용을 보여 준 프로그램은 쓰지 마세요.',
    },
  },
  confirmation_not_due: {
    status: 409,
    retryable: false,
    title: { en: 'Nothing to confirm', ko: '확인할 긴급 승인이 없어요' },
    what: {
      en: 'No emergency approval of this withdrawal waits for a second person.',
      ko: '두 번째 사람의 확인을 기다리는 긴급 승인이 아니에요.',
    },
    next: {
      en: 'Nothing changed. Read the review to see who has spoken.',
      ko: '바뀐 것은 없어요. 승인 요청을 조회해서 누가 확인했는지 봐 주세요.',
    },
  },
} as const satisfies Record<string, CatalogueEntry>;
