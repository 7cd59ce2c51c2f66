import type { CatalogueEntry } from './problem-entry.ts';

/** Problems that only calls of an installation's operator meet. */
export const operatorProblems = {
  setting_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such setting', ko: '설정을 찾을 수 없어요' },
    what: {
      en: 'There is no setting with this key and target.',
      ko: '이 키와 대상의 설정이 없어요.',
    },
    next: {
      en: 'Nothing was changed. GET /v1/admin/settings lists all of them.',
      ko: '바뀐 것은 없어요. GET /v1/admin/settings에서 모든 설정을 볼 수 있어요.',
    },
  },
  probe_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'No such probe', ko: '토큰 조사를 찾을 수 없어요' },
    what: { en: 'There is no probe of a token with this id.', ko: '이 ID의 토큰 조사가 없어요.' },
    next: {
      en: 'Nothing was changed. Ask about the token with POST /v1/admin/assets/probes.',
      ko: '바뀐 것은 없어요. POST /v1/admin/assets/probes로 토큰을 조사해 주세요.',
    },
  },
  setting_changed: {
    status: 409,
    retryable: false,
    title: { en: 'Changed in between', ko: '그사이에 바뀌었어요' },
    what: {
      en: 'Somebody has changed this setting since you looked at it.',
      ko: '확인하신 뒤에 다른 사람이 이 설정을 바꿨어요.',
    },
    next: {
      en: 'Look at the value that is in force now, and decide again with its version and a new idempotency key.',
      ko: '지금 적용 중인 값을 확인하고, 그 버전과 새 멱등 키로 다시 결정해 주세요.',
    },
  },
  setting_dangerous: {
    status: 409,
    retryable: false,
    title: { en: 'Needs to be acknowledged', ko: '위험을 확인해 주세요' },
    what: {
      en: 'This change takes away a protection, and it was not acknowledged.',
      ko: '보호 장치를 약하게 만드는 변경인데, 확인 표시가 없어요.',
    },
    next: {
      en: 'If it is what you want, send it again with "acknowledge": true and a new idempotency key.',
      ko: '그래도 바꾸시려면 "acknowledge": true와 새 멱등 키로 다시 보내 주세요.',
    },
  },
  asset_exists: {
    status: 409,
    retryable: false,
    title: { en: 'The asset is there already', ko: '이미 있는 자산이에요' },
    what: {
      en: 'This token, or this code, is an asset of the chain already.',
      ko: '이 토큰 또는 이 코드가 이미 체인의 자산이에요.',
    },
    next: {
      en: 'Nothing was changed. GET /v1/admin/assets lists what there is; another token needs another code.',
      ko: '바뀐 것은 없어요. GET /v1/admin/assets에서 확인해 주세요. 다른 토큰이라면 다른 코드를 써 주세요.',
    },
  },
  asset_has_warnings: {
    status: 409,
    retryable: false,
    title: { en: 'The token has warnings', ko: '토큰에 주의할 점이 있어요' },
    what: {
      en: 'There is something that you must know of this token, and you have not agreed to it.',
      ko: '이 토큰에는 알아 두셔야 할 점이 있는데, 아직 동의하지 않으셨어요.',
    },
    next: {
      en: 'Nothing was added. Read the warnings of the probe; send it again with "acceptWarnings": true and a new idempotency key to add it all the same.',
      ko: '추가된 것은 없어요. 조사 결과의 주의 사항을 읽고, 그래도 추가하려면 "acceptWarnings": true와 새 멱등 키로 다시 보내 주세요.',
    },
  },
  probe_not_done: {
    status: 409,
    retryable: false,
    title: { en: 'The probe has not told anything', ko: '토큰 조사 결과가 없어요' },
    what: {
      en: 'This probe has no findings: no node was asked yet, or none could be.',
      ko: '이 조사에는 결과가 없어요. 아직 노드에 묻지 않았거나, 물을 수 없었어요.',
    },
    next: {
      en: 'Nothing was added. Look at the probe; where it stays REQUESTED, no accounts role of this chain is running.',
      ko: '추가된 것은 없어요. 조사 상태를 확인해 주세요. REQUESTED에 머물러 있다면 이 체인의 accounts 프로세스가 꺼져 있는 거예요.',
    },
  },
  asset_refused: {
    status: 422,
    retryable: false,
    title: { en: 'This token cannot be paid with', ko: '지급에 쓸 수 없는 토큰이에요' },
    what: {
      en: 'A payment of this token would not do what the books say.',
      ko: '이 토큰으로 지급하면 장부와 실제가 달라져요.',
    },
    next: {
      en: 'Nothing was added. Read the refusals of the probe; there is no way around them.',
      ko: '추가된 것은 없어요. 조사 결과의 거절 사유를 확인해 주세요. 우회할 방법은 없어요.',
    },
  },
  probes_exhausted: {
    status: 409,
    retryable: true,
    title: { en: 'Too many probes wait', ko: '기다리는 토큰 조사가 너무 많아요' },
    what: {
      en: 'As many tokens wait to be asked about as may.',
      ko: '조사를 기다리는 토큰이 가득 찼어요.',
    },
    next: {
      en: 'Nothing was asked. See that an accounts role of the chain is running, and send it again with a new idempotency key.',
      ko: '조사하지 않았어요. 이 체인의 accounts 프로세스가 켜져 있는지 확인하고, 새 멱등 키로 다시 보내 주세요.',
    },
  },
} as const satisfies Record<string, CatalogueEntry>;
