import { formatAmount } from '../format/number.ts';
import { formatTime } from '../format/time.ts';
import { accountPhrases, inKorean, type Said, sayerOf } from './say-in-korean.ts';
import { withdrawalStateTexts } from './withdrawal-states.ts';

const states: Readonly<Record<string, string>> = { PLANNED: '계획', ...withdrawalStateTexts.ko };

/** Why a withdrawal, or its transaction, went from one state to the next. */
const steps: readonly Said[] = [
  [/^accepted$/, () => '접수했어요'],
  [/^accepted in a bulk file$/, () => '대량 파일로 접수했어요'],
  [/^taken up$/, () => '검사를 시작했어요'],
  [/^waits for approval$/, () => '사람의 승인을 기다려요'],
  [/^denied by the rules$/, () => '정책으로 거절했어요'],
  [/^canceled by its owner$/, () => '요청한 조직이 취소했어요'],
  [/^released by an operator: (.*)$/s, (why) => `담당자가 되돌렸어요: ${why}`],
  [/^approved by (.*)$/, (persons) => `승인했어요: ${persons}`],
  [/^emergency: approved by (.*) alone$/, (person) => `혼자 긴급 승인했어요: ${person}`],
  [/^denied by (.*?): (.*)$/s, (person, why) => `거절했어요: ${person} (${why})`],
  [/^the time for its approval is over$/, () => '승인 기한이 지났어요'],
  [/^planned alone$/, () => '혼자 한 트랜잭션으로 계획했어요'],
  [/^planned in a batch of (\d+)$/, (count) => `${count}건을 묶어 계획했어요`],
  [/^signed$/, () => '서명했어요'],
  [/^being sent$/, () => '노드에 보내고 있어요'],
  [/^accepted by a node$/, () => '노드가 받았어요'],
  [/^in block (\d+)$/, (block) => `블록 ${formatAmount(block)}에 들어갔어요`],
  [/^its nonce was used$/, () => '논스가 쓰였어요'],
  [/^its block was reorganised away$/, () => '재구성으로 블록에서 빠졌어요'],
  [/^found on chain in (0x\w+)$/, (hash) => `체인에서 찾았어요 (${hash})`],
  [/^paid, by the contract's record at final depth$/, () => '지급을 확인했어요'],
  [/^the transfer was refused on chain$/, () => '받는 쪽이 체인에서 전송을 거부했어요'],
  [/^the token refused the whole batch$/, () => '토큰이 묶음 전체를 거부했어요'],
  [/^the batch ended before its turn$/, () => '차례가 오기 전에 묶음이 끝났어요'],
  [/^its transaction reverted and paid nothing$/, () => '트랜잭션이 되돌려져 아무것도 지급되지 않았어요'],
  [/^its nonce was freed by a self-transfer$/, () => '자기 전송으로 논스를 비웠어요'],
  [/^a foreign transaction used its nonce$/, () => '우리 것이 아닌 트랜잭션이 논스를 썼어요'],
  [/^(\d+) plans made$/, (count) => `트랜잭션을 ${count}번 계획했어요`],
  [/^planned again$/, () => '다시 계획해요'],
  [/^an operator wants it back$/, () => '담당자가 되돌려 달라고 했어요'],
];

/** What stands with a failure. */
const failures: readonly Said[] = [
  [/^It was denied in review: (.*)$/s, (why) => `검토에서 거절했어요: ${why}`],
  [
    /^It was not approved in time\./,
    () => '기한 안에 승인되지 않았어요. 지급되지 않았으니 아직 필요하면 새로 신청해 주세요.',
  ],
  [
    /^The token or the recipient refused the transfer\./,
    () => '토큰이나 받는 쪽이 전송을 거부했어요. 지급되지 않았고 금액은 다시 쓸 수 있어요.',
  ],
  [
    /^(\d+) transactions ended without paying it\./,
    (count) => `트랜잭션 ${count}개가 지급하지 못하고 끝났어요. 지급되지 않았고 금액은 다시 쓸 수 있어요.`,
  ],
  [
    /^It was taken back before it was paid\./,
    () => '지급하기 전에 되돌렸어요. 지급되지 않았고 금액은 다시 쓸 수 있어요.',
  ],
  [
    /^The rules of your account do not allow this withdrawal\./,
    () => '계정의 정책이 이 출금을 허용하지 않아요. 지급되지 않았고 금액은 다시 쓸 수 있어요.',
  ],
];

/** What is the matter with a transaction, and why a letter was opened or closed. */
const troubles: readonly Said[] = [
  [
    /^(\d+) items by (0x\w+), nonce (\d+), ([A-Z]+): (.*)$/s,
    (count, address, nonce, state, error) =>
      `${address} 계정의 논스 ${nonce}, ${count}건, ${states[state] ?? state}: ${inKorean(saidOfHistories, error)}`,
  ],
  [
    /^(\d+) wait in ([A-Z]+), the oldest is (wd_\w+)$/,
    (count, state, id) =>
      `${states[state] ?? state} 상태로 ${count}건이 기다려요. 가장 오래된 출금은 ${id}예요`,
  ],
  [/^no error was said$/, () => '알려진 오류가 없어요'],
  [/^it gave no reason$/, () => '이유를 남기지 않았어요'],
  [/^its cause is gone$/, () => '원인이 사라졌어요'],
  [/^retried as (wd_\w+): (.*)$/s, (id, why) => `${id}로 다시 시도했어요: ${why}`],
  [/^(\d+) attempts made; no more$/, (count) => `${count}번 시도했고 더 하지 않아요`],
  [
    /^fee ceiling: .*? (\d+) wei per gas, the ceiling is (\d+)$/,
    (asked, ceiling) =>
      `수수료 상한 초과: 가스당 ${formatAmount(asked)} wei가 필요한데 상한은 ${formatAmount(ceiling)} wei예요`,
  ],
  [/^signer unreachable: (.*)$/s, (why) => `서명기 응답 없음: ${why}`],
  [/^signer: (\w+): (.*)$/s, (code, why) => `서명기가 거부함: ${code} (${why})`],
  [/^unknown: (.*)$/s, (why) => `결과 모름: ${why}`],
  [/^rejected: (.*)$/s, (why) => `노드가 거부함: ${why}`],
  [/^accepted \((.*)\)$/, (how) => `받음 (${how})`],
  [/^nonce_consumed$/, () => '논스가 이미 쓰임'],
  [/^insufficient_funds$/, () => '가스비 부족'],
  [/^underpriced$/, () => '수수료 부족'],
  [/^replacement_underpriced$/, () => '교체하기에 수수료 부족'],
];

/** Why the rules said what they said. */
const findings: readonly Said[] = [
  [
    /^(.*) needs the approval of (?:(one)|(\d+)) (?:person|people)$/,
    (amount, _one, count) => `${won(amount)}이라 ${count ?? '1'}명의 승인이 필요해요`,
  ],
  [
    /^the risk score is (\d+), from (\d+) on it is (denied|reviewed)$/,
    (score, from, what) =>
      `위험 점수가 ${score}점이에요. ${from}점부터 ${what === 'denied' ? '거절해요' : '사람이 봐요'}`,
  ],
  [/^(0x\w+) is blocked: (.*)$/s, (to, why) => `${to}는 차단한 주소예요: ${why}`],
  [/^(0x\w+) does not stand in the address book$/, (to) => `${to}는 주소록에 없어요`],
  [
    /^(0x\w+) is in the address book since (\S+) and cooling off until (\S+)$/,
    (to, since, until) =>
      `${to}는 ${formatTime(since)}에 주소록에 들어와서 ${formatTime(until)}까지 기다려야 해요`,
  ],
  [
    /^(\w+) gave no answer about (0x\w+) within (\d+) minutes$/,
    (source, to, minutes) => `${source}가 ${minutes}분 안에 ${to}에 대해 답하지 않았어요`,
  ],
  [
    /^(\w+) lists (0x\w+) as sanctioned(?:: (.*))?$/s,
    (source, to, detail) =>
      `${source}에서 ${to}는 제재 대상이에요${detail === undefined ? '' : ` (${detail})`}`,
  ],
  [
    /^(.*): (\d+) withdrawals in (\d+) minutes( to this address)?, (\d+) are allowed$/,
    (rule, count, minutes, toAddress, max) =>
      `${rule}: ${minutes}분 동안 ${toAddress === undefined ? '' : '이 주소로 '}${count}건, ${max}건까지 허용해요`,
  ],
  [
    /^(.*): (.*) in (\d+) minutes( to this address)?, (.*) are allowed$/,
    (rule, sum, minutes, toAddress, max) =>
      `${rule}: ${minutes}분 동안 ${toAddress === undefined ? '' : '이 주소로 '}${won(sum)}, ${won(max)}까지 허용해요`,
  ],
  [
    /^(.*): more withdrawals in (\d+) minutes( to this address)? than can be added up$/,
    (rule, minutes) => `${rule}: ${minutes}분 동안 더할 수 없을 만큼 출금이 많아요`,
  ],
  [
    /^(.*): withdrawals in (\d+) minutes( to this address)? without a value in won$/,
    (rule, minutes) => `${rule}: ${minutes}분 동안 원화 가치를 모르는 출금이 있어요`,
  ],
  [/^its value in won is unknown: (.*)$/s, (why) => `원화 가치를 알 수 없어요 (${why})`],
  [/^the organisation has never paid (0x\w+)$/, (to) => `이 조직이 ${to}로 지급한 적이 없어요`],
  [
    /^no (\S+) was paid in (\d+) days to compare the amount with$/,
    (asset, days) => `${days}일 동안 ${asset} 지급이 없어서 금액을 견줄 수 없어요`,
  ],
  [
    /^the amount is more than (\d+) times the largest of (\S+) in (\d+) days$/,
    (times, asset, days) => `${days}일 동안 가장 큰 ${asset} 지급의 ${times}배보다 커요`,
  ],
  [/^asked for at (\d+) o'clock in Seoul$/, (hour) => `서울 시각 ${hour}시에 요청했어요`],
  [/^(\d+) withdrawals in (\d+) minutes$/, (count, minutes) => `${minutes}분 동안 출금 ${count}건`],
  [
    /^(0x\w+) came into the address book at (\S+)$/,
    (to, at) => `${to}는 ${formatTime(at)}에 주소록에 들어왔어요`,
  ],
  [
    /^(\w+) says "(.*)" of the address$/,
    (source, category) => `${source}가 이 주소를 "${category}"로 분류했어요`,
  ],
  [
    /^(\d+) withdrawals were denied or failed in (\d+) days$/,
    (count, days) => `${days}일 동안 거절되거나 실패한 출금 ${count}건`,
  ],
];

export const saidOfHistories: readonly Said[] = [
  ...steps,
  ...failures,
  ...troubles,
  ...accountPhrases,
  ...findings,
];

/** `KRW 1,350,000`, as the API writes won. */
function won(text: string): string {
  const digits = /[\d,.]+/.exec(text)?.[0];
  return digits === undefined ? text : `${digits}원`;
}

/** What the machinery wrote into histories of withdrawals and transactions, in the language of the page. */
export const sayMachineText = sayerOf(saidOfHistories);
