import { useCallback } from 'react';
import { formatAmount } from '../format/number.ts';
import { formatTime } from '../format/time.ts';
import { useLocale } from './locale.ts';
import { accountPhrases, inKorean, type Said, sayerOf } from './say-in-korean.ts';

const moveStates: Readonly<Record<string, string>> = {
  PENDING: '대기',
  PLANNED: '보내는 중',
};
const resources: Readonly<Record<string, string>> = {
  memory: '메모리',
  heap: '힙',
  disk: '디스크',
  'event loop': '이벤트 루프',
  'database connections': '데이터베이스 연결',
};
const holders: Readonly<Record<string, string>> = {
  'the main account': '주 계정',
  'the gas account': '가스비 계정',
};

/** Of reconciliation: books, history, backups. */
const books: readonly Said[] = [
  [
    /^the ledger has (\S+), the chain (\S+), in flight (\S+)$/,
    (ledger, chain, moving) =>
      `원장 ${formatAmount(ledger)}, 체인 ${formatAmount(chain)}, 이동 중 ${formatAmount(moving)}`,
  ],
  [
    /^open withdrawals and their fees ask for (\d+), and (\d+) is reserved \(smallest unit\)$/,
    (asked, reserved) =>
      `진행 중인 출금과 수수료는 ${formatAmount(asked)}, 원장에 묶인 것은 ${formatAmount(reserved)} (최소 단위)`,
  ],
  [
    /^balances of the asset do not sum to zero: posted (\S+), pending (\S+)$/,
    (posted, pending) => `이 자산의 잔액 합이 0이 아니에요: 확정 ${posted}, 대기 ${pending}`,
  ],
  [
    /^(.*): balances \((.*)\), replay of its rows \((.*)\)$/,
    (account, booked, replayed) => `${account}: 잔액 (${booked}), 기록을 다시 더하면 (${replayed})`,
  ],
  [
    /^(.*): overdrawn at version (\d+)$/,
    (account, version) => `${account}: 기록 ${version}에서 마이너스가 됐어요`,
  ],
  [
    /^its oldest row without a seal is (\d+) minutes old: is a jobs role running\?$/,
    (minutes) => `봉인하지 않은 가장 오래된 기록이 ${minutes}분 됐어요. jobs가 돌고 있는지 확인하세요.`,
  ],
  [/^its hash is not that of what it says$/, () => '봉인의 해시가 내용과 달라요'],
  [
    /^its count, its positions and its digests do not add up$/,
    () => '봉인의 개수와 위치, 요약값이 서로 맞지 않아요',
  ],
  [/^not there$/, () => '없어졌어요'],
  [/^was not there when it was sealed: (.*)$/, (where) => `봉인할 때 없던 기록이에요: ${where}`],
  [/^is not what was sealed: (.*)$/, (where) => `봉인한 것과 달라요: ${where}`],
  [
    /^was sealed and is gone: position (\d+) of (\S+), seal (\d+)$/,
    (position, stream, seal) => `봉인했는데 없어졌어요: ${stream} ${position}번째, 봉인 ${seal}`,
  ],
  [
    /^the newest backup is from (\S+): one is to be made every day$/,
    (at) => `마지막 백업이 ${formatTime(at)}이에요. 날마다 하나씩 있어야 해요.`,
  ],
  [/^there is no backup: run\s+naru backup create$/, () => '백업이 없어요. naru backup create를 실행하세요.'],
  [
    /^the server does not archive its log: /,
    () => '데이터베이스가 로그를 보관하지 않아요. 백업 뒤에 쓴 것은 디스크와 함께 사라져요.',
  ],
  [
    /^(\d+) segments of the log wait to be archived$/,
    (count) => `보관을 기다리는 로그 조각이 ${count}개예요`,
  ],
  [
    /^archiving fails \((\S+) at (\S+), (\d+) times in all\)/,
    (name, at, count) =>
      `로그 보관이 실패해요 (${name}, ${formatTime(at)}, 모두 ${count}번). 디스크가 차기 전에 데이터베이스 로그에서 원인을 확인하세요.`,
  ],
  [/^could not be asked: (.*)$/, (chains) => `묻지 못한 체인: ${chains}`],
  [
    /^(\d+) accounts have more rows than one look replays; the next one goes on$/,
    (count) => `계정 ${count}개는 기록이 많아 다음 확인에서 이어서 봐요`,
  ],
  [/^ended by its time limit before the last seal$/, () => '시간이 다 되어 마지막 봉인까지 보지 못했어요'],
];

/** Of the load, and of those who are to be told. */
const load: readonly Said[] = [
  [
    /^(\S+) withdrawals are accepted and have no nonce; the oldest waits for (\d+) minutes$/,
    (count, minutes) =>
      `접수하고 아직 계획하지 못한 출금이 ${count}건, 가장 오래된 것은 ${minutes}분째 기다려요`,
  ],
  [/^given up: (.*)$/, (causes) => `처리를 멈춘 것: ${causes}`],
  [
    /^of (\S+) that ended in (\d+) minutes, (\S+) could not be paid$/,
    (ended, minutes, failed) => `${minutes}분 동안 끝난 ${ended}건 가운데 ${failed}건을 지급하지 못했어요`,
  ],
  [
    /^(\S+ %) of (.*) is used, as the jobs role sees it$/,
    (share, what) => `${resources[what] ?? what}의 ${share}를 쓰고 있어요 (jobs 기준)`,
  ],
  [
    /^(\S+) messages wait, the oldest for (\d+) minutes: (.*)$/s,
    (count, minutes, why) =>
      `보내지 못한 알림이 ${count}건, 가장 오래된 것은 ${minutes}분 됐어요: ${why.startsWith('no try was made') ? '아직 시도하지 않았어요. jobs가 돌고 있는지 확인하세요.' : why}`,
  ],
  [
    /^(.*) alone released (\S+) (\S+) to (0x\w+) \((.*)\): a second person must confirm it or object$/s,
    (who, amount, asset, to, why) =>
      `${who} 님이 혼자 ${formatAmount(amount)} ${asset}을 ${to}로 승인했어요 (${why}). 다른 사람이 확인하거나 이의를 내야 해요.`,
  ],
];

/** Of accounts of ours, the moves between them and the treasury. */
const accounts: readonly Said[] = [
  [
    /^(the main account|the gas account) holds (\S+) (\S+), and should hold (\S+) \S+ at least: send it some$/,
    (who, holds, asset, low) =>
      `${holders[who] ?? who}에 ${formatAmount(holds)} ${asset}가 있어요. 적어도 ${formatAmount(low)} ${asset}가 있어야 하니 채워 주세요.`,
  ],
  [
    /^(the main account|the gas account) holds (\S+) (\S+); as fast as money leaves now it is below (\S+) \S+ in (\d+) minutes: send it some$/,
    (who, holds, asset, low, minutes) =>
      `${holders[who] ?? who}에 ${formatAmount(holds)} ${asset}가 있어요. 지금처럼 나가면 ${minutes}분 뒤에 ${formatAmount(low)} ${asset}보다 적어지니 채워 주세요.`,
  ],
  [
    /^failed (\d+) times in a row; nothing moved\.\s*(.*)$/s,
    (count, why) => `${count}번 잇달아 실패했고 움직인 돈은 없어요. ${why}`.trim(),
  ],
  [
    /^is ([A-Z]+) for (\d+) minutes(?:: (.*))?$/s,
    (state, minutes, why) =>
      `${moveStates[state] ?? state} 상태로 ${minutes}분 지났어요${why === undefined ? '' : `: ${why}`}`,
  ],
  [
    /^no processor of this chain has looked at it: is one running\?$/,
    () => '아직 이 체인의 processor가 확인하지 않았어요. 돌고 있는지 확인하세요.',
  ],
  [/^its gas money is below low$/, () => '가스비가 하한보다 적어서'],
  [/^it is being drained$/, () => '계정을 비우는 중이라서'],
  [/^it is below low$/, () => '잔액이 하한보다 적어서'],
  [/^it is above high$/, () => '잔액이 상한보다 많아서'],
  [/^withdrawals wait for more than the accounts hold$/, () => '기다리는 출금이 지급 계정의 잔액보다 많아서'],
  [/^the chain says: (.*)$/s, (why) => `체인의 답: ${why}`],
  [
    /^(\d+) transactions did not execute it: execute it with the Safe itself, or reject it(?:; lastly: (.*))?$/s,
    (count, last) =>
      `트랜잭션 ${count}개로도 실행하지 못했어요. Safe에서 직접 실행하거나 무효로 하세요.${last === undefined ? '' : ` 마지막: ${inKorean(saidOfFindings, last)}`}`,
  ],
  [/^(0x\w+) is no Safe of the policy/, (safe) => `서명기의 정책에 없는 Safe예요: ${safe}`],
];

export const saidOfFindings: readonly Said[] = [...books, ...load, ...accounts, ...accountPhrases];

/** What a check has found, or a machine gives as its reason, in the language of the reader. */
export const findingText = sayerOf(saidOfFindings);

export function useFindingText(): (text: string) => string {
  const locale = useLocale();
  return useCallback((text) => findingText(text, locale), [locale]);
}
