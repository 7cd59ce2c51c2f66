import { cancelableWithdrawalStates } from '../withdrawal/withdrawal.machine.ts';
import type { OperationErrorCode } from './operation.errors.ts';
import type { Subject, TxSubject } from './operation.store.ts';

/*
 * May this be done to a withdrawal as it stands? Without time and storage: the verbs ask under their locks before they do
 * it, and a page asks to say beforehand what would be refused, and why.
 */

/** Why not, for people. */
export type Objection = { code: OperationErrorCode; en: string; ko: string };

/** States of a chain transaction that no block holds yet. */
const UNMINED: readonly TxSubject['state'][] = ['PLANNED', 'SIGNED', 'BROADCASTING', 'BROADCASTED'];
/** Failures that people decided; a retry would go past them. */
const DECIDED = ['denied'];

/** `found`: its chain transaction, if it has one. */
export function judgeBump({ state }: Subject, found: TxSubject | null): Objection | null {
  if (found?.state === 'PLANNED')
    return not(
      'Its transaction is not signed yet; there is no fee to raise.',
      '아직 서명하지 않은 트랜잭션이라 올릴 수수료가 없어요.',
    );
  if (found === null || !UNMINED.includes(found.state))
    return not(
      `It has no transaction that waits for a block (${state}); there is no fee to raise.`,
      `블록을 기다리는 트랜잭션이 없어서(${state}) 올릴 수수료가 없어요.`,
    );
  if (found.wanted !== 'CANCEL') return null;
  return not(
    'Its nonce is being freed by a self-transfer; the fee of that is raised by itself.',
    '자기 전송으로 논스를 비우는 중이에요. 그 수수료는 자동으로 올라가요.',
  );
}

export function judgeRelease(
  { state }: Subject,
  found: TxSubject | null,
  wholeBatch: boolean,
): Objection | null {
  if (state === 'CANCELED' || cancelableWithdrawalStates.includes(state)) return null;
  if (state === 'CONFIRMED')
    return not(
      'It is paid; what is paid cannot be taken back.',
      '이미 지급됐어요. 지급된 돈은 되돌릴 수 없어요.',
    );
  if (found === null || state === 'FAILED')
    return not(
      `It is over already (${state}); nothing is reserved for it.`,
      `이미 끝난 출금이라(${state}) 묶여 있는 금액이 없어요.`,
    );
  if (!UNMINED.includes(found.state))
    return not(
      `A block holds its transaction (${found.state}): whether it is paid, the chain has decided; wait for the depth.`,
      `트랜잭션이 이미 블록에 들어갔어요(${found.state}). 지급 여부는 체인이 정했으니 확정될 때까지 기다려 주세요.`,
    );
  if (found.itemCount <= 1 || wholeBatch) return null;
  const others = found.itemCount - 1;
  return {
    code: 'release_affects_others',
    en: `Its transaction pays ${others} others as well; they would be planned again.`,
    ko: `같은 트랜잭션으로 다른 출금 ${others}건도 지급해요. 되돌리면 그 출금은 다시 계획돼요.`,
  };
}

/** Ends a wait between two tries. */
export function judgeTryNow({ state }: Subject, found: TxSubject | null): Objection | null {
  if (state === 'VALIDATING' || state === 'PENDING') return null;
  if (found !== null && UNMINED.includes(found.state)) return null;
  return not(
    `It does not wait for a next try (${state}).`,
    `다음 시도를 기다리는 상태가 아니에요(${state}).`,
  );
}

/** Of one that is FAILED: a new withdrawal in its place. `lookalike`: public id of one just like it, made since. */
export function judgeRetry(seen: Subject, lookalike: string | null): Objection | null {
  if (!seen.isFinallyUnpaid)
    return not(
      'The chain has not proved that it is unpaid; it cannot be paid again.',
      '지급되지 않았다는 것이 체인에서 아직 증명되지 않아서 다시 지급할 수 없어요.',
    );
  if (DECIDED.includes(seen.failureCode ?? ''))
    return not(
      'A person denied it in review; a retry would go past that. Its owner may ask for it anew.',
      '검토에서 거절된 출금이라 다시 시도할 수 없어요. 필요하면 요청한 쪽에서 새로 신청해야 해요.',
    );
  if (lookalike === null) return null;
  return {
    code: 'retry_duplicate',
    en: `Since it failed, ${lookalike} was asked for with the same amount and destination: it may be its owner's own retry.`,
    ko: `실패한 뒤에 금액과 받는 주소가 같은 ${lookalike}이(가) 접수됐어요. 요청한 쪽에서 다시 신청한 것일 수 있어요.`,
  };
}

function not(en: string, ko: string): Objection {
  return { code: 'operation_not_possible', en, ko };
}
