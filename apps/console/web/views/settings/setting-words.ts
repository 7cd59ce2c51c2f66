import type { SettingBody } from '@naru/wire/setting.ts';
import { formatAmount } from '../../format/number.ts';
import type { Locale } from '../../i18n/locale.ts';

type Told = { name: string; summary: string; effect: string };

/** The API tells what a setting is in English; this is the same in Korean. */
const korean: Readonly<Record<string, Told>> = {
  'alarms.chain_looks': {
    name: '알림까지 확인 횟수',
    summary: '장부와 체인의 차이를 연속으로 몇 번 보면 알림을 낼지예요.',
    effect: '다음 점검부터 적용해요.',
  },
  'alarms.chain_look_again_ms': {
    name: '차이 재확인 간격',
    summary: '차이를 다시 확인하기까지의 시간이에요. 가장 느린 체인의 블록 2개보다 길어야 해요.',
    effect: '다음 점검부터 적용해요.',
  },
  'chain.accepting': {
    name: '새 출금 받기',
    summary: '이 체인의 새 출금을 받을지예요.',
    effect: '다음 요청부터 적용해요. 이미 받은 출금은 그대로 지급해요.',
  },
  'batch.items_max': {
    name: '묶음당 최대 출금 수',
    summary: '트랜잭션 하나에 담는 출금의 최대 개수예요.',
    effect: '다음 계획부터 적용해요. 이미 계획한 트랜잭션은 그대로예요.',
  },
  'batch.gas_max': {
    name: '트랜잭션 최대 가스',
    summary: '트랜잭션 하나가 쓸 수 있는 가스예요. 담을 수 있는 출금 수가 여기에 묶여요.',
    effect:
      '다음 계획부터 적용해요. 서명기의 정책 파일에도 상한이 따로 있어서, 그보다 크면 서명기가 거절해요. 계정의 가스 예비분 계산에도 쓰여요.',
  },
  'batch.wait_ms': {
    name: '묶음 대기 시간',
    summary: '일반 출금이 다른 출금과 묶이려고 기다리는 시간이에요.',
    effect: '처리기가 다음에 볼 때 적용해요. 길면 가스를 아끼고, 짧으면 더 빨라요.',
  },
  'accounts.in_flight_max': {
    name: '계정당 진행 중 트랜잭션',
    summary: '계정 하나가 동시에 보내 둘 수 있는 트랜잭션 수예요.',
    effect: '다음 계획부터 적용해요. 이미 더 많으면 줄어들 때까지 새로 시작하지 않아요.',
  },
  'accounts.gas_reserve_transactions': {
    name: '가스 예비 트랜잭션 수',
    summary: '가득 찬 트랜잭션을 이만큼 낼 코인이 없는 계정은 새 논스를 쓰지 않아요.',
    effect: '다음에 잔액을 볼 때 적용해요. 멈춘 계정은 두 배가 모이면 이어가요.',
  },
  'fees.per_gas_max': {
    name: '가스당 수수료 상한',
    summary: '시장 가격과 상관없이 어떤 트랜잭션도 이보다 비싸게 내지 않아요.',
    effect:
      '대체 트랜잭션을 포함해 다음 서명부터 적용해요. 이미 서명한 것은 그대로예요. 시장이 더 비싼 동안 지급은 기다려요.',
  },
  'fees.tip_min': {
    name: '최소 팁',
    summary: '제시하는 팁의 최솟값이에요. 체인의 노드는 자기 기준보다 적으면 받지 않아요.',
    effect: '다음 서명부터 적용해요.',
  },
  'fees.bump_after_blocks': {
    name: '수수료 인상까지 블록 수',
    summary: '트랜잭션이 이만큼의 블록 동안 들어가지 못하면 수수료를 올려요.',
    effect: '감시기가 다음에 볼 때, 진행 중인 것에도 적용해요.',
  },
  'fees.bump_after_ms_min': {
    name: '수수료 인상까지 최소 시간',
    summary: '블록이 아무리 빨라도 이만큼 기다리기 전에는 수수료를 올리지 않아요.',
    effect: '감시기가 다음에 볼 때, 진행 중인 것에도 적용해요.',
  },
  'finality.confirmations': {
    name: '확정까지 블록 수',
    summary: '지급을 확정으로 보기까지 필요한 블록 수예요. 자기 블록을 포함해요.',
    effect:
      '감시기가 다음에 볼 때, 진행 중인 것에도 적용해요. 확정한 것은 확정 그대로예요. 너무 낮추면 사라질 수 있는 블록의 지급을 확정으로 보게 돼요.',
  },
  'chain.block_time_ms': {
    name: '블록 간격',
    summary: '블록 사이의 보통 시간이에요. 블록 수로 기다리는 일의 시간을 여기에 맞춰요.',
    effect: '감시기가 다음에 볼 때 적용해요.',
  },
  'retry.resend_ms': {
    name: '재전송 간격',
    summary: '서명한 트랜잭션이 블록에 없으면 이만큼 뒤에 노드에 다시 보내요.',
    effect: '다음 전송부터 적용해요. 이미 예약한 것은 예약대로 보내요.',
  },
  'retry.unknown_base_ms': {
    name: '결과 미확인 첫 대기',
    summary: '전송 결과를 알 수 없을 때 처음 기다리는 시간이에요. 그다음부터 두 배씩 늘어요.',
    effect: '다음 전송부터 적용해요.',
  },
  'retry.unknown_max_ms': {
    name: '결과 미확인 최대 대기',
    summary: '전송 결과를 알 수 없을 때 가장 길게 기다리는 시간이에요.',
    effect: '다음 전송부터 적용해요.',
  },
  'retry.blocked_ms': {
    name: '막혔을 때 재시도 간격',
    summary: '수수료 상한, 서명기, 가스 부족으로 막혔을 때 다시 시도하는 간격이에요.',
    effect: '다음 시도부터 적용해요.',
  },
  'retry.fee_ceiling_ms': {
    name: '상한에 걸린 대체 재확인',
    summary: '수수료 상한 때문에 못 낸 대체 트랜잭션을 다시 보는 간격이에요.',
    effect: '다음 시도부터 적용해요.',
  },
  'asset.minimum': {
    name: '최소 출금액',
    summary: '가장 작은 출금이에요.',
    effect: '다음 요청부터 적용해요. 이미 받은 출금은 지급해요.',
  },
  'asset.maximum': {
    name: '최대 출금액',
    summary: '누가 요청하든 가장 큰 출금이에요. 조직의 한도는 따로 있어요.',
    effect: '다음 요청부터 적용해요. 이미 받은 출금은 지급해요.',
  },
  'fees.units_per_coin': {
    name: '코인 환산값',
    summary:
      '환율을 쓸 수 없는 동안, 가스를 따라가는 수수료를 셈할 때 코인 1개(10^18 wei)를 이 토큰 얼마로 볼지예요.',
    effect:
      '다음 요청부터, 쓸 수 있는 환율이 생길 때까지 적용해요. 없으면 그동안 그런 출금을 거절해요. 정액 수수료는 그대로예요. 코인 자체에는 쓰지 않아요.',
  },
  'asset.gas_per_item': {
    name: '출금당 가스',
    summary: '묶음 안에서 출금 하나가 쓰는 가스예요. 데이터와 로그를 포함해요.',
    effect: '다음 계획부터 적용해요. 너무 작으면 묶음의 마지막 출금을 시도하지 못하고 다시 계획해요.',
  },
  'asset.transfer_gas_max': {
    name: '이체 최대 가스',
    summary: '지급 컨트랙트가 이체 하나에 허용하는 가스예요.',
    effect: '다음 계획부터 적용해요. 너무 작으면 될 수 있었던 이체를 거절해요.',
  },
};

const koreanUnits: Readonly<Record<string, string>> = {
  'looks in a row': '회 연속',
  ms: '밀리초',
  withdrawals: '건',
  gas: '가스',
  transactions: '트랜잭션',
  'full transactions': '트랜잭션',
  'wei per gas': 'wei/가스',
  blocks: '블록',
  'smallest unit of the asset': '최소 단위',
};

export function tellSetting(setting: SettingBody, locale: Locale): Told {
  const told = korean[setting.key];
  return locale === 'ko' && told !== undefined
    ? told
    : { name: setting.key, summary: setting.summary, effect: setting.effect };
}

export function unitOf(setting: SettingBody, locale: Locale): string {
  if (setting.kind === 'switch') return '';
  return locale === 'ko' ? (koreanUnits[setting.unit] ?? setting.unit) : setting.unit;
}

/** With all its digits, and its unit. */
export function formatSetting(
  value: string | null,
  setting: SettingBody,
  locale: Locale,
  words: { on: string; off: string; unset: string },
): string {
  if (value === null) return words.unset;
  if (setting.kind === 'switch') return value === 'true' ? words.on : words.off;
  return `${formatAmount(value)} ${unitOf(setting, locale)}`;
}

const groupNames: Readonly<Record<string, { ko: string; en: string }>> = {
  chain: { ko: '체인', en: 'Chains' },
  batch: { ko: '묶음 지급', en: 'Batches' },
  accounts: { ko: '계정', en: 'Accounts' },
  fees: { ko: '가스 수수료', en: 'Gas fees' },
  finality: { ko: '확정', en: 'Finality' },
  retry: { ko: '재시도', en: 'Retries' },
  asset: { ko: '자산', en: 'Assets' },
  alarms: { ko: '알림', en: 'Alarms' },
};

/** The first part of the key: what it is about. */
export function groupOf(setting: SettingBody): string {
  return setting.key.split('.')[0] ?? '';
}

export function groupName(group: string, locale: Locale): string {
  return groupNames[group]?.[locale] ?? group;
}
