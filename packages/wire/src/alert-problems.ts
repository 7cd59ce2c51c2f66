import type { CatalogueEntry } from './problem-entry.ts';

/** Problems of channels that tell people of alarms. */
export const alertProblems = {
  alert_channel_not_found: {
    status: 404,
    retryable: false,
    title: { en: 'Alarm channel not found', ko: '알림 채널을 찾을 수 없어요' },
    what: { en: 'There is no such channel in use.', ko: '사용 중인 알림 채널 가운데 그런 채널이 없어요.' },
    next: {
      en: 'Nothing changed, and no money moved. List the channels and use one of their ids.',
      ko: '바뀐 것은 없고 돈도 움직이지 않았어요. 채널 목록을 조회해서 그 id를 써 주세요.',
    },
  },
  alert_channel_exists: {
    status: 409,
    retryable: false,
    title: { en: 'Alarm channel exists', ko: '같은 이름의 알림 채널이 이미 있어요' },
    what: { en: 'There is a channel of this name already.', ko: '이 이름의 알림 채널이 이미 있어요.' },
    next: {
      en: 'Nothing changed, and no money moved. Choose another name, or remove that channel first.',
      ko: '바뀐 것은 없고 돈도 움직이지 않았어요. 다른 이름을 쓰거나 기존 채널을 먼저 제거해 주세요.',
    },
  },
  alert_channels_too_many: {
    status: 409,
    retryable: false,
    title: { en: 'Too many alarm channels', ko: '알림 채널이 너무 많아요' },
    what: {
      en: 'There are as many channels as there may be.',
      ko: '알림 채널을 더 이상 만들 수 없어요. 허용된 개수에 도달했어요.',
    },
    next: {
      en: 'Nothing changed, and no money moved. Remove a channel, or give one several addresses.',
      ko: '바뀐 것은 없고 돈도 움직이지 않았어요. 채널을 하나 제거하거나 한 채널에 주소를 여러 개 넣어 주세요.',
    },
  },
} as const satisfies Record<string, CatalogueEntry>;
