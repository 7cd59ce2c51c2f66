import { defineTexts, type Locale } from './locale.ts';

type Cause = { name: string; means: string; action: string };

/** In Korean: causes of docs/errors.md. In English the API says what they mean and what to do. */
const korean: Readonly<Record<string, Cause>> = {
  send_unknown: {
    name: '전송 결과 모름',
    means: '서명한 내용을 받았는지 어느 노드도 알려 주지 않았어요. 시간이 초과됐거나 답을 잃었어요.',
    action:
      '다른 RPC 제공자에서 해시를 찾아 보세요. 다른 방법으로 지급하면 안 돼요. 같은 서명만 계속 보내고 있어요.',
  },
  fee_too_low: {
    name: '수수료 부족',
    means: '노드가 더 높은 수수료를 요구해요. 같은 논스와 내용으로 한 번 더 서명해요.',
    action: '수수료 올리기를 누르면 바로 높여요.',
  },
  fee_ceiling: {
    name: '수수료 상한 초과',
    means: '지금 시세가 체인에 정한 가스 상한보다 높아요. 상한 위로는 서명하지 않아요.',
    action: '시세가 내려갈 때까지 기다리거나, 체인과 서명기의 상한을 올려 주세요.',
  },
  gas_money_low: {
    name: '가스비 부족',
    means: '보내는 계정에 가스로 낼 코인이 부족해요. 채울 때까지 새 논스를 받지 않아요.',
    action: '계정에 코인을 보내 주세요. 그러면 저절로 이어져요.',
  },
  send_rejected: {
    name: '노드가 거부',
    means: '노드가 이 서명을 받지 않기로 했어요. 자기 전송으로 논스를 비우고 다시 계획해요.',
    action: '시도 기록에서 이유를 확인해 주세요. 되풀이되지 않으면 할 일이 없어요.',
  },
  signer_unreachable: {
    name: '서명기 응답 없음',
    means: '서명기가 답하지 않아요. 아직 아무 데도 보낸 적이 없어요.',
    action: '서명기를 켜거나, 서명기 로그와 그 사이 네트워크를 확인해 주세요.',
  },
  signer_refused: {
    name: '서명 거부',
    means: '서명기의 정책이 이 컨트랙트, 토큰, 금액, 수수료 또는 하루 한도를 허용하지 않아요.',
    action: '맞는 지급이면 서명기 정책을 바꾸고, 아니면 되돌려 주세요.',
  },
  replacements_exhausted: {
    name: '교체 횟수 소진',
    means: '한 논스로 할 수 있는 시도를 모두 서명했는데 블록에 들어간 것이 없어요.',
    action: '무엇보다 먼저 다른 RPC 제공자로 체인을 확인해 주세요.',
  },
  not_mined: {
    name: '블록에 안 들어감',
    means: '노드는 트랜잭션을 갖고 있지만 오랫동안 블록에 들어가지 않았어요.',
    action: '수수료와 계정의 가장 낮은 논스를 확인한 뒤 수수료를 올려 주세요.',
  },
  nonce_displaced: {
    name: '논스를 빼앗김',
    means: '우리 것이 아닌 트랜잭션이 우리 계정의 논스를 썼어요. 다른 누군가 이 계정으로 서명할 수 있어요.',
    action:
      '누가 키를 갖고 있는지 확인해 주세요. 아무도 없어야 한다면 계정을 멈추고 폐기한 뒤 키를 바꿔 주세요.',
  },
  withdrawals_wait: {
    name: '출금이 밀림',
    means: '돈이 있는 계정이 없거나, 모두 멈췄거나 바쁘거나, 사용 승인이 없거나, 처리기가 없어요.',
    action: '계정에 돈을 채우거나, 멈춘 계정을 다시 쓰거나, 처리기를 켜 주세요.',
  },
  attempts_exhausted: {
    name: '시도 횟수 소진',
    means:
      '출금 하나가 가질 수 있는 트랜잭션을 모두 썼지만 지급하지 못했어요. 지급되지 않은 채 실패했고 금액은 풀렸어요.',
    action: '트랜잭션이 왜 끝났는지 확인한 뒤 새 출금으로 다시 시도하거나 닫아 주세요.',
  },
  emergency_objected: {
    name: '긴급 승인에 이의',
    means: '혼자 긴급 승인한 출금을 두 번째 사람이 잘못이라고 했어요.',
    action: '당사자끼리 정리하고, 어떻게 했는지 적어 닫아 주세요.',
  },
  job_failed: {
    name: '작업 실패',
    means: '정해진 작업이 마지막에 모든 시도에서 실패했어요. 다음 일정에 다시 해요.',
    action: '경보 안내서의 "A job that fails"를 따라 이유를 확인해 주세요.',
  },
  other_trouble: {
    name: '이름 없는 문제',
    means: '아직 이름이 없는 원인이에요. 되돌리거나 풀린 것은 없어요.',
    action: '마지막 오류와, 트랜잭션 ID로 찾은 로그를 확인해 주세요.',
  },
  transfer_rejected: {
    name: '받는 쪽이 거부',
    means: '토큰이나 받는 쪽이 전송을 거부했어요. 지급되지 않았고 금액은 다시 쓸 수 있어요.',
    action: '할 일은 없어요. 받는 쪽 문제가 풀린 것을 확인했을 때만 다시 시도해 주세요.',
  },
  denied: {
    name: '승인 거절',
    means: '검토한 사람이 거절했어요. 지급되지 않았고 금액은 다시 쓸 수 있어요.',
    action: '다시 시도할 수 없어요. 필요하면 요청한 쪽에서 새로 신청해야 해요.',
  },
  approval_expired: {
    name: '승인 기한 지남',
    means: '기한 안에 필요한 사람이 모두 승인하지 않았어요. 지급되지 않았고 금액은 다시 쓸 수 있어요.',
    action: '자주 일어나면 승인자가 모자라거나 기한이 짧은 것이에요.',
  },
  released: {
    name: '되돌림',
    means: '담당자가 되돌렸고, 지급되지 않은 것이 체인에서 증명됐어요. 금액은 다시 쓸 수 있어요.',
    action: '할 일은 없어요.',
  },
  policy_denied: {
    name: '정책으로 거절',
    means: '정책이 이 출금을 거절했어요. 지급되지 않았고 금액은 다시 쓸 수 있어요.',
    action: '정책 판단의 이유를 확인해 주세요. 정책을 바꾼 뒤에는 요청한 쪽에서 새로 신청할 수 있어요.',
  },
};

/** What a cause is called, what it means and what to do. `said`: what the API says of it, in English. */
export function describeCause(code: string, said: { means: string; action: string }, locale: Locale): Cause {
  const name = code.replaceAll('_', ' ');
  return (locale === 'ko' ? korean[code] : undefined) ?? { name, ...said };
}

/** Where only its name is wanted. */
export function nameCause(code: string, locale: Locale): string {
  return describeCause(code, { means: '', action: '' }, locale).name;
}

export const causeClassTexts = defineTexts({
  ko: {
    RETRYABLE: '저절로 다시 시도해요',
    UNKNOWN: '결과를 몰라 같은 것만 다시 보내요',
    OPERATOR: '사람이 해야 풀려요',
    FINAL: '끝났어요',
  },
  en: {
    RETRYABLE: 'Tried again by itself',
    UNKNOWN: 'Outcome unknown: only the same is sent again',
    OPERATOR: 'Stands until a person acts',
    FINAL: 'Over',
  },
});

const koreanReasons: Readonly<Record<string, string>> = {
  address_blocked: '차단한 주소',
  address_not_in_book: '주소록에 없는 주소',
  address_cooling_off: '주소록에 넣은 지 얼마 안 된 주소',
  sanctioned: '제재 대상 주소',
  screening_unavailable: '주소를 조회하지 못함',
  velocity: '짧은 시간에 많은 출금',
  velocity_unknown: '출금 속도를 알 수 없음',
  amount_not_valued: '원화 가치를 모름',
  approval_required: '금액에 따른 승인 필요',
  risk_score: '위험 점수',
  risk_new_destination: '처음 지급하는 주소',
  risk_unusual_amount: '평소보다 큰 금액',
  risk_hours: '평소와 다른 시간',
  risk_velocity: '잦은 출금',
  risk_recent_address: '최근에 등록한 주소',
  risk_category: '주소 분류 주의',
  risk_refusals: '최근 거절이나 실패가 많음',
};

/** What a reason of the rules is called; its text tells the rest. */
export function nameReason(code: string, locale: Locale): string {
  const name = code.replaceAll('_', ' ');
  return (locale === 'ko' ? koreanReasons[code] : undefined) ?? name;
}
